"""Telling fail2ban who guesses passwords; who is banned is decided there."""

from __future__ import annotations

import logging

from django.http import HttpRequest

from modules_app.bridge.address import browser_address
from modules_app.domain.attacks import LOGGER, WEB, WRONG_PASSWORD, attack_line
from modules_app.domain.networks import read_address

log = logging.getLogger(LOGGER)


def note_attack(request: HttpRequest, what: str = WRONG_PASSWORD) -> None:
    """Write one line about this request; a full disk does not stop it."""
    if address := read_address(browser_address(request)):
        log.warning(attack_line(WEB, what, address))
