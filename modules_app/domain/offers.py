"""Commercial modules of the FreePBX contract, and releases that a package names (F1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modules_app.domain.findings import Finding, Severity
from modules_app.exceptions import gettext_noop as _

BUTTONS = {
    "paid": _("Buy"),
    "upgradeable": _("Upgrade"),
    "free": _("Learn more"),
}
"""What the button of an offer says, by its type."""
_WITHOUT_LICENCE = ("free", "upgradeable")


def offer_of(report: Mapping[str, Any]) -> Mapping[str, str]:
    """Return ``type`` and ``link`` of a commercial module, nothing for any other."""
    return _facts(report).get("commercial") or {}


def is_sold(report: Mapping[str, Any]) -> bool:
    """Tell whether the module takes a licence to be installed.

    What is offered free, or free with an upgrade to buy, takes none.
    """
    offer = offer_of(report)
    return bool(offer) and offer.get("type") not in _WITHOUT_LICENCE


def remarks_on(report: Mapping[str, Any], framework_version: str) -> list[Finding]:
    """Return warnings about what module.xml says and FreePBX reads nowhere; none of it refuses."""
    facts = _facts(report)
    return [
        *_about_releases(facts.get("supported") or (), framework_version),
        *_about_requirements(facts.get("requirements") or ()),
        *_about_public(facts),
    ]


def _about_releases(supported: Iterable[str], framework_version: str) -> list[Finding]:
    named = [str(one) for one in supported]
    ours = framework_version.partition(".")[0]
    if not named or any(one.partition(".")[0] == ours for one in named):
        return []
    return [
        Finding(
            Severity.WARNING,
            "made-for-another-release",
            _("The package is made for FreePBX {named}; this system stands for {ours}."),
            {"named": ", ".join(named), "ours": framework_version},
            hint=_("It can be installed all the same; look whether its author has a newer one."),
        )
    ]


def _about_requirements(requirements: Iterable[Mapping[str, Any]]) -> list[Finding]:
    return [
        Finding(
            Severity.WARNING,
            "requirement-not-checked",
            _("The old element requirements asks for {kind} {value}; nothing checks that."),
            {"kind": str(one.get("kind", "")), "value": str(one.get("value", ""))},
            hint=_("Authors write it into depends, which is checked."),
        )
        for one in requirements
    ]


def _about_public(facts: Mapping[str, Any]) -> list[Finding]:
    return [
        Finding(
            Severity.NOTE,
            "load-without-login",
            _("module.xml says {name}=false; that opens nothing here without an explicit grant."),
            {"name": name},
        )
        for name in ("authentication", "requires_auth")
        if str(facts.get(name, "")).strip().lower() == "false"
    ]


def _facts(report: Mapping[str, Any]) -> Mapping[str, Any]:
    if report.get("contract") != "freepbx":
        return {}
    return (report.get("manifest") or {}).get("facts") or {}
