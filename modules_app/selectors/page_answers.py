"""What modules add to pages, from the rows of their answers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from modules_app.domain.core_pages import OWN, block_key
from modules_app.domain.grants import Grant
from modules_app.models import Module
from modules_app.selectors.answers import answers_to, implementers
from modules_app.selectors.rights import granted_modules

BLOCKS = "on_volt_block_compile"
ASSETS = "on_after_assets_prepared"
_SHORT_DIGEST = 16


@dataclass(frozen=True, slots=True)
class PageAssets:
    """Addresses of style sheets and scripts, in the order of priorities."""

    css: tuple[str, ...] = ()
    js: tuple[str, ...] = ()


def filling(page: str, block: str) -> tuple[str, ...]:
    """Return the modules that fill a block of a page, in order; one row is read if none does."""
    if not implementers(BLOCKS):
        return ()
    wanted = block_key(page, block)
    return tuple(one.module_id for one in answers_to(BLOCKS) if wanted in one.value)


def own_assets(module_id: str) -> PageAssets:
    """Return what a module adds to its own pages."""
    return _assets(OWN, [module_id]) if module_id in implementers(ASSETS) else PageAssets()


def core_assets(page: str) -> PageAssets:
    """Return what modules add to a page of PBX Admin, of those that an administrator let."""
    if not implementers(ASSETS):
        return PageAssets()
    return _assets(page, granted_modules(Grant.CORE_ASSETS))


def _assets(page: str, modules: list[str]) -> PageAssets:
    found: dict[str, list[str]] = {"css": [], "js": []}
    releases = _releases(modules)
    for answer in answers_to(ASSETS):
        for one in answer.value if answer.module_id in releases else ():
            if one.get("page") == page and one.get("kind") in found:
                address = f"/assets/{answer.module_id}/{releases[answer.module_id]}/"
                found[one["kind"]].append(address + quote(str(one.get("path"))))
    return PageAssets(tuple(found["css"]), tuple(found["js"]))


def _releases(modules: list[str]) -> dict[str, str]:
    """Return the part of each module's addresses that changes with every package."""
    rows = Module.objects.filter(pk__in=modules).values_list("id", "digest", "generation")
    return {pk: digest[:_SHORT_DIGEST] or generation for pk, digest, generation in rows}
