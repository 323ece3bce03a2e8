"""An XML parser for strangers' files: no DTD, no entities, no instructions, nothing from outside.

Rules M01 to M04 of reference R2.3. What is not well-formed is reported with line and column, and
what a recovering parser still makes of it is returned for the report only.
"""

from __future__ import annotations

import re

from lxml import etree

from modules_app.exceptions import gettext_noop as _
from modules_app.manifests.document import MAX_DEPTH, decode
from modules_app.manifests.faults import Faults
from modules_app.manifests.xml_nodes import MAX_ATTRIBUTES, Element, Unfit

MAX_ELEMENTS = 6000

_DECLARATIONS = re.compile(r"<!\s*((?i:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION))")
_ENCODING = re.compile(r"""\A<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_UTF8 = ("utf-8", "utf8", "us-ascii", "ascii")


def load_xml(data: bytes, faults: Faults) -> Element | None:
    """Parse strictly; None when the file is hostile or nothing of it is usable.

    Of a file that is not well-formed the errors are told, and what is found below its root is not.
    """
    text = decode(data, faults)
    if text is None or not _plain(text, faults):
        return None
    try:
        root = etree.fromstring(data, _STRICT)
    except etree.XMLSyntaxError as fault:
        return _recovered(data, fault, faults)
    return _limited(root, data, faults, faults)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        encoding="utf-8",
    )


_STRICT = _parser(recover=False)


def _plain(text: str, faults: Faults) -> bool:
    declaration = _DECLARATIONS.search(text)
    if declaration:
        faults.at(line=text.count("\n", 0, declaration.start()) + 1).error(
            "xml-dtd",
            _("The manifest holds a document type or entity declaration; none is accepted."),
            rule="M02" if declaration[1].upper() == "ENTITY" else "M01",
        )
    encoding = _ENCODING.match(text)
    if encoding and encoding[1].lower() not in _UTF8:
        faults.at(line=1).error(
            "xml-encoding",
            _("The manifest declares the encoding {encoding}; only UTF-8 is accepted."),
            rule="M04",
            encoding=encoding[1][:40],
        )
    return not faults.has_errors


def _recovered(data: bytes, first: etree.XMLSyntaxError, faults: Faults) -> Element | None:
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        root = None
    entries = [(entry.line, entry.column, entry.message) for entry in parser.error_log]
    for line, column, message in entries or [(first.lineno, first.offset or 0, str(first.msg))]:
        faults.at(line=line).error(
            "xml-syntax",
            _("The manifest is not well-formed XML: {reason} (line {line}, column {column})."),
            hint=_("Write & as &amp; and < as &lt; in texts, and close every element."),
            reason=message.strip(),
            line=line,
            column=column,
        )
    if root is None or not isinstance(root.tag, str):
        return None
    etree.strip_elements(root, etree.Entity, with_tail=False)
    guesswork = Faults(faults.document)
    return _limited(root, data, guesswork, faults)


def _limited(root: etree._Element, data: bytes, below: Faults, faults: Faults) -> Element | None:
    """Return the root with its elements, which report to ``below``; None beyond the limits."""
    surely_few = data.count(b"<") <= MAX_ELEMENTS
    alone = root.getprevious() is None and root.getnext() is None
    if (surely_few and alone) or _within_limits(root, faults):
        try:
            return Element(root, below)
        except Unfit:
            _within_limits(root, faults)
    return None


def _within_limits(root: etree._Element, faults: Faults) -> bool:
    nodes = [*root.itersiblings(preceding=True), *root.itersiblings(), *root.iter()]
    fine = len(nodes) <= MAX_ELEMENTS and _shallow(root)
    if not fine:
        _too_much(root, faults)
    for node in nodes:
        if not isinstance(node.tag, str):
            faults.at(line=node.sourceline).error(
                "xml-instruction",
                _("The manifest holds a processing instruction or an entity; none is accepted."),
                rule="M01",
            )
            fine = False
        elif len(node.attrib) > MAX_ATTRIBUTES:
            _too_much(node, faults)
            fine = False
    return fine


def _shallow(root: etree._Element) -> bool:
    level = [root]
    for _depth in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return True
    return False


def _too_much(element: etree._Element, faults: Faults) -> None:
    faults.at(line=element.sourceline).error(
        "xml-too-complex",
        _("The manifest has too many elements, attributes or levels."),
        rule="M03",
        elements=MAX_ELEMENTS,
        attributes=MAX_ATTRIBUTES,
        depth=MAX_DEPTH,
    )
