"""Collects what reading one manifest found, each with its place."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Collection
from typing import Any

from modules_app.domain.findings import Finding, Severity
from modules_app.exceptions import gettext_noop as _

MAX_FINDINGS = 200
"""Findings kept of one document; a hostile file must not make a report of a million lines."""


class Faults:
    """The findings of one document in the order of discovery."""

    def __init__(self, document: str) -> None:
        self.document = document
        self._kept: list[Finding] = []
        self._left_out = 0
        self.has_errors = False

    def at(self, path: str | Callable[[], str] = "", *, line: int | None = None) -> Spot:
        """Return the place that the next findings belong to: a line from 1, a path, or both.

        A path that is a function is only asked when something is found.
        """
        return Spot(self, path, line)

    def add(self, finding: Finding) -> None:
        """Keep a finding; of those beyond ``MAX_FINDINGS`` only errors and the number count."""
        self.has_errors = self.has_errors or finding.severity is Severity.ERROR
        if len(self._kept) < MAX_FINDINGS:
            self._kept.append(finding)
        else:
            self._left_out += 1

    def nearest(self, word: str, known: Collection[str]) -> str:
        """Return the known word that the author may have meant, empty if there is none."""
        if len(self._kept) >= MAX_FINDINGS:
            return ""
        return _nearest(word[:40], frozenset(known))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found, with a last word on how many were left out."""
        if not self._left_out:
            return tuple(self._kept)
        severity = Severity.ERROR if self.has_errors else Severity.WARNING
        message = _("There are {count} more findings in {document}.")
        context = {"count": self._left_out, "document": self.document}
        more = Finding(severity, "more-findings", message, context, self.document)
        return (*self._kept, more)


@functools.lru_cache(maxsize=256)
def _nearest(word: str, known: frozenset[str]) -> str:
    """Comparing words takes longer than all other reading, and unknown ones come in flocks."""
    return next(iter(difflib.get_close_matches(word, known, n=1)), "")


class Spot:
    """A place in a document where something can be found wrong."""

    __slots__ = ("_path", "faults", "line")

    def __init__(self, faults: Faults, path: str | Callable[[], str], line: int | None) -> None:
        self.faults = faults
        self._path = path
        self.line = line

    @property
    def path(self) -> str:
        """The path inside the document, empty if it is not known."""
        return self._path if isinstance(self._path, str) else self._path()

    def error(self, slug: str, message: str, *, hint: str = "", **context: Any) -> None:
        """Report what refuses the package."""
        self._add(Severity.ERROR, slug, message, hint, context)

    def warning(self, slug: str, message: str, *, hint: str = "", **context: Any) -> None:
        """Report what the author should mend; the package can be installed."""
        self._add(Severity.WARNING, slug, message, hint, context)

    def note(self, slug: str, message: str, *, hint: str = "", **context: Any) -> None:
        """Report what is merely good to know."""
        self._add(Severity.NOTE, slug, message, hint, context)

    def _add(
        self, severity: Severity, slug: str, message: str, hint: str, context: dict[str, Any]
    ) -> None:
        path = self.path
        place = str(self.line) if self.line else path
        location = f"{self.faults.document}:{place}" if place else self.faults.document
        known = {"path": path} if path else {}
        self.faults.add(Finding(severity, slug, message, {**known, **context}, location, hint))
