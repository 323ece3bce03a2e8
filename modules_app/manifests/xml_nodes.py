"""How the XML readers look at one element: its place, its text, its attributes, its children."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from typing import Any

from lxml import etree

from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.faults import Faults, Spot

Element = etree._Element

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)


def name_of(element: Element) -> str:
    """Return the element's name in lower case, as FreePBX's parser gives it (reference P1)."""
    return str(element.tag).lower()


def spot_of(element: Element, faults: Faults) -> Spot:
    """Return the place of an element: its line and its path."""
    return faults.at(functools.partial(_path_of, element), line=element.sourceline)


def _path_of(element: Element) -> str:
    parents = [str(parent.tag) for parent in element.iterancestors()]
    return "/".join(["", *reversed(parents), str(element.tag)])


def text_of(element: Element) -> str:
    """Return all text below the element, trimmed (reference P7: FreePBX does not trim)."""
    return "".join(element.itertext()).strip()


def line_of_text(element: Element, faults: Faults) -> str:
    """Return the element's text as one clean line; markup inside it is said and dropped."""
    if len(element):
        spot_of(element, faults).warning(
            "text-with-elements", _("The text holds elements; only their text is used.")
        )
    return values.clean_line(text_of(element), spot_of(element, faults))


def markup_of(element: Element, faults: Faults) -> str:
    """Return the text of a description or changelog, with the simple markup inside it."""
    spot = spot_of(element, faults)
    if not len(element):
        return values.clean_text(text_of(element), spot)
    spot.warning(
        "text-with-elements",
        _("The text holds unescaped markup; FreePBX would lose the text around it."),
        hint=_("Write < as &lt; in texts."),
    )
    parts = [element.text or ""]
    parts += [etree.tostring(child, encoding="unicode", with_tail=True) for child in element]
    return values.clean_text("".join(parts), spot)


def children_of(element: Element, faults: Faults) -> list[Element]:
    """Return the child elements; stray text between them is said once."""
    children = list(element)
    loose = [element.text, *(child.tail for child in children)]
    if any(text and text.strip() for text in loose):
        spot_of(element, faults).warning(
            "text-stray", _("There is text between the elements; it has no effect.")
        )
    return children


def attributes_of(element: Element, known: Collection[str], faults: Faults) -> dict[str, str]:
    """Return the attributes in lower case; those that nothing reads are said."""
    attributes = {str(name).lower(): str(value) for name, value in element.attrib.items()}
    spot = spot_of(element, faults)
    if len(attributes) < len(element.attrib):
        spot.warning(
            "attribute-repeated",
            _("An attribute is given in two letter cases; the last one counts."),
        )
    for name in attributes:
        if name not in known:
            attribute_unknown(name, known, spot)
    return attributes


def attribute_unknown(name: str, known: Collection[str], spot: Spot) -> None:
    """Say that an attribute has no effect, and what its author may have meant."""
    spelling = spot.faults.nearest(name, known)
    spot.warning(
        "attribute-unknown",
        _("The attribute {attribute} is not known and has no effect."),
        hint=_("Did you mean {spelling}?") if spelling else "",
        attribute=values.shown(name),
        spelling=spelling,
    )


def element_unknown(element: Element, faults: Faults, *, known: Collection[str] = ()) -> None:
    """Say that an element has no effect, and what its author may have meant."""
    spelling = faults.nearest(name_of(element), known)
    spot_of(element, faults).warning(
        "element-unknown",
        _("The element {element} is not known and has no effect."),
        hint=_("Did you mean {spelling}?") if spelling else "",
        element=values.shown(str(element.tag)),
        spelling=spelling,
    )


def is_true(attributes: dict[str, str], name: str, spot: Spot, *, default: bool = False) -> bool:
    """Read a flag: only the word ``true``, in any letter case, is true (reference F1.3)."""
    raw = attributes.get(name)
    if raw is None:
        return default
    if raw.strip().lower() not in ("true", "false"):
        spot.warning(
            "flag-not-boolean",
            _("{attribute} is {value}; anything but true means false."),
            attribute=name,
            value=values.shown(raw),
        )
    return raw.strip().lower() == "true"


def whole_number(raw: str, default: int, spot: Spot, *, what: str) -> int:
    """Return a whole number, or ``default`` with a warning."""
    if _WHOLE_NUMBER.fullmatch(raw.strip()):
        return int(raw)
    spot.warning(
        "number-invalid",
        _("{what} is {value}, not a whole number; {default} is used."),
        what=what,
        value=values.shown(raw),
        default=default,
    )
    return default


def plain(element: Element) -> dict[str, Any]:
    """Return an element as plain data, for what no reader of ours understands."""
    data: dict[str, Any] = {"name": str(element.tag)}
    if not len(element):
        data["text"] = text_of(element)
    if element.attrib:
        data["attributes"] = {str(name): str(value) for name, value in element.attrib.items()}
    if len(element):
        data["children"] = [plain(child) for child in element]
    return data
