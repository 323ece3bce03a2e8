"""Providers as Asterisk knows them."""

from __future__ import annotations

from telephony_app.domain.words import Registration
from telephony_app.models import Provider


def endpoints_of_providers() -> dict[str, str]:
    """Return the uniqid of each provider by the name of its endpoint.

    One that registers here is known by its user name.
    """
    rows = Provider.objects.filter(disabled=False)
    return {
        username if registration == Registration.INBOUND else uniqid: uniqid
        for uniqid, username, registration in rows.values_list("uniqid", "username", "registration")
    }
