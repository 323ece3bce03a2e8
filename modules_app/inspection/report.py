"""The validation report of a package: what it is, what works here, what does not, every fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from modules_app.domain.findings import Finding, Severity
from modules_app.domain.manifest import Contract, Manifest, MenuEntry
from modules_app.domain.tables import TableSpec
from modules_app.exceptions import ModuleError
from modules_app.inspection.capabilities import Capabilities, Language, describe
from modules_app.inspection.files import PackageFiles, Sources
from modules_app.inspection.foreign_keys import note_foreign_keys
from modules_app.inspection.json_messages import read_json_messages
from modules_app.inspection.languages import Translations
from modules_app.inspection.php_messages import read_php_messages
from modules_app.inspection.php_models import read_php_models
from modules_app.inspection.php_setup import menu_entry, read_freepbx_methods, read_php_setup
from modules_app.inspection.po_messages import read_po_messages
from modules_app.inspection.python_models import PythonModel
from modules_app.inspection.python_source import ENTRY_FILES, read_python_source
from modules_app.inspection.sql_scripts import read_sql_scripts
from modules_app.tables.layout import layout_of, layouts_of

_CORE_KEYS = ("Breadcrumb", "SubHeader")


class Reading(Protocol):
    """The part of a manifest reading that the report needs."""

    @property
    def manifest(self) -> Manifest | None:
        """Return the manifest, None when it has errors."""
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """Return everything that reading the manifest found."""
        ...


@dataclass(frozen=True, slots=True)
class PackageReport:
    """All that reading tells about a package. ``titles`` and ``descriptions`` go by language.

    ``models`` are classes of a package in Python, whose columns are known after install; ``tables``
    are those declared with columns. ``translations`` holds only the keys that the core shows.
    """

    id: str = ""
    name: str = ""
    version: str = ""
    contract: str = ""
    publisher: str = ""
    license: str = ""
    language: Language = Language.DECLARATIVE
    titles: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[TableSpec, ...] = ()
    models: tuple[PythonModel, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    hooks: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    file_count: int = 0
    total_size: int = 0
    works: tuple[Finding, ...] = ()
    does_not: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity is severity)

    @property
    def is_installable(self) -> bool:
        """Tell whether nothing found here refuses the package."""
        return bool(self.id) and not self.of(Severity.ERROR)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of ``module check --json`` (design 7); sizes are bytes."""
        return {
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "contract": self.contract,
            "errors": [finding.as_dict() for finding in self.of(Severity.ERROR)],
            "warnings": [finding.as_dict() for finding in self.of(Severity.WARNING)],
            "notes": [finding.as_dict() for finding in self.of(Severity.NOTE)],
            "publisher": self.publisher,
            "license": self.license,
            "language": str(self.language),
            "titles": dict(self.titles),
            "descriptions": dict(self.descriptions),
            "tables": [asdict(table) for table in self.tables],
            "models": [{"name": one.name, "table": one.table} for one in self.models],
            "menu": [_menu_as_dict(entry) for entry in self.menu],
            "hooks": list(self.hooks),
            "steps": list(self.steps),
            "workers": list(self.workers),
            "languages": list(self.languages),
            "files": self.file_count,
            "size": self.total_size,
            "works": [finding.as_dict() for finding in self.works],
            "does_not": [finding.as_dict() for finding in self.does_not],
            "translations": {name: dict(texts) for name, texts in self.translations.items()},
        }


def inspect_package(
    files: PackageFiles, reading: Reading, *, language: str = "en"
) -> PackageReport:
    """Read a whole package and return its report; ``language`` chooses ``name`` among the titles.

    Nothing of the package is run or imported, and no content of it makes this raise: what cannot be
    read is a finding, and what only running would tell is said to be known after install.
    """
    sources = Sources(files)
    if reading.manifest is None:
        return _unreadable(sources, reading)
    return _Inspection(sources, reading.manifest, language).report(reading.findings)


def _unreadable(sources: Sources, reading: Reading) -> PackageReport:
    """Return the report without a manifest, with the texts that were still usable."""
    usable = getattr(reading, "usable", {})
    known = ("id", "name", "version", "publisher", "license")
    texts = {key: str(usable[key]) for key in known if usable.get(key)}
    return PackageReport(
        **texts,
        language=language_of_package(sources),
        file_count=len(sources.paths),
        total_size=sources.total_size(),
        findings=tuple(reading.findings),
    )


def language_of_package(sources: Sources) -> Language:
    """Return what a package is written in; one with Python entry files counts as Python."""
    if any(name in sources for name in ENTRY_FILES):
        return Language.PYTHON
    if any(path.endswith((".php", ".volt")) for path in sources.paths):
        return Language.PHP
    return Language.DECLARATIVE


