"""Pages of PBX Admin by the seeds' names, and the places where modules may fill them (M6.5)."""

from __future__ import annotations

OWN = ""
"""In the place of a page's name: the pages of the module itself."""

CORE_PAGES: dict[str, tuple[str, ...]] = {
    "Dashboard": ("MainFields",),
    "PbxExtensionModules": ("TabularMenu", "AdditionalTab", "ModifyFields"),
    "GeneralSettings": ("TabularMenu", "AdditionalTab"),
    "Firewall": ("Fields",),
    "Fail2Ban": ("TabularMenu", "Fields", "AdditionalTab"),
    "Extensions": (
        "TabularMenu",
        "GeneralTabFields",
        "GeneralTabAdvancedFields",
        "AdditionalTab",
    ),
    "Providers": ("Fields", "AdvancedFields"),
    "IncomingRoutes": ("Fields",),
    "OutboundRoutes": ("Fields",),
    "DialplanApplications": ("TabularMenu", "MainTabFields", "CodeTabFields", "AdditionalTab"),
    "AsteriskManagers": ("MainFields",),
    "AsteriskRestUsers": ("MainFields",),
    "Layout": ("Footer",),
    "ModulePage": ("Header",),
}
"""The name of each page and of its blocks.

``Layout`` is every page but those that lead out of trouble; ``ModulePage`` stands for the pages of
all modules.
"""

PAGE_BLOCKS = tuple((page, block) for page, blocks in CORE_PAGES.items() for block in blocks)

CORE_FORMS = ("GeneralSettings", "Extensions", "Providers")
"""Forms that modules may add fields to."""


def block_key(page: str, block: str) -> str:
    """Return the name of a block among all blocks."""
    return f"{page}/{block}"
