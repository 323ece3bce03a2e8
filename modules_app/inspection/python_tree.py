"""Python source as a syntax tree; every way in which parsing can fail becomes a finding."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Sources


@dataclass(frozen=True, slots=True)
class PythonFile:
    """One file: its path in the package, its text and its tree."""

    path: str
    text: str
    tree: ast.Module


def parse_python(sources: Sources, path: str) -> PythonFile | None:
    """Return a file with its tree, or None after recording the fault with its line.

    Nesting that is too deep for Python's own parser is a fault of the file like any other.
    """
    data = sources.code(path)
    if data is None:
        return None
    text = sources.decode(path, data)
    line, reason = 1, ""
    try:
        with warnings.catch_warnings():
            # An odd escape in somebody's file must not appear in our log.
            warnings.simplefilter("ignore")
            return PythonFile(path, text, ast.parse(text))
    except SyntaxError as error:
        line, reason = error.lineno or 1, error.msg
    except ValueError as error:
        reason = str(error)
    except (RecursionError, MemoryError):
        reason = "nested too deep"
    sources.findings.error(
        "python-syntax",
        _("This is not Python that can be loaded: {reason}."),
        f"{path}:{line}",
        reason=reason[:200],
    )
    return None


def classes_of(tree: ast.Module) -> list[ast.ClassDef]:
    """Return the classes at the top of a file."""
    return [node for node in tree.body if isinstance(node, ast.ClassDef)]


def bases_of(node: ast.ClassDef) -> list[str]:
    """Return the last part of each base class's name: ``sdk.ModuleModel`` gives ``ModuleModel``."""
    return [name for name in map(last_name, node.bases) if name]


def methods_of(node: ast.ClassDef) -> dict[str, ast.AST]:
    """Return a class's own methods by name."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {item.name: item for item in node.body if isinstance(item, kinds)}


def last_name(node: ast.expr) -> str:
    """Return the last part of a name or dotted name, "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted_name(node: ast.expr) -> str:
    """Return a dotted name such as ``os.path.join``, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def first_name(node: ast.expr) -> str:
    """Return the first part of a name or dotted name, "" for anything else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
