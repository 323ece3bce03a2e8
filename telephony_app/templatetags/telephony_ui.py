"""What templates need to show of the telephone part."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django import template
from django.db import DatabaseError
from django.utils.translation import gettext

from modules_app.exceptions import fill
from modules_app.templatetags.words import with_causes
from telephony_app.selectors.apply import ApplyState
from telephony_app.selectors.apply import apply_state as read_state
from telephony_app.selectors.destinations import lost_routes
from telephony_app.selectors.live import LiveState
from telephony_app.selectors.live import live_state as read_live
from telephony_app.services import impact

register = template.Library()

log = logging.getLogger(__name__)


@register.simple_tag
def apply_state() -> ApplyState | None:
    """Return what waits to be applied; None where no row can be read: a page comes out anyway."""
    try:
        return read_state()
    except DatabaseError:
        log.exception("what waits to be applied could not be read")
        return None


@register.simple_tag
def live_state() -> LiveState:
    """Return how Asterisk stands, as it was written down a moment ago."""
    return read_live()


@register.simple_tag
def change_line() -> dict[str, Any]:
    """Return what a change of records means for calls, for whoever is asked about one."""
    return impact.change_line()


@register.simple_tag
def lost_route_count() -> int:
    """Return how many incoming routes lead to modules that are not in use."""
    return len(lost_routes())


@register.filter
def apply_sentence(message: str, context: Mapping[str, Any]) -> str:
    """Translate how a request ended, then fill it."""
    return fill(gettext(message), with_causes(context)) if message else ""
