"""Names of contexts that several files know."""

from __future__ import annotations

import re
from collections import Counter

from telephony_app.domain.snapshot import Provider, Snapshot
from telephony_app.generators import escaping

ANY_PROVIDER = "none-incoming"


def incoming_contexts(snapshot: Snapshot) -> dict[str, str]:
    """Return the context of each provider's calls by its uniqid (reference M7.4).

    Providers with one host and port cannot be told apart by address, so they share a context.
    """
    shared = Counter(_place(provider) for provider in snapshot.providers if provider.host)
    found = {}
    for provider in snapshot.providers:
        together = shared[_place(provider)] > 1
        name = re.sub(r"[^A-Za-z0-9]", "", _place(provider)) if together else provider.endpoint
        found[provider.uniqid] = f"{escaping.name(name)}-incoming"
    return found


def outgoing_context(uniqid: str, route: int) -> str:
    """Return the context of one outgoing route."""
    return f"{escaping.name(uniqid)}-{route}-outgoing"


def _place(provider: Provider) -> str:
    return f"{provider.host}{provider.port}"
