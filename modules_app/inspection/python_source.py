"""What a package in Python declares, read with `ast` and never imported."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.methods import INSTALLER_STEPS, PYTHON_FREEPBX_METHODS, PYTHON_HOOKS
from modules_app.inspection.files import Sources
from modules_app.inspection.lint.check import Lint
from modules_app.inspection.lint.hooks import hook_classes
from modules_app.inspection.python_models import (
    ModelClass,
    PythonModel,
    model_classes,
    settle_models,
)
from modules_app.inspection.python_tree import (
    PythonFile,
    bases_of,
    classes_of,
    methods_of,
    parse_python,
)

ENTRY_FILES = (
    *("installer.py", "conf.py", "main.py", "models.py", "module.py"),
    *("urls.py", "views.py", "rest.py", "workers.py"),
    *("models/__init__.py", "views/__init__.py"),
)
"""Files any of which makes a package one in Python (design 6)."""

_PAGES = ("urls.py", "views.py", "views/__init__.py")
_PROGRAM_FOLDERS = ("bin/", "agi-bin/", "db/", "public/", "sounds/", "Sounds/")
_SIDEBAR = {
    "group": "group",
    "icon": "iconClass",
    "icon_class": "iconClass",
    "iconClass": "iconClass",
    "caption": "caption",
    "href": "href",
    "show": "showAtSidebar",
    "show_at_sidebar": "showAtSidebar",
    "showAtSidebar": "showAtSidebar",
}


@dataclass(frozen=True, slots=True)
class PythonSource:
    """Names found in the source; what only running would tell is not here."""

    steps: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    models: tuple[PythonModel, ...] = ()
    sidebar: tuple[tuple[str, str | bool], ...] = ()
    has_pages: bool = False


def read_python_source(sources: Sources, module_id: str) -> PythonSource:
    """Return what the package's Python files declare; faults become findings with their line.

    A file that is not Python is an error, because loading the module would fail on it; so is a
    relation to another app, whose table is in another database (design 6). Scripts in bin/ and
    agi-bin/ are programs of their own and not looked at.
    """
    found = PythonSource()
    lint = Lint(sources)
    classes: list[ModelClass] = []
    for path in sorted(sources.paths, key=lambda path: path != "conf.py"):
        if not path.endswith(".py") or path.startswith(_PROGRAM_FOLDERS):
            continue
        file = parse_python(sources, path)
        if file is not None:
            lint.python(file)
            found = _with_hooks(found, file, lint.mixins)
            found = _with_entry_file(sources, found, path, file.tree, module_id)
            if path == "models.py" or path.startswith("models/"):
                classes += model_classes(path, file.tree, module_id)
    lint.pages()
    lint.finish()
    return replace(found, models=_models(sources, classes))


def _with_hooks(found: PythonSource, file: PythonFile, mixins: frozenset[str]) -> PythonSource:
    own = {name for node in hook_classes(file, mixins) for name in methods_of(node)}
    return replace(found, hooks=found.hooks + _present(PYTHON_HOOKS, own)) if own else found


def _with_entry_file(
    sources: Sources, found: PythonSource, path: str, tree: ast.Module, module_id: str
) -> PythonSource:
    if path == "installer.py":
        own = _class_on(tree, "PbxExtensionSetupBase")
        sidebar = _sidebar(sources, own.get("add_to_sidebar"), module_id)
        return replace(found, steps=_present(INSTALLER_STEPS.values(), own), sidebar=sidebar)
    if path == "module.py":
        hooks = _present(PYTHON_FREEPBX_METHODS, _class_on(tree, "FreePbxModule"))
        return replace(found, hooks=found.hooks + hooks)
    return replace(found, has_pages=found.has_pages or path in _PAGES)


def _models(sources: Sources, classes: list[ModelClass]) -> tuple[PythonModel, ...]:
    models = settle_models(classes)
    for relation in [relation for model in models for relation in model.foreign]:
        sources.findings.error(
            "python-foreign-relation",
            _("{model} has a relation to {target}, which lives in another database."),
            relation.place,
            model=relation.model,
            target=relation.target,
        )
    return tuple(PythonModel(model.name, model.table) for model in models if not model.abstract)


def _class_on(tree: ast.Module, base: str) -> dict[str, ast.AST]:
    """Return the methods of the classes that derive from an SDK class."""
    found: dict[str, ast.AST] = {}
    for node in classes_of(tree):
        if base in bases_of(node):
            found |= methods_of(node)
    return found


def _present(known: Iterable[str], own: Container[str]) -> tuple[str, ...]:
    return tuple(name for name in known if name in own)


def _sidebar(
    sources: Sources, method: ast.AST | None, module_id: str
) -> tuple[tuple[str, str | bool], ...]:
    """Return what ``add_to_sidebar`` asks for in keyword arguments and dictionaries."""
    wishes: dict[str, str | bool] = {}
    for key, value in [] if method is None else _entries(method):
        if key not in _SIDEBAR:
            continue
        known = _literal(value, module_id)
        if known is not None:
            wishes[_SIDEBAR[key]] = known
        else:
            sources.findings.note(
                "python-sidebar-unknown",
                _("The sidebar item's {field} is known only after install."),
                f"installer.py:{value.lineno}",
                field=key,
            )
    return tuple(wishes.items())


def _entries(method: ast.AST) -> list[tuple[str, ast.expr]]:
    found: list[tuple[str, ast.expr]] = []
    for node in ast.walk(method):
        if isinstance(node, ast.Call):
            found += [(given.arg, given.value) for given in node.keywords if given.arg]
        elif isinstance(node, ast.Dict):
            found += [
                (str(key.value), value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            ]
    return found


def _literal(node: ast.expr, module_id: str) -> str | bool | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bool):
        return node.value
    if isinstance(node, ast.Attribute) and node.attr in ("module_unique_id", "module_id"):
        return module_id
    if isinstance(node, ast.FormattedValue):
        return _literal(node.value, module_id)
    if isinstance(node, ast.JoinedStr):
        parts = [_literal(part, module_id) for part in node.values]
        return None if None in parts else "".join(str(part) for part in parts)
    return None
