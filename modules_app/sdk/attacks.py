"""Telling fail2ban of an attack on a module."""

from __future__ import annotations

import logging

from modules_app.domain.attacks import LOGGER, attack_line
from modules_app.domain.fail2ban import underscored
from modules_app.domain.networks import read_address
from modules_app.sdk.context import current_module

_log = logging.getLogger(LOGGER)


def report_attack(address: str, what: str = "wrong password") -> None:
    """Write who attacked the running module into log/security.log, where its jail looks.

    The line is ``module_x: <what> from <address>``; ``what`` is some words of yours. Raises
    ``ValueError`` when ``address`` is none.
    """
    found = read_address(address)
    if found is None:
        raise ValueError(f"{address!r} is no address.")
    _log.warning(attack_line(underscored(current_module().id), what, found))
