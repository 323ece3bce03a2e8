"""Ways out of what stands against a plan: links to what would help (reference U2.3 rule 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from modules_app.domain.dependencies.conflicts import ConflictKind
from modules_app.domain.findings import Finding
from modules_app.domain.states import Verb
from modules_app.exceptions import fill
from modules_app.models import Module
from modules_app.permissions import Right
from modules_app.views.wishes import plan_address

_CONFLICTS = {f"module-{kind}" for kind in ConflictKind}
_UPLOAD = {"requirement-missing", "requirement-version"}
_SETTINGS = {"requirement-engine", "requirement-version-of-system", "engine-unknown"}


@dataclass(frozen=True, slots=True)
class Way:
    """A link that leads to what would help."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as templates show it, with the ways out that this person may take."""

    finding: Mapping[str, Any]
    ways: tuple[Way, ...]


def told(findings: Iterable[Finding], rights: frozenset[Right]) -> list[Told]:
    """Return findings with their ways out."""
    return [Told(one.as_dict(), tuple(_ways(one, rights))) for one in findings]


def _ways(finding: Finding, rights: frozenset[Right]) -> Iterable[Way]:
    if finding.slug in _CONFLICTS:
        yield from _out_of_conflict(finding.context.get("ids", []), rights)
    if finding.slug in _UPLOAD and Right.INSTALL in rights:
        yield Way(reverse("upload-new"), gettext("Upload a package"))
    if finding.slug == "requirement-off" and Right.OPERATE in rights:
        needed = str(finding.context.get("required", ""))
        label = fill(gettext("Enable “{name}”"), {"name": needed})
        yield Way(plan_address(Verb.ENABLE, ids=[needed]), label)
    if finding.slug in _SETTINGS and Right.INSTALL in rights:
        yield Way(reverse("settings"), gettext("Settings"))


def _out_of_conflict(ids: Iterable[str], rights: frozenset[Right]) -> Iterable[Way]:
    """Offer to switch off either side, where it is installed."""
    for module in Module.objects.filter(pk__in=list(ids)).order_by("pk"):
        filling = {"name": module.id}
        if module.wanted == "on" and Right.OPERATE in rights:
            label = fill(gettext("Disable “{name}”"), filling)
            yield Way(reverse("module-disable", args=[module.id]), label)
        elif Right.REMOVE in rights:
            label = fill(gettext("Remove “{name}”"), filling)
            yield Way(reverse("module-remove", args=[module.id]), label)
