"""Who may come from where, in Asterisk's words: deny everything, permit what is meant (M7.2)."""

from __future__ import annotations

from modules_app.domain.networks import meant, read_span
from telephony_app.domain.snapshot import Snapshot

DENY_ALL = "deny = 0.0.0.0/0.0.0.0\ndeny = ::/0\n"
LOCAL_ONLY = f"{DENY_ALL}permit = 127.0.0.1/255.255.255.255\n"


def access_lines(snapshot: Snapshot, network: int | None) -> str:
    """Return the lines for a network filter; "" where everybody may come.

    A filter that is not there any more permits nobody.
    """
    if network is None:
        return ""
    found = snapshot.networks_by_id.get(network)
    if found is None:
        return DENY_ALL
    permits = meant(map(read_span, found.permit), map(read_span, found.deny))
    return DENY_ALL + "".join(f"permit = {span}\n" for span in permits)
