"""PHP source as a syntax tree. Nothing here runs PHP, and no depth of nesting hurts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter_php
from tree_sitter import Language, Node, Parser

from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Sources

DEPTH_LIMIT = 1000
"""Levels of nesting that a file may have. Real code joins hundreds of texts in one expression;
trees are walked without recursion, and values have a limit of their own."""


@dataclass(frozen=True, slots=True)
class PhpFile:
    """One parsed file; positions are turned into ``path:line`` for findings."""

    path: str
    root: Node

    def where(self, node: Node) -> str:
        """Return the place of a node as findings name it."""
        return f"{self.path}:{line_of(node)}"


def parse_php(sources: Sources, path: str) -> PhpFile | None:
    """Return the tree of a file, or None when it cannot be read or is nested beyond reason.

    A syntax error is recorded with its line; what is readable around it is still returned.
    """
    data = sources.code(path)
    if data is None:
        return None
    root = Parser(_language()).parse(data).root_node
    if _is_too_deep(root):
        sources.findings.warning(
            "php-nested-too-deep",
            _("This PHP file is nested more than {limit} levels deep and was not read."),
            path,
            limit=DEPTH_LIMIT,
        )
        return None
    file = PhpFile(path, root)
    if root.has_error:
        sources.findings.warning(
            "php-syntax",
            _("This PHP file has a syntax error; only the parts around it were read."),
            file.where(_first_error(root)),
        )
    return file


def line_of(node: Node) -> int:
    """Return the line on which a node starts, counted from 1."""
    return node.start_point[0] + 1


def text_of(node: Node | None) -> str:
    """Return a node's source text; bytes that are not UTF-8 become �."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")


def walk(node: Node, *types: str) -> Iterator[Node]:
    """Return the nodes below and including ``node`` that have one of the types, in file order."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type in types:
            yield current
        waiting.extend(reversed(current.children))


def child(node: Node, kind: str) -> Node | None:
    """Return the first child of a type."""
    return next((found for found in node.children if found.type == kind), None)


def classes(root: Node) -> list[Node]:
    """Return the named classes of a file."""
    return [node for node in walk(root, "class_declaration") if node.child_by_field_name("name")]


def class_name(node: Node) -> str:
    """Return the name of a class, method or function."""
    return text_of(node.child_by_field_name("name"))


def methods(node: Node) -> dict[str, Node]:
    """Return a class's own methods by lower-case name, as PHP compares them."""
    body = node.child_by_field_name("body")
    found = [] if body is None else body.children
    return {class_name(item).lower(): item for item in found if item.type == "method_declaration"}


def base_name(node: Node) -> str:
    """Return the last part of the name of a class's parent, "" without one."""
    clause = child(node, "base_clause")
    names = [] if clause is None else clause.named_children
    return text_of(names[0]).rpartition("\\")[2] if names else ""


def doc_comments(nodes: list[Node]) -> dict[int, Node]:
    """Return the ``/** … */`` that stands before each of the sibling nodes, by node id.

    Ordinary comments in between do not count, as in PHP.
    """
    found: dict[int, Node] = {}
    last: Node | None = None
    for node in nodes:
        if node.type != "comment":
            if last is not None:
                found[node.id] = last
            last = None
        elif text_of(node).startswith("/**"):
            last = node
    return found


@cache
def _language() -> Language:
    return Language(tree_sitter_php.language_php())


def _is_too_deep(root: Node) -> bool:
    cursor, depth = root.walk(), 0
    while True:
        if cursor.goto_first_child():
            depth += 1
            if depth > DEPTH_LIMIT:
                return True
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False
            depth -= 1


def _first_error(root: Node) -> Node:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            return node
        waiting.extend(found for found in reversed(node.children) if found.has_error)
    return root
