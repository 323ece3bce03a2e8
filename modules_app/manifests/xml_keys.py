"""The keys of a table that a module.xml declares: indexes and foreign keys (reference F1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from modules_app.domain.tables import (
    FOREIGN_ACTIONS,
    NO_ACTION,
    ColumnSpec,
    ForeignKeySpec,
    KeySpec,
)
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.faults import Spot
from modules_app.manifests.xml_nodes import (
    Element,
    attributes_of,
    children_of,
    element_unknown,
)

_SQL_NAME = re.compile(r"(?!sqlite_)[A-Za-z][A-Za-z0-9_]{0,62}", re.ASCII | re.IGNORECASE)
_KEY = ("name", "type", "foreigntable", "foreigncols", "onupdate", "ondelete")
_KINDS = ("index", "unique", "fulltext", "foreign")

Columns = Mapping[str, ColumnSpec]


class ForeignKey(NamedTuple):
    """A declared foreign key and the place where something can be said about it."""

    spec: ForeignKeySpec
    spot: Spot


def read_keys(
    elements: list[Element], table: str, columns: Columns
) -> tuple[tuple[KeySpec, ...], list[ForeignKey]]:
    """Return the indexes and the foreign keys that ``<key>`` elements declare.

    ``columns`` are the table's fields by folded name. A key that cannot be used is left out with a
    warning; one of the type fulltext becomes an ordinary index with a note.
    """
    indexes: list[KeySpec] = []
    foreign: list[ForeignKey] = []
    for element in elements:
        attributes = attributes_of(element, _KEY)
        kind = attributes.get("type", "index").strip().lower()
        if kind not in _KINDS:
            element.warning(
                "key-type-unsupported",
                _("Keys of the type {type} are not made here."),
                type=values.shown(kind),
            )
        elif names := _key_columns(element, columns):
            if kind == "foreign":
                found = _foreign(attributes, names, element)
                foreign += [ForeignKey(found, element)] if found else []
            else:
                index = _index(attributes, names, kind, table, element)
                indexes += [index] if index else []
    return tuple(indexes), foreign


def sql_name(raw: str, spot: Spot) -> str:
    """Return a name that may stand in SQL, "" with an error for any other (reference M17)."""
    if _SQL_NAME.fullmatch(raw):
        return raw
    spot.error(
        "sql-name-invalid",
        _("{name} cannot be the name of a table, field or key."),
        rule="M17",
        hint=_("A name is a letter followed by up to 62 letters, digits and underscores."),
        name=values.shown(raw),
    )
    return ""


def _index(
    attributes: dict[str, str], names: tuple[str, ...], kind: str, table: str, spot: Spot
) -> KeySpec | None:
    name = attributes.get("name", "").strip() or "_".join([table, *names])[:63]
    checked = sql_name(name, spot)
    if kind == "fulltext":
        spot.note(
            "key-fulltext",
            _("The key {name} is made as an ordinary index; search by words is not available."),
            name=values.shown(name),
        )
    return KeySpec(checked, names, kind == "unique") if checked else None


def _foreign(
    attributes: dict[str, str], names: tuple[str, ...], spot: Spot
) -> ForeignKeySpec | None:
    target = attributes.get("foreigntable", "").strip()
    named = [one.strip() for one in attributes.get("foreigncols", "").split(",") if one.strip()]
    if not target or not named:
        spot.warning(
            "foreign-key-incomplete",
            _("A foreign key needs foreigntable and foreigncols; it is left out."),
        )
        return None
    table = sql_name(target, spot)
    references = tuple(sql_name(one, spot) for one in named)
    if not table or not all(references):
        return None
    on_update = _action(attributes, "onupdate", spot)
    on_delete = _action(attributes, "ondelete", spot)
    return ForeignKeySpec(names, table, references, on_update, on_delete)


def _action(attributes: dict[str, str], name: str, spot: Spot) -> str:
    action = " ".join(attributes.get(name, "").upper().split()) or NO_ACTION
    if action in FOREIGN_ACTIONS:
        return action
    spot.warning(
        "foreign-action-unknown",
        _("{attribute} is {value}, which is no action of a foreign key; it is left out."),
        attribute=name,
        value=values.shown(action),
    )
    return NO_ACTION


def _key_columns(element: Element, columns: Columns) -> tuple[str, ...]:
    """Return the columns of a key, none when one of them does not exist."""
    names: list[str] = []
    for child in children_of(element):
        if child.name != "column":
            element_unknown(child, known=("column",))
            continue
        raw = attributes_of(child, ("name",)).get("name", "")
        column = columns.get(raw.strip().casefold())
        if column is None:
            child.warning(
                "key-column-unknown",
                _("The key names the field {field}, which the table does not have."),
                field=values.shown(raw),
            )
            return ()
        if column.name not in names:
            names.append(column.name)
    if not names:
        element.warning("key-empty", _("The key has no columns; it is left out."))
    return tuple(names)
