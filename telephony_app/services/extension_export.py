"""Phones as a table that `extension_import` reads again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from modules_app.permissions import Actor, Right, require
from telephony_app.domain.csv_table import write_table
from telephony_app.domain.words import Kind
from telephony_app.models import Extension
from telephony_app.services import records
from telephony_app.services.extensions import FIELDS

SECRET = "secret"  # noqa: S105 - the name of a column


def export_extensions(
    *,
    actor: Actor,
    with_secrets: bool = False,
    phones: QuerySet[Extension] | None = None,
) -> Iterator[str]:
    """Return the lines of a table of all phones, or of some, in the order of their numbers.

    No cell is taken for a formula by who opens it. With ``with_secrets`` the passwords stand in
    it: whoever calls this has asked for the person's own password a short while ago. Raises
    ``NotAllowed`` at once; the export with passwords is audited.
    """
    require(actor, Right.VIEW_TELEPHONY)
    if with_secrets:
        records.may_change(actor)
    rows = Extension.objects.all() if phones is None else phones
    rows = rows.filter(kind=Kind.PHONE).order_by("number")
    if with_secrets:
        records.tell(actor, "extensions-export", "", [SECRET], count=rows.count())
    columns = [name for name in FIELDS if with_secrets or name != SECRET]
    return write_table(columns, _rows(rows, columns))


def _rows(rows: QuerySet[Extension], columns: Sequence[str]) -> Iterator[list[str]]:
    own = {field.name for field in Extension._meta.get_fields()}
    paths = [
        name
        if name in own
        else "sip__network_filter__title"
        if name == "network_filter"
        else f"sip__{name}"
        for name in columns
    ]
    for values in rows.values_list(*paths).iterator(chunk_size=2_000):
        yield [_cell(value) for value in values]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return "" if value is None else str(value)
