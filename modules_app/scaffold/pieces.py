"""Putting several files in Python together: imports united, classes of one name joined."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_FUTURE = "from __future__ import annotations"
_BLOCKS = ("class ", "def ", "@", "async ")
"""What two empty lines stand before."""


def join_python(texts: Sequence[str]) -> str:
    """Return one file from several; the docstrings of the first win.

    What has the same name is one thing: bodies of classes follow each other, lists grow, and
    statements that are the same stand once.
    """
    if len(texts) == 1:
        return texts[0]
    file = _File()
    for text in texts:
        file.add(text)
    return file.text()


@dataclass
class _File:
    docstring: str = ""
    modules: dict[str, None] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    blocks: dict[str, list[str]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def add(self, text: str) -> None:
        tree = ast.parse(text)
        lines = text.splitlines()
        body = list(tree.body)
        if body and _is_docstring(body[0]):
            self.docstring = self.docstring or _lines_of(lines, body[0])
            body = body[1:]
        for node in body:
            self._add_statement(lines, node)

    def _add_statement(self, lines: list[str], node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            self.modules |= dict.fromkeys(ast.unparse(node).splitlines())
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            found = {ast.unparse(alias) for alias in node.names}
            self.names.setdefault(source, set()).update(found)
        elif isinstance(node, ast.ClassDef):
            self._add_class(lines, node)
        elif (name := _list_name(node)) is not None:
            self._add_list(lines, node, name)
        else:
            key = getattr(node, "name", "") or _lines_of(lines, node)
            self.blocks.setdefault(key, [_lines_of(lines, node)])

    def _add_class(self, lines: list[str], node: ast.ClassDef) -> None:
        known = self.blocks.get(node.name)
        if known is None:
            self.blocks[node.name] = [_lines_of(lines, node)]
            return
        body = node.body[1:] if _is_docstring(node.body[0]) else node.body
        there = _names_in("\n\n".join(known))
        for item in body:
            if getattr(item, "name", "") not in there:
                known.append(_lines_of(lines, item))

    def _add_list(self, lines: list[str], node: ast.stmt, name: str) -> None:
        assert isinstance(node, ast.Assign) and isinstance(node.value, ast.List)  # noqa: S101
        self.blocks.setdefault(name, [])
        source = "\n".join(lines)
        entries = [ast.get_source_segment(source, item) or "" for item in node.value.elts]
        self.lists.setdefault(name, []).extend(entries)

    def text(self) -> str:
        """Return the whole file."""
        parts = [part for part in (self.docstring, self._imports()) if part]
        for name, pieces in self.blocks.items():
            text = self._list(name) if name in self.lists else "\n\n".join(pieces)
            parts.append(f"\n{text}" if text.startswith(_BLOCKS) else text)
        return "\n\n".join(parts) + "\n"

    def _list(self, name: str) -> str:
        entries = "".join(f"    {entry},\n" for entry in self.lists[name])
        return f"{name} = [\n{entries}]" if entries else f"{name} = []"

    def _imports(self) -> str:
        future = [_FUTURE] if self.names.pop("__future__", None) else []
        lines = [*self.modules, *(_from(source, names) for source, names in self.names.items())]
        groups = [future, *(_group(lines, rank) for rank in range(4))]
        return "\n\n".join("\n".join(group) for group in groups if group)


def _from(source: str, names: Iterable[str]) -> str:
    line = f"from {source} import {', '.join(sorted(names, key=_import_order))}"
    if len(line) <= 100:
        return line
    inner = "".join(f"    {name},\n" for name in sorted(names, key=_import_order))
    return f"from {source} import (\n{inner})"


def _import_order(name: str) -> tuple[int, str]:
    """Order names as import sorters do: constants, classes, functions; then by letters."""
    kind = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return kind, name.lower()


def _group(lines: list[str], rank: int) -> list[str]:
    return sorted(
        (line for line in lines if _rank(line.split()[1]) == rank),
        key=lambda line: (line.startswith("from"), line.split()[1]),
    )


def _rank(source: str) -> int:
    if source.startswith("."):
        return 3
    return {"django": 1, "modules_app": 2}.get(source.partition(".")[0], 0)


def _names_in(source: str) -> set[str]:
    """Return the names of the methods of a class, given as text."""
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.ClassDef)  # noqa: S101
    return {item.name for item in node.body if hasattr(item, "name")}


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _list_name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
        target = node.targets[0]
        return target.id if isinstance(target, ast.Name) else None
    return None


def _lines_of(lines: list[str], node: ast.stmt | ast.expr) -> str:
    """Return the source of a node, with decorators and the comments right above it."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])
