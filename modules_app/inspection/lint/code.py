"""One walk over a file: calls, exception handlers, imports, classes, literal values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from modules_app.inspection.lint.calls import check_call, check_early_call
from modules_app.inspection.lint.names import Names, run_at_import
from modules_app.inspection.lint.rule import Hit
from modules_app.inspection.python_tree import PythonFile, last_name

_CLASS_LINES = 500
_SECRET = re.compile(r"(^|_)(password|passwd|secret|api_?key|token)$", re.IGNORECASE)
_PLAIN_TEXT = re.compile(r"[A-Za-z]+([_.-][A-Za-z]+)*|.*\s.*|.{0,5}", re.DOTALL)
_TEMPORARY = ("/tmp/", "/var/tmp/")  # noqa: S108 - looked for, not used
_LOCAL_ADDRESS = re.compile(r"\w+://(localhost|127\.0\.0\.1|\[::1\]):(\d{2,5})")
_OPENS = ("connect", "create_connection", "bind", "create_server")
_EVERYTHING = ("Exception", "BaseException")


def check_code(file: PythonFile) -> Iterator[Hit]:
    """Yield every rule that the file's statements and expressions break."""
    names = Names(file.tree)
    for node in run_at_import(file.tree):
        if isinstance(node, ast.Call):
            yield from check_early_call(node, names)
    for node in ast.walk(file.tree):
        yield from _check_node(node, names)


def _check_node(node: ast.AST, names: Names) -> Iterator[Hit]:
    if isinstance(node, ast.Call):
        yield from check_call(node, names)
        yield from _check_ports(node)
        yield from _check_suppress(node, names)
    elif isinstance(node, ast.ExceptHandler):
        yield from _check_handler(node)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from _check_import(node)
    elif isinstance(node, ast.ClassDef):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > _CLASS_LINES:
            yield Hit("long-class", node.lineno, context={"name": node.name, "lines": lines})
    elif isinstance(node, ast.Assign):
        yield from _check_assignment(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _check_text(node, node.value)
    elif isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            if last_name(decorator) == "csrf_exempt":
                yield Hit("csrf-off", decorator.lineno, context={"name": node.name})
    elif isinstance(node, ast.Attribute) and names.of(node) == "ssl.CERT_NONE":
        yield Hit("tls-off", node.lineno, context={"name": "ssl.CERT_NONE"})


def _check_handler(node: ast.ExceptHandler) -> Iterator[Hit]:
    if node.type is None:
        yield Hit("bare-except", node.lineno)
        return
    silent = all(
        isinstance(item, ast.Pass | ast.Continue)
        or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        for item in node.body
    )
    if silent and last_name(node.type) in _EVERYTHING:
        yield Hit("silenced-error", node.lineno, node.body[-1].lineno)


def _check_suppress(node: ast.Call, names: Names) -> Iterator[Hit]:
    if names.of(node.func) == "contextlib.suppress" and any(
        last_name(kind) in _EVERYTHING for kind in node.args
    ):
        yield Hit("silenced-error", node.lineno, node.end_lineno or 0)


def _check_import(node: ast.Import | ast.ImportFrom) -> Iterator[Hit]:
    if isinstance(node, ast.Import):
        found = [alias.name for alias in node.names]
    else:
        found = [] if node.level else [f"{node.module}.{alias.name}" for alias in node.names]
    for name in filter(_is_internal, found):
        yield Hit("python-internal-import", node.lineno, node.end_lineno or 0, {"name": name})


def _is_internal(name: str) -> bool:
    parts = name.split(".")
    return parts[0] == "pbxadmin" or (parts[0] == "modules_app" and parts[1:2] != ["sdk"])


def _check_ports(node: ast.Call) -> Iterator[Hit]:
    """Yield numbers that are given as ``port=`` or as part of an address."""
    given = [one.value for one in node.keywords if one.arg == "port"]
    if last_name(node.func) in _OPENS and node.args and isinstance(node.args[0], ast.Tuple):
        given += node.args[0].elts[1:2]
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, int) and value.value:
            yield Hit("fixed-port", node.lineno, node.end_lineno or 0, {"name": value.value})


def _check_assignment(node: ast.Assign) -> Iterator[Hit]:
    for target in node.targets:
        name = last_name(target)
        if name == "check_hostname" and _is_false(node.value):
            yield Hit("tls-off", node.lineno, context={"name": "check_hostname = False"})
        value = node.value.value if isinstance(node.value, ast.Constant) else None
        if _SECRET.search(name) and isinstance(value, str) and not _PLAIN_TEXT.fullmatch(value):
            yield Hit("secret-in-code", node.lineno, context={"name": name})


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _check_text(node: ast.Constant, text: str) -> Iterator[Hit]:
    if text.startswith(_TEMPORARY) and " " not in text:
        yield Hit("temp-name", node.lineno, context={"name": text})
    if found := _LOCAL_ADDRESS.match(text):
        yield Hit("fixed-port", node.lineno, context={"name": found[2]})
