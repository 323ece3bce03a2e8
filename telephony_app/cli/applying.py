"""``manage.py telephony apply|status|diff``: what waits for Asterisk, and how it stands."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from modules_app.cli.changing import actor, agreed
from modules_app.cli.follow import wait_until
from modules_app.cli.output import print_json, say, sentence
from modules_app.exceptions import Refused, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.registry import data_dir
from modules_app.surfaces.variables import as_the_operator
from telephony_app.domain.ripeness import next_moment
from telephony_app.models import ApplyOutcome, ApplyRequest
from telephony_app.selectors.apply import apply_state, waiting_changes
from telephony_app.selectors.captions import captions_of
from telephony_app.selectors.live import live_state, shown
from telephony_app.services.apply import apply_now, apply_when_quiet
from telephony_app.services.impact import calls_line
from telephony_app.surface.changes import changes_by_file, changes_by_owner

DOWN = 1


def add_words(kinds: Any) -> None:
    """Add the three words beside the kinds of records."""
    asked = _word(kinds, "apply", "apply what waits to Asterisk", apply)
    asked.add_argument("--when-quiet", action="store_true", help="as soon as there is no call")
    asked.add_argument("--until", metavar="HH:MM", help="cancel a quiet wish at this time")
    asked.add_argument("--dry-run", action="store_true", help="say what would be and stop")
    asked.add_argument("--yes", action="store_true", help="do not ask")
    _word(kinds, "status", "how Asterisk stands and what waits", status)
    compared = _word(kinds, "diff", "how the files would change", diff)
    compared.add_argument("--by-module", action="store_true", help="by who wrote the lines")


def _word(kinds: Any, name: str, help_text: str, handler: Any) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = kinds.add_parser(name, help=help_text)
    sub.add_argument("--json", action="store_true", help="print one JSON document")
    sub.set_defaults(handler=handler)
    return sub


def apply(args: Any) -> int:
    """Apply now and wait for the end, or leave a wish for a quiet moment."""
    lines = [*_waiting_lines(), sentence(calls_line())]
    if args.dry_run:
        _print_plan(args, lines)
        return 0
    if (code := agreed(args, lines)) is not None:
        return code
    if args.when_quiet or args.until:
        request = apply_when_quiet(actor=actor(), until=_moment(args.until))
        return _told(args, request)
    request = apply_now(actor=actor())
    wait_until(lambda: _has_ended(request))
    return _told(args, request)


def status(args: Any) -> int:
    """Say how Asterisk stands; exit code 1 while it cannot be reached."""
    live, state = live_state(), apply_state()
    door = shown(live.door if live.is_current or live.problem else None)
    if args.json:
        print_json(
            {
                "asterisk": door.word,
                "text": sentence(live.sentence, "message"),
                "version": live.version,
                "calls": live.calls if live.is_current else None,
                "phones": dict(live.phones),
                "providers": dict(live.providers),
                "waiting": state.waiting.count if state.waiting else 0,
                "request": _record(state.request),
                "applied_at": state.applied_at,
                "problem": state.problem,
                "complaints": list(state.complaints),
                "notes": list(state.notes),
            }
        )
    else:
        sys.stdout.write("\n".join(_status_lines(live, door.label, state)) + "\n")
    return 0 if live.is_current else DOWN


def diff(args: Any) -> int:
    """Print how the files would change, passwords left out."""
    with as_the_operator(data_dir()):
        found = changes_by_owner() if args.by_module else changes_by_file()
    if args.json:
        shape = [
            {
                "path": one.path,
                "module": one.owner,
                "added": one.added,
                "removed": one.removed,
                "diff": one.as_text(),
            }
            for one in found
        ]
        print_json({"changes": shape})
    else:
        sys.stdout.write("".join(one.as_text() for one in found))
    return 0


def _status_lines(live: Any, door: str, state: Any) -> list[str]:
    lines = [f"Asterisk: {gettext(door)}. {sentence(live.sentence, 'message')}"]
    if live.is_current:
        counted = gettext("Calls: {calls}. Phones registered: {phones}.")
        lines.append(fill(counted, {"calls": live.calls, "phones": live.registered}))
    lines += _waiting_lines()
    for one in (*([state.problem] if state.problem else []), *state.complaints, *state.notes):
        lines.append(sentence(one, "message"))
    return lines


def _waiting_lines() -> list[str]:
    found = waiting_changes()
    if not found:
        return [gettext("Nothing waits to be applied.")]
    return [sentence(one, "message") for one in captions_of(found)]


def _print_plan(args: Any, lines: list[str]) -> None:
    if args.json:
        print_json({"plan": lines})
    else:
        sys.stdout.write("\n".join(lines) + "\n")


def _moment(text: str | None) -> datetime:
    try:
        at = datetime.strptime(text or "", "%H:%M").time()  # noqa: DTZ007 - a time of day
    except ValueError:
        raise Refused("apply-time", _("Say --until with a time of day, as 05:00.")) from None
    return next_moment(at, timezone.localtime())


def _has_ended(request: ApplyRequest) -> bool:
    request.refresh_from_db()
    return request.state != ApplyOutcome.WAITING


def _told(args: Any, request: ApplyRequest) -> int:
    """Print how a wish stands and return the exit code: 1 when it failed or was taken back."""
    request.refresh_from_db()
    if args.json:
        print_json({"request": _record(request), "complaints": list(apply_state().complaints)})
    else:
        said = _how_it_ended(request)
        say(f"{request.get_state_display()}. {said}".strip())
        for one in apply_state().complaints:
            say(f"{one['owner']}: {sentence(one, 'message')}")
    done = (ApplyOutcome.APPLIED, ApplyOutcome.WAITING)
    return 0 if request.state in done else 1


def _record(request: ApplyRequest | None) -> dict[str, Any] | None:
    if request is None:
        return None
    return {
        "id": request.pk,
        "when": request.kind,
        "state": request.state,
        "asked_by": request.asked_by,
        "asked_at": request.asked_at,
        "deadline": request.deadline,
        "text": _how_it_ended(request),
    }


def _how_it_ended(request: ApplyRequest) -> str:
    return sentence({"text": request.sentence, "context": request.context})
