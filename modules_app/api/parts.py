"""Parts of the interface that other applications bring; they say so when they start.

    class TelephonyAppConfig(AppConfig):
        def ready(self):
            parts.register("/extensions", "telephony_app.api.routers.extensions")

The path leads to a router of django-ninja; it is imported with the interface, not before.
"""

from __future__ import annotations

_routers: dict[str, str] = {}


def register(prefix: str, router: str) -> None:
    """Answer below ``/api/v1`` + ``prefix`` with the router at a dotted path."""
    _routers[prefix] = router


def registered() -> tuple[tuple[str, str], ...]:
    """Return each prefix with the dotted path of its router, in the order of registration."""
    return tuple(_routers.items())
