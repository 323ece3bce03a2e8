"""What a script comes to: statements that are run here, and all others with the reason.

Each statement is plain data. Its SQL is written when it is applied, from checked names and bound
values, so no text of a script ever reaches the database as SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from modules_app.domain.findings import Finding, Severity
from modules_app.domain.tables import ColumnSpec, KeySpec, TableSpec
from modules_app.exceptions import gettext_noop as _

Value: TypeAlias = str | int | float | bytes | None

MAX_CHARACTERS = 256 * 1024
"""Characters of a script: what is longer is not run at all, as half of it would be worse."""

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class CreateTable:
    """Make a table unless it exists."""

    line: int
    spec: TableSpec

    @property
    def table(self) -> str:
        """Return the name of the table."""
        return self.spec.name


@dataclass(frozen=True, slots=True)
class AddColumn:
    """Add a column unless the table has it."""

    line: int
    table: str
    column: ColumnSpec


@dataclass(frozen=True, slots=True)
class AddIndex:
    """Make an index unless the table has one of that name."""

    line: int
    table: str
    key: KeySpec


@dataclass(frozen=True, slots=True)
class InsertRows:
    """Insert rows; ``columns`` is empty when the script names none.

    ``conflict`` says what happens to a row that breaks a key: "ABORT", "IGNORE" or "REPLACE".
    """

    line: int
    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    conflict: str = "ABORT"


@dataclass(frozen=True, slots=True)
class DropTable:
    """Drop a table if nothing is lost with it."""

    line: int
    table: str


@dataclass(frozen=True, slots=True)
class DropColumn:
    """Drop a column if nothing is lost with it."""

    line: int
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class DropIndex:
    """Drop an index that was made under this name, if no foreign key needs it."""

    line: int
    table: str
    name: str


@dataclass(frozen=True, slots=True)
class AddPrimaryKey:
    """Make columns the primary key of a table that has none."""

    line: int
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeColumn:
    """Give a column another definition, and the name that stands in it; its place stays."""

    line: int
    table: str
    old: str
    column: ColumnSpec


@dataclass(frozen=True, slots=True)
class RenameColumn:
    """Give a column another name unless the table has one of that name."""

    line: int
    table: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RenameTable:
    """Give a table another name unless there is a table of that name."""

    line: int
    table: str
    new: str


Alteration: TypeAlias = DropIndex | AddPrimaryKey | ChangeColumn | RenameColumn | RenameTable
Statement: TypeAlias = (
    CreateTable | AddColumn | AddIndex | InsertRows | DropTable | DropColumn | Alteration
)


@dataclass(frozen=True, slots=True)
class Unused:
    """A statement that is not run: where it begins, how, and why (an unfilled sentence)."""

    line: int
    text: str
    reason: str
    context: tuple[tuple[str, str], ...] = ()

    def finding(self, document: str) -> Finding:
        """Return it for the report of the package."""
        shown = " ".join(self.text.split())
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        context: dict[str, Any] = {"statement": shown, **dict(self.context)}
        location = f"{document}:{self.line}"
        return Finding(Severity.WARNING, "sql-not-run", self.reason, context, location)


@dataclass(frozen=True, slots=True)
class Script:
    """A script that was read. A refused one has no statements and one reason for all of it."""

    statements: tuple[Statement, ...] = ()
    unused: tuple[Unused, ...] = ()

    @property
    def tables(self) -> dict[str, set[str]]:
        """Return the folded names of what it makes: tables, and the columns added to each."""
        made: dict[str, set[str]] = {}
        for statement in self.statements:
            if isinstance(statement, RenameTable):
                made.setdefault(statement.new.lower(), set()).update(
                    made.get(statement.table.lower(), ())
                )
            elif columns := _columns_of(statement):
                made.setdefault(statement.table.lower(), set()).update(columns)
        return made

    @property
    def created(self) -> set[str]:
        """Return the folded names of the tables that it creates."""
        return {one.table.lower() for one in self.statements if isinstance(one, CreateTable)}


def _columns_of(statement: Statement) -> set[str]:
    """Return the folded names of the columns that a table has after a statement."""
    if isinstance(statement, CreateTable):
        return {column.name.lower() for column in statement.spec.columns}
    if isinstance(statement, AddColumn | ChangeColumn):
        return {statement.column.name.lower()}
    return {statement.new.lower()} if isinstance(statement, RenameColumn) else set()


class NotPlain(Exception):
    """A statement, or a part of one, that is not run here; the message is the reason."""

    def __init__(self, reason: str, **context: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.context = context


OTHER_STATEMENT = _(
    "Not run: {statement}. Only plain statements that create, fill, extend or drop the module's "
    "own tables are run."
)
FOREIGN_TABLE = _("Not run: {statement}. The table {table} is not the module's own.")
UNREADABLE = _("Not run: {statement}. It could not be understood.")
COMPUTED = _("Not run: {statement}. Only plain values can be used, no computed ones.")
BAD_NAME = _("Not run: {statement}. “{name}” cannot be the name of a table, field or key.")
