"""Telling fail2ban who guesses passwords; who is banned is decided there."""

from __future__ import annotations

import logging

from django.http import HttpRequest

from modules_app.domain.attacks import LOGGER, WEB, WRONG_PASSWORD, attack_line
from modules_app.domain.networks import read_address

log = logging.getLogger(LOGGER)


def note_attack(request: HttpRequest, what: str = WRONG_PASSWORD) -> None:
    """Write one line about this request; a full disk does not stop it."""
    if address := read_address(browser_address(request)):
        log.warning(attack_line(WEB, what, address))


def browser_address(request: HttpRequest) -> str:
    """Return where the browser is, also behind a proxy on this machine.

    Such a proxy adds whom it speaks for to X-Forwarded-For. Anybody else's header counts nothing.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    address = read_address(direct)
    if address is not None and not address.is_loopback:
        return direct
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return forwarded if read_address(forwarded) else direct
