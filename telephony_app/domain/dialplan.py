"""The dialplan as Asterisk registers it: every line that it would not take is a flaw."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.balance import unbalanced
from telephony_app.domain.lines import Flaw

LONGEST_EXTENSION = 255
OTHER_WORDS = frozenset({"ignorepat", "switch", "lswitch", "eswitch", "autohints"})

NO_EXTENSION = _("“same” continues an extension, but none was begun in this context.")
NO_START = _("“{extension}” begins with the priority “n”: nothing can ever reach it.")
BAD_PRIORITY = _("“{priority}” is no priority; it must be a number from 1 on, n or hint.")
TAKEN = _("Priority {priority} of “{extension}” is there already.")
LABEL_OPEN = _("The label “{label}” is not closed.")
NO_APPLICATION = _("The step names no application.")
BAD_APPLICATION = _("“{application}” is no name of an application.")
NOT_CLOSED = _("“{application}(” is not closed by “)” at the end of the line.")
UNBALANCED = _("“{sign}” is not closed in what “{application}” is given.")
BAD_EXTENSION = _("“{extension}” cannot be an extension.")
UNKNOWN_WORD = _("“{word}” means nothing in a context.")
NO_CONTEXT = _("There is no context “{context}” that could be included.")

_STEP = re.compile(r"\s*([^,(]*?)\s*(?:\(([^),]*)(\)?)[^,]*)?\s*(?:,|$)(.*)", re.DOTALL)
_NEXT = re.compile(r"n(?:ext)?(?:\+(\d{1,6}))?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_APPLICATION = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EXTENSION = re.compile(r"[^\s,();\"]+")


@dataclass(slots=True)
class Context:
    """What was read of one context; ``last`` is the extension that ``same`` continues."""

    name: str
    last: str | None = None
    priority: int = 0
    seen: set[tuple[str, int]] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    includes: list[tuple[int, str]] = field(default_factory=list)


_known: set[str] = set()
"""Steps that were found right before; many lines of a dialplan are the same."""


def read_line(context: Context, number: int, key: str, value: str) -> Flaw | None:
    """Take one line of a context; return what is wrong with it."""
    word = key.lower()
    if word == "exten":
        extension, _comma, step = _split_extension(value)
        if not _EXTENSION.fullmatch(extension) or len(extension) > LONGEST_EXTENSION:
            return Flaw(number, "bad-extension", BAD_EXTENSION, {"extension": extension[:80]})
        context.last = extension
        return _step(context, number, step)
    if word == "same":
        if context.last is None:
            return Flaw(number, "no-extension", NO_EXTENSION)
        return _step(context, number, value)
    if word == "include":
        context.includes.append((number, re.split("[,|]", value)[0].strip()))
    elif word not in OTHER_WORDS:
        return Flaw(number, "unknown-word", UNKNOWN_WORD, {"word": key[:80]})
    return None


def _split_extension(value: str) -> tuple[str, str, str]:
    """Return the extension without what stands for its caller's number, and its step."""
    extension, comma, step = value.partition(",")
    return extension.strip(), comma, step


def _step(context: Context, number: int, text: str) -> Flaw | None:
    """Take priority and application of the extension that was begun last."""
    found = _STEP.match(text)
    word, label, closed, rest = found.groups() if found else ("", None, "", "")
    if label is not None and not closed:
        return Flaw(number, "label-open", LABEL_OPEN, {"label": label[:80]})
    if word == "hint":
        return None if rest.strip() else Flaw(number, "no-application", NO_APPLICATION)
    flaw = _place(context, number, word)
    if flaw or rest in _known:
        return flaw
    slug, message, filled = _application(rest.strip())
    if slug:
        return Flaw(number, slug, message, filled)
    if len(_known) > 20_000:
        _known.clear()
    _known.add(rest)
    return None


def _place(context: Context, number: int, word: str) -> Flaw | None:
    """Find the priority's number, and see that it is free."""
    extension = context.last or ""
    if following := _NEXT.fullmatch(word):
        if extension not in context.begun:
            return Flaw(number, "no-start", NO_START, {"extension": extension})
        priority = context.priority + 1 + int(following[1] or 0)
    elif word in ("s", "same") and extension in context.begun:
        priority = context.priority
    elif _NUMBER.fullmatch(word) and int(word) > 0:
        priority = int(word)
    else:
        return Flaw(number, "bad-priority", BAD_PRIORITY, {"priority": word[:80]})
    if (extension, priority) in context.seen:
        filled = {"priority": priority, "extension": extension}
        return Flaw(number, "priority-taken", TAKEN, filled)
    context.seen.add((extension, priority))
    context.begun.add(extension)
    context.priority = priority
    return None


def _application(text: str) -> tuple[str, str, dict[str, str]]:
    """Return slug, message and what fills it for an application that Asterisk would not call."""
    name, bracket, data = text.partition("(")
    name = name.strip()
    if not name:
        return "no-application", NO_APPLICATION, {}
    if not _APPLICATION.fullmatch(name):
        return "bad-application", BAD_APPLICATION, {"application": name[:80]}
    if not bracket:
        return "", "", {}
    if not data.endswith(")"):
        return "not-closed", NOT_CLOSED, {"application": name}
    if sign := unbalanced(data[:-1]):
        return "unbalanced", UNBALANCED, {"sign": sign, "application": name}
    return "", "", {}
