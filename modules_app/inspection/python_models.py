"""Django models of a package in Python: their names, tables, and relations that cannot work."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from modules_app.inspection.python_tree import bases_of, classes_of, first_name, last_name

_ROOTS = {"ModuleModel", "Model"}
_RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
_INHERITANCE_LIMIT = 10


@dataclass(frozen=True, slots=True)
class PythonModel:
    """One model class; its columns are known after install."""

    name: str
    table: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation field whose target is not a model of the module itself."""

    model: str
    target: str
    place: str


@dataclass(frozen=True, slots=True)
class ModelClass:
    """A class that may turn out to be a model once all files are known."""

    name: str
    bases: frozenset[str]
    table: str
    abstract: bool
    foreign: tuple[Relation, ...]


def model_classes(path: str, tree: ast.Module, module_id: str) -> list[ModelClass]:
    """Return what the classes of one file say; nothing of the tree is kept."""
    own = _own_names(tree, module_id)
    label = f"m_{module_id.replace('-', '_')}".lower()
    found = []
    for node in classes_of(tree):
        meta = _meta(node)
        found.append(
            ModelClass(
                name=node.name,
                bases=frozenset(bases_of(node)),
                table=str(meta.get("db_table") or f"m_{node.name}"),
                abstract=meta.get("abstract") is True,
                foreign=tuple(_foreign(path, node, own, label)),
            )
        )
    return found


def settle_models(classes: list[ModelClass]) -> list[ModelClass]:
    """Return the classes that are models, also through bases of the same package."""
    known = set(_ROOTS)
    for _round in range(_INHERITANCE_LIMIT):
        new = {one.name for one in classes if one.bases & known} - known
        if not new:
            break
        known |= new
    return [one for one in classes if one.bases & known]


def _meta(node: ast.ClassDef) -> dict[str, object]:
    values: dict[str, object] = {}
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and inner.name == "Meta":
            for statement in inner.body:
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
                    for target in statement.targets:
                        values[last_name(target)] = statement.value.value
    return values


def _own_names(tree: ast.Module, module_id: str) -> set[str]:
    """Return the names in a file that mean models of the module itself."""
    package = f"pbx_modules.{module_id.replace('-', '_')}"
    own = {node.name for node in classes_of(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level or module == package or module.startswith(f"{package}."):
                own |= {alias.asname or alias.name for alias in node.names}
    return own


def _foreign(path: str, model: ast.ClassDef, own: set[str], label: str) -> Iterable[Relation]:
    for node in ast.walk(model):
        if not isinstance(node, ast.Call) or last_name(node.func) not in _RELATIONS:
            continue
        named = [given.value for given in node.keywords if given.arg == "to"]
        for target in (node.args[:1] or named)[:1]:
            if not _is_own(target, own, label):
                yield Relation(model.name, _shown(target), f"{path}:{node.lineno}")


def _is_own(target: ast.expr, own: set[str], label: str) -> bool:
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        app, dot, _model = target.value.rpartition(".")
        return not dot or app.lower() == label
    return first_name(target) in own


def _shown(target: ast.expr) -> str:
    if isinstance(target, ast.Constant):
        return str(target.value)[:80]
    first, last = first_name(target), last_name(target)
    return last if first == last else f"{first}.{last}"
