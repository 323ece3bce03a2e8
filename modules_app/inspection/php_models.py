"""Tables that Models/*.php declare in doc comments (reference M5.1 and M5.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tree_sitter import Node

from modules_app.domain.tables import ColumnSpec, ColumnType, KeySpec, TableSpec
from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.annotations import (
    Annotation,
    AnnotationError,
    Value,
    read_annotations,
)
from modules_app.inspection.files import Sources
from modules_app.inspection.php_tree import (
    PhpFile,
    base_name,
    child,
    class_name,
    classes,
    doc_comments,
    line_of,
    methods,
    parse_php,
    text_of,
    walk,
)
from modules_app.inspection.php_values import NotLiteral, Scope, evaluate
from modules_app.tables.names import is_sql_name

_WANTED = frozenset({"Column", "Primary", "Identity", "Indexes"})
_BASES = frozenset({"", "ModulesModelsBase", "ModelsBase", "Model"})
_TEXTS = dict.fromkeys(("text", "tinytext", "mediumtext", "longtext"), ColumnType.TEXT)
_BLOBS = dict.fromkeys(("blob", "tinyblob", "mediumblob", "longblob"), ColumnType.BLOB)
_NUMBERS = dict.fromkeys(
    (
        *("integer", "biginteger", "mediuminteger", "smallinteger", "tinyinteger"),
        *("int", "bigint", "mediumint", "smallint", "tinyint", "bit", "enum"),
        *("decimal", "double", "float"),
    ),
    ColumnType.INTEGER,
)
_TYPES: dict[str, ColumnType] = {
    **_TEXTS,
    **_BLOBS,
    **_NUMBERS,
    "string": ColumnType.STRING,
    "varchar": ColumnType.STRING,
    "char": ColumnType.STRING,
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "datetime": ColumnType.DATETIME,
    "timestamp": ColumnType.DATETIME,
    "time": ColumnType.TIME,
    "json": ColumnType.JSON,
    "jsonb": ColumnType.JSON,
}


@dataclass(frozen=True, slots=True)
class PhpModel:
    """One model class and the table that it declares."""

    name: str
    path: str
    table: TableSpec


def read_php_models(sources: Sources) -> tuple[PhpModel, ...]:
    """Return the models of Models/*.php; what is not understood becomes a finding with its line.

    Abstract classes and files without the class they are named after declare nothing. Of two
    classes with one table the first counts.
    """
    found: dict[str, PhpModel] = {}
    for path in sources.inside("Models", ".php"):
        file = parse_php(sources, path)
        model = None if file is None else _ModelReader(sources, file).read()
        if model is None:
            continue
        first = found.setdefault(model.table.name.lower(), model)
        if first is not model:
            sources.findings.warning(
                "php-model-table-taken",
                _("The table {table} is already declared by {first}; this model is left out."),
                path,
                table=model.table.name,
                first=first.path,
            )
    return tuple(found.values())


class _ModelReader:
    def __init__(self, sources: Sources, file: PhpFile) -> None:
        self.findings = sources.findings
        self.file = file

    def read(self) -> PhpModel | None:
        """Return the model that the file is named after, or None when there is none."""
        stem = self.file.path.rpartition("/")[2].removesuffix(".php")
        named = [n for n in classes(self.file.root) if class_name(n).lower() == stem.lower()]
        if not named:
            self._warn("php-model-missing", _("This file has no class named {name}."), name=stem)
            return None
        node = named[0]
        if child(node, "abstract_modifier") is not None:
            return None
        columns = self._columns(node)
        if not columns:
            return None
        if base_name(node) not in _BASES:
            self._warn(
                "php-model-inherits",
                _("{name} extends {base}; columns that it inherits are not read."),
                node,
                name=stem,
                base=base_name(node),
            )
        table = self._table_name(node, stem)
        keys = self._indexes(node, columns)
        if not table:
            return None
        return PhpModel(stem, self.file.path, TableSpec(table, columns, keys))

    def _columns(self, node: Node) -> tuple[ColumnSpec, ...]:
        body = node.child_by_field_name("body")
        found: dict[str, ColumnSpec] = {}
        counter = ""
        declarations = [] if body is None else body.children
        comments = doc_comments(declarations)
        for declaration in declarations:
            element = child(declaration, "property_element")
            if declaration.type != "property_declaration" or element is None:
                continue
            comment = comments.get(declaration.id)
            marks = {mark.name: mark for mark in self._annotations(comment)}
            column = self._column(declaration, text_of(element.children[0]).lstrip("$"), marks)
            if column is None:
                continue
            if column.autoincrement:
                counter = column.name
            found[column.name] = column
        return _settle_key(list(found.values()), counter)

    def _column(
        self, node: Node, property_name: str, marks: dict[str, Annotation]
    ) -> ColumnSpec | None:
        if "Column" not in marks:
            return None
        given = marks["Column"].named
        name = str(given.get("column") or property_name)
        if not is_sql_name(name):
            self._warn(
                "php-model-bad-column",
                _("The column name “{name}” cannot be used; the column is left out."),
                node,
                name=name[:80],
            )
            return None
        identity = "Identity" in marks
        return ColumnSpec(
            name=name,
            type=ColumnType.INTEGER if identity else self._type(node, given.get("type")),
            length=self._length(node, given.get("length")),
            # Phalcon takes a column without the word "nullable" as NOT NULL.
            nullable=bool(given.get("nullable")) and not identity,
            default=_default(given.get("default")),
            primary=identity or "Primary" in marks,
            autoincrement=identity,
        )

    def _type(self, node: Node, given: Value) -> ColumnType:
        known = _TYPES.get(str(given or "string").lower())
        if known is None:
            self._warn(
                "php-model-unknown-type",
                _("The column type “{type}” is not known; it is read as a string."),
                node,
                type=str(given)[:80],
            )
        return known or ColumnType.STRING

    def _length(self, node: Node, given: Value) -> int | None:
        text = "" if given is None else str(given).strip()
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text) or None
        if text:
            self._warn(
                "php-model-bad-length",
                _("The column length “{length}” is not a number and is ignored."),
                node,
                length=text[:80],
            )
        return None

    def _table_name(self, node: Node, stem: str) -> str:
        name = self._declared_table(node)
        if name is None:
            name = f"m_{stem}"
            self.findings.note(
                "php-model-default-table",
                _("{model} does not say its table with a fixed name; {table} is assumed."),
                self.file.where(node),
                model=stem,
                table=name,
            )
        if is_sql_name(name):
            return name
        self._warn(
            "php-model-bad-table",
            _("The table name “{name}” cannot be used; the model is left out."),
            node,
            name=name[:80],
        )
        return ""

    def _declared_table(self, node: Node) -> str | None:
        """Return the name that ``setSource`` in ``initialize()`` or ``getSource()`` gives."""
        scope = Scope(expressions=_constants(node))
        own = methods(node)
        for holder in filter(None, (own.get("initialize"), own.get("getsource"))):
            for statement in walk(holder, "member_call_expression", "return_statement"):
                value = _source_argument(statement)
                if value is not None:
                    try:
                        return str(evaluate(value, scope) or "")
                    except NotLiteral:
                        return None
        return None

    def _indexes(self, node: Node, columns: tuple[ColumnSpec, ...]) -> tuple[KeySpec, ...]:
        found: dict[str, KeySpec] = {}
        siblings = [] if node.parent is None else node.parent.children
        for mark in self._annotations(doc_comments(siblings).get(node.id)):
            for item in mark.items if mark.name == "Indexes" else []:
                key = _key(item, columns)
                if key is None:
                    self._warn(
                        "php-model-bad-index",
                        _("The index {index} has no usable name or columns and is left out."),
                        node,
                        index=str(item.get("name") if isinstance(item, dict) else item)[:80],
                    )
                else:
                    found[key.name.lower()] = key
        return tuple(found.values())

    def _annotations(self, comment: Node | None) -> list[Annotation]:
        if comment is None:
            return []
        try:
            return read_annotations(text_of(comment), _WANTED)
        except AnnotationError as error:
            self.findings.warning(
                "php-annotation",
                _("The annotation @{name} is not well-formed and was not read."),
                f"{self.file.path}:{line_of(comment) + error.line}",
                name=error.name,
            )
            return []

    def _warn(self, slug: str, message: str, node: Node | None = None, **context: object) -> None:
        where = self.file.path if node is None else self.file.where(node)
        self.findings.warning(slug, message, where, **context)


def _settle_key(columns: list[ColumnSpec], counter: str) -> tuple[ColumnSpec, ...]:
    """Return the columns with the identity first and alone in the key, as MikoPBX makes tables."""
    if not counter:
        return tuple(columns)
    first = [column for column in columns if column.name == counter]
    rest = [
        replace(column, primary=False, autoincrement=False)
        for column in columns
        if column.name != counter
    ]
    return (*first, *rest)


def _constants(node: Node) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for element in walk(node, "const_element"):
        parts = [part for part in element.named_children if part.type != "comment"]
        if len(parts) == 2:
            for prefix in ("self", "static", class_name(node)):
                found[f"{prefix}::{text_of(parts[0])}"] = parts[1]
    return found


def _source_argument(node: Node) -> Node | None:
    if node.type == "return_statement":
        values = node.named_children
    elif text_of(node.child_by_field_name("name")).lower() == "setsource":
        arguments = node.child_by_field_name("arguments")
        argument = None if arguments is None else child(arguments, "argument")
        values = [] if argument is None else argument.named_children
    else:
        values = []
    return values[0] if values else None


def _default(given: Value) -> str | None:
    if isinstance(given, bool):
        return "1" if given else "0"
    return None if given is None or isinstance(given, list | dict) else str(given)


def _key(item: Value, columns: tuple[ColumnSpec, ...]) -> KeySpec | None:
    if not isinstance(item, dict):
        return None
    name, given = item.get("name"), item.get("columns")
    known = {column.name.lower(): column.name for column in columns}
    names = [str(column).lower() for column in given] if isinstance(given, list) else []
    if not isinstance(name, str) or not is_sql_name(name) or not names:
        return None
    if any(column not in known for column in names):
        return None
    unique = str(item.get("type") or "").upper() == "UNIQUE"
    return KeySpec(name, tuple(known[column] for column in names), unique)
