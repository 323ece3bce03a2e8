"""What the telephone part adds to the other application when it starts."""

from __future__ import annotations

from modules_app.api import parts
from modules_app.cli import pages
from modules_app.domain.destinations import register_provider
from modules_app.hooks.questions import Source
from modules_app.hooks.questions import register as register_questions
from modules_app.selectors.doctor import register as register_checks
from modules_app.services.impact import register as register_impact
from modules_app.surfaces.table import register as register_surface
from telephony_app.generators.questions import changes, questions
from telephony_app.selectors.checks import telephony_checks
from telephony_app.selectors.destinations import numbers_as_destinations
from telephony_app.selectors.snapshot import read_snapshot
from telephony_app.services.impact import impact_of
from telephony_app.surface.asterisk import AsteriskSurface

_ROUTERS = (
    "extensions",
    "providers",
    "incoming-routes",
    "outgoing-routes",
    "codecs",
    "ami-users",
    "ari-users",
    "dialplan-applications",
)


def connect() -> None:
    """Register the files of Asterisk, what they ask modules, lines about calls, REST, numbers."""
    pages.register("telephony.md", "telephony_app.cli.reference.commands_page")
    for name in _ROUTERS:
        parts.register(f"/{name}", f"telephony_app.api.routers.{name.replace('-', '_')}")
    register_surface(AsteriskSurface())
    register_impact(impact_of)
    register_checks(telephony_checks)
    register_questions(Source(read_snapshot, questions, changes))
    register_provider("numbers", numbers_as_destinations)
