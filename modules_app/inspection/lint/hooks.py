"""Hooks and steps in a file, compared with the one table."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from modules_app.hooks.methods import (
    FREEPBX_METHODS,
    HELPERS,
    INSTALLER_STEPS,
    PYTHON_FREEPBX_METHODS,
    PYTHON_HOOKS,
)
from modules_app.hooks.specs import HOOKS, HookKind, HookSpec, Value, find_hook
from modules_app.inspection.lint.rule import Hit
from modules_app.inspection.python_tree import PythonFile, bases_of, classes_of, methods_of

_CLOSE = 0.84
"""How alike a name must be to a hook's; ``create_cron_task`` is, ``generate_report`` is not."""

_SEEDS = {spec.seed_name.lower(): spec.name for spec in HOOKS}
_FREEPBX = {php.lower(): python for php, python in FREEPBX_METHODS.items()}
_SHAPES: dict[type, Value] = {
    ast.List: Value.LIST,
    ast.ListComp: Value.LIST,
    ast.Tuple: Value.LIST,
    ast.Dict: Value.DICT,
    ast.DictComp: Value.DICT,
    ast.JoinedStr: Value.TEXT,
}
_CONSTANTS: tuple[tuple[type, Value], ...] = (
    (bool, Value.BOOL),
    (str, Value.TEXT),
    (int, Value.NUMBER),
)
_OTHER = (ast.Set, ast.SetComp, ast.GeneratorExp)
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)

Method = ast.FunctionDef | ast.AsyncFunctionDef


def check_hooks(file: PythonFile, mixins: frozenset[str] = frozenset()) -> Iterator[Hit]:
    """Yield what is wrong with the hooks, methods or steps that a file defines.

    ``mixins`` are names of classes elsewhere on which the configuration class is built.
    """
    own = hook_classes(file, mixins)
    for node in own:
        yield from _misspelt(node, (*PYTHON_HOOKS, *HELPERS), "hook-misspelt", _SEEDS)
        for method in _methods(node):
            if method.name in PYTHON_HOOKS:
                yield from _check_hook(find_hook(method.name), method)
    if file.path == "conf.py" and not own:
        yield from _without_base(file.tree)
    elif file.path == "module.py":
        for node in _classes_on(file.tree, "FreePbxModule"):
            known = (*PYTHON_FREEPBX_METHODS, *HELPERS)
            yield from _misspelt(node, known, "hook-misspelt", {**_SEEDS, **_FREEPBX})
    elif file.path == "installer.py":
        for node in _classes_on(file.tree, "PbxExtensionSetupBase"):
            yield from _misspelt(node, tuple(INSTALLER_STEPS.values()), "step-misspelt", {})


def hook_classes(file: PythonFile, mixins: frozenset[str]) -> list[ast.ClassDef]:
    """Return the classes of a file whose methods are hooks."""
    own = _classes_on(file.tree, "ConfigClass") if file.path == "conf.py" else []
    return [*own, *(node for node in classes_of(file.tree) if node.name in mixins)]


def mixins_of(file: PythonFile) -> frozenset[str]:
    """Return the other classes on which the configuration class in conf.py is built."""
    found = {name for node in _classes_on(file.tree, "ConfigClass") for name in bases_of(node)}
    return frozenset(found - {"ConfigClass"})


def _classes_on(tree: ast.Module, base: str) -> list[ast.ClassDef]:
    return [node for node in classes_of(tree) if base in bases_of(node)]


def _methods(node: ast.ClassDef) -> list[Method]:
    return [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]


def _without_base(tree: ast.Module) -> Iterator[Hit]:
    for node in classes_of(tree):
        if set(methods_of(node)) & set(PYTHON_HOOKS):
            yield Hit("hook-base", node.lineno, context={"name": node.name})


def _misspelt(
    node: ast.ClassDef, known: tuple[str, ...], slug: str, foreign: Mapping[str, str]
) -> Iterator[Hit]:
    """Yield methods that nobody calls; one that the class itself uses is a helper.

    ``foreign`` maps names as PHP writes them, in small letters, to ours.
    """
    used = {item.attr for item in ast.walk(node) if isinstance(item, ast.Attribute)}
    for method in _methods(node):
        name = method.name
        if name.startswith("_") or name in known:
            continue
        wanted = foreign.get(name.replace("_", "").lower())
        if wanted is None and name not in used:
            wanted = next(iter(get_close_matches(name, known, 1, _CLOSE)), None)
        if wanted is not None:
            yield Hit(slug, method.lineno, context={"name": name, "wanted": wanted})


def _check_hook(spec: HookSpec, method: Method) -> Iterator[Hit]:
    if not spec.called:
        context = {"name": spec.name, "why": spec.reason}
        yield Hit("hook-not-called", method.lineno, context=context)
    if isinstance(method, ast.AsyncFunctionDef):
        yield Hit("hook-async", method.lineno, context={"name": spec.name})
    if not _takes(method, len(spec.arguments)):
        wanted = spec.signature
        context = {"name": spec.name, "found": ast.unparse(method.args), "wanted": wanted}
        yield Hit("hook-signature", method.lineno, context=context)
    yield from _check_returns(spec, method)


def _takes(method: Method, count: int) -> bool:
    """Tell whether a call with ``count`` arguments in order works."""
    arguments = method.args
    decorators = {node.id for node in method.decorator_list if isinstance(node, ast.Name)}
    given = count if "staticmethod" in decorators else count + 1
    most = len(arguments.posonlyargs) + len(arguments.args)
    least = most - len(arguments.defaults)
    if any(default is None for default in arguments.kw_defaults):
        return False
    return least <= given and (given <= most or arguments.vararg is not None)


def _check_returns(spec: HookSpec, method: Method) -> Iterator[Hit]:
    wanted = set(spec.returns)
    if spec.kind is HookKind.NOTIFY or not wanted or Value.OBJECT in wanted:
        return
    names = " or ".join(str(value) for value in spec.returns)
    for node in _own_nodes(method):
        found = ""
        if isinstance(node, ast.Yield | ast.YieldFrom):
            found = "a generator"
        elif isinstance(node, ast.Return) and node.value is not None:
            found = _wrong_shape(node.value, wanted)
        if found:
            context = {"name": spec.name, "found": found, "wanted": names}
            yield Hit("hook-return", node.lineno, node.end_lineno or 0, context)


def _own_nodes(method: Method) -> Iterator[ast.stmt | ast.expr]:
    """Yield what belongs to the method itself and not to functions inside it."""
    waiting: list[ast.AST] = list(method.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, _INNER):
            continue
        if isinstance(node, ast.stmt | ast.expr):
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def _wrong_shape(node: ast.expr, wanted: Iterable[Value]) -> str:
    """Return the kind of a literal that is none of those wanted, "" when it may be right."""
    if isinstance(node, ast.Constant):
        if node.value is None:
            return ""
        shape = next((kind for type_, kind in _CONSTANTS if isinstance(node.value, type_)), None)
        found = str(shape or type(node.value).__name__)
    elif isinstance(node, _OTHER):
        found = "a set" if not isinstance(node, ast.GeneratorExp) else "a generator"
        shape = None
    else:
        shape = _SHAPES.get(type(node))
        found = str(shape or "")
    return "" if shape in set(wanted) else found