class _Inspection:
    """One pass over a package with a readable manifest."""

    def __init__(self, sources: Sources, manifest: Manifest, language: str) -> None:
        self.sources = sources
        self.manifest = manifest
        self.wanted = language
        self.language = language_of_package(sources)
        self.is_mikopbx = manifest.contract is Contract.MIKOPBX

    def report(self, read_before: Sequence[Finding]) -> PackageReport:
        """Return the report; ``read_before`` are the manifest's own findings."""
        found = self._read_code()
        texts = self._read_texts()
        if self.language is Language.PYTHON:
            note_foreign_keys(self.sources, self.manifest.id, texts)
        titles, descriptions = self._names(texts)
        found.languages = tuple(sorted(name for name, entries in texts.items() if entries))
        found.tables = self._usable_tables(found.tables)
        works, does_not = describe(found, self.sources)
        manifest = self.manifest
        return PackageReport(
            id=manifest.id,
            name=self._pick(titles) or manifest.name or manifest.id,
            version=manifest.version,
            contract=str(manifest.contract),
            publisher=manifest.publisher,
            license=manifest.license,
            language=self.language,
            titles=titles,
            descriptions=descriptions,
            tables=found.tables,
            models=found.models,
            menu=found.menu,
            hooks=found.hooks,
            steps=found.steps,
            workers=found.workers,
            languages=found.languages,
            file_count=len(self.sources.paths),
            total_size=self.sources.total_size(),
            works=works,
            does_not=does_not,
            findings=(*read_before, *self.sources.findings.all),
            translations=self._core_texts(texts, found.menu),
        )

    def _read_code(self) -> Capabilities:
        found = Capabilities(self.language, tables=self.manifest.tables, menu=self.manifest.menu)
        if self.language is Language.PYTHON:
            self._read_python(found)
        elif self.is_mikopbx:
            self._read_mikopbx_php(found)
        else:
            found.hooks = read_freepbx_methods(self.sources)
        if not self.is_mikopbx:
            declared = [table.name for table in self.manifest.tables]
            found.script = read_sql_scripts(self.sources, self.manifest.id, declared)
            included = self.manifest.facts.get("fileinclude") or {}
            files = [name for names in included.values() for name in names]
            found.not_included = tuple(name for name in files if not name.endswith(".py"))
        return found

    def _read_python(self, found: Capabilities) -> None:
        source = read_python_source(self.sources, self.manifest.id)
        found.hooks, found.steps, found.models = source.hooks, source.steps, source.models
        found.has_pages = source.has_pages
        if self.is_mikopbx:
            entry = menu_entry(
                self.manifest.id, dict(source.sidebar), has_page=source.has_pages
            )
            found.menu = (entry,)

    def _read_mikopbx_php(self, found: Capabilities) -> None:
        setup = read_php_setup(self.sources, self.manifest.id)
        found.hooks, found.steps, found.workers = setup.hooks, setup.steps, setup.workers
        found.menu = (setup.sidebar,)
        found.tables = tuple(model.table for model in read_php_models(self.sources))

    def _read_texts(self) -> Translations:
        texts: Translations = {}
        for read in (read_php_messages, read_po_messages, read_json_messages):
            for language, entries in read(self.sources).items():
                texts.setdefault(language, {}).update(entries)
        return texts

    def _names(self, texts: Translations) -> tuple[dict[str, str], dict[str, str]]:
        """Return name and description by language (M9; gettext sentences for FreePBX)."""
        manifest = self.manifest
        name, description = manifest.name, manifest.description
        if self.is_mikopbx:
            name, description = f"Breadcrumb{manifest.id}", f"SubHeader{manifest.id}"
        titles = {lang: found[name] for lang, found in texts.items() if found.get(name)}
        descriptions = {
            lang: found[description] for lang, found in texts.items() if found.get(description)
        }
        if not self.is_mikopbx:
            titles.setdefault("en", name)
            descriptions.setdefault("en", description)
        return titles, descriptions

    def _pick(self, titles: Mapping[str, str]) -> str:
        return titles.get(self.wanted) or titles.get(self.wanted[:2]) or titles.get("en") or ""

    def _usable_tables(self, tables: tuple[TableSpec, ...]) -> tuple[TableSpec, ...]:
        usable = []
        for table in tables:
            try:
                layout_of(table)
                usable.append(table)
            except ModuleError as error:
                self._refuse(error)
        try:
            layouts_of(usable)
        except ModuleError as error:
            self._refuse(error)
        return tuple(usable)

    def _refuse(self, error: ModuleError) -> None:
        self.sources.findings.error(error.slug, error.message, "", **error.context)

    def _core_texts(
        self, texts: Translations, menu: tuple[MenuEntry, ...]
    ) -> dict[str, dict[str, str]]:
        exact = {entry.caption for entry in menu}
        if not self.is_mikopbx:
            exact |= {self.manifest.name, self.manifest.description}
        needed: dict[str, dict[str, str]] = {}
        for language, entries in texts.items():
            kept = {k: v for k, v in entries.items() if k in exact or k.startswith(_CORE_KEYS)}
            if kept:
                needed[language] = kept
        return needed


def _menu_as_dict(entry: MenuEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "caption": entry.caption,
        "group": entry.group,
        "icon": entry.icon,
        "href": entry.href,
        "hidden": entry.hidden,
        "order": entry.order,
        "target": entry.target,
        "facts": dict(entry.facts),
    }
