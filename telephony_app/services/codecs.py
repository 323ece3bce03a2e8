"""Switching codecs on and off, and their order."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor
from telephony_app.domain.faults import ValuesInvalid, Wrong
from telephony_app.domain.records import CODEC
from telephony_app.domain.words import Media
from telephony_app.models import Codec
from telephony_app.services import records
from telephony_app.services.records import Values

FIELDS = tuple(CODEC)


def change_codec(
    *, actor: Actor, record_id: int, values: Values, revision: int | None = None
) -> Codec:
    """Change a codec. Raises as the others do; one codec for voice stays switched on."""
    records.may_change(actor)
    with transaction.atomic():
        row = records.to_change(Codec, record_id, revision)
        records.refuse_unknown(values, CODEC)
        changed = records.fill(row, values, CODEC, {})
        row.save()
        _refuse_silence()
        records.tell(actor, "codec-change", row.name, changed)
    return row


def set_codecs(*, actor: Actor, enabled: Sequence[str], order: Sequence[str] = ()) -> None:
    """Switch exactly these codecs on, and put them in an order; all in one step.

    Raises ``NotAllowed``, and `ValuesInvalid` for a name that there is not, or without one for
    voice.
    """
    records.may_change(actor)
    with transaction.atomic():
        records.refuse_unknown_codecs([*enabled, *order])
        rows = list(Codec.objects.order_by("media", "priority", "name"))
        places = {name: place for place, name in enumerate(dict.fromkeys(order), start=1)}
        for media in Media:
            own = [row for row in rows if row.media == media]
            own.sort(key=lambda row: places.get(row.name, len(places) + 1))
            for place, row in enumerate(own, start=1):
                _set(row, place * records.STEP, disabled=row.name not in enabled)
        _refuse_silence()
        records.tell(actor, "codecs-change", "", enabled=list(enabled))


def _set(row: Codec, priority: int, *, disabled: bool) -> None:
    if (row.priority, row.disabled) != (priority, disabled):
        row.priority, row.disabled = priority, disabled
        row.save()


def _refuse_silence() -> None:
    if not Codec.objects.filter(media=Media.AUDIO, disabled=False).exists():
        raise ValuesInvalid({"disabled": Wrong(_("One codec for voice has to stay switched on."))})
