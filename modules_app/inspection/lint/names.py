"""What names in a file stand for, as far as its imports tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modules_app.inspection.python_tree import dotted_name

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Names:
    """Resolves ``run`` to ``subprocess.run`` after ``from subprocess import run``."""

    def __init__(self, tree: ast.Module) -> None:
        self._known: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname:
                        self._known[alias.asname] = alias.name
            elif isinstance(node, ast.ImportFrom) and not node.level:
                for alias in node.names:
                    self._known[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def of(self, node: ast.expr) -> str:
        """Return the full dotted name of an expression, "" when it is not a name."""
        first, dot, rest = dotted_name(node).partition(".")
        return self._known.get(first, first) + dot + rest


def run_at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that run while the file is imported: not the bodies of functions."""
    waiting: list[ast.AST] = [node for node in tree.body if not _is_guarded(node)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _FUNCTIONS):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def _is_guarded(node: ast.stmt) -> bool:
    """Tell whether it is ``if __name__ == "__main__"`` or ``if TYPE_CHECKING``."""
    if not isinstance(node, ast.If):
        return False
    test = node.test.left if isinstance(node.test, ast.Compare) else node.test
    return dotted_name(test).rpartition(".")[2] in ("__name__", "TYPE_CHECKING")
