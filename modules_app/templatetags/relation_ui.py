"""Words and looks for what modules need of each other and of the system."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext

from modules_app.domain.dependencies.fulfilment import FULFILMENT_LABELS, Fulfilment
from modules_app.domain.dependencies.grammar import Kind
from modules_app.templatetags.module_ui import icon

register = template.Library()

LOOKS: dict[Fulfilment, tuple[str, str]] = {
    Fulfilment.MET: ("text-success-emphasis", "circle-check"),
    Fulfilment.OFF: ("text-warning-emphasis", "circle-minus"),
    Fulfilment.AT_HAND: ("text-warning-emphasis", "package-open"),
    Fulfilment.MISSING: ("text-danger-emphasis", "circle-x"),
    Fulfilment.UNKNOWN: ("text-secondary-emphasis", "circle-question-mark"),
    Fulfilment.NOT_APPLICABLE: ("text-secondary-emphasis", "circle-slash"),
}


@register.simple_tag
def fulfilment_badge(standing: Fulfilment) -> str:
    """Draw how a requirement stands: an icon and a word."""
    css, icon_name = LOOKS[standing]
    return format_html(
        '<span class="state {}">{}<span>{}</span></span>',
        css,
        icon(icon_name, 16),
        gettext(FULFILMENT_LABELS[standing]),
    )


@register.filter
def requirement_kind(kind: Kind) -> str:
    """Return what is required, in words."""
    return {
        Kind.MODULE: gettext("Module"),
        Kind.VERSION: gettext("System"),
        Kind.PHPVERSION: gettext("PHP"),
        Kind.PHPCOMPONENT: gettext("PHP part"),
        Kind.ENGINE: gettext("Engine"),
        Kind.FILE: gettext("File"),
    }[kind]
