"""Template tags for modules: ``{% load sdk %}`` gives ``{% text "key" %}``, ``{% asset "…" %}``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html

from modules_app.sdk.context import current_module
from modules_app.sdk.pages import asset as asset_url
from modules_app.sdk.translations import translate

register = template.Library()


@register.simple_tag
def text(key: str, **values: Any) -> str:
    """Return a text of the module's ``messages``; ``%name%`` in it is filled from ``name=…``."""
    return translate(key, **values)


@register.simple_tag(takes_context=True)
def gui_hooks(context: template.Context) -> str:
    """Draw the fields that other FreePBX modules add to this page; put it inside the form."""
    components = getattr(context.get("request"), "gui_components", None)
    parts = components() if components is not None else []
    return render_to_string("host/gui_hooks.html", {"parts": parts}) if parts else ""


@register.simple_tag(takes_context=True)
def right_nav(context: template.Context) -> str:
    """Draw the links of `FreePbxModule.get_right_nav` that lead to the module's own pages."""
    links = getattr(context.get("request"), "right_nav", None)
    own = current_module().url
    pairs = [(str(caption), str(to)) for caption, to in (links() if links is not None else ())]
    shown = [pair for pair in pairs if pair[1].startswith(own)]
    return render_to_string("host/right_nav.html", {"links": shown})


@register.simple_tag(takes_context=True)
def popover(context: template.Context, module_id: str, caption: str, key: str = "") -> str:
    """Draw a link to the page of another module that makes a new destination, and back again.

    ``key`` chooses among several of its ``<popovers>``. Nothing is drawn without such a page.
    """
    request = context.get("request")
    find = getattr(request, "popovers_of", None)
    found = [one for one in (find(module_id) if find else ()) if key in ("", one.key)]
    if not found:
        return ""
    back = urlencode({"next": request.get_full_path()})
    return format_html(
        '<a class="btn btn-outline-secondary" href="{}?{}">{}</a>', found[0].url, back, caption
    )


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of one of the module's public files."""
    return asset_url(path)
