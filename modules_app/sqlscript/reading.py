"""Reading a script: which statements are run here, and why the others are not (issue 5.2)."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from sqlglot import exp, parse_one

from modules_app.domain.tables import KeySpec
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.sqlscript.columns import (
    flat,
    key_name,
    name_of,
    names_of,
    read_column,
    read_key,
    read_table,
)
from modules_app.sqlscript.literals import value_of
from modules_app.sqlscript.split import Piece, split
from modules_app.sqlscript.statements import (
    FOREIGN_TABLE,
    MAX_CHARACTERS,
    OTHER_STATEMENT,
    UNREADABLE,
    AddColumn,
    AddIndex,
    AddPrimaryKey,
    ChangeColumn,
    CreateTable,
    DropColumn,
    DropIndex,
    DropTable,
    InsertRows,
    NotPlain,
    RenameColumn,
    RenameTable,
    Script,
    Statement,
    Unused,
)
from modules_app.tables.layout import layout_of

MAX_STATEMENTS = 1000
MAX_DEPTH = 10
"""How deeply parentheses may be nested in one statement."""

OWN_SCHEMA = "asterisk"
"""The database that holds the tables of all modules in FreePBX."""

_TOO_LONG = _("Nothing of this script is run: it has {count} characters, {limit} are allowed.")
_TOO_MANY = _("Nothing of this script is run: it has more than {limit} statements.")
_TOO_DEEP = _("Not run: {statement}. Its parentheses are nested too deeply.")
_UNFINISHED = _("Not run: {statement}. A quote or a comment in it does not end.")

_READ = re.compile(
    r"(CREATE\s+(UNIQUE\s+|FULLTEXT\s+)?(TABLE|INDEX)|INSERT|REPLACE|ALTER\s+TABLE|RENAME\s+TABLE|"
    r"DROP\s+(TABLE|INDEX))\b",
    re.IGNORECASE,
)
_REPLACE = re.compile(r"REPLACE(\s+(LOW_PRIORITY|DELAYED))?(\s+INTO)?\b", re.IGNORECASE)
_RENAME = re.compile(r"RENAME\s+TABLE\s+(\S+)\s+TO\s+([^\s,]+)\Z", re.IGNORECASE)
_FULLTEXT = re.compile(r"CREATE\s+FULLTEXT\b", re.IGNORECASE)
_COPIES = (exp.TemporaryProperty, exp.LikeProperty)
_SPOKEN = logging.getLogger("sqlglot")


def read_script(text: str, *, module_id: str, declared: Collection[str]) -> Script:
    """Return what a MySQL script comes to on the module's own SQLite database.

    ``declared`` are the tables of its ``<database>``. The module's own are these, those that the
    script itself creates, and all whose name begins with the module's id. Nothing in the text makes
    this raise.
    """
    if len(text) > MAX_CHARACTERS:
        return _refused(_TOO_LONG, count=str(len(text)), limit=str(MAX_CHARACTERS))
    pieces = list(islice(split(text), MAX_STATEMENTS + 1))
    if len(pieces) > MAX_STATEMENTS:
        return _refused(_TOO_MANY, limit=str(MAX_STATEMENTS))
    parsed = [_parsed(piece) for piece in pieces]
    created = {name for tree in parsed if isinstance(tree, _Tree) for name in _creates(tree.node)}
    own = _Own(module_id.lower(), created | {name.lower() for name in declared})
    statements: list[Statement] = []
    unused: list[Unused] = []
    for piece, tree in zip(pieces, parsed, strict=True):
        try:
            if isinstance(tree, NotPlain):
                raise tree
            statements += list(_read(tree, piece.line, own))
        except NotPlain as fault:
            context = tuple(fault.context.items())
            unused.append(Unused(piece.line, piece.text[:1000], fault.reason, context))
    return Script(tuple(statements), tuple(unused))


def _refused(reason: str, **context: str) -> Script:
    return Script(unused=(Unused(1, "", reason, tuple(context.items())),))


class _Own:
    """Which tables a script may touch."""

    def __init__(self, prefix: str, names: Collection[str]) -> None:
        self._prefix = prefix
        self._names = names

    def name(self, node: exp.Expression | None, *, new: bool = False) -> str:
        """Return the name of an own table; raise ``NotPlain`` for that of anybody else."""
        if not isinstance(node, exp.Table):
            raise NotPlain(OTHER_STATEMENT)
        name = name_of(node.this)
        known = new or name.lower() in self._names or name.lower().startswith(self._prefix)
        if not known or node.catalog or not _is_here(node):
            raise NotPlain(FOREIGN_TABLE, table=f"{node.db}.{name}" if node.db else name)
        return name


class _Tree(NamedTuple):
    """A statement that was understood; MySQL's ``REPLACE`` is an ``INSERT`` that replaces."""

    node: exp.Expression
    replaces: bool


