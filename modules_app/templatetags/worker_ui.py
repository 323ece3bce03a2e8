"""Template helpers of the pages about workers and events."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext

from modules_app.exceptions import gettext_noop as _
from modules_app.templatetags.module_ui import icon

register = template.Library()

_STATES = {
    "running": ("circle-check", "success", _("Running")),
    "listening": ("circle-check", "success", _("Listening")),
    "starting": ("loader-circle", "info", _("Starting")),
    "stopping": ("loader-circle", "secondary", _("Ending")),
    "waiting": ("clock", "warning", _("Waiting to start again")),
    "trouble": ("triangle-alert", "warning", _("Tries again")),
    "off": ("circle-minus", "secondary", _("Not in use")),
}


@register.simple_tag
def worker_badge(state: str) -> str:
    """Draw how a worker or a delivery stands."""
    name, colour, label = _STATES.get(state, ("circle", "secondary", state))
    drawn, word = icon(name, 18), gettext(label)
    css = f"state text-{colour}-emphasis"
    return format_html('<span class="{}">{}<span>{}</span></span>', css, drawn, word)


@register.filter
def moment(text: str) -> str:
    """Return a time that is written as ISO 8601 as people read it, in the server's time zone."""
    try:
        return localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return ""


@register.filter
def last_line(text: str) -> str:
    """Return the line of a traceback that says what was raised."""
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""


@register.filter
def as_json(value: Any) -> str:
    """Return data as readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)
