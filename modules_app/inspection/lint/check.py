"""The lint of a package: every file against every rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from modules_app.domain.findings import Severity
from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Sources
from modules_app.inspection.lint.allowed import Allowed
from modules_app.inspection.lint.code import check_code
from modules_app.inspection.lint.hooks import check_hooks, mixins_of
from modules_app.inspection.lint.rule import Hit
from modules_app.inspection.lint.rules import RULES_BY_SLUG
from modules_app.inspection.lint.texts import check_text
from modules_app.inspection.python_tree import PythonFile

_SCRIPT_LIMIT = 100_000
"""Bytes of a script for browsers that is looked at; a larger one was put together by a tool."""


class Lint:
    """Collects the findings of one package's files in ``sources``."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._allowed: Counter[str] = Counter()
        self.mixins: frozenset[str] = frozenset()

    def python(self, file: PythonFile) -> None:
        """Check one file in Python; conf.py must come first."""
        if file.path == "conf.py":
            self.mixins = mixins_of(file)
        self._record(file.path, file.text, [*check_hooks(file, self.mixins), *check_code(file)])

    def pages(self) -> None:
        """Check templates and scripts for browsers."""
        sources = self._sources
        scripts = [
            path
            for path in sources.below("public/assets/js", ".js") + sources.below("assets/js", ".js")
            if not path.endswith(".min.js") and sources.size(path) <= _SCRIPT_LIMIT
        ]
        for path in sources.below("templates", ".html") + scripts:
            text = sources.text(path)
            if text is not None:
                self._record(path, text, check_text(path, text))

    def finish(self) -> None:
        """Say how much the comments of the authors allowed."""
        if self._allowed:
            names = ", ".join(f"{slug} ({n})" for slug, n in sorted(self._allowed.items()))
            self._sources.findings.note(
                "lint-allowed",
                _("Findings that comments in the code allow: {count}. They are: {names}."),
                count=self._allowed.total(),
                names=names,
            )

    def _record(self, path: str, text: str, hits: Iterable[Hit]) -> None:
        allowed = Allowed(text)
        found = allowed.pass_over([*hits, *allowed.unknown()])
        self._allowed += allowed.used
        for hit in sorted(found, key=lambda one: (one.line, one.slug)):
            rule = RULES_BY_SLUG[hit.slug]
            is_error = rule.severity is Severity.ERROR
            record = self._sources.findings.error if is_error else self._sources.findings.warning
            record(
                rule.slug,
                rule.message,
                f"{path}:{hit.line}",
                hint=rule.instead,
                **hit.context,
            )
