"""How the XML readers look at one element: its place, its text, its attributes, its children."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from lxml import etree

from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.document import MAX_DEPTH
from modules_app.manifests.faults import Faults, Spot

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)


MAX_ATTRIBUTES = 40


class Unfit(Exception):
    """Something below an element is no element, or beyond the limits."""


class Element(Spot):
    """One element and all below it, taken from lxml once: asking lxml again costs more than that.

    It is the place to report what is wrong with it. ``name`` is its tag in lower case, as
    FreePBX's parser gives it (reference P1); ``given`` are its attributes as they were written.
    Making one raises `Unfit`.
    """

    __slots__ = ("children", "given", "name", "source", "tag", "text")

    def __init__(self, source: etree._Element, faults: Faults, levels: int = MAX_DEPTH) -> None:
        tag, given = source.tag, source.attrib
        if not isinstance(tag, str) or len(given) > MAX_ATTRIBUTES or not levels:
            raise Unfit
        self.faults = faults
        self.source = source
        self.tag = tag
        self.name = tag.lower()
        self.text = source.text or ""
        self.given = given
        self.children: list[Element] = (
            [Element(child, faults, levels - 1) for child in source] if len(source) else []
        )

    @property
    def line(self) -> int | None:
        """The line that the element begins in, from 1."""
        return self.source.sourceline

    @property
    def path(self) -> str:
        """The tags from the root to the element."""
        parents = [str(parent.tag) for parent in self.source.iterancestors()]
        return "/".join(["", *reversed(parents), self.tag])


def text_of(element: Element) -> str:
    """Return all text below the element, trimmed (reference P7: FreePBX does not trim)."""
    return (raw_text_of(element) if element.children else element.text).strip()


def raw_text_of(element: Element) -> str:
    """Return all text below the element as it was written."""
    return "".join(element.source.itertext()) if element.children else element.text


def line_of_text(element: Element) -> str:
    """Return the element's text as one clean line; markup inside it is said and dropped."""
    if not element.children:
        return values.clean_line(element.text, element)
    element.warning("text-with-elements", _("The text holds elements; only their text is used."))
    return values.clean_line(raw_text_of(element), element)


def markup_of(element: Element) -> str:
    """Return the text of a description or changelog, with the simple markup inside it."""
    if not element.children:
        return values.clean_text(element.text, element)
    element.warning(
        "text-with-elements",
        _("The text holds unescaped markup; FreePBX would lose the text around it."),
        hint=_("Write < as &lt; in texts."),
    )
    parts = [element.text]
    parts += [etree.tostring(one, encoding="unicode", with_tail=True) for one in element.source]
    return values.clean_text("".join(parts), element)


def children_of(element: Element) -> list[Element]:
    """Return the child elements; stray text between them is said once."""
    if _has_stray_text(element):
        element.warning("text-stray", _("There is text between the elements; it has no effect."))
    return element.children


def _has_stray_text(element: Element) -> bool:
    if element.text.strip():
        return True
    for child in element.children:
        tail = child.source.tail
        if tail and not tail.isspace():
            return True
    return False


def attributes_of(element: Element, known: Collection[str]) -> dict[str, str]:
    """Return the attributes in lower case; those that nothing reads are said."""
    if not element.given:
        return {}
    attributes = {name.lower(): value for name, value in element.given.items()}
    if len(attributes) < len(element.given):
        element.warning(
            "attribute-repeated",
            _("An attribute is given in two letter cases; the last one counts."),
        )
    for name in attributes:
        if name not in known:
            attribute_unknown(name, known, element)
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


def element_unknown(element: Element, *, known: Collection[str] = ()) -> None:
    """Say that an element has no effect, and what its author may have meant."""
    spelling = element.faults.nearest(element.name, known)
    element.warning(
        "element-unknown",
        _("The element {element} is not known and has no effect."),
        hint=_("Did you mean {spelling}?") if spelling else "",
        element=values.shown(element.tag),
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
    data: dict[str, Any] = {"name": element.tag}
    if not element.children:
        data["text"] = text_of(element)
    if element.given:
        data["attributes"] = dict(element.given)
    if element.children:
        data["children"] = [plain(child) for child in element.children]
    return data
