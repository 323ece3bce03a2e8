"""All surfaces, in the order in which they are applied."""

from __future__ import annotations

from modules_app.surfaces.asterisk import ScriptsSurface, SoundsSurface
from modules_app.surfaces.base import Surface
from modules_app.surfaces.cron import CronSurface
from modules_app.surfaces.fail2ban import Fail2BanSurface
from modules_app.surfaces.firewall import FirewallSurface
from modules_app.surfaces.nginx import NginxSurface

SURFACES: list[Surface] = [
    CronSurface(),
    NginxSurface(),
    FirewallSurface(),
    Fail2BanSurface(),
    SoundsSurface(),
    ScriptsSurface(),
]


def register(surface: Surface) -> None:
    """Add a surface of another application, after the others; one that is known is replaced."""
    SURFACES[:] = [one for one in SURFACES if one.name != surface.name] + [surface]


def surface(name: str) -> Surface:
    """Return the surface called ``name``; `KeyError` when there is none."""
    found = {one.name: one for one in SURFACES}
    return found[name]
