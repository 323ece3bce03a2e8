"""Answers to the autodetector's questions, given without a person (design 6: no guessing)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import timezone

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.sdk.keeping import column_of, table_of


class Answers(MigrationQuestioner):
    """Looks at the rows where Django would ask the developer."""

    def __init__(self, connection: BaseDatabaseWrapper, state: ProjectState, label: str) -> None:
        super().__init__()
        self._connection = connection
        self._state = state
        self._label = label

    def ask_rename(
        self, model_name: str, old_name: str, new_name: str, field_instance: Any
    ) -> bool:
        """Follow a field to another name only if its column stays the same."""
        field = self._state.models[self._label, model_name.lower()].fields[new_name]
        return field.db_column == old_name

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        """Refuse a new required column without a default when the table has rows."""
        return self._refuse_if(f"SELECT 1 FROM {self._table(model_name)} LIMIT 1", field_name)

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        """Refuse to make a column required while rows have no value in it."""
        field = self._state.models[self._label, model_name.lower()].fields[field_name]
        column = self._quote(column_of(field_name, field))
        table = self._table(model_name)
        return self._refuse_if(f"SELECT 1 FROM {table} WHERE {column} IS NULL LIMIT 1", field_name)

    def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> datetime.datetime:
        """Give present rows the time of the change."""
        return timezone.now()

    def _refuse_if(self, query: str, field_name: str) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            if cursor.fetchone() is None:
                return models.NOT_PROVIDED
        raise Refused(
            "table-column-needs-default",
            _("The column {column} must not be empty, but present rows have no value for it."),
            context={"column": field_name},
            hint=_("Give the field a default, or allow null."),
        )

    def _table(self, model_name: str) -> str:
        return self._quote(table_of(self._state.models[self._label, model_name.lower()]))

    def _quote(self, name: str) -> str:
        return self._connection.ops.quote_name(name)
