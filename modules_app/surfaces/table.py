"""All surfaces, in the order in which they are applied."""

from __future__ import annotations

from modules_app.surfaces.base import Surface

SURFACES: tuple[Surface, ...] = ()


def surface(name: str) -> Surface:
    """Return the surface called ``name``; `KeyError` when there is none."""
    found = {one.name: one for one in SURFACES}
    return found[name]
