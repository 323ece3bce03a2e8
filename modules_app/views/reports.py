"""A stored report, made ready for the report page and the module page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from modules_app.selectors.about import About, about
from modules_app.selectors.modules import pick


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table of a package: its name and the names of its columns."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """What a person reads about a package before and after its installation."""

    facts: Mapping[str, Any]
    name: str
    description: str
    tables: tuple[TableFacts, ...]
    menu: tuple[str, ...]
    hooks: tuple[str, ...]
    works: tuple[Any, ...]
    does_not: tuple[Any, ...]
    languages: tuple[str, ...]
    about: About

    @property
    def errors(self) -> Sequence[Mapping[str, Any]]:
        """Return what forbids the installation."""
        return self.facts.get("errors", [])

    @property
    def warnings(self) -> Sequence[Mapping[str, Any]]:
        """Return what is worth reading before the installation."""
        return self.facts.get("warnings", [])

    @property
    def notes(self) -> Sequence[Mapping[str, Any]]:
        """Return what merely informs."""
        return self.facts.get("notes", [])


def read_report(report: Mapping[str, Any], installed: str = "") -> ReportView:
    """Return the report in the reader's language; absent parts stay empty.

    ``installed`` is the version that the package would replace.
    """
    language = get_language() or "en"
    return ReportView(
        facts=report,
        name=pick(report.get("titles", {}), language, report.get("name") or report.get("id", "")),
        description=pick(report.get("descriptions", {}), language, ""),
        tables=tuple(_tables(report)),
        menu=tuple(_caption(item, report, language) for item in report.get("menu", [])),
        hooks=tuple(report.get("hooks", [])),
        works=tuple(report.get("works", [])),
        does_not=tuple(report.get("does_not", [])),
        languages=tuple(report.get("languages", [])),
        about=about(report, installed),
    )


def _tables(report: Mapping[str, Any]) -> Iterator[TableFacts]:
    """Yield each table once: a declared one may have a model, too."""
    declared = {table["name"]: table["columns"] for table in report.get("tables", [])}
    for name, columns in declared.items():
        yield TableFacts(name, tuple(column["name"] for column in columns))
    for model in report.get("models", []):
        name = model["table"] or model["name"]
        if name not in declared:
            yield TableFacts(name, ())


def _caption(item: Mapping[str, Any], report: Mapping[str, Any], language: str) -> str:
    """Return the caption as the sidebar will show it: most packages write a translation key."""
    texts = report.get("translations", {})
    key = item["caption"]
    return pick({lang: own[key] for lang, own in texts.items() if own.get(key)}, language, key)
