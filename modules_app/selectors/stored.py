"""Rows as the database holds them, for the queries that nearly every page makes.

Making the SQL of a query costs more than running it. A `Statement` is made once; its rows are
plain tuples that nothing has converted yet: JSON is text and moments have no time zone, so that
equal rows can be recognised without reading them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL of a query, its parameters, and the database that it is for."""

    database: str
    sql: str
    parameters: tuple[Any, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Run it."""
        with connections[self.database].cursor() as cursor:
            cursor.execute(self.sql, self.parameters)
            return cursor.fetchall()  # type: ignore[no-any-return]


def statement_of(query: QuerySet[Any, Any]) -> Statement:
    """Return the statement of ``query``, which was made by ``values_list``."""
    sql, parameters = query.query.get_compiler(query.db).as_sql()
    return Statement(query.db, sql, tuple(parameters))
