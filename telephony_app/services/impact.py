"""What an operation on a module means for calls (reference U2.1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _
from telephony_app.selectors.apply import waiting
from telephony_app.selectors.contributors import ASTERISK_HOOKS, touches_asterisk
from telephony_app.services.asterisk import calls_now

_CALLS = _("Reload Asterisk; calls in progress now: {calls}. A reload does not drop them.")
_QUIET = _("Reload Asterisk; no call is in progress.")
_UNKNOWN = _(
    "Reload Asterisk; it cannot be asked how many calls are in progress. A reload drops none."
)
_WITH = _("Changes of telephone records that wait are applied together with it: {count}.")
_TOUCHING = frozenset(
    {
        Verb.INSTALL,
        Verb.UPGRADE,
        Verb.ENABLE,
        Verb.DISABLE,
        Verb.REMOVE,
        Verb.ROLLBACK,
    }
)


def impact_of(verb: Verb, module_id: str, hooks: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the lines of a plan about calls; none for a module without a part in Asterisk."""
    if verb not in _TOUCHING:
        return []
    only_on = verb is not Verb.ENABLE
    if not touches_asterisk(module_id, only_on=only_on) and not set(ASTERISK_HOOKS) & set(hooks):
        return []
    lines = [calls_line()]
    changes = waiting()
    if changes is not None:
        lines.append({"text": _WITH, "context": {"count": changes.count}})
    return lines


def calls_line() -> dict[str, Any]:
    """Return the sentence that says how many calls there are and that they go on."""
    calls = calls_now()
    if calls is None:
        return {"text": _UNKNOWN, "context": {}}
    return {"text": _CALLS if calls else _QUIET, "context": {"calls": calls} if calls else {}}
