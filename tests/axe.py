"""What axe finds against WCAG 2.2 A and AA on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
    },
    "resultTypes": ["violations"],
}


def check(page: Page, where: str) -> None:
    """Fail with every violation that axe finds."""
    found = Axe().run(page, options=RULES).response["violations"]
    told = [
        f"{where}: {rule['id']}: {node['html'][:160]} {node['any'][:1]}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert told == [], "\n".join(told)
