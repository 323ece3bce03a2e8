"""Every icon that a page names is drawn as it is, and not as the puzzle for unknown ones."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from modules_app.templatetags import module_ui
from telephony_app.domain.live import ICONS

NAMED = re.compile(r'(?:icon |icon_name=)"([a-z0-9-]+)"')


def test_every_icon_that_is_named_exists() -> None:
    pages = [
        page.read_text("utf-8") for page in Path(settings.BASE_DIR, "templates").rglob("*.html")
    ]
    named = {name for page in pages for name in NAMED.findall(page)}
    assert len(named) > 50
    named |= {*ICONS.values(), *module_ui.STATE_ICONS.values(), *module_ui.OUTCOME_ICONS.values()}
    named |= {icon for icon, _colour, _label in module_ui.AUDIT_OUTCOMES.values()}
    named |= {icon for _colour, icon in module_ui.BATCH_LOOKS.values()}
    puzzle = module_ui.icon("puzzle")
    assert {name for name in named if module_ui.icon(name) == puzzle} == {"puzzle"}
