"""``depends`` of a module.json: ours, with the grammar of FreePBX (reference F2.1, M3.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from modules_app.domain.dependencies.grammar import Kind, read_requirements
from modules_app.domain.ids import fold_id
from modules_app.domain.manifest import Contract
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.json_loader import JsonDocument

MAX_ENTRIES = 100
"""Requirements in one manifest (R2.3 M16)."""

_KINDS = (Kind.MODULE, Kind.VERSION, Kind.ENGINE, Kind.FILE)


def read_depends(raw: Any, document: JsonDocument, facts: dict[str, Any], module_id: str) -> None:
    """Put ``{"kind", "value", "line"}`` of every requirement into ``facts["depends"]``.

    ``{"module": ["hellopbx ge 1.0"], "version": "2026.3"}``: one text or a list of texts for each
    kind; ``version`` is compared with PBXVersion. What is not of this form is said and left out.
    """
    if raw is None:
        return
    if not isinstance(raw, dict):
        _wrong_type(document, "/depends", _("object"))
        return
    entries = [entry for kind, given in raw.items() for entry in _entries(document, kind, given)]
    if len(entries) > MAX_ENTRIES:
        document.at("/depends").error(
            "requirements-too-many",
            _("The manifest names {count} requirements; {limit} are allowed."),
            rule="M16",
            count=len(entries),
            limit=MAX_ENTRIES,
        )
        return
    facts["depends"] = entries
    _judge(document, entries, module_id)


def _entries(document: JsonDocument, kind: str, given: Any) -> Iterator[dict[str, Any]]:
    path = f"/depends/{kind}"
    if kind not in _KINDS:
        document.at(path).warning(
            "requirement-kind-unknown",
            _("{kind} is no kind of requirement; known are {known}."),
            kind=values.shown(kind),
            known=", ".join(_KINDS),
        )
        return
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list):
        _wrong_type(document, path, _("list of texts"))
        return
    for number, text in enumerate(texts):
        where = path if isinstance(given, str) else f"{path}/{number}"
        if not isinstance(text, str):
            _wrong_type(document, where, _("text"))
        elif value := values.clean_line(text, document.at(where)):
            yield {"kind": str(kind), "value": value, "line": document.at(where).line or 0}


def _judge(document: JsonDocument, entries: list[dict[str, Any]], module_id: str) -> None:
    requirements, odd = read_requirements(entries, Contract.MIKOPBX)
    for finding in odd:
        place = document.at("/depends")
        context = {"path": place.path, **finding.context}
        document.faults.add(replace(finding, context=context))
    for one in requirements:
        if one.kind is Kind.MODULE and module_id and fold_id(one.name) == fold_id(module_id):
            document.at("/depends/module").error(
                "requires-itself", _("The module requires itself."), rule="M16"
            )


def _wrong_type(document: JsonDocument, path: str, wanted: str) -> None:
    document.at(path).warning(
        "field-wrong-type",
        _("The field {path} is not of the right type ({wanted}) and is left out."),
        wanted=wanted,
    )
