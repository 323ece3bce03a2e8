"""Brackets and quotes of what an application of the dialplan is given."""

from __future__ import annotations

_PAIRS = ("()", "{}", "[]")


def unbalanced(text: str) -> str:
    """Return the sign that is opened and never closed, or closed and never opened; else "".

    Variables ``${…}``, expressions ``$[…]``, brackets and double quotes count. A backslash takes
    the meaning of the next sign away; brackets within quotes are text, but variables are not.
    """
    plain = "\\" not in text and '"' not in text
    if plain and all(text.count(first) == text.count(last) for first, last in _PAIRS):
        return ""
    return _look(text)


def _look(text: str) -> str:
    opened: list[str] = []
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 2
            continue
        if text.startswith(("${", "$["), at):
            opened.append(text[at : at + 2])
            at += 2
            continue
        if fault := _take(sign, opened):
            return fault
        at += 1
    return opened[-1] if opened else ""


def _take(sign: str, opened: list[str]) -> str:
    """Open or close what a sign opens or closes; return it when that cannot be."""
    innermost = opened[-1] if opened else ""
    if sign == '"':
        if innermost == '"':
            opened.pop()
        else:
            opened.append(sign)
    elif innermost == '"':
        return ""
    elif sign in "([{":
        opened.append(sign)
    elif sign in ")]}":
        return _close(sign, opened)
    return ""


def _close(sign: str, opened: list[str]) -> str:
    innermost = opened[-1] if opened else ""
    if innermost[-1:] + sign in _PAIRS:
        opened.pop()
        return ""
    return sign if not opened or innermost[:1] == "$" else innermost
