"""What the first page would do, done once before web forks its workers."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver

from modules_app.templatetags.module_ui import STATE_ICONS, icon

_ON_EVERY_PAGE = ("base.html", "layout.html", "components/", "modules/list.html")
_ICON = re.compile(r'icon "([a-z0-9-]+)"')


def warm_up() -> None:
    """Import all views, compile all templates and load the usual icons; touches no row.

    An icon takes 30 ms, because it is looked for in an archive of all of them.
    """
    list(get_resolver().url_patterns)
    folder = Path(settings.BASE_DIR) / "templates"
    icons = {"puzzle", *STATE_ICONS.values()}
    for path in sorted(folder.rglob("*.html")):
        name = str(path.relative_to(folder))
        get_template(name)
        if name.startswith(_ON_EVERY_PAGE):
            icons.update(_ICON.findall(path.read_text("utf-8")))
    for name in sorted(icons):
        icon(name)
