"""Samples in documents, cut from examples that tests run: a sample can never be out of date.

A comment ``<!-- cut examples/ModuleX/views.py#index -->`` stands above a block of code, which holds
that file, or of a file in Python the class, function or method that is named.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

_CUT = re.compile(
    r"(?P<mark>^<!-- cut (?P<path>[\w./-]+?)(?:#(?P<name>[\w.]+))? -->\n)"
    r"```\w*\n.*?^```$",
    re.MULTILINE | re.DOTALL,
)
_LANGUAGES = {
    ".py": "python",
    ".html": "html",
    ".json": "json",
    ".js": "js",
    ".css": "css",
    ".svg": "html",
    ".xml": "xml",
    ".po": "po",
}


def fill(text: str, root: Path) -> str:
    """Return a document with its samples cut anew from the files below ``root``.

    Raises `OSError` for a file and `LookupError` for a name that is not there.
    """

    def cut(found: re.Match[str]) -> str:
        path = root / found["path"]
        source = path.read_text(encoding="utf-8")
        sample = named(source, found["name"]) if found["name"] else source.strip("\n")
        return f"{found['mark']}```{_LANGUAGES.get(path.suffix, 'text')}\n{sample}\n```"

    return _CUT.sub(cut, text)


def cuts(text: str) -> list[str]:
    """Return the paths of the files from which a document's samples are cut."""
    return [found["path"] for found in _CUT.finditer(text)]


def named(source: str, name: str) -> str:
    """Return the source of one class, function or method (``Class.method``)."""
    body: list[ast.stmt] = ast.parse(source).body
    node: ast.stmt | None = None
    for part in name.split("."):
        node = next((one for one in body if getattr(one, "name", "") == part), None)
        if node is None:
            raise LookupError(name)
        body = getattr(node, "body", [])
    assert node is not None  # noqa: S101 - a name has at least one part
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    lines = source.splitlines()[first - 1 : node.end_lineno]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] for line in lines)
