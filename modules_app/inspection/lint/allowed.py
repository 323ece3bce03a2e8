"""Comments that allow a rule on one line: ``# pbx: allow shell-call``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches

from modules_app.inspection.lint.rule import Hit
from modules_app.inspection.lint.rules import RULES_BY_SLUG

_COMMENT = re.compile(r"(?:#|//|\{#|<!--|/\*)\s*pbx:\s*allow\s+(?P<slugs>[\w-]+(?:\s*,\s*[\w-]+)*)")


class Allowed:
    """What the comments of one file allow, and how often that was needed."""

    def __init__(self, text: str) -> None:
        self._by_line: dict[int, set[str]] = {}
        self.used: Counter[str] = Counter()
        if "pbx:" not in text:
            return
        for number, line in enumerate(text.splitlines(), start=1):
            if found := _COMMENT.search(line):
                self._by_line[number] = {slug.strip() for slug in found["slugs"].split(",")}

    def unknown(self) -> list[Hit]:
        """Return comments that name no rule."""
        return [
            Hit("allow-unknown", line, context={"name": slug, "wanted": _closest(slug)})
            for line, slugs in self._by_line.items()
            for slug in sorted(slugs - set(RULES_BY_SLUG))
        ]

    def pass_over(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return the hits that no comment allows, and count the others."""
        left = []
        for hit in hits:
            if any(hit.slug in self._by_line.get(line, ()) for line in hit.lines):
                self.used[hit.slug] += 1
            else:
                left.append(hit)
        return left


def _closest(slug: str) -> str:
    return get_close_matches(slug, RULES_BY_SLUG, 1, 0.1)[0]
