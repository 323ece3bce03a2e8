"""Template helpers of the pages about generated configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext

from modules_app.exceptions import fill
from modules_app.surfaces.base import CORE, CUSTOM
from modules_app.surfaces.overview import LABELS, Standing
from modules_app.templatetags.module_ui import icon
from modules_app.templatetags.words import with_causes

register = template.Library()

_LOOKS = {
    Standing.PROBLEM: ("circle-x", "danger"),
    Standing.WAITS: ("clock", "info"),
    Standing.LEFT_OUT: ("triangle-alert", "warning"),
    Standing.APPLIED: ("circle-check", "success"),
}


@register.simple_tag
def surface_badge(standing: str) -> str:
    """Draw how a surface stands: an icon and the word."""
    name, colour = _LOOKS[Standing(standing)]
    css = f"state text-{colour}-emphasis"
    word = gettext(LABELS[Standing(standing)])
    return format_html('<span class="{}">{}<span>{}</span></span>', css, icon(name, 18), word)


@register.filter
def complaint_text(complaint: Mapping[str, Any]) -> str:
    """Return a complaint in words."""
    return fill(gettext(complaint["message"]), with_causes(complaint["context"]))


@register.filter
def owner_title(owner: str) -> str:
    """Return who wrote lines; the id of a module stays as it is."""
    if owner == CORE:
        return "PBX Admin"
    return gettext("Your own text") if owner == CUSTOM else owner


@register.filter
def is_module(owner: str) -> bool:
    """Tell whether lines are of a module."""
    return owner not in (CORE, CUSTOM)
