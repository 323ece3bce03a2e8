"""Tables that are in the database already, but were not made from models.

They come from an earlier version of the module that was written in PHP, or from its kept data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ModelState, ProjectState

from modules_app.sdk.keeping import column_of, table_of


def adopt_tables(connection: BaseDatabaseWrapper, old: ProjectState, new: ProjectState) -> bool:
    """Add to ``old`` what the database says of tables that only ``new`` describes.

    A table with another primary key is left alone. Returns whether any table was adopted.
    """
    known = {table_of(state).lower() for state in old.models.values()}
    adopted = False
    with connection.cursor() as cursor:
        present = {name.lower() for name in connection.introspection.table_names(cursor)}
        for key, state in new.models.items():
            table = table_of(state)
            managed = state.options.get("managed", True) and not state.options.get("proxy")
            if managed and table.lower() in present - known:
                found = _as_found(connection, cursor, state, table)
                if found is not None and key not in old.models:
                    old.add_model(found)
                    adopted = True
    return adopted


def _as_found(
    connection: BaseDatabaseWrapper, cursor: Any, state: ModelState, table: str
) -> ModelState | None:
    look = connection.introspection
    columns = {info.name.lower(): info for info in look.get_table_description(cursor, table)}
    indexes = look.get_constraints(cursor, table).values()
    key = look.get_primary_key_columns(cursor, table)
    fields: dict[str, models.Field[Any, Any]] = {}
    for name, field in state.fields.items():
        info = columns.pop(column_of(name, field).lower(), None)
        if field.primary_key and (info is None or key != [info.name]):
            return None
        if info is not None and not field.many_to_many:
            fields[name] = _field_as_found(field, info, list(indexes))
    for number, info in enumerate(columns.values()):
        name = info.name if info.name.isidentifier() else f"column_{number}"
        fields[name] = models.TextField(null=info.null_ok, db_column=info.name)
    options = {"db_table": table}
    return ModelState(state.app_label, state.name, fields.items(), options, (models.Model,), [])


def _field_as_found(
    field: models.Field[Any, Any], info: Any, indexes: list[Mapping[str, Any]]
) -> models.Field[Any, Any]:
    """Return the field with the nullability and the single indexes that the column has."""
    found = field.clone()
    if not field.primary_key:
        own = [index for index in indexes if index["columns"] == [info.name]]
        found.null = bool(info.null_ok)
        found._unique = field._unique and any(index["unique"] for index in own)
        found.db_index = field.db_index and any(index["index"] for index in own)
    return found
