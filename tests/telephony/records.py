"""One record of each kind of the telephone part."""

from __future__ import annotations

from modules_app.permissions import Actor
from telephony_app.services.applications import create_application
from telephony_app.services.extensions import create_extension
from telephony_app.services.interfaces import create_ari_user, create_manager_user
from telephony_app.services.providers import create_provider
from telephony_app.services.routes import create_incoming_route, create_outgoing_route

PROVIDER = {
    "description": "City line",
    "registration": "outbound",
    "host": "sip.example.com",
    "username": "4912345",
    "secret": "provider-secret",
}


def telephone_records() -> dict[str, int]:
    """Make the records and return their numbers by the first part of their pages' addresses."""
    actor = Actor.system()
    phone = create_extension(actor=actor, values={"number": "201", "name": "Ann"})
    provider = create_provider(actor=actor, values=PROVIDER)
    incoming = {"provider": provider, "number": "4930", "extension": "201"}
    outgoing = {"provider": provider, "name": "All"}
    lines = {"number": "700", "name": "Door", "logic": "Answer()"}
    return {
        "extensions": phone.pk,
        "providers": provider.pk,
        "incoming-routes": create_incoming_route(actor=actor, values=incoming).pk,
        "outgoing-routes": create_outgoing_route(actor=actor, values=outgoing).pk,
        "ami-users": create_manager_user(actor=actor, values={"username": "crm"}).pk,
        "ari-users": create_ari_user(actor=actor, values={"username": "bot"}).pk,
        "dialplan-applications": create_application(actor=actor, values=lines).pk,
    }
