"""module.json of the MikoPBX contract (reference M1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modules_app.domain.grants import Grant
from modules_app.domain.manifest import Contract
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.faults import Faults
from modules_app.manifests.json_depends import read_depends
from modules_app.manifests.json_loader import JsonDocument, load_json

MODULE_TYPES = (
    "general",
    "languagepack",
    "security",
    "cti",
    "utility",
    "call_feature",
    "ai",
)

_KNOWN = (
    "moduleUniqueID",
    "name",
    "description",
    "developer",
    "support_email",
    "version",
    "min_pbx_version",
    "lic_product_id",
    "lic_feature_id",
    "wiki_links",
    "module_type",
    "language_code",
    "release_settings",
    "translation_sync",
    "grants",
    "depends",
)
_LINE_FIELDS = {
    "publisher": "developer",
    "support_email": "support_email",
    "min_pbx_version": "min_pbx_version",
}
_BUILD_FIELDS = ("release_settings", "translation_sync")
_ADDRESS = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*", re.ASCII)


def read_module_json(data: bytes, faults: Faults) -> dict[str, Any]:
    """Return the fields of a Manifest, as far as they could be read; faults are in ``faults``.

    Name and description usually come from the translations ``Breadcrumb<ID>`` and
    ``SubHeader<ID>``, so both may be missing (reference M1.1).
    """
    document = load_json(data, faults)
    if document is None:
        return {}
    if not isinstance(document.value, dict):
        document.at("").error("json-not-object", _("The manifest is not a JSON object."))
        return {}
    return _Reader(document).fields()


class _Reader:
    def __init__(self, document: JsonDocument) -> None:
        self.document = document
        self.at = document.at
        self.given: dict[str, Any] = document.value
        self.facts: dict[str, Any] = {}

    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"id": self._id(), "version": self._version()}
        fields |= {field: self._line(key) for field, key in _LINE_FIELDS.items()}
        fields |= {key: self._translated(key) for key in ("name", "description")}
        fields |= {key: self._licence(key) for key in ("lic_product_id", "lic_feature_id")}
        fields["wiki_links"] = self._wiki_links()
        fields["module_type"] = self._module_type()
        self._language_code(fields["module_type"])
        self._build_settings()
        self._grants()
        read_depends(self.given.get("depends"), self.document, self.facts, fields["id"])
        self._unknown()
        self._remarks(fields)
        return {**fields, "facts": self.facts}

    def _id(self) -> str:
        raw = self.given.get("moduleUniqueID")
        if isinstance(raw, str) and raw:
            return values.read_id(raw, Contract.MIKOPBX, self.at("/moduleUniqueID"))
        self.at("/moduleUniqueID").error(
            "id-missing",
            _("The manifest names no module: {key} is missing or not a text."),
            key="moduleUniqueID",
            rule="M11",
            hint=self._hint_for_missing_id(),
        )
        return ""

    def _hint_for_missing_id(self) -> str:
        if "module_uniqid" in self.given:
            return _("An early template wrote module_uniqid; rename that key to moduleUniqueID.")
        if "rawname" in self.given:
            return _("This looks like the update feed of a FreePBX module, not like a manifest.")
        return _("Add the id of the module as moduleUniqueID.")

    def _version(self) -> str:
        raw = self.given.get("version", "")
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            self.at("/version").warning(
                "version-is-number",
                _("The version is a number; trailing zeros of a number are lost."),
                hint=_("Write the version in quotation marks."),
            )
            raw = str(raw)
        return values.read_version(self._text("version", raw), self.at("/version"))

    def _text(self, key: str, raw: Any) -> str:
        if isinstance(raw, str):
            return raw
        if raw is not None:
            self._wrong_type(f"/{key}", _("text"))
        return ""

    def _line(self, key: str) -> str:
        return values.clean_line(self._text(key, self.given.get(key)), self.at(f"/{key}"))

    def _translated(self, key: str) -> str:
        """A plain text, or an object of texts by language, of which English is the default."""
        raw = self.given.get(key)
        if not isinstance(raw, dict):
            return self._long(f"/{key}", self._text(key, raw), key)
        texts = {}
        for language, text in raw.items():
            path = f"/{key}/{language}"
            if isinstance(text, str):
                texts[language] = self._long(path, text, key)
            else:
                self._wrong_type(path, _("text"))
        self.facts[f"{key}_translations"] = texts
        return texts.get("en") or next(iter(texts.values()), "")

    def _long(self, path: str, raw: str, key: str) -> str:
        clean = values.clean_text if key == "description" else values.clean_line
        return clean(raw, self.at(path))

    def _licence(self, key: str) -> int:
        """Return an id of the licence service; it gates installing, so a strange one is refused."""
        raw = self.given.get(key, 0)
        if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,9}", raw.strip(), re.ASCII):
            raw = int(raw)
        if raw in (None, ""):
            return 0
        if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
            return raw
        self.at(f"/{key}").error(
            "licence-id-invalid",
            _("{key} is {value}; it must be a whole number from 0."),
            key=key,
            value=values.shown(raw),
        )
        return 0

    def _wiki_links(self) -> dict[str, dict[str, str]]:
        raw = self.given.get("wiki_links")
        if not raw:
            return {}
        if not isinstance(raw, dict):
            self._wrong_type("/wiki_links", _("object"))
            return {}
        return {
            language: self._links_of(f"/wiki_links/{language}", links)
            for language, links in raw.items()
        }

    def _links_of(self, path: str, raw: Any) -> dict[str, str]:
        if not isinstance(raw, dict):
            self._wrong_type(path, _("object"))
            return {}
        kept = {}
        for old, new in raw.items():
            spot = self.at(f"{path}/{old}")
            if not isinstance(new, str):
                self._wrong_type(spot.path, _("text"))
            elif not (old.strip() and new.strip()):
                spot.warning("link-empty", _("A link is empty and is left out."))
            elif (old_link := values.clean_link(old, spot)) and (
                new_link := values.clean_link(new, spot)
            ):
                kept[old_link] = new_link
        return kept

    def _module_type(self) -> str:
        kind = self._line("module_type") or "general"
        if kind not in MODULE_TYPES:
            self.at("/module_type").warning(
                "module-type-unknown",
                _("{type} is no known module type."),
                type=kind,
                known=", ".join(MODULE_TYPES),
            )
        return kind

    def _language_code(self, module_type: str) -> None:
        code = self._line("language_code")
        spot = self.at("/language_code")
        if code and not _LANGUAGE.fullmatch(code):
            spot.warning("language-code-invalid", _("{code} is no language code."), code=code)
        elif code:
            self.facts["language_code"] = code
        elif module_type == "languagepack":
            spot.note(
                "language-code-missing",
                _("The language pack names no language; its only folder of sounds decides."),
            )

    def _build_settings(self) -> None:
        for key in _BUILD_FIELDS:
            raw = self.given.get(key)
            if isinstance(raw, dict):
                self.facts[key] = raw
            elif raw is not None:
                self._wrong_type(f"/{key}", _("object"))

    def _grants(self) -> None:
        """Read what only an administrator can allow the module (ours; the seeds know no grants)."""
        raw = self.given.get("grants")
        if raw is None:
            return
        if not isinstance(raw, list):
            self._wrong_type("/grants", _("list"))
            return
        for name in (name for name in raw if name not in list(Grant)):
            self.at("/grants").warning(
                "grant-unknown",
                _("There is nothing called {name} that could be granted."),
                name=values.shown(name),
                known=", ".join(Grant),
            )
        self.facts["grants"] = [str(grant) for grant in Grant if grant in raw]

    def _unknown(self) -> None:
        for key in (key for key in self.given if key not in _KNOWN):
            spelling = self.document.faults.nearest(key, _KNOWN)
            hint = _("Did you mean {spelling}?") if spelling else ""
            self.at(f"/{key}").warning(
                "field-unknown",
                _("The field {key} is not known and has no effect."),
                hint=hint,
                key=values.shown(key),
                spelling=spelling,
            )
            self.facts.setdefault("other", {})[key] = self.given[key]

    def _remarks(self, fields: Mapping[str, Any]) -> None:
        address = fields["support_email"]
        if address and not _ADDRESS.fullmatch(address):
            self.at("/support_email").warning(
                "email-invalid", _("{address} is no e-mail address."), address=address
            )
        if not fields["min_pbx_version"]:
            self.at("/min_pbx_version").warning(
                "min-pbx-version-missing",
                _("The manifest does not say which PBX version the module needs."),
            )
        if not fields["publisher"]:
            self.at("/developer").warning(
                "publisher-missing", _("The manifest does not say who made the module.")
            )

    def _wrong_type(self, path: str, wanted: str) -> None:
        self.at(path).warning(
            "field-wrong-type",
            _("The field {path} is not of the right type ({wanted}) and is left out."),
            wanted=wanted,
        )
