"""What a package says of itself beyond its plain facts, made ready for templates (F1.2, F8.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules_app.domain.changelog import Entry, news, read_changelog
from modules_app.domain.manifest import Contract
from modules_app.domain.menu_items import is_public, needs_engine
from modules_app.domain.offers import BUTTONS, offer_of
from modules_app.domain.versions import compare
from modules_app.exceptions import gettext_noop as _


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What module.xml says of one menu item; ``marks`` are English sentences to be translated."""

    caption: str
    category: str
    page: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """The rest of a manifest; every text is the author's and may hold anything."""

    attention: str = ""
    changelog: tuple[Entry, ...] = ()
    news: tuple[Entry, ...] = ()
    offer_link: str = ""
    offer_button: str = ""
    sold: bool = False
    supported: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    repo: str = ""
    update_url: str = ""
    license_link: str = ""
    info_link: str = ""
    kept_on: bool = False
    kept_here: bool = False
    items: tuple[ItemFacts, ...] = ()


def about(report: Mapping[str, Any], installed: str = "") -> About:
    """Return what a stored report tells; ``installed`` is the version that it would replace."""
    manifest: Mapping[str, Any] = report.get("manifest") or {}
    facts: Mapping[str, Any] = manifest.get("facts") or {}
    entries = read_changelog(str(manifest.get("changelog") or ""))
    offer = offer_of(report)
    is_freepbx = report.get("contract") == Contract.FREEPBX
    return About(
        attention=str(facts.get("attention") or ""),
        changelog=entries,
        news=_news(entries, report, installed),
        offer_link=offer.get("link", ""),
        offer_button=BUTTONS.get(offer.get("type", ""), BUTTONS["free"]) if offer else "",
        sold=bool(offer),
        supported=tuple(facts.get("supported") or ()) if is_freepbx else (),
        requirements=tuple(_requirements(facts)) if is_freepbx else (),
        repo=str(facts.get("repo") or "").lower(),
        update_url=str(facts.get("updateurl") or ""),
        license_link=str(manifest.get("license_link") or ""),
        info_link=str(manifest.get("info_link") or ""),
        kept_on=manifest.get("can_disable") is False,
        kept_here=manifest.get("can_uninstall") is False,
        items=tuple(_items(manifest)) if is_freepbx else (),
    )


def _news(entries: tuple[Entry, ...], report: Mapping[str, Any], old: str) -> tuple[Entry, ...]:
    if not old or report.get("contract") not in list(Contract):
        return ()
    contract = Contract(report["contract"])
    new = str(report.get("version") or "")
    return news(entries, old=old, new=new, compare=lambda a, b: compare(a, b, contract))


def _requirements(facts: Mapping[str, Any]) -> Iterator[str]:
    for one in facts.get("requirements") or ():
        yield f"{one.get('kind', '')} {one.get('value', '')}".strip()


def _items(manifest: Mapping[str, Any]) -> Iterator[ItemFacts]:
    for entry in manifest.get("menu") or ():
        given: Mapping[str, str] = entry.get("facts") or {}
        yield ItemFacts(
            caption=str(entry.get("caption") or entry.get("key")),
            category=given.get("category") or str(manifest.get("category") or ""),
            page=str(entry.get("href") or given.get("display") or entry.get("key")),
            marks=tuple(_marks(entry, given)),
        )


def _marks(entry: Mapping[str, Any], given: Mapping[str, str]) -> Iterator[str]:
    if entry.get("href"):
        yield _("leads to another site")
    if entry.get("hidden"):
        yield _("not in the sidebar")
    if needs_engine(given):
        yield _("needs Asterisk")
    if given.get("access", "").strip().lower() == "all":
        yield _("for everybody who may look at modules")
    if is_public(given):
        yield _("asks to be open without a login")
    if given.get("beta", "").strip().lower() == "yes":
        yield _("beta")
