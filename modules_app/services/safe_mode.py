"""Entering and leaving safe mode, and trying modules while it is on (reference R4.8, U4.2 S9).

Everything here works without module code and without the host; the file is the truth, and a row
that cannot be written to the audit stops nothing. Leaving validates nothing, on purpose: a check
against modules that are not loaded can never pass (reference R1.2, Home Assistant #37934).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.db import DatabaseError

from modules_app import audit
from modules_app.bridge.safe_mode import (
    SafeMode,
    SafeModeFile,
    Trial,
    Verdict,
    Why,
    judged,
    now_text,
)
from modules_app.bridge.strikes import Strikes
from modules_app.domain.halves import begin, without
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor, Right, require
from modules_app.processes.poke import poke
from modules_app.selectors.registry import data_dir
from modules_app.selectors.safe_mode import enabled_ids, safe_mode
from modules_app.services.impact import Sentence, impact_of

ENTERED = "safe-mode-on"
LEFT = "safe-mode-off"
TRIED = "safe-mode-try"
SEARCHED = "safe-mode-search"

_REASON_LENGTH = 500


def impact_of_switching(*, on: bool) -> list[Sentence]:
    """Return what entering or leaving means for what runs, as the lines of a plan do.

    Nothing where no row can be read: safe mode works then, too.
    """
    verb = Verb.DISABLE if on else Verb.ENABLE
    try:
        return impact_of([(verb, module_id, ()) for module_id in enabled_ids()])
    except DatabaseError:
        return []


def enter_safe_mode(*, actor: Actor, reason: str = "") -> SafeMode:
    """Switch safe mode on, for ``reason``; being in it already changes nothing.

    Raises ``NotAllowed``, and ``StorageFailed`` when the file cannot be written.
    """
    _require(actor, ENTERED)
    wanted = SafeMode(
        why=Why.PERSON, actor=actor.name, since=now_text(), reason=reason.strip()[:_REASON_LENGTH]
    )
    if _file().turn_on(wanted):
        _tell(actor, ENTERED, reason=wanted.reason)
    return safe_mode() or wanted


def leave_safe_mode(*, actor: Actor) -> None:
    """Switch safe mode off; the host then starts every enabled module. Raises ``NotAllowed``."""
    _require(actor, LEFT)
    before = _file().turn_off()
    if before is not None:
        _tell(actor, LEFT, why=str(before.why))


def try_modules(*, actor: Actor, module_ids: Sequence[str] = ()) -> SafeMode:
    """Start only these modules (all enabled ones by default) while safe mode stays on.

    They start from zero strikes. If they fail, or the host ends, nothing is loaded again; if all of
    them do well for some time, safe mode ends by itself. Raises ``NotAllowed`` or ``Refused``.
    """
    _require(actor, TRIED)
    enabled = enabled_ids()
    chosen = tuple(one for one in enabled if one in set(module_ids)) if module_ids else ()
    modules = chosen if module_ids else tuple(enabled)
    if not modules:
        raise _nothing_to_try()
    trial = Trial(modules, leave=not module_ids)
    Strikes(data_dir().run).forget(modules)
    changed = _change(lambda now: replace(now, trial=trial, search=None, verdict=None))
    _tell(actor, TRIED, modules=list(modules))
    return changed


def stop_trying(*, actor: Actor) -> SafeMode:
    """Unload what is being tried, and give up a search. Raises ``NotAllowed`` or ``Refused``."""
    _require(actor, TRIED)
    changed = _change(lambda now: replace(now, trial=None, search=None, verdict=None))
    _tell(actor, TRIED, modules=[])
    return changed


def begin_search(*, actor: Actor) -> SafeMode:
    """Look for the culprit by halves: start the first half of the enabled modules.

    Raises ``NotAllowed`` or ``Refused``.
    """
    _require(actor, SEARCHED)
    enabled = enabled_ids()
    if not enabled:
        raise _nothing_to_try()
    Strikes(data_dir().run).forget(enabled)
    changed = _change(lambda now: replace(now, trial=None, search=begin(enabled), verdict=None))
    _tell(actor, SEARCHED, modules=enabled)
    return changed


def answer_search(*, actor: Actor, running: Sequence[str], fault: bool) -> SafeMode:
    """Say whether the fault is there while the modules ``running`` are, and go on.

    An answer about other modules than those that run now is refused: the page was old. Raises
    ``NotAllowed`` or ``Refused``.
    """
    _require(actor, SEARCHED)
    now = safe_mode()
    if now is None or now.search is None or set(now.running) != set(running):
        raise Refused(
            "search-moved-on",
            _("The search has moved on since this page was drawn."),
            hint=_("Look at what is being tried now and answer again."),
        )
    verdict = Verdict(now.running, fault)
    enabled = enabled_ids()
    changed = _change(lambda found: _without_gone(judged(found, verdict) or found, enabled))
    _tell(actor, SEARCHED, modules=list(verdict.modules), fault=fault)
    return changed


def note_entered(found: SafeMode) -> None:
    """Write into the audit that safe mode came on by a file or by the host."""
    who = found.actor or "file"
    _record(Actor.system(channel="system", name=who), ENTERED, why=str(found.why))


def note_left() -> None:
    """Write into the audit that safe mode ended by the host, or because its file was removed."""
    _record(Actor.system(channel="system", name="host"), LEFT)


def _change(how: Callable[[SafeMode], SafeMode]) -> SafeMode:
    changed = _file().change(how)
    if changed is None:
        raise Refused(
            "safe-mode-off",
            _("Safe mode is off."),
            hint=_("Switch it on first; then modules can be tried one by one."),
        )
    return changed


def _without_gone(found: SafeMode, enabled: Sequence[str]) -> SafeMode:
    """Go on without modules that somebody disabled or removed during the search."""
    return replace(found, search=without(found.search, enabled)) if found.search else found


def _nothing_to_try() -> Refused:
    return Refused(
        "nothing-enabled",
        _("There is no enabled module to try."),
        hint=_("Leave safe mode, or enable a module first."),
    )


def _require(actor: Actor, action: str) -> None:
    try:
        require(actor, Right.OPERATE)
    except ModuleError as error:
        audit.record_refusal(actor=actor, action=action, target="", error=error)
        raise


def _tell(actor: Actor, action: str, **detail: Any) -> None:
    poke(data_dir().root, "host")
    _record(actor, action, **detail)


def _record(actor: Actor, action: str, **detail: Any) -> None:
    audit.try_record(actor=actor, action=action, target="", outcome="done", detail=detail)


def _file() -> SafeModeFile:
    return SafeModeFile(data_dir().root)
