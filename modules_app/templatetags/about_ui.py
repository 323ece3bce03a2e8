"""Template helpers for what a package says of itself."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join

from modules_app.domain.changelog import Entry

register = template.Library()

SHORT = 12
"""Lines of a changelog that are shown before the rest is folded."""


@register.filter
def changes(entries: tuple[Entry, ...]) -> str:
    """Draw lines of a changelog, versions bold at their beginning (reference F1.6)."""
    return format_html_join("\n", "<li>{}</li>", ((_line(entry),) for entry in entries))


@register.filter
def first_changes(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the lines that are shown at once."""
    return entries[:SHORT]


@register.filter
def later_changes(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the lines that are folded."""
    return entries[SHORT:]


def _line(entry: Entry) -> str:
    if not entry.version:
        return format_html("{}", entry.text)
    return format_html("<strong>{}</strong> {}", entry.version, entry.text)
