"""The two gates every installation passes: the system's version and the licence key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules_app.domain.findings import Finding, Severity
from modules_app.domain.manifest import Contract
from modules_app.domain.offers import is_sold, offer_of
from modules_app.domain.versions import meets_minimum
from modules_app.exceptions import gettext_noop as _


def closed_gates(
    report: Mapping[str, Any], *, pbx_version: str, licence_key: str
) -> list[Finding]:
    """Return the errors of the gates that do not let the package of this report in."""
    manifest = report.get("manifest") or {}
    gates = (
        version_gate(report["contract"], manifest.get("min_pbx_version", ""), pbx_version),
        licence_gate(product_of(report), licence_key),
        None if product_of(report) else commercial_gate(report, licence_key),
    )
    return [finding for finding in gates if finding]


def product_of(report: Mapping[str, Any]) -> int:
    """Return the number of the licensed product, 0 for a free module."""
    return int((report.get("manifest") or {}).get("lic_product_id") or 0)


def version_gate(contract: str, minimum: str, pbx_version: str) -> Finding | None:
    """Return the error when the system is older than ``min_pbx_version`` (reference M1.2)."""
    if contract != Contract.MIKOPBX or meets_minimum(pbx_version, minimum):
        return None
    return Finding(
        Severity.ERROR,
        "ext_ModuleDependsHigherVersion",
        _("The module needs PBX version {minimum} or newer; this system is {found}."),
        {"minimum": minimum, "found": pbx_version},
        hint=_("Use a version of the module that is made for this system."),
    )


def licence_gate(product_id: int, licence_key: str) -> Finding | None:
    """Return the error when a commercial module meets no licence key (seed 001 activateLicense)."""
    if product_id <= 0 or licence_key:
        return None
    return Finding(
        Severity.ERROR,
        "ext_EmptyLicenseKey",
        _("The module is commercial and no licence key is stored here."),
        {"product": product_id},
        hint=_("Enter the licence key in the settings, then install again."),
    )


def commercial_gate(report: Mapping[str, Any], licence_key: str) -> Finding | None:
    """Return the error when a FreePBX module that is sold meets no licence key (F1.3, design 6)."""
    if not is_sold(report) or licence_key:
        return None
    return Finding(
        Severity.ERROR,
        "ext_EmptyLicenseKey",
        _("The module is commercial and no licence key is stored here."),
        {"product": offer_of(report).get("link", "")},
        hint=_("Enter the licence key in the settings, then install again."),
    )


def licence_unverified(product_id: int) -> Finding:
    """Return the note for a licence key that nothing here can check (design 6)."""
    return Finding(
        Severity.NOTE,
        "ext_LicenseNotVerified",
        _("The module is commercial; the stored licence key was not verified."),
        {"product": product_id},
    )
