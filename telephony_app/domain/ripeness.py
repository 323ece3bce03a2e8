"""When what waits is to be applied: pure rules over moments and counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from modules_app.domain.model_events import actions_of

PAUSE, LONGEST = timedelta(seconds=5), timedelta(seconds=30)
"""Automatic: so long after the last change, and at the latest so long after the first."""

_ACTIONS = frozenset(
    "ReloadPBXCore ModulesConf Features PJSIP RTP IAX Dialplan Parking Queues Conference Manager"
    " Ari Voicemail MOH".split()
)
_CUSTOM = "asterisk/"


class Decision(StrEnum):
    """What is to be done about a request now."""

    WAIT = "wait"
    APPLY = "apply"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many changes wait, and when the first and the last of them came."""

    count: int
    first: datetime
    last: datetime


def concerns_asterisk(model: str, record_id: str) -> bool:
    """Tell whether a change of a record (the seeds' name, its id) can change Asterisk's files."""
    if model == "CustomFiles":
        return record_id.startswith(_CUSTOM)
    return bool(_ACTIONS & set(actions_of(model, record_id)))


def relevant(models: Collection[str]) -> frozenset[str]:
    """Return those of some seeds' names of which a change may concern Asterisk at all."""
    whole = {"CustomFiles", "PbxSettings"}
    return frozenset(one for one in models if one in whole or concerns_asterisk(one, ""))


def is_ripe(waiting: Waiting, now: datetime) -> bool:
    """Tell whether changes are to be applied by themselves: a pause came, or they waited long."""
    return now - waiting.last >= PAUSE or now - waiting.first >= LONGEST


def quiet_decision(calls: int | None, deadline: datetime | None, now: datetime) -> Decision:
    """Decide on a request that waits for a quiet moment; ``calls`` is None when nobody knows.

    No calls means apply, also at the deadline; after it the request is cancelled.
    """
    if calls == 0:
        return Decision.APPLY
    if deadline is not None and now >= deadline:
        return Decision.CANCEL
    return Decision.WAIT


def next_moment(at: time, now: datetime) -> datetime:
    """Return when the clock shows ``at`` next; ``now`` knows its time zone."""
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
