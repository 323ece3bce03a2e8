"""``{% module_block "GeneralSettings" "AdditionalTab" %}``: what modules add to a page of ours."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.db import DatabaseError
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import get_language

from modules_app.selectors.page_answers import (
    PageAssets,
    core_assets,
    filling,
    own_assets,
)

if TYPE_CHECKING:
    from modules_app.services.blocks import Blocks

register = template.Library()
log = logging.getLogger(__name__)

HEADER = ("ModulePage", "Header")
_WAYS_OUT = ("/safe-mode/", "/confirm/", "/password/", "/sessions/", "/setup/", "/login/")
"""Pages that lead out of trouble, where no module adds anything."""


@register.simple_tag(takes_context=True)
def module_block(
    context: template.Context, page: str, block: str, controls: bool = True, **view: Any
) -> str:
    """Draw what modules add to this block for the person who reads the page.

    ``view`` are plain facts for the modules. It costs one small query while nobody fills a block.
    On pages of the host it draws nothing: there, web is asked by the browser.
    """
    request = context.get("request")
    if request is None or not settings.PBX_ASKS_MODULES or _is_way_out(request):
        return ""
    try:
        parts = _blocks_of(request).fill(page, block, view, controls=controls)
    except DatabaseError:  # an error page must come out also where no row can be read
        log.exception("The block %s/%s could not be filled", page, block)
        return ""
    if not parts:
        return ""
    return render_to_string("components/_module_block.html", {"parts": parts})


@register.simple_tag(takes_context=True)
def page_assets(context: template.Context) -> PageAssets:
    """Return the style sheets and scripts that modules add to this page."""
    page = context.get("page")
    try:
        if page is not None and page.module_id and not settings.PBX_ASKS_MODULES:
            return own_assets(page.module_id)
        if page is not None and page.name and settings.PBX_ASKS_MODULES:
            return core_assets(page.name)
    except DatabaseError:  # an error page must come out also where no row can be read
        log.exception("The additions of modules could not be read")
    return PageAssets()


@register.simple_tag(takes_context=True)
def module_page_header(context: template.Context) -> str:
    """Let the browser ask web for what other modules put above a module's own page."""
    page = context.get("page")
    if page is None or not page.module_id or settings.PBX_ASKS_MODULES:
        return ""
    try:
        if not filling(*HEADER):
            return ""
    except DatabaseError:  # a page comes out also where no row can be read
        log.exception("The blocks of modules could not be read")
        return ""
    return format_html(
        '<div hx-get="/blocks/{}/" hx-trigger="load" hx-swap="outerHTML"></div>', page.module_id
    )


def _blocks_of(request: Any) -> Blocks:
    """Return what fills the blocks of this answer; it keeps the time for all of them."""
    from modules_app.services.blocks import Blocks  # pages of the host use this file, too

    found = getattr(request, "pbx_blocks", None)
    if found is None:
        language = get_language() or settings.LANGUAGE_CODE
        found = Blocks(request.user, language, request.path, lambda: get_token(request))
        request.pbx_blocks = found
    return found  # type: ignore[no-any-return]


def _is_way_out(request: Any) -> bool:
    user = getattr(request, "user", None)
    return user is None or not user.is_authenticated or request.path.startswith(_WAYS_OUT)
