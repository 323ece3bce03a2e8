"""Which parts of a package work here and which do not, said in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modules_app.domain.asterisk_files import scripts_of, sounds_of
from modules_app.domain.findings import Finding
from modules_app.domain.manifest import MenuEntry
from modules_app.domain.tables import TableSpec
from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Findings, Sources
from modules_app.inspection.python_models import PythonModel
from modules_app.sqlscript.statements import Script

_ASSETS = ("public/assets/", "assets/", "images/")
_SOUNDS = ("sounds/", "Sounds/")


class Language(StrEnum):
    """What a package's code is written in; declarative means that it has none."""

    PYTHON = "python"
    PHP = "php"
    DECLARATIVE = "declarative"


@dataclass(slots=True)
class Capabilities:
    """What the readers found, before it is put into words."""

    language: Language
    tables: tuple[TableSpec, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    models: tuple[PythonModel, ...] = ()
    hooks: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    has_pages: bool = False
    script: Script | None = None
    not_included: tuple[str, ...] = ()


_ONCE_INSTALLED = {
    "works-models": _("Tables made from models: {names}."),
    "works-pages": _("Its own pages."),
    "works-installer": _("The installer changed these steps: {names}."),
    "works-hooks": _("Hooks: {names}."),
}


def once_installed(notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the stored notes without "known after install": now it is installed."""
    return [{**one, "message": _ONCE_INSTALLED.get(one["slug"], one["message"])} for one in notes]


def describe(
    found: Capabilities, sources: Sources
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the notes on what works here and the notes on what does not (design 6)."""
    works, does_not = Findings(), Findings()
    _describe_declared(found, sources, works)
    if found.language is Language.PYTHON:
        _describe_python(found, works)
    elif found.language is Language.PHP:
        _describe_php(found, does_not)
    if found.not_included:
        does_not.note(
            "does-not-include",
            _("Files of fileinclude that are not run, because they are no Python: {names}."),
            names=", ".join(found.not_included),
        )
    _describe_for_asterisk(sources, works, does_not)
    return tuple(works.all), tuple(does_not.all)


def _describe_for_asterisk(sources: Sources, works: Findings, does_not: Findings) -> None:
    sounds, scripts = sounds_of(sources.paths), scripts_of(sources.paths)
    if sounds:
        works.note("works-sounds", _("Sounds for Asterisk: {count}."), count=len(sounds))
    if scripts:
        works.note("works-scripts", _("AGI scripts for Asterisk: {count}."), count=len(scripts))
    others = sum(path.startswith(_SOUNDS) for path in sources.paths) - len(sounds)
    if others:
        does_not.note(
            "does-not-link-sounds",
            _(
                "Files in sounds/ that Asterisk does not get: {count}. It gets "
                "sounds/<language>/<name>, with one more folder at most, in a format that it plays."
            ),
            count=others,
        )


def _describe_declared(found: Capabilities, sources: Sources, works: Findings) -> None:
    if found.tables:
        works.note(
            "works-tables",
            _("Tables created as declared and kept in step: {names}."),
            names=", ".join(table.name for table in found.tables),
        )
    if found.script and found.script.statements:
        works.note(
            "works-script",
            _("Of install.sql {count} statements are run, on these tables: {names}."),
            count=len(found.script.statements),
            names=", ".join(sorted({one.table for one in found.script.statements})),
        )
    shown = [entry for entry in found.menu if not entry.hidden]
    if shown:
        works.note("works-menu", _("Sidebar items: {count}."), count=len(shown))
    if found.languages:
        works.note(
            "works-translations",
            _("Names and captions are translated into: {languages}."),
            languages=", ".join(found.languages),
        )
    assets = sum(path.startswith(_ASSETS) for path in sources.paths)
    if assets:
        works.note("works-assets", _("Files served to the browser: {count}."), count=assets)


def _describe_python(found: Capabilities, works: Findings) -> None:
    declared = {table.name for table in found.tables}
    own = [model.table for model in found.models if model.table not in declared]
    if own:
        works.note(
            "works-models",
            _("Tables made from models: {names}. Their columns are known after install."),
            names=", ".join(own),
        )
    if found.has_pages:
        works.note("works-pages", _("Its own pages. Their addresses are known after install."))
    if found.steps:
        works.note(
            "works-installer",
            _("The installer changes these steps: {names}. Their effect is known after install."),
            names=", ".join(found.steps),
        )
    if found.hooks:
        works.note(
            "works-hooks",
            _("Hooks: {names}. What they answer is known after install."),
            names=", ".join(found.hooks),
        )


def _describe_php(found: Capabilities, does_not: Findings) -> None:
    does_not.note(
        "does-not-run-php",
        _("Code written in PHP is never executed: its pages only list its tables."),
    )
    # What addToSidebar asks for is read and used, so it is not among the losses.
    lost = [step for step in found.steps if step != "addToSidebar"]
    if lost:
        does_not.note(
            "does-not-run-installer",
            _("Installer steps in PHP are not run: {names}."),
            names=", ".join(lost),
        )
    if found.hooks:
        does_not.note(
            "does-not-call-hooks",
            _("Hooks in PHP are not called: {names}."),
            names=", ".join(found.hooks),
        )
    if found.workers:
        does_not.note(
            "does-not-start-workers",
            _("Workers in PHP are not started: {names}."),
            names=", ".join(found.workers),
        )
