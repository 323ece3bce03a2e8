"""Template tags for modules: ``{% load sdk %}`` gives ``{% text "key" %}``, ``{% asset "…" %}``."""

from __future__ import annotations

from typing import Any

from django import template

from modules_app.sdk.pages import asset as asset_url
from modules_app.sdk.translations import translate

register = template.Library()


@register.simple_tag
def text(key: str, **values: Any) -> str:
    """Return a text of the module's ``messages``; ``%name%`` in it is filled from ``name=…``."""
    return translate(key, **values)


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of one of the module's public files."""
    return asset_url(path)
