"""Telling modules that all files of Asterisk were made (reference M6.2)."""

from __future__ import annotations

from modules_app.services.hook_calls import ask_modules

HOOK = "generate_config"
SECONDS, TOGETHER_SECONDS = 3.0, 10.0


def tell_configured() -> None:
    """Call `generate_config` of modules in use; what they answer does not matter.

    One that raises or takes too long is recorded as with any hook. Without a host nobody is told.
    """
    ask_modules(HOOK, seconds=SECONDS, total_seconds=TOGETHER_SECONDS)