def _parsed(piece: Piece) -> _Tree | NotPlain:
    if not piece.complete:
        return NotPlain(_UNFINISHED)
    if not _READ.match(piece.text) or "\0" in piece.text:
        return NotPlain(OTHER_STATEMENT)
    if piece.depth > MAX_DEPTH:
        return NotPlain(_TOO_DEEP)
    replaces = _REPLACE.match(piece.text)
    text = f"INSERT INTO{piece.text[replaces.end() :]}" if replaces else piece.text
    text = _RENAME.sub(r"ALTER TABLE \1 RENAME TO \2", text.strip())
    node = _parse(_FULLTEXT.sub("CREATE", text, count=1))
    return _Tree(node, bool(replaces)) if node else NotPlain(UNREADABLE)


def _creates(node: exp.Expression) -> Iterator[str]:
    """Yield the folded name of the table that a statement creates."""
    if isinstance(node, exp.Create) and isinstance(node.this, exp.Schema):
        table = node.this.this
        if isinstance(table, exp.Table) and not table.catalog and _is_here(table):
            yield table.name.lower()


def _is_here(table: exp.Table) -> bool:
    return not table.db or table.db.lower() == OWN_SCHEMA


def _read(tree: _Tree, line: int, own: _Own) -> Iterator[Statement]:
    node = tree.node
    if isinstance(node, exp.Insert):
        yield _insert(node, line, own, "REPLACE" if tree.replaces else "")
    elif isinstance(node, exp.Create):
        yield _create(node, line, own)
    elif isinstance(node, exp.Alter):
        yield from _alter(node, line, own)
    elif isinstance(node, exp.Drop) and node.args.get("kind") == "TABLE":
        yield from [DropTable(line, own.name(table)) for table in node.args["tables"]]
    elif isinstance(node, exp.Drop) and node.args.get("kind") == "INDEX":
        yield _drop_index(node, line, own)
    else:
        raise NotPlain(OTHER_STATEMENT)


def _parse(text: str) -> exp.Expression | None:
    before = _SPOKEN.level
    _SPOKEN.setLevel(logging.CRITICAL)  # what it has to say of a statement stands in the report
    try:
        return parse_one(text, read="mysql")
    except Exception:  # a parser of strangers' text may stumble in any way, also into recursion
        return None
    finally:
        _SPOKEN.setLevel(before)


def _create(node: exp.Create, line: int, own: _Own) -> Statement:
    properties = node.args.get("properties")
    parts = properties.expressions if properties else []
    if node.expression or any(isinstance(part, _COPIES) for part in parts):
        raise NotPlain(OTHER_STATEMENT)
    if node.args.get("kind") == "INDEX" and isinstance(node.this, exp.Index):
        return _create_index(node, line, own)
    if node.args.get("kind") != "TABLE" or not isinstance(node.this, exp.Schema):
        raise NotPlain(OTHER_STATEMENT)
    spec = read_table(own.name(node.this.this, new=True), node.this)
    try:
        layout_of(spec)
    except ModuleError as error:
        context = {name: str(value) for name, value in error.context.items()}
        raise NotPlain(error.message, **context) from None
    return CreateTable(line, spec)


