"""SQL names: checked, then quoted. Nothing reaches SQL text without passing here."""

from __future__ import annotations

import re

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}\Z")


def is_sql_name(name: str) -> bool:
    """Tell whether a declared table, column or key name may be used (design: SQL names).

    SQLite reserves ``sqlite_`` for itself.
    """
    return bool(_NAME.match(name)) and not name.lower().startswith("sqlite_")


def check_sql_name(name: str) -> str:
    """Return the name; raise ``Refused`` ("table-bad-name") when it may not be used."""
    if not is_sql_name(name):
        raise Refused(
            "table-bad-name",
            _("“{name}” cannot be the name of a table, column or index."),
            context={"name": name[:80]},
            hint=_("Use a letter, then letters, digits or underscores, 63 characters at most."),
        )
    return name


def quote(name: str) -> str:
    """Return the name as an SQL identifier, also one that we did not choose."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return the text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
