"""What a reload leaves: what waits for the next start, and what Asterisk goes on saying."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from modules_app.exceptions import gettext_noop as _
from modules_app.models import SurfaceState
from telephony_app.domain.asterisk_log import LogComplaint
from telephony_app.domain.reloads import Reload
from telephony_app.selectors.apply import SURFACE
from telephony_app.surface.console import Console

RESTART = "asterisk-restart-needed"

_UPTIME = re.compile(r"System uptime: (\d+)")


def notes_of(plan: Reload) -> list[dict[str, Any]]:
    """Return what a reload leaves to be done, each with the moment when that began."""
    now = timezone.now().isoformat()
    return [
        {"slug": RESTART, "message": one.text, "context": {**one.context, "since": now}, "hint": ""}
        for one in plan.left
    ]


def standing_notes(standing: Iterable[LogComplaint]) -> list[dict[str, Any]]:
    """Return what Asterisk goes on complaining of, though nothing of it changed."""
    return [
        {
            "slug": "asterisk-complains-still",
            "message": _("Asterisk says of “{name}”, which did not change: {output}"),
            "context": {"name": said.section, "output": said.text},
            "hint": "",
        }
        for said in standing
    ]


def kept_notes(console: Console) -> list[dict[str, Any]]:
    """Return the earlier ones, unless Asterisk has started since then."""
    row = SurfaceState.objects.filter(pk=SURFACE).values_list("notes", flat=True).first()
    earlier = [one for one in row or [] if one["slug"] == RESTART]
    if not earlier:
        return []
    started = started_at(console)
    return [one for one in earlier if _since(one) > started]


def started_at(console: Console) -> datetime:
    """Return when Asterisk started; now, where it does not say."""
    found = _UPTIME.search(console.command("core show uptime seconds"))
    return timezone.now() - timedelta(seconds=int(found[1]) if found else 0)


def _since(note: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(note["context"]["since"])
