"""What an operation on a module means for calls (reference U2.1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _
from modules_app.services.impact import Step
from telephony_app.domain.words import DefaultAction
from telephony_app.models import IncomingRoute
from telephony_app.selectors.apply import waiting
from telephony_app.selectors.contributors import ASTERISK_HOOKS, touches_asterisk
from telephony_app.services.asterisk import calls_now

_CALLS = _("Reload Asterisk; calls in progress now: {calls}. A reload does not drop them.")
_QUIET = _("Reload Asterisk; no call is in progress.")
_UNKNOWN = _(
    "Reload Asterisk; it cannot be asked how many calls are in progress. A reload drops none."
)
_WITH = _("Changes of telephone records that wait are applied together with it: {count}.")
_ROUTES = _(
    "Incoming routes to a destination of “{id}” find nothing there any more: {routes}. Their calls "
    "go on to the next route that fits."
)
_DEFAULT = _(
    "The default route leads to “{id}”: callers whom no other route takes hear that the line is "
    "congested."
)
_UNAFFECTED = _("No calls are affected; calls in progress now: {calls}.")
_UNAFFECTED_UNKNOWN = _("No calls are affected.")
_LATER = _("It counts as soon as it is applied; calls in progress go on, now: {calls}.")
_LATER_QUIET = _("It counts as soon as it is applied; no call is in progress.")
_LATER_UNKNOWN = _(
    "It counts as soon as it is applied; calls in progress go on, but Asterisk cannot be asked how "
    "many there are."
)
_NAMED = 10
_TOUCHING = frozenset(Verb) - {Verb.EXPORT}


def impact_of(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return what the steps of a plan mean for calls, and how many there are; never nothing."""
    touching = [step for step in steps if _touches(*step)]
    if not touching:
        return [_unaffected_line()]
    lines = [calls_line()]
    for verb, module_id, _hooks in touching:
        lines += _routes_that_dangle(verb, module_id)
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


def change_line() -> dict[str, Any]:
    """Return the same of a change of telephone records, which waits until it is applied."""
    calls = calls_now()
    if calls is None:
        return {"text": _LATER_UNKNOWN, "context": {}}
    return {"text": _LATER if calls else _LATER_QUIET, "context": {"calls": calls} if calls else {}}


def _routes_that_dangle(verb: Verb, module_id: str) -> list[dict[str, Any]]:
    """Return the lines about routes whose destination goes with the module."""
    if verb not in (Verb.DISABLE, Verb.REMOVE):
        return []
    rows = IncomingRoute.objects.filter(
        destination_module=module_id, action=DefaultAction.EXTENSION
    )
    lines = []
    if names := [str(row) for row in rows.filter(is_default=False)[: _NAMED + 1]]:
        routes = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        lines.append({"text": _ROUTES, "context": {"id": module_id, "routes": routes}})
    if rows.filter(is_default=True).exists():
        lines.append({"text": _DEFAULT, "context": {"id": module_id}})
    return lines


def _touches(verb: Verb, module_id: str, hooks: Collection[str]) -> bool:
    """Tell whether a step changes a module's part in Asterisk's files."""
    if verb not in _TOUCHING:
        return False
    only_on = verb is not Verb.ENABLE
    own = touches_asterisk(module_id, only_on=only_on)
    return own or bool(set(ASTERISK_HOOKS) & set(hooks))


def _unaffected_line() -> dict[str, Any]:
    calls = calls_now()
    if calls is None:
        return {"text": _UNAFFECTED_UNKNOWN, "context": {}}
    return {"text": _UNAFFECTED, "context": {"calls": calls}}
