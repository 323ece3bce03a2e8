"""Tables and columns of a statement as declared tables, whatever MySQL says beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlglot import exp

from modules_app.domain.tables import (
    FOREIGN_ACTIONS,
    NO_ACTION,
    ColumnSpec,
    ColumnType,
    ForeignKeySpec,
    KeySpec,
    TableSpec,
)
from modules_app.exceptions import gettext_noop as _
from modules_app.sqlscript.literals import default_of, value_of
from modules_app.sqlscript.statements import BAD_NAME, OTHER_STATEMENT, NotPlain
from modules_app.tables.names import is_sql_name

_D = exp.DataType.Type
_WHOLE = {
    _D.TINYINT: ColumnType.SMALLINT,
    _D.SMALLINT: ColumnType.SMALLINT,
    _D.MEDIUMINT: ColumnType.INTEGER,
    _D.INT: ColumnType.INTEGER,
    _D.BIGINT: ColumnType.BIGINT,
    _D.UTINYINT: ColumnType.SMALLINT,
    _D.USMALLINT: ColumnType.SMALLINT,
    _D.UMEDIUMINT: ColumnType.INTEGER,
    _D.UINT: ColumnType.INTEGER,
    _D.UBIGINT: ColumnType.BIGINT,
    _D.BIT: ColumnType.INTEGER,
    _D.YEAR: ColumnType.SMALLINT,
}
_TYPES = {
    **_WHOLE,
    _D.BOOLEAN: ColumnType.BOOLEAN,
    _D.DECIMAL: ColumnType.DECIMAL,
    _D.UDECIMAL: ColumnType.DECIMAL,
    _D.FLOAT: ColumnType.FLOAT,
    _D.DOUBLE: ColumnType.FLOAT,
    _D.UDOUBLE: ColumnType.FLOAT,
    _D.CHAR: ColumnType.STRING,
    _D.NCHAR: ColumnType.STRING,
    _D.VARCHAR: ColumnType.STRING,
    _D.NVARCHAR: ColumnType.STRING,
    _D.ENUM: ColumnType.STRING,
    _D.SET: ColumnType.STRING,
    _D.UUID: ColumnType.STRING,
    _D.TEXT: ColumnType.TEXT,
    _D.TINYTEXT: ColumnType.TEXT,
    _D.MEDIUMTEXT: ColumnType.TEXT,
    _D.LONGTEXT: ColumnType.TEXT,
    _D.JSON: ColumnType.JSON,
    _D.BLOB: ColumnType.BLOB,
    _D.TINYBLOB: ColumnType.BLOB,
    _D.MEDIUMBLOB: ColumnType.BLOB,
    _D.LONGBLOB: ColumnType.BLOB,
    _D.BINARY: ColumnType.BLOB,
    _D.VARBINARY: ColumnType.BLOB,
    _D.DATE: ColumnType.DATE,
    _D.DATETIME: ColumnType.DATETIME,
    _D.TIMESTAMP: ColumnType.DATETIME,
    _D.TIMESTAMPTZ: ColumnType.DATETIME,
    _D.TIME: ColumnType.TIME,
}
_UNSIGNED = {_D.UTINYINT, _D.USMALLINT, _D.UMEDIUMINT, _D.UINT, _D.UBIGINT, _D.UDECIMAL, _D.UDOUBLE}
_IGNORED = (
    exp.BinaryColumnConstraint,
    exp.CommentColumnConstraint,
    exp.CollateColumnConstraint,
    exp.CharacterSetColumnConstraint,
    exp.OnUpdateColumnConstraint,
    exp.ZeroFillColumnConstraint,
    exp.CheckColumnConstraint,
    exp.Reference,
)
"""What says nothing that a table of SQLite could keep, or nothing that MySQL keeps itself."""

_UNKNOWN_TYPE = _("Not run: {statement}. The type of the field {name} is not known.")


def read_table(name: str, schema: exp.Schema) -> TableSpec:
    """Return the table between the parentheses; raise ``NotPlain`` for what cannot be kept."""
    columns: list[ColumnSpec] = []
    keys: list[KeySpec] = []
    foreign: list[ForeignKeySpec] = []
    primary: tuple[str, ...] = ()
    for part in flat(schema.expressions):
        if isinstance(part, exp.ColumnDef):
            columns.append(read_column(part))
        elif isinstance(part, exp.PrimaryKey):
            primary = names_of(part.expressions)
        elif isinstance(part, exp.ForeignKey):
            foreign.append(_foreign(part))
        elif not isinstance(part, exp.CheckColumnConstraint):
            keys.append(read_key(part))
    return TableSpec(name, _with_key(columns, primary), tuple(keys), tuple(foreign))


def read_column(node: exp.ColumnDef) -> ColumnSpec:
    """Return a column; raise ``NotPlain`` for an unknown type or a computed value."""
    name = name_of(node.this)
    kind = node.args.get("kind")
    if not isinstance(kind, exp.DataType) or kind.this not in _TYPES:
        raise NotPlain(_UNKNOWN_TYPE, name=name)
    column = _sized(ColumnSpec(name, _TYPES[kind.this], nullable=True), kind)
    for constraint in node.args.get("constraints") or ():
        column = _constrained(column, constraint.args.get("kind"))
    return replace(column, nullable=False) if column.primary else column


def read_key(node: exp.Expression) -> KeySpec:
    """Return an index; raise ``NotPlain`` for what is none."""
    unique = isinstance(node, exp.UniqueColumnConstraint)
    if not unique and not isinstance(node, exp.IndexColumnConstraint):
        raise NotPlain(OTHER_STATEMENT)
    holder = node.this if unique and isinstance(node.this, exp.Schema) else node
    columns = names_of(holder.expressions)
    given = holder.this.name if isinstance(holder.this, exp.Identifier) else ""
    return KeySpec(key_name(given, columns), columns, unique)


def key_name(given: str, columns: tuple[str, ...]) -> str:
    """Return the name of a key: the one that was given if it may be used, or its columns."""
    return given if is_sql_name(given) else "_".join(columns)[:63]


def name_of(node: exp.Expression | None) -> str:
    """Return the plain name that a part is; raise ``NotPlain`` when it is none."""
    if isinstance(node, exp.Ordered | exp.ColumnPrefix | exp.Column):
        return name_of(node.this)
    if isinstance(node, exp.Anonymous) and len(node.expressions) == 1:
        return _checked(str(node.this))  # b(3): the first characters of b
    if isinstance(node, exp.Identifier):
        return _checked(node.name)
    raise NotPlain(OTHER_STATEMENT)


def _checked(name: str) -> str:
    if not is_sql_name(name):
        raise NotPlain(BAD_NAME, name=name[:80])
    return name


def names_of(nodes: Iterable[exp.Expression]) -> tuple[str, ...]:
    """Return plain names; raise ``NotPlain`` when there is none or one is none."""
    names = tuple(name_of(node) for node in nodes)
    if not names:
        raise NotPlain(OTHER_STATEMENT)
    return names


def flat(parts: Iterable[exp.Expression]) -> Iterator[exp.Expression]:
    """Yield the parts of a table; ``CONSTRAINT name`` only names what follows it."""
    for part in parts:
        if isinstance(part, exp.Constraint):
            yield from part.expressions
        else:
            yield part


def _sized(column: ColumnSpec, kind: exp.DataType) -> ColumnSpec:
    sizes = [_whole(part) for part in kind.expressions if isinstance(part, exp.DataTypeParam)]
    first = sizes[0] if sizes else None
    column = replace(
        column, unsigned=kind.this in _UNSIGNED, fixed=kind.this in (_D.CHAR, _D.NCHAR)
    )
    if column.type is ColumnType.DECIMAL:
        return replace(column, precision=first, scale=sizes[1] if sizes[1:] else None)
    if column.type is ColumnType.STRING:
        return replace(column, length=36 if kind.this is _D.UUID else first)
    if kind.this is _D.TINYINT and first == 1:
        return replace(column, type=ColumnType.BOOLEAN)
    return column


def _constrained(column: ColumnSpec, constraint: exp.Expression | None) -> ColumnSpec:
    if isinstance(constraint, exp.NotNullColumnConstraint):
        return replace(column, nullable=bool(constraint.args.get("allow_null")))
    if isinstance(constraint, exp.AutoIncrementColumnConstraint):
        return replace(column, autoincrement=True)
    if isinstance(constraint, exp.PrimaryKeyColumnConstraint):
        return replace(column, primary=True)
    if isinstance(constraint, exp.UniqueColumnConstraint):
        return replace(column, unique=True)
    if isinstance(constraint, exp.DefaultColumnConstraint):
        return replace(column, default=default_of(constraint.this))
    if isinstance(constraint, _IGNORED):
        return column
    raise NotPlain(OTHER_STATEMENT)


def _with_key(columns: list[ColumnSpec], primary: tuple[str, ...]) -> tuple[ColumnSpec, ...]:
    """Mark the primary key; in SQLite its columns come in the order in which they are declared."""
    wanted = {name.lower() for name in primary}
    return tuple(
        replace(column, primary=True, nullable=False) if column.name.lower() in wanted else column
        for column in columns
    )


def _foreign(node: exp.ForeignKey) -> ForeignKeySpec:
    reference = node.args.get("reference")
    target = reference.this if isinstance(reference, exp.Reference) else None
    if not isinstance(target, exp.Schema) or not isinstance(target.this, exp.Table):
        raise NotPlain(OTHER_STATEMENT)
    options = " ".join(str(one) for one in reference.args.get("options") or ()).upper()
    return ForeignKeySpec(
        names_of(node.expressions),
        name_of(target.this.this),
        names_of(target.expressions),
        _action(options, "UPDATE"),
        _action(options, "DELETE"),
    )


def _action(options: str, moment: str) -> str:
    said = options.partition(f"ON {moment} ")[2]
    return next((action for action in FOREIGN_ACTIONS if said.startswith(action)), NO_ACTION)


def _whole(part: exp.DataTypeParam) -> int | None:
    size = value_of(part.this)
    return size if isinstance(size, int) and 0 <= size < 2**31 else None
