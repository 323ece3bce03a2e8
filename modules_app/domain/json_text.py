"""JSON from strangers: short, shallow, and without what is no JSON."""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 20


class TooDeep(ValueError):
    """The brackets nest deeper than anything that is meant well."""


def read_json_text(text: bytes, *, deepest: int = DEEPEST) -> Any:
    """Return the values. Raises `TooDeep`, or `ValueError` for what is no JSON."""
    if _depth(text) > deepest:
        raise TooDeep(f"more than {deepest} levels")
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise TooDeep("too many levels") from error


def _depth(text: bytes) -> int:
    """Return how deep brackets nest at most; those inside of texts only make it stricter."""
    deepest = depth = 0
    for byte in text:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
