"""References of a module's rows to core records, without a foreign key between databases.

The role of MikoPBX's getDynamicRelations (design 6, reference M5.4): a field that holds the key
of a core record, and a promise of what happens when that record is deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.apps import AppConfig, apps
from django.db import connections, models
from django.utils.text import capfirst

from modules_app.domain.core_records import CORE_RECORDS, OnDelete, kind_of
from modules_app.sdk.context import current_module

PROTECT, CASCADE, KEEP = OnDelete.PROTECT, OnDelete.CASCADE, OnDelete.KEEP
CORE = "core"
_SHOWN = 20
_SHOWN_OF_EACH = 3
_LONGEST = 60
"""What is said of each of many records: a hundred of them fit into one answer of the host."""


class CoreRef(models.CharField):
    """A column with the key of a core record; ``kind`` is one of `CORE_RECORDS`.

    ``on_delete``: PROTECT refuses to delete the core record while an enabled module refers to it,
    CASCADE deletes the row soon after, KEEP leaves it. The column has an index. Raises
    `ValueError` for a kind that PBX Admin does not have.
    """

    def __init__(
        self, kind: str, on_delete: OnDelete | str = PROTECT, *args: Any, **options: Any
    ) -> None:
        if kind not in CORE_RECORDS:
            known = ", ".join(CORE_RECORDS)
            raise ValueError(f"There are no core records called {kind!r}; there are: {known}.")
        self.kind = kind
        self.on_delete = OnDelete(on_delete)
        options.setdefault("max_length", 64)
        options.setdefault("db_index", True)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """Return how migrations write the field."""
        name, path, args, options = super().deconstruct()
        return name, path, [self.kind, str(self.on_delete), *args], options

    def formfield(self, **options: Any) -> Any:
        """Return a choice among the core records that there are now."""
        nothing = [("", "---------")] if self.blank else []
        values = {
            "label": capfirst(self.verbose_name),
            "help_text": self.help_text,
            "required": not self.blank,
        }
        values |= {name: options[name] for name in values if name in options}
        return forms.ChoiceField(choices=[*nothing, *core_records(self.kind)], **values)


def core_records(kind: str) -> list[tuple[str, str]]:
    """Return key and text of every core record of a kind, in the order of their texts."""
    one = CORE_RECORDS[kind]
    with connections[CORE].cursor() as cursor:
        # The names come from our own table of kinds.
        cursor.execute(f"SELECT {one.key}, {one.text} FROM {one.table} ORDER BY 2, 1")  # noqa: S608
        return [(str(key), str(text)) for key, text in cursor.fetchall()]


def references_of(config: AppConfig) -> list[tuple[type[models.Model], CoreRef]]:
    """Return the models and fields of a module that refer to core records."""
    return [
        (model, field)
        for model in config.get_models()
        for field in model._meta.local_fields
        if isinstance(field, CoreRef)
    ]


def answer_core_references(question: Mapping[str, Any]) -> list[dict[str, str]]:
    """Name the rows that protect a core record, or delete those that go with it.

    ``question`` is ``{"ask": "protect", "kind", "id"}`` or an event of the model (M5.5). With
    ``"ids"`` it is about many records, and each answer has the "id" that it is about, too.
    """
    config = apps.get_app_config(current_module().label)
    if question.get("ask") == "protect" and "ids" in question:
        keys = [str(key) for key in question["ids"]]
        return list(_protecting_many(config, str(question["kind"]), keys))
    if question.get("ask") == "protect":
        return list(_protecting(config, str(question["kind"]), str(question["id"])))
    if question.get("action") == "afterDelete":
        _cascade(config, kind_of(str(question["model"])), str(question["recordId"]))
    return []


def _protecting(config: AppConfig, kind: str, key: str) -> Iterator[dict[str, str]]:
    for model, field in _fields(config, kind, OnDelete.PROTECT):
        for row in model._default_manager.filter(**{field.name: key})[:_SHOWN]:
            yield {"model": str(model._meta.verbose_name), "text": str(row)[:200]}


def _protecting_many(config: AppConfig, kind: str, keys: Sequence[str]) -> Iterator[dict[str, str]]:
    """Name some rows for each key; where nothing refers to them, it is one query for a field."""
    named: Counter[str] = Counter()
    for model, field in _fields(config, kind, OnDelete.PROTECT):
        rows = model._default_manager.filter(**{f"{field.name}__in": keys})
        for key in rows.order_by().values_list(field.name, flat=True).distinct():
            for row in rows.filter(**{field.name: key})[: _SHOWN_OF_EACH - named[key]]:
                named[key] += 1
                called = str(model._meta.verbose_name)[:_LONGEST]
                yield {"id": key, "model": called, "text": str(row)[:_LONGEST]}


def _cascade(config: AppConfig, kind: str, key: str) -> None:
    for model, field in _fields(config, kind, OnDelete.CASCADE):
        model._default_manager.filter(**{field.name: key}).delete()


def _fields(
    config: AppConfig, kind: str, on_delete: OnDelete
) -> Iterable[tuple[type[models.Model], CoreRef]]:
    return [
        (model, field)
        for model, field in references_of(config)
        if field.kind == kind and field.on_delete is on_delete
    ]
