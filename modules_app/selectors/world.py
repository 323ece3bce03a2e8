"""What is installed and what is at hand, as the resolver of dependencies wants it."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import get_language

from modules_app.domain.dependencies.conflicts import Conflict, read_conflicts
from modules_app.domain.dependencies.grammar import Requirement, read_requirements
from modules_app.domain.dependencies.world import (
    INSTALLED,
    STORE,
    UPLOAD,
    Candidate,
    World,
    provided_at,
)
from modules_app.domain.ids import fold_id
from modules_app.domain.manifest import Contract
from modules_app.domain.states import Wanted, state_of
from modules_app.domain.versions import compare
from modules_app.models import Module, StoredPackage, Upload
from modules_app.selectors.kept_manifests import KeptManifest, kept_manifest
from modules_app.selectors.modules import pick
from modules_app.selectors.safe_mode import safe_mode
from modules_app.selectors.settings import all_settings

_ENGINE = "asterisk"
_MANIFEST = ("depends", "breaking")
_FLAGS = ("can_disable", "can_uninstall")


def read_world(
    upload_ids: Collection[str] | None = None, *, with_store: bool = True, language: str = ""
) -> World:
    """Return the world of now, with five queries.

    At hand are all waiting uploads, or only those named in ``upload_ids``, and with ``with_store``
    the kept packages of modules that are newer than what is installed, or not installed at all.
    ``language`` chooses the names; without it they are in the language of whoever asks.
    """
    settings, language = all_settings(), language or get_language() or "en"
    installed = {one.key: one for one in _installed(language)}
    at_hand = [*_uploads(upload_ids, language)]
    if with_store:
        at_hand += _stored(installed, _digests(upload_ids))
    return World(
        installed=installed,
        available=tuple(at_hand),
        provided=provided_at(settings["FrameworkVersion"]),
        framework_version=settings["FrameworkVersion"],
        pbx_version=settings["PBXVersion"],
        engine=(_ENGINE, settings["AsteriskVersion"].strip()),
        settings=settings,
        file_exists=_exists,
        safe_mode=safe_mode() is not None,
    )


def relations_of(
    module_id: str, contract: str, depends: str | None, breaking: str | None
) -> tuple[tuple[Requirement, ...], tuple[Conflict, ...]]:
    """Return what the stored JSON texts of a manifest's ``depends`` and ``breaking`` say."""
    return _relations(module_id, contract, depends or "[]", breaking or "[]")


# Texts of a manifest never change, and most worlds hold the modules of the world before.
@functools.lru_cache(maxsize=8192)
def _relations(
    module_id: str, contract: str, depends: str, breaking: str
) -> tuple[tuple[Requirement, ...], tuple[Conflict, ...]]:
    requirements, _odd = read_requirements(json.loads(depends), Contract(contract))
    return requirements, read_conflicts(json.loads(breaking), module_id)


def _installed(language: str) -> Iterable[Candidate]:
    rows = Module.objects.values_list(
        *("id", "titles", "version", "contract", "language", "wanted", "fault", "package_sha256"),
        *(KT(f"facts__manifest__facts__{name}") for name in _MANIFEST),
        *(KT(f"facts__manifest__{name}") for name in _FLAGS),
    )
    for row in rows:
        module_id, titles, version, contract, written_in, wanted, fault, sha256 = row[:8]
        depends, breaking, can_disable, can_uninstall = row[8:]
        requirements, conflicts = relations_of(module_id, contract, depends, breaking)
        yield Candidate(
            id=module_id,
            name=pick(titles, language, module_id),
            version=version,
            contract=Contract(contract),
            language=written_in,
            source=INSTALLED,
            reference=sha256,
            requirements=requirements,
            conflicts=conflicts,
            enabled=wanted == Wanted.ON,
            state=state_of(wanted=wanted, fault=fault, busy=False),
            can_disable=_allowed(can_disable),
            can_uninstall=_allowed(can_uninstall),
        )


def _waiting(upload_ids: Collection[str] | None) -> QuerySet[Upload]:
    waiting = Upload.objects.exclude(module_id="")
    return waiting if upload_ids is None else waiting.filter(pk__in=list(upload_ids))


def _uploads(upload_ids: Collection[str] | None, language: str) -> Iterable[Candidate]:
    names = ("version", "contract", "language")
    rows = (
        _waiting(upload_ids)
        .order_by("-uploaded_at")
        .values_list(
            *("id", "module_id", "report__titles"),
            *(KT(f"report__{name}") for name in names),
            *(KT(f"report__manifest__facts__{name}") for name in _MANIFEST),
        )
    )
    for upload_id, module_id, titles, version, contract, written_in, depends, breaking in rows:
        requirements, conflicts = relations_of(module_id, contract, depends, breaking)
        yield Candidate(
            id=module_id,
            name=pick(titles or {}, language, module_id),
            version=version or "",
            contract=Contract(contract),
            language=written_in or "",
            source=UPLOAD,
            reference=str(upload_id),
            requirements=requirements,
            conflicts=conflicts,
        )


def _digests(upload_ids: Collection[str] | None) -> set[str]:
    return set(_waiting(upload_ids).values_list("sha256", flat=True))


def _stored(installed: Mapping[str, Candidate], known: Collection[str]) -> Iterable[Candidate]:
    """Return kept packages of what is not installed, or installed in an older version."""
    rows = StoredPackage.objects.values_list("sha256", "module_id", "version")
    for sha256, module_id, version in rows.order_by("-stored_at", "sha256"):
        now = installed.get(fold_id(module_id))
        if sha256 in known or (now and compare(version, now.version, now.contract) <= 0):
            continue
        kept = kept_manifest(sha256)
        if kept is not None:
            yield _kept(kept, sha256)


def _kept(kept: KeptManifest, sha256: str) -> Candidate:
    manifest = kept.manifest
    requirements, _odd = read_requirements(manifest.facts.get("depends", ()), manifest.contract)
    return Candidate(
        id=manifest.id,
        name=manifest.name or manifest.id,
        version=manifest.version,
        contract=manifest.contract,
        language=kept.language,
        source=STORE,
        reference=sha256,
        requirements=requirements,
        conflicts=read_conflicts(manifest.facts.get("breaking", ()), manifest.id),
    )


def _allowed(flag: Any) -> bool:
    """JSON keeps a flag as a number or a word, depending on the database; missing means yes."""
    return str(flag).lower() not in ("0", "false")


def _exists(path: str) -> bool:
    return path.startswith("/") and "\0" not in path and Path(path).exists()
