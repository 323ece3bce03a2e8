"""What a module.xml says of others: depends, requirements, supported, breaking, commercial (F1.3).

Values are kept as written; `domain.dependencies.grammar` says what they mean (reference F2).
"""

from __future__ import annotations

from typing import Any

from modules_app.domain.dependencies import grammar
from modules_app.domain.manifest import Contract
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.xml_nodes import (
    Element,
    attributes_of,
    children_of,
    element_unknown,
    line_of_text,
    raw_text_of,
    text_of,
)

MAX_ENTRIES = 100
"""Requirements in one manifest (R2.3 M16)."""

_DEPENDS = ("version", "phpversion", "phpcomponent", "module", "file", "engine")
_REQUIREMENTS = ("module", "file", "folder", "version", "phpversion")
_BREAKING = (
    "rawname",
    "type",
    "version",
    "replace",
    "errormessage",
    "versionerrormessage",
    "replaceerrormessage",
)
_BREAKING_TYPES = ("conflict", "deprecated")
_COMMERCIAL_TYPES = ("upgradeable", "free", "paid")


def read_depends(blocks: list[Element]) -> list[dict[str, Any]]:
    """Return ``{"kind", "value", "line"}`` of every requirement, in file order.

    Where blanks around the value make FreePBX read another thing, the text is there as ``raw``.
    What FreePBX would not understand is said, with what we take it for (reference F2.2).
    """
    entries = _entries(blocks, _DEPENDS)
    for finding in grammar.read_requirements(entries, Contract.FREEPBX)[1]:
        blocks[0].faults.add(finding)
    return entries


def read_requirements(blocks: list[Element]) -> list[dict[str, Any]]:
    """Return the entries of the older spelling of depends, which nothing reads."""
    return _entries(blocks, _REQUIREMENTS)


def _entries(blocks: list[Element], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for block in blocks:
        attributes_of(block, ())
        for element in children_of(block):
            if element.name not in kinds:
                element_unknown(element, known=kinds)
                continue
            attributes_of(element, ())
            value = line_of_text(element)
            if value:
                entry = {"kind": element.name, "value": value, "line": element.line}
                text = raw_text_of(element)
                if text != value and text.strip() == value:
                    entry["raw"] = text
                entries.append(entry)
            else:
                _empty(element)
    if len(entries) > MAX_ENTRIES:
        blocks[0].error(
            "requirements-too-many",
            _("The manifest names {count} requirements; {limit} are allowed."),
            rule="M16",
            count=len(entries),
            limit=MAX_ENTRIES,
        )
    return entries


def _empty(element: Element) -> None:
    element.warning(
        "element-empty",
        _("The element {element} is empty and has no effect."),
        element=element.tag,
    )


def read_supported(blocks: list[Element]) -> list[str]:
    """Return the FreePBX releases that the module was made for; nobody is refused by them."""
    versions = []
    for block in blocks:
        attributes_of(block, ())
        elements = block.children or [block]
        for element in elements:
            if element is not block and element.name != "version":
                element_unknown(element, known=("version",))
            elif version := line_of_text(element):
                versions.append(version)
            else:
                _empty(element)
        if elements != [block]:
            children_of(block)
    return versions


def read_breaking(blocks: list[Element]) -> list[dict[str, str]]:
    """Return the declared conflicts, one mapping of texts for each (reference F2.6)."""
    conflicts = []
    for block in blocks:
        attributes_of(block, ())
        for element in children_of(block):
            if element.name != "module":
                element_unknown(element, known=("module",))
                continue
            conflict = _texts(element, _BREAKING)
            if _fits(conflict, element):
                conflicts.append(conflict)
    return conflicts


def _fits(conflict: dict[str, str], element: Element) -> bool:
    if not conflict.get("rawname"):
        element.warning(
            "breaking-without-module", _("A conflict names no module and has no effect.")
        )
        return False
    if conflict.get("type") not in _BREAKING_TYPES:
        element.warning(
            "breaking-type-unknown",
            _("{type} is no kind of conflict; known are conflict and deprecated."),
            type=values.shown(conflict.get("type", "")),
        )
    return True


def read_commercial(blocks: list[Element]) -> dict[str, str]:
    """Return ``type`` and ``link`` of a module that is sold; the first of several counts."""
    attributes_of(blocks[0], ())
    offer = _texts(blocks[0], ("type", "link"))
    if offer.get("type") not in _COMMERCIAL_TYPES:
        blocks[0].warning(
            "commercial-type-unknown",
            _("{type} is no kind of offer; known are free, paid and upgradeable."),
            type=values.shown(offer.get("type", "")),
        )
    return {**offer, "link": values.clean_link(offer.get("link", ""), blocks[0])}


def _texts(block: Element, known: tuple[str, ...]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for element in children_of(block):
        name = element.name
        if name not in known:
            element_unknown(element, known=known)
        elif name in texts:
            element.warning(
                "element-repeated",
                _("There are several {element} elements; the first one counts."),
                element=name,
            )
        else:
            texts[name] = line_of_text(element)
            if not text_of(element):
                _empty(element)
    return texts
