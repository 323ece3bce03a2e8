"""What the models no longer describe stays in the database (design 6, reference M5.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.sdk.model_state import dump_field


@dataclass
class Kept:
    """Tables without a model, and columns without a field by table."""

    tables: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def as_list(self) -> list[dict[str, Any]]:
        """Return the JSON form."""
        kept = {**{table: [] for table in self.tables}, **self.columns}
        return [{"table": table, "columns": sorted(kept[table])} for table in sorted(kept)]


def keep_what_was_lost(label: str, old: ProjectState, new: ProjectState) -> Kept:
    """Add to ``new`` the models and fields that only ``old`` has, and return what was added.

    A kept field becomes nullable, as nobody fills it any more. Fields of both that mean the same
    to the database become equal in ``old``. Raises `Refused` if the primary key is another one.
    """
    kept = Kept()
    _follow_tables(label, old, new)
    for key, before in old.models.items():
        after = new.models.get(key)
        if after is None:
            new.add_model(before.clone())
            kept.tables.append(table_of(before))
            continue
        _take_over_same_fields(before, after)
        lost = _lost_fields(before, after)
        if lost:
            columns = kept.columns.setdefault(table_of(before), [])
            columns.extend(column_of(name, value) for name, value in lost.items())
            after.fields.update({name: _unfilled(before, value) for name, value in lost.items()})
    return kept


def table_of(state: ModelState) -> str:
    """Return the table of a model."""
    return str(state.options.get("db_table") or f"{state.app_label}_{state.name_lower}")


def column_of(name: str, value: models.Field[Any, Any]) -> str:
    """Return the column of a field that belongs to no model class yet."""
    return value.db_column or (f"{name}_id" if isinstance(value, models.ForeignKey) else name)


def _follow_tables(label: str, old: ProjectState, new: ProjectState) -> None:
    """Let a model class that only got another name keep its table."""
    added = [state for key, state in new.models.items() if key not in old.models]
    by_table = {table_of(state): state for state in added}
    for key, before in list(old.models.items()):
        heir = by_table.get(table_of(before))
        if heir is not None and key not in new.models:
            old.rename_model(label, before.name, heir.name)


def _take_over_same_fields(before: ModelState, after: ModelState) -> None:
    for name, value in after.fields.items():
        known = before.fields.get(name)
        if known is not None and dump_field(known) == dump_field(value):
            before.fields[name] = value.clone()


def _lost_fields(before: ModelState, after: ModelState) -> dict[str, models.Field[Any, Any]]:
    taken = {column_of(name, value).lower() for name, value in after.fields.items()}
    return {
        name: value
        for name, value in before.fields.items()
        if name not in after.fields and column_of(name, value).lower() not in taken
    }


def _unfilled(state: ModelState, value: models.Field[Any, Any]) -> models.Field[Any, Any]:
    if value.primary_key:
        raise Refused(
            "table-key-changed",
            _("The table {table} cannot get another primary key."),
            context={"table": table_of(state)},
            hint=_("Keep the primary key, or bring Django migrations in the package."),
        )
    if value.many_to_many or isinstance(value, models.GeneratedField):
        return value
    optional = value.clone()
    optional.null = True
    return optional
