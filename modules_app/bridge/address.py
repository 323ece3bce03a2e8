"""From which address a browser asks."""

from __future__ import annotations

from django.http import HttpRequest

from modules_app.domain.networks import read_address


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
