"""How Asterisk stands, as the process ``telephony_live`` wrote it down a moment ago.

Nothing here talks to Asterisk: a page comes out as fast when it does not run at all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.live import ANSWERS, DEAD, ICONS, LABELS, Door, Status
from telephony_app.domain.words import Registration

FILE = "asterisk.json"
FRESH_SECONDS = 5.0
NO_NEWS_SECONDS = 15.0

_NOBODY_LOOKS = _("Nobody looks after Asterisk: the process telephony_live does not run.")
_NO_NEWS = _("There is no news of Asterisk since {at}.")
_SENTENCES: Mapping[str, str] = {
    Door.OPEN: _("Asterisk runs and answers."),
    Door.STARTING: _("Asterisk is starting."),
}


@dataclass(frozen=True, slots=True)
class LiveState:
    """``phones`` and ``providers`` map a number, or a uniqid, to a word of `Status`.

    ``calls`` is None while nobody knows how many there are.
    """

    door: Door = Door.UNKNOWN
    at: float = 0.0
    calls: int | None = None
    channels: tuple[dict[str, Any], ...] = ()
    phones: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    version: str = ""
    started: str = ""
    problem: Mapping[str, Any] | None = None

    @property
    def is_fresh(self) -> bool:
        """Tell whether it was written a moment ago."""
        return 0 <= time.time() - self.at < FRESH_SECONDS

    @property
    def is_current(self) -> bool:
        """Tell whether it can be shown as the present."""
        return self.door is Door.OPEN and 0 <= time.time() - self.at < NO_NEWS_SECONDS

    @property
    def registered(self) -> int:
        """Return how many telephones are registered and answer."""
        return sum(word == Status.ONLINE for word in self.phones.values())

    @property
    def moment(self) -> datetime:
        """Return when it was written."""
        return datetime.fromtimestamp(self.at, UTC)

    @property
    def sentence(self) -> dict[str, Any]:
        """Return how Asterisk stands as ``{"message", "context", "hint"}``, unfilled."""
        if not self.at:
            return _said(_NOBODY_LOOKS)
        if time.time() - self.at >= NO_NEWS_SECONDS:
            return _said(_NO_NEWS, at=f"{self.moment:%Y-%m-%d %H:%M:%S} UTC")
        if self.problem:
            return dict(self.problem)
        return _said(_SENTENCES.get(self.door, _NOBODY_LOOKS))

    def phone(self, number: str) -> Status | None:
        """Return how a telephone stands, None while nobody knows."""
        return self._status(self.phones, number)

    def provider(self, uniqid: str) -> Status | None:
        """Return how a provider stands, None while nobody knows."""
        return self._status(self.providers, uniqid)

    def answers(self, uniqid: str) -> bool | None:
        """Tell whether a provider answers Asterisk's questions, None where it is not asked."""
        known = self.contacts.get(uniqid, ()) if self.is_current else ()
        words = {str(one["status"]).lower() for one in known}
        if "reachable" in words:
            return True
        return False if words & DEAD else None

    def _status(self, known: Mapping[str, str], name: str) -> Status | None:
        return Status(known.get(name, Status.OFFLINE)) if self.is_current else None


_TONES: Mapping[str, str] = {
    Door.OPEN: "enabled",
    Door.UNKNOWN: "disabled",
    Door.STARTING: "disabled",
    Door.REFUSED: "broken",
    Door.CLOSED: "broken",
    Status.ONLINE: "enabled",
    Status.OFFLINE: "disabled",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A word of `Status` or `Door` as a page shows it: icon and label, to be translated."""

    word: str
    icon: str
    label: str

    @property
    def tone(self) -> str:
        """Return in which colour it is shown: that of a module in such a state."""
        return _TONES.get(self.word, "paused")


def shown(word: Status | Door | None) -> Shown:
    """Return icon and label of how something stands."""
    known = Door.UNKNOWN if word is None else word
    return Shown(str(known), ICONS[known], LABELS[known])


def shown_provider(live: LiveState, uniqid: str, registration: str) -> Shown | None:
    """Return how a provider stands, None where nobody knows.

    Where nobody registers it only answers or does not, and where it is not asked it is not known.
    """
    if registration != Registration.NONE:
        status = live.provider(uniqid)
        return shown(status) if status else None
    answers = live.answers(uniqid)
    if answers:
        return Shown(str(Status.ONLINE), ICONS[Status.ONLINE], ANSWERS)
    return None if answers is None else shown(Status.UNREACHABLE)


def live_state() -> LiveState:
    """Return what was written last; the empty state when there is nothing to read."""
    try:
        found = json.loads(live_file().read_text("utf-8"))
        return LiveState(
            **{**found, "door": Door(found["door"]), "channels": tuple(found["channels"])}
        )
    except (OSError, ValueError, KeyError, TypeError):
        return LiveState()


def live_file() -> Path:
    """Return where it is written."""
    return Path(settings.PBX_DATA_DIR) / "run" / FILE


def _said(message: str, **context: Any) -> dict[str, Any]:
    return {"slug": "asterisk-live", "message": message, "context": context, "hint": ""}
