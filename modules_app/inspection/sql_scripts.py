"""What install.sql and uninstall.sql of a FreePBX package come to here (reference F1.3, F3.3)."""

from __future__ import annotations

from collections.abc import Iterable

from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Sources
from modules_app.sqlscript.statements import DropTable, Script

INSTALL_SQL = "install.sql"
UNINSTALL_SQL = "uninstall.sql"


def read_sql_scripts(sources: Sources, module_id: str, declared: Iterable[str]) -> Script | None:
    """Return install.sql, None if there is none; what is not run of both is put on record."""
    known = list(declared)
    script = _read(sources, INSTALL_SQL, module_id, known)
    _note_uninstall(sources, module_id, [*known, *(script.created if script else ())])
    return script


def _read(
    sources: Sources, path: str, module_id: str, declared: list[str]
) -> Script | None:
    text = sources.text(path) if path in sources else None
    if text is None:
        return None
    from modules_app.sqlscript.reading import read_script  # sqlglot takes long to load

    script = read_script(text, module_id=module_id, declared=declared)
    for unused in script.unused:
        finding = unused.finding(path)
        sources.findings.warning(
            finding.slug, finding.message, finding.location, **finding.context
        )
    return script


def _note_uninstall(sources: Sources, module_id: str, declared: list[str]) -> None:
    script = _read(sources, UNINSTALL_SQL, module_id, declared)
    if script is None:
        return
    sources.findings.note(
        "uninstall-sql",
        _(
            "This script is not run: on removal a person chooses whether the module's tables are "
            "kept or deleted, all of them."
        ),
        UNINSTALL_SQL,
    )
    others = [one for one in script.statements if not isinstance(one, DropTable)]
    if others:
        sources.findings.note(
            "uninstall-sql-more",
            _("It does more than dropping tables; that is left out, too."),
            f"{UNINSTALL_SQL}:{others[0].line}",
        )