def _create_index(node: exp.Create, line: int, own: _Own) -> AddIndex:
    index = node.this
    table = own.name(index.args.get("table"))
    parameters = index.args.get("params")
    columns = tuple(name_of(one) for one in parameters.args.get("columns") or ())
    if not columns:
        raise NotPlain(OTHER_STATEMENT)
    name = key_name(index.name, columns)
    return AddIndex(line, table, KeySpec(name, columns, bool(node.args.get("unique"))))


def _insert(node: exp.Insert, line: int, own: _Own, conflict: str) -> InsertRows:
    target, values = node.this, node.expression
    columns: tuple[str, ...] = ()
    if isinstance(target, exp.Schema):
        columns = tuple(name_of(one) for one in target.expressions)
        target = target.this
    table = own.name(target)
    if not isinstance(values, exp.Values) or node.args.get("conflict"):
        raise NotPlain(OTHER_STATEMENT)
    rows = tuple(tuple(value_of(cell) for cell in row.expressions) for row in values.expressions)
    width = len(columns) or len(rows[0])
    if not width or any(len(row) != width for row in rows):
        raise NotPlain(UNREADABLE)
    ignores = "IGNORE" if node.args.get("ignore") else "ABORT"
    return InsertRows(line, table, columns, rows, conflict or ignores)


def _alter(node: exp.Alter, line: int, own: _Own) -> Iterator[Statement]:
    table = own.name(node.this)
    actions = node.args.get("actions") or []
    if node.args.get("kind") != "TABLE" or not actions or node.args.get("options"):
        raise NotPlain(OTHER_STATEMENT)
    for action in sorted(actions, key=lambda one: isinstance(one, exp.AlterRename)):
        if isinstance(action, exp.ColumnDef):
            yield AddColumn(line, table, read_column(action))
        elif isinstance(action, exp.AddConstraint):
            yield from [_addition(one, line, table) for one in flat(action.expressions)]
        elif isinstance(action, exp.Drop):
            yield from _drops(action, line, table)
        else:
            yield _alteration(action, line, table, own)


def _addition(node: exp.Expression, line: int, table: str) -> Statement:
    if isinstance(node, exp.PrimaryKey):
        return AddPrimaryKey(line, table, names_of(node.expressions))
    return AddIndex(line, table, read_key(node))


def _drops(action: exp.Drop, line: int, table: str) -> Iterator[Statement]:
    kind, parts = action.args.get("kind"), action.args["tables"]
    if kind == "COLUMN":
        yield from [DropColumn(line, table, name_of(one)) for one in parts]
    elif kind == "INDEX":
        yield from [DropIndex(line, table, _index_name(one)) for one in parts]
    else:
        raise NotPlain(OTHER_STATEMENT)


def _drop_index(node: exp.Drop, line: int, own: _Own) -> Statement:
    where = node.args.get("cluster")
    if not isinstance(where, exp.OnProperty) or len(node.args["tables"]) != 1:
        raise NotPlain(OTHER_STATEMENT)
    return DropIndex(line, own.name(where.this), _index_name(node.args["tables"][0]))


def _index_name(node: exp.Expression) -> str:
    return name_of(node.this if isinstance(node, exp.Table) else node)


def _alteration(action: exp.Expression, line: int, table: str, own: _Own) -> Statement:
    if isinstance(action, exp.RenameColumn):
        return RenameColumn(line, table, name_of(action.this), name_of(action.args.get("to")))
    if isinstance(action, exp.AlterRename):
        return RenameTable(line, table, own.name(action.this))
    if isinstance(action, exp.ModifyColumn) and isinstance(action.this, exp.ColumnDef):
        column = read_column(action.this)
        if not column.primary and not column.unique:  # these would make a key, too
            old = action.args.get("rename_from")
            return ChangeColumn(line, table, name_of(old) if old else column.name, column)
    raise NotPlain(OTHER_STATEMENT)
