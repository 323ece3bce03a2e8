"""Tables of a module's models: made and altered, never at the price of a row (design 6, M5.3).

The state of the last synchronisation lives in the module's own database. Django's autodetector
compares it with the current models; what the models lost is kept and reported, a rename is a
removal and an addition, and one transaction holds all of it. A package with a ``migrations``
folder uses Django's migrations instead.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.utils.module_loading import module_has_submodule

from modules_app.domain.tables import BOOKKEEPING
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.sdk.adopting import adopt_tables
from modules_app.sdk.keeping import Kept, keep_what_was_lost, table_of
from modules_app.sdk.model_state import database_state, dump_state, load_state
from modules_app.sdk.questions import Answers

STATE_TABLE = "pbx_model_state"
HIDDEN_TABLES = BOOKKEEPING


def synchronise_tables(label: str) -> dict[str, list[Any]]:
    """Bring the tables of the application ``label`` in line with its models.

    Returns ``{"created": [table], "altered": [table], "kept": [{"table", "columns"}]}``, where a
    kept table without columns is one that no model describes any more. Raises `Refused` if it
    cannot be done without losing rows; then nothing has changed.
    """
    config = apps.get_app_config(label)
    connection = connections[label]
    before = _tables(connection)
    if module_has_submodule(config.module, "migrations"):
        changed, kept = _migrate(connection, label), Kept()
    else:
        changed, kept = _synchronise(connection, label)
    created = _tables(connection) - before
    return {
        "created": sorted(created),
        "altered": sorted(changed - created),
        "kept": kept.as_list(),
    }


def _synchronise(connection: BaseDatabaseWrapper, label: str) -> tuple[set[str], Kept]:
    old = load_state(label, _read_state(connection))
    new = ProjectState()
    for model in apps.get_app_config(label).get_models():
        new.add_model(database_state(ModelState.from_model(model)))
    adopted = adopt_tables(connection, old, new)
    kept = keep_what_was_lost(label, old, new)
    operations = _detect(connection, label, old, new)
    changed = {_table(new, step) for step in operations if _is_managed(new, step)}
    if operations or adopted:
        _apply(connection, label, operations, old, dump_state(new.models.values()))
    return changed, kept


def _detect(
    connection: BaseDatabaseWrapper, label: str, old: ProjectState, new: ProjectState
) -> list[Operation]:
    answers = Answers(connection, new, label)
    changes = MigrationAutodetector(old, new, answers)._detect_changes()
    operations = [step for migration in changes.get(label, []) for step in migration.operations]
    present = _tables(connection)
    for operation in operations:
        name = type(operation).__name__
        if name in ("RemoveField", "DeleteModel"):
            raise _not_possible(operation.describe())
        if name == "CreateModel" and _is_managed(new, operation):
            _refuse_foreign_table(_table(new, operation), present)
    return operations


def _apply(
    connection: BaseDatabaseWrapper,
    label: str,
    operations: list[Operation],
    state: ProjectState,
    stored: str,
) -> None:
    try:
        with connection.schema_editor(atomic=True) as editor:
            for operation in operations:
                before = state.clone()
                operation.state_forwards(label, state)
                operation.database_forwards(label, editor, before, state)
            _write_state(connection, stored)
    except DatabaseError as error:
        raise _not_possible(str(error)) from error


def _migrate(connection: BaseDatabaseWrapper, label: str) -> set[str]:
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes(label)
    plan = executor.migration_plan(targets)
    foreign = sorted({step.app_label for step, _back in plan} - {label})
    if foreign:
        raise Refused(
            "migrations-depend-on-others",
            _("The migrations of the module depend on other applications: {labels}."),
            context={"labels": ", ".join(foreign)},
            hint=_("A module's tables live in a database of their own."),
        )
    try:
        state = executor.migrate(targets, plan)
    except DatabaseError as error:
        raise _not_possible(str(error)) from error
    return {_table(state, step) for migration, _back in plan for step in migration.operations} - {
        ""
    }


def _model_of(state: ProjectState, operation: Operation) -> ModelState | None:
    name = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
    return next((model for (_app, key), model in state.models.items() if key == name), None)


def _table(state: ProjectState, operation: Operation) -> str:
    model = _model_of(state, operation)
    return table_of(model) if model is not None else ""


def _is_managed(state: ProjectState, operation: Operation) -> bool:
    model = _model_of(state, operation)
    options = model.options if model is not None else {}
    return bool(options.get("managed", True)) and not options.get("proxy")


def _tables(connection: BaseDatabaseWrapper) -> set[str]:
    return set(connection.introspection.table_names()) - HIDDEN_TABLES


def _read_state(connection: BaseDatabaseWrapper) -> str:
    if STATE_TABLE not in connection.introspection.table_names():
        return "[]"
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM pbx_model_state")
        row = cursor.fetchone()
    return row[0] if row else "[]"


def _write_state(connection: BaseDatabaseWrapper, stored: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS pbx_model_state "
            "(id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL)"
        )
        cursor.execute("INSERT OR REPLACE INTO pbx_model_state VALUES (1, %s)", [stored])


def _refuse_foreign_table(table: str, present: set[str]) -> None:
    if table.lower() in {name.lower() for name in present}:
        raise Refused(
            "table-exists",
            _("The table {table} exists already and does not fit the model."),
            context={"table": table},
            hint=_("A model of a table that the manifest declares needs managed = False."),
        )


def _not_possible(detail: str) -> Refused:
    return Refused(
        "table-change-not-possible",
        _("The tables could not be changed, and nothing was: {detail}"),
        context={"detail": detail},
        hint=_("Bring Django migrations in the package to say how the rows shall change."),
    )
