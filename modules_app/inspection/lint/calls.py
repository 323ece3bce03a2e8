"""Calls that a module should not make, found by the full names of what is called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from modules_app.inspection.lint.names import Names
from modules_app.inspection.lint.rule import Hit
from modules_app.inspection.python_tree import last_name

_PROGRAMS = re.compile(
    r"os\.(system|popen|spawn\w+|exec\w+|posix_spawnp?)|subprocess\.\w+|pty\.spawn"
    r"|asyncio\.create_subprocess_(exec|shell)"
)
_SHELLS = (
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell",
)
_EXITS = ("sys.exit", "os._exit", "os.abort", "exit", "quit")
_LOADERS = re.compile(
    r"c?pickle\.(loads?|Unpickler)|_pickle\.loads?|dill\.loads?|marshal\.loads?|shelve\.open"
    r"|yaml\.(unsafe_load|full_load|load)(_all)?"
)
_NETWORK = re.compile(
    r"(requests|httpx)\.(get|post|put|patch|delete|head|options|request|Session|Client)"
    r"|urllib\.request\.(urlopen|urlretrieve)|http\.client\.\w+Connection"
    r"|socket\.(socket|create_connection|create_server|gethostbyname|getaddrinfo)"
    r"|smtplib\.\w+|ftplib\.\w+"
)
_WAITING = re.compile(
    r"requests\.(get|post|put|patch|delete|head|options|request)|urllib\.request\.urlopen"
)
_AT_ONCE = re.compile(r"sqlite3\.connect|time\.sleep|threading\.Thread|multiprocessing\.Process")
_QUERIES = frozenset(
    "get first last count exists create get_or_create update_or_create bulk_create "
    "aggregate update delete earliest latest in_bulk".split()
)
_SQL = ("execute", "executemany", "executescript", "raw", "RawSQL")
_SAFE_TEXT = ("mark_safe", "SafeString", "SafeText")
_RESPONSES = ("HttpResponse", "HttpResponseBadRequest", "HttpResponseForbidden")
_WRITES = frozenset("write_text write_bytes mkdir unlink touch rmdir rename".split())
_HASHES = re.compile(r"hashlib\.\w+|zlib\.crc32")


def check_call(node: ast.Call, names: Names) -> Iterator[Hit]:
    """Yield the rules that one call breaks."""
    name = names.of(node.func)
    for slug in _slugs(node, name, names):
        shown = name or last_name(node.func)
        yield Hit(slug, node.lineno, node.end_lineno or 0, {"name": shown})


def check_early_call(node: ast.Call, names: Names) -> Iterator[Hit]:
    """Yield a call that reaches for network or database while the file is imported."""
    name = names.of(node.func)
    query = last_name(node.func) in _QUERIES and _mentions(node.func, "objects")
    if query or _NETWORK.fullmatch(name) or _AT_ONCE.fullmatch(name):
        shown = name or f"objects….{last_name(node.func)}"
        yield Hit("import-work", node.lineno, node.end_lineno or 0, {"name": shown})


def _slugs(node: ast.Call, name: str, names: Names) -> Iterator[str]:
    last = last_name(node.func)
    if _PROGRAMS.fullmatch(name):
        yield "shell-injection" if _is_open_shell(node, name) else "shell-call"
    if name in _EXITS:
        yield "process-exit"
    if name in ("eval", "exec") and not _is_constant(node):
        yield "dynamic-code"
    if _LOADERS.fullmatch(name) and not _has_safe_loader(node):
        yield "unsafe-load"
    if _switches_tls_off(node, name):
        yield "tls-off"
    if last in _SQL and node.args and _is_put_together(node.args[0]):
        yield "sql-text"
    if last in _SAFE_TEXT or (last in _RESPONSES and node.args and _is_filled(node.args[0])):
        yield "html-unescaped"
    if _WAITING.fullmatch(name) and not any(one.arg in ("timeout", None) for one in node.keywords):
        yield "no-timeout"
    if name == "getattr" and len(node.args) > 1 and _mentions(node.args[1], "request"):
        yield "method-from-request"
    if _writes_code_folder(node, name, last):
        yield "code-folder-write"
    if name == "tempfile.mktemp":
        yield "temp-name"
    if _HASHES.fullmatch(name) and any(_is_printed(arg, names) for arg in node.args):
        yield "printed-hash"


def _is_constant(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.args[0], ast.Constant)


def _is_open_shell(node: ast.Call, name: str) -> bool:
    by_shell = name in _SHELLS or any(
        one.arg == "shell" and not (isinstance(one.value, ast.Constant) and not one.value.value)
        for one in node.keywords
    )
    return by_shell and not _is_constant(node)


def _has_safe_loader(node: ast.Call) -> bool:
    given = [*node.args[1:], *(one.value for one in node.keywords if one.arg == "Loader")]
    return any(last_name(one) in ("SafeLoader", "CSafeLoader") for one in given)


def _switches_tls_off(node: ast.Call, name: str) -> bool:
    off = any(
        one.arg == "verify" and isinstance(one.value, ast.Constant) and one.value.value is False
        for one in node.keywords
    )
    return off or name == "ssl._create_unverified_context"


def _is_put_together(node: ast.expr) -> bool:
    """Tell whether a text holds values: an f-string, a sum, a formatted text."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return not all(isinstance(side, ast.Constant) for side in (node.left, node.right))
    is_format = isinstance(node, ast.Call) and last_name(node.func) == "format"
    return is_format or _is_filled(node)


def _is_filled(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) and any(
        isinstance(part, ast.FormattedValue) for part in node.values
    )


def _writes_code_folder(node: ast.Call, name: str, last: str) -> bool:
    if name == "open" or last == "open":
        modes = [one.value for one in node.keywords if one.arg == "mode"]
        modes += node.args[1:2] if name == "open" else node.args[:1]
        writes = any(isinstance(m, ast.Constant) and set(str(m.value)) & set("wax+") for m in modes)
    else:
        writes = last in _WRITES
    target = node.args[0] if name == "open" and node.args else node.func
    return writes and (_mentions(target, "__file__") or _mentions(target, "module_dir"))


def _is_printed(node: ast.expr, names: Names) -> bool:
    """Tell whether it is ``str(x).encode()`` or the same with ``repr``."""
    inner = node.func.value if _is_method(node, "encode") else node
    return isinstance(inner, ast.Call) and names.of(inner.func) in ("str", "repr")


def _is_method(node: ast.expr, name: str) -> bool:
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return is_call and last_name(node.func) == name


def _mentions(node: ast.AST, name: str) -> bool:
    return any(
        (isinstance(part, ast.Name) and part.id == name)
        or (isinstance(part, ast.Attribute) and part.attr == name)
        for part in ast.walk(node)
    )
