"""Rules on templates and scripts for browsers, found line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from modules_app.inspection.lint.rule import Hit

_TEMPLATE = (
    ("inline-script", re.compile(r"<script(?![^>]*\ssrc\s*=)|\son[a-z]+\s*=\s*[\"']", re.I)),
    ("inline-style", re.compile(r"<style\b|<[a-z][^>]*\sstyle\s*=", re.I)),
    ("html-unescaped", re.compile(r"\|\s*safe(seq)?\b|\{%\s*autoescape\s+off")),
)
_SCRIPT = (
    ("post-message-any", re.compile(r"postMessage\([^)]*,\s*[\"']\*[\"']")),
    ("dynamic-code", re.compile(r"\beval\s*\(|new\s+Function\s*\(")),
)
_NAMES = {"html-unescaped": "safe", "dynamic-code": "eval"}


def check_text(path: str, text: str) -> Iterator[Hit]:
    """Yield the rules that a template or script breaks."""
    rules = _TEMPLATE if path.endswith(".html") else _SCRIPT
    for number, line in enumerate(text.splitlines(), start=1):
        for slug, pattern in rules:
            if pattern.search(line):
                yield Hit(slug, number, context={"name": _NAMES.get(slug, "")})
