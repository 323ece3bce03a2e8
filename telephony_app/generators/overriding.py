"""Options of pjsip.conf that modules change: all their changes count together (reference M6.2).

Every module sees the original. What it returns otherwise, a changed or a new key, is taken; what it
leaves as it was says nothing, so no module undoes another's change. Two that want different values
for one key clash: the one with the lower priority number, which comes first, has it, and people are
told. The original contract let the last one win, with its whole map, and dropped new keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from modules_app.exceptions import gettext_noop as _
from telephony_app.generators import escaping
from telephony_app.generators.answers import HookAnswers
from telephony_app.generators.paper import Paper

CLASH = _("“{first}” and “{second}” want different values for {option} of {section}.")
NOT_AN_OPTION = _("“{option}” cannot be an option of {section}.")
TYPE_CHANGED = _("The type of {section} cannot be changed.")

_OPTION = re.compile(r"@?[A-Za-z0-9_-]{1,60}")


@dataclass(slots=True)
class Overrides:
    """What modules want of one section: value and module by option."""

    values: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)


def overridden(
    paper: Paper, answers: HookAnswers, hook: str, key: str, original: Mapping[str, str]
) -> Overrides:
    """Return what modules change; clashes become complaints of the file."""
    found = Overrides()
    for owner, options in answers.overrides(hook, key):
        for option, text in options.items():
            if original.get(option) != text:
                _take(paper, found, owner, key, str(option), str(text))
    return found


def _take(paper: Paper, found: Overrides, owner: str, key: str, option: str, text: str) -> None:
    if option == "type":
        paper.complain(owner, "type-changed", TYPE_CHANGED, section=key)
    elif not _OPTION.fullmatch(option):
        paper.complain(owner, "not-an-option", NOT_AN_OPTION, section=key, option=option[:80])
    elif option not in found.values:
        found.values[option] = escaping.value(text)
        found.owners[option] = owner
    elif found.values[option] != escaping.value(text):
        first = found.owners[option]
        context = {"first": first, "second": owner, "option": option, "section": key}
        paper.complain(owner, "override-clash", CLASH, **context)
