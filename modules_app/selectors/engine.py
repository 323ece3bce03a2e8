"""Whether Asterisk can be reached. The telephone part puts the real answer in this place."""

from __future__ import annotations

from dataclasses import dataclass

from modules_app.exceptions import gettext_noop as _


@dataclass(frozen=True, slots=True)
class EngineState:
    """``label`` and ``reason`` are English, to be translated; empty while it is connected."""

    connected: bool
    label: str = ""
    reason: str = ""


_NOT_CONFIGURED = EngineState(
    connected=False,
    label=_("needs Asterisk"),
    reason=_("The page needs Asterisk, whose connection is not configured."),
)


def engine_state() -> EngineState:
    """Return how the connection to Asterisk stands; today nothing configures one."""
    return _NOT_CONFIGURED
