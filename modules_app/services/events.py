"""The outbox: every change of a watched core record, written together with the change (M5.5).

Watched records (see `modules_app.domain.model_events.WATCHED`) write their events by themselves
when they are saved or deleted one by one, from a service or from Django's admin. Whoever changes
rows with ``update()`` or in bulk calls `emit`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Model
from django.db.models.signals import post_delete, post_save, pre_save

from modules_app.domain.ids import fold_id
from modules_app.domain.model_events import DELETED, EVENT_HOOKS, SAVED, WATCHED, Watched
from modules_app.models import EventCursor, LostEvent, Module, OutboxEvent
from modules_app.processes.poke import poke

LISTENER = "events"
_BEFORE = "_columns_before"


def emit(
    *,
    model: str,
    record_id: object,
    action: str,
    changed_fields: Collection[str] | Mapping[str, Any],
) -> None:
    """Write an event; ``model`` is the seeds' name, ``action`` `SAVED` or `DELETED`.

    Call it in the transaction of the change: both happen or neither. Raises `RuntimeError` outside
    of one. Nothing is written when nothing changed.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is written in the transaction of its change")
    _write(model, str(record_id), action, changed_fields)


def emit_many(
    *, model: str, action: str, changes: Collection[tuple[object, Collection[str]]]
) -> None:
    """Write an event for each record and its changed fields, with few queries; see `emit`."""
    if not connection.in_atomic_block:
        raise RuntimeError("events are written in the transaction of their changes")
    OutboxEvent.objects.bulk_create(
        (
            OutboxEvent(model=model, record_id=str(pk)[:200], action=action, changed=sorted(fields))
            for pk, fields in changes
            if fields or action == DELETED
        ),
        batch_size=1_000,
    )
    transaction.on_commit(lambda: poke(settings.PBX_DATA_DIR, LISTENER))


def begin_listening(module: Module) -> None:
    """Let a module that is being enabled hear of what happens from now on, not of what was.

    Call it in the transaction that enables it.
    """
    hooks = module.facts.get("hooks") or ()
    for hook in EVENT_HOOKS:
        if hook in hooks:
            start_cursor(module_id=module.pk, hook=hook)


def start_cursor(*, module_id: str, hook: str) -> EventCursor:
    """Set a cursor behind the last event."""
    cursor, _made = EventCursor.objects.update_or_create(
        id_fold=fold_id(module_id),
        hook=hook,
        defaults={
            "module_id": module_id,
            "position": last_event(),
            "tries": 0,
            "error": "",
            "error_at": None,
        },
    )
    return cursor


def forget_listener(*, module_id: str) -> None:
    """Delete how far a module was, and what it lost; call it with the module's row."""
    for kind in (EventCursor, LostEvent):
        kind.objects.filter(id_fold=fold_id(module_id)).delete()


def last_event() -> int:
    """Return the number of the last event, 0 when there is none."""
    return OutboxEvent.objects.aggregate(last=Max("id"))["last"] or 0


def connect() -> None:
    """Let watched records write their events; called once, when the application is ready."""
    for receiver, signal in ((_remember, pre_save), (_saved, post_save), (_deleted, post_delete)):
        for name, watched in WATCHED.items():
            if apps.is_installed(watched.app):
                uid = f"model-events-{receiver.__name__}-{name}"
                signal.connect(receiver, apps.get_model(watched.app, name), dispatch_uid=uid)


def _remember(sender: type[Model], instance: Model, raw: bool = False, **_: Any) -> None:
    """Read the columns as they are stored, before they are overwritten."""
    watched = WATCHED[sender.__name__]
    if raw:
        return
    rows = sender._default_manager.filter(pk=instance.pk)
    setattr(instance, _BEFORE, rows.values(*watched.columns).first() if instance.pk else None)


def _saved(sender: type[Model], instance: Model, raw: bool = False, **_: Any) -> None:
    watched = WATCHED[sender.__name__]
    if raw:
        return
    before = instance.__dict__.pop(_BEFORE, None) or {}
    changed = _changes(watched, instance, before)
    _write(watched.seed_name, _id(watched, instance), SAVED, changed)


def _deleted(sender: type[Model], instance: Model, **_: Any) -> None:
    watched = WATCHED[sender.__name__]
    changed = _changes(watched, None, {c: getattr(instance, c) for c in watched.columns})
    _write(watched.seed_name, _id(watched, instance), DELETED, changed, str(instance))


def _id(watched: Watched, instance: Model) -> str:
    return str(getattr(instance, watched.key))


def _changes(watched: Watched, after: Model | None, before: Mapping[str, Any]) -> Any:
    """Return the columns that differ, with old and new value where modules get them."""
    found = {
        column: {"old": before.get(column), "new": getattr(after, column, None)}
        for column in watched.columns
        if column not in before or after is None or before[column] != getattr(after, column)
    }
    return found if watched.values else list(found)


def _write(
    model: str,
    record_id: str,
    action: str,
    changed: Collection[str] | Mapping[str, Any],
    name: str = "",
) -> None:
    if not changed and action != DELETED:
        return
    kept = dict(changed) if isinstance(changed, Mapping) else sorted(changed)
    OutboxEvent.objects.create(
        model=model, record_id=record_id[:200], action=action, changed=kept, name=name[:200]
    )
    transaction.on_commit(lambda: poke(settings.PBX_DATA_DIR, LISTENER))
