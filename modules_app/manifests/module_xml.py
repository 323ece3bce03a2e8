"""module.xml of the FreePBX contract (reference F1): the top level.

FreePBX's own parser loses the digit zero, splits texts at entities and forgets repeated blocks
(F1.1). Here the text is what the author wrote, repeated blocks are joined and every oddity is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modules_app.domain.manifest import Contract
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.xml_database import read_database
from modules_app.manifests.xml_hooks import (
    read_console,
    read_fileinclude,
    read_hooks,
    read_methods,
    read_oobe,
    read_popovers,
)
from modules_app.manifests.xml_menu import read_menuitems
from modules_app.manifests.xml_nodes import (
    Element,
    attributes_of,
    children_of,
    element_unknown,
    line_of_text,
    markup_of,
    plain,
    text_of,
)
from modules_app.manifests.xml_relations import (
    read_breaking,
    read_commercial,
    read_depends,
    read_requirements,
    read_supported,
)

_LINES = {
    "name": "name",
    "publisher": "publisher",
    "license": "license",
    "category": "category",
}
_TEXTS = ("description", "changelog")
_LONG_FACTS = ("attention",)
_LINKS = ("licenselink", "info", "more-info", "updateurl")
_SWITCHES = {"candisable": "can_disable", "canuninstall": "can_uninstall"}
_FACTS = (
    "repo",
    "type",
    "modtype",
    "embedcategory",
    "authentication",
    "requires_auth",
    "location",
    "md5sum",
    "sha1sum",
    "sha1",
    "edit_url",
    "signature_check",
    "displayname",
    "author",
    "addon",
)
_FEED_ONLY = (
    "bugfix",
    "signed",
    "packaged",
    "previous",
    "releasetracks",
    "highreleasetrackver",
    "highreleasetracktype",
    "vulnerabilities",
    "dbversion",
    "status",
    "track",
    "signature",
    "updatesexpire",
    "unavail",
)
_VARIANTS = {"licence": "license", "popoverss": "popovers"}
_CONTAINERS: dict[str, Callable[[list[Element]], Any]] = {
    "depends": read_depends,
    "requirements": read_requirements,
    "supported": read_supported,
    "methods": read_methods,
    "hooks": read_hooks,
    "console": read_console,
    "popovers": read_popovers,
    "oobe": read_oobe,
    "fileinclude": read_fileinclude,
    "breaking": read_breaking,
    "commercial": read_commercial,
}
_REPEATABLE = ("fileinclude",)
_JOINED = {*_CONTAINERS, "menuitems", "database"} - {"oobe", "commercial"}
_KNOWN = frozenset(
    {
        "rawname",
        "version",
        "menuitems",
        "database",
        *_LINES,
        *_TEXTS,
        *_LINKS,
        *_SWITCHES,
        *_FACTS,
        *_LONG_FACTS,
        *_FEED_ONLY,
        *_CONTAINERS,
    }
)


def read_module_xml(root: Element) -> dict[str, Any]:
    """Return the fields of a Manifest, as far as they could be read."""
    if root.name != "module":
        root.error(
            "xml-wrong-root",
            _("The root element is {element}, not module."),
            element=values.shown(root.tag),
        )
        return {}
    return _Reader(root).fields()


class _Reader:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.facts: dict[str, Any] = {}
        self.blocks = self._blocks()

    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"id": self._id(), "version": self._version()}
        fields |= {field: self._line(name) for name, field in _LINES.items()}
        fields |= {name: self._markup(name) for name in _TEXTS}
        fields |= {field: self._switch(name) for name, field in _SWITCHES.items()}
        self._links(fields)
        fields["menu"] = read_menuitems(self.blocks.get("menuitems", []), fields["category"])
        fields["tables"] = read_database(self.blocks.get("database", []))
        self._plain_facts()
        for name, read in _CONTAINERS.items():
            if name in self.blocks:
                self.facts[name] = read(self.blocks[name])
        self._requires_itself(fields["id"])
        self._remarks(fields)
        return {**fields, "facts": self.facts}

    def _blocks(self) -> dict[str, list[Element]]:
        """Sort the top level by name and say what is unknown, misspelt or repeated."""
        attributes_of(self.root, ())
        blocks: dict[str, list[Element]] = {}
        for element in children_of(self.root):
            name = element.name
            spelt = _VARIANTS.get(name, name)
            if spelt not in _KNOWN:
                element_unknown(element, known=_KNOWN)
                self.facts.setdefault("other", []).append(plain(element))
                continue
            if spelt != element.tag:
                self._spelling(element, spelt, ignored=spelt != name)
            blocks.setdefault(spelt, []).append(element)
        for name, elements in blocks.items():
            if len(elements) > 1 and name not in _REPEATABLE:
                self._repeated(name, elements)
        return blocks

    def _spelling(self, element: Element, spelt: str, *, ignored: bool) -> None:
        context = {"element": element.tag, "spelling": spelt}
        if ignored:
            message = _("The element {element} is read as {spelling}; FreePBX ignores it.")
            element.warning("element-misspelt", message, **context)
        else:
            message = _("The element {element} is read as {spelling}.")
            element.note("element-letter-case", message, **context)

    def _repeated(self, name: str, elements: list[Element]) -> None:
        message = (
            _("There are {count} {element} elements; all of them count, FreePBX may ignore all.")
            if name in _JOINED
            else _("There are {count} {element} elements; the first one with a text counts.")
        )
        elements[1].warning("element-repeated", message, element=name, count=len(elements))

    def _first(self, name: str) -> Element | None:
        """Return the element that counts: the first with a text, else the first."""
        elements = self.blocks.get(name)
        if not elements:
            return None
        if len(elements) == 1:
            return elements[0]
        return next((one for one in elements if text_of(one)), elements[0])

    def _line(self, name: str) -> str:
        element = self._first(name)
        return "" if element is None else line_of_text(element)

    def _markup(self, name: str) -> str:
        element = self._first(name)
        return "" if element is None else markup_of(element)

    def _id(self) -> str:
        element = self._first("rawname")
        raw = "" if element is None else text_of(element)
        spot = self.root if element is None else element
        if raw:
            return values.read_id(raw, Contract.FREEPBX, spot)
        spot.error(
            "id-missing",
            _("The manifest names no module: {key} is missing or empty."),
            rule="M11",
            hint=_("Add the id of the module as <rawname>."),
            key="rawname",
        )
        return ""

    def _version(self) -> str:
        element = self._first("version")
        if element is None:
            return values.read_version("", self.root)
        return values.read_version(text_of(element), element)

    def _switch(self, name: str) -> bool:
        """``no`` forbids, anything else allows (reference F1.2)."""
        element = self._first(name)
        if element is None:
            return True
        raw = text_of(element).lower()
        if raw not in ("yes", "no"):
            element.warning(
                "switch-invalid",
                _("{element} is {value}; only yes and no have a meaning."),
                element=name,
                value=values.shown(raw),
            )
        return raw != "no"

    def _links(self, fields: dict[str, Any]) -> None:
        links = {}
        for name in _LINKS:
            element = self._first(name)
            if element is not None:
                links[name] = values.clean_link(text_of(element), element)
        fields["license_link"] = links.get("licenselink", "")
        fields["info_link"] = links.get("info") or links.get("more-info", "")
        if links.get("info") and links.get("more-info"):
            self.facts["more-info"] = links["more-info"]
        update = links.get("updateurl")
        if update:
            self.facts["updateurl"] = update
        if update and not update.lower().startswith("https://"):
            self.blocks["updateurl"][0].warning(
                "updateurl-not-https",
                _("The address of the update feed is not https, so it is never asked."),
            )

    def _plain_facts(self) -> None:
        facts = {name: self._line(name) for name in _FACTS if name in self.blocks}
        facts |= {name: self._markup(name) for name in _LONG_FACTS if name in self.blocks}
        self.facts |= {name: text for name, text in facts.items() if text}
        for name in _FEED_ONLY:
            for element in self.blocks.get(name, ()):
                element.note(
                    "element-feed-only",
                    _("The element {element} belongs to a catalogue and has no effect here."),
                    element=name,
                )
                self.facts.setdefault("feed", []).append(plain(element))

    def _requires_itself(self, module_id: str) -> None:
        for entry in self.facts.get("depends", ()):
            required = entry["value"].split(maxsplit=1)[0] if entry["value"] else ""
            if module_id and entry["kind"] == "module" and required == module_id:
                self.root.faults.at("/module/depends/module", line=entry["line"]).error(
                    "requires-itself", _("The module requires itself."), rule="M16"
                )

    def _remarks(self, fields: dict[str, Any]) -> None:
        if not fields["name"]:
            self.root.warning("name-missing", _("The manifest gives the module no name."))
        for name in ("embedcategory", "requirements"):
            if name in self.blocks:
                self.blocks[name][0].note(
                    "element-without-effect",
                    _("The element {element} is known, but nothing reads it."),
                    element=name,
                )
