"""Many phones at once from a table: first a report, then all of them or none.

The first line names the columns: fields of a phone, in any order. An empty cell says nothing: a new
phone gets the usual value, an old one keeps its own. A phone that is there already is a fault
unless phones may be updated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from modules_app.domain.model_events import SAVED, WATCHED, Watched
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import NetworkFilter
from modules_app.permissions import Actor
from modules_app.services.events import emit_many
from telephony_app.domain.csv_table import Row, read_table
from telephony_app.domain.faults import ValuesInvalid, Wrong, checked
from telephony_app.domain.passwords import new_secret
from telephony_app.domain.records import EXTENSION, SIP_ACCOUNT
from telephony_app.domain.words import Kind, Registration
from telephony_app.models import Codec, Extension, Provider, SipAccount
from telephony_app.services import records
from telephony_app.services.extensions import FIELDS, FORWARDINGS

COLUMNS: Sequence[str] = FIELDS
ALIASES: Mapping[str, str] = {
    "extension": "number",
    "username": "name",
    "user_username": "name",
    "user_email": "email",
    "mobile_number": "mobile",
    "sip_secret": "secret",
    "sip_dtmfmode": "dtmf_mode",
    "sip_transport": "transport",
    "sip_manualattributes": "manual_attributes",
    "sip_enablerecording": "enable_recording",
    "fwd_ringlength": "ring_length",
    "fwd_forwarding": "forwarding",
    "fwd_forwardingonbusy": "forwarding_on_busy",
    "fwd_forwardingonunavailable": "forwarding_on_unavailable",
}
"""Columns of MikoPBX's own table, and what they are here."""

_AUDITED = 50


class Fate(StrEnum):
    """What becomes of one line."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line of the table: where it begins, which phone, and what becomes of it.

    ``message`` with ``context`` says what is wrong with ``field``.
    """

    line: int
    number: str
    name: str
    fate: Fate
    field: str = ""
    message: str = ""
    context: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a table does, or did."""

    lines: tuple[ImportLine, ...]

    def count(self, fate: Fate | str) -> int:
        """Return how many lines end so."""
        return sum(line.fate == fate for line in self.lines)

    @property
    def faults(self) -> tuple[ImportLine, ...]:
        """Return the lines with which nothing can be imported."""
        return tuple(line for line in self.lines if line.fate is Fate.WRONG)

    @property
    def added(self) -> int:
        """Return how many phones are new."""
        return self.count(Fate.ADD)

    @property
    def changed(self) -> int:
        """Return how many phones are changed."""
        return self.count(Fate.CHANGE)


class ImportRefused(Refused):
    """The table has faults, so nothing of it was stored; ``report`` names every line."""

    def __init__(self, report: ImportReport) -> None:
        first = report.faults[0]
        lines = [
            {"line": one.line, "field": one.field, "message": one.message, "context": one.context}
            for one in report.faults[:100]
        ]
        super().__init__(
            "import-refused",
            _("{count} lines of the table are wrong, the first is line {line}. Nothing changed."),
            context={"count": len(report.faults), "line": first.line, "faults": lines},
            hint=_("Correct the lines that are named, and send the whole table again."),
        )
        self.report = report


def check_import(*, actor: Actor, data: bytes | str, update: bool = False) -> ImportReport:
    """Return what `import_extensions` would do; nothing is stored.

    Raises ``NotAllowed``, and `ValuesInvalid` for what is no table at all.
    """
    records.may_change(actor)
    return _Import(data, update=update).report()


def import_extensions(*, actor: Actor, data: bytes | str, update: bool = False) -> ImportReport:
    """Store the phones of a table in one step; those without a ``secret`` get a new one.

    With ``update`` phones that are there already are changed. Raises ``NotAllowed``,
    `ValuesInvalid` for what is no table, and `ImportRefused` when one line is wrong.
    """
    records.may_change(actor)
    work, report = _sound(data, update)
    with transaction.atomic():
        if work.is_stale():  # reading a long table takes seconds, and others must not wait for it
            work, report = _sound(data, update)
        work.store()
        numbers = [line.number for line in report.lines if line.fate is not Fate.SAME]
        records.tell(
            actor,
            "extensions-import",
            "",
            added=report.added,
            changed=report.changed,
            numbers=numbers[:_AUDITED],
        )
    return report


def _sound(data: bytes | str, update: bool) -> tuple[_Import, ImportReport]:
    work = _Import(data, update=update)
    report = work.report()
    if report.faults:
        raise ImportRefused(report)
    return work, report


@dataclass(slots=True)
class _Phone:
    """One phone of the table, ready to be stored, with its changed columns."""

    row: Extension
    account: SipAccount
    row_fields: list[str]
    account_fields: list[str]


class _Import:
    """Reads the table against what there is; a few queries whatever its length."""

    def __init__(self, data: bytes | str, *, update: bool) -> None:
        self._rows = _table(data)
        self._update = update
        self._state = _state()
        self._known = {one.number: one for one in Extension.objects.select_related("sip")}
        inbound = Provider.objects.filter(registration=Registration.INBOUND)
        self._inbound = dict(inbound.values_list("username", "description"))
        self._codecs = set(Codec.objects.values_list("name", flat=True))
        self._networks = {one.title: one for one in NetworkFilter.objects.order_by("-id")}
        self._added: list[_Phone] = []
        self._changed: list[_Phone] = []

    def report(self) -> ImportReport:
        seen: dict[str, int] = {}
        return ImportReport(tuple(self._line(row, seen) for row in self._rows))

    def is_stale(self) -> bool:
        """Tell whether a number came, went or was changed since the table was looked at."""
        return self._state != _state()

    def store(self) -> None:
        _insert(self._added)
        _update(self._changed)
        for model, pick in (("Extension", _row), ("SipAccount", _account)):
            watched = WATCHED[model]
            changes = [(phone.row.number, watched.columns) for phone in self._added]
            changes += [
                (phone.row.number, _watched(watched, pick(phone)[1])) for phone in self._changed
            ]
            emit_many(model=watched.seed_name, action=SAVED, changes=changes)

    def _line(self, row: Row, seen: dict[str, int]) -> ImportLine:
        said = {ALIASES.get(name, name): cell for name, cell in row.cells.items() if cell}
        number, name = said.get("number", "")[:32], said.get("name", "")[:80]
        try:
            fate = self._take(said, row.line, seen)
        except ValuesInvalid as error:
            wrong_field, wrong = next(iter(error.faults.items()))
            return ImportLine(
                row.line, number, name, Fate.WRONG, wrong_field, wrong.message, wrong.context
            )
        return ImportLine(row.line, number, name, fate)

    def _take(self, said: dict[str, Any], line: int, seen: dict[str, int]) -> Fate:
        number = str(checked({"number": said.get("number", "")}, EXTENSION)["number"])
        if number in seen:
            raise _fault("number", _("Line {line} has this number, too."), line=seen[number])
        seen[number] = line
        old = self._known.get(number)
        if old is not None and (not self._update or old.kind != Kind.PHONE):
            raise _fault(
                "number", _("“{value}” is taken already: {owner}."), value=number, owner=str(old)
            )
        if number in self._inbound:
            owner = self._inbound[number]
            raise _fault(
                "number", _("“{value}” is taken already: {owner}."), value=number, owner=owner
            )
        return self._fill(old, self._with_network(said), number)

    def _fill(self, old: Extension | None, said: dict[str, Any], number: str) -> Fate:
        row = old or Extension(kind=Kind.PHONE)
        account = old.sip if old else SipAccount(extension=row)
        row_fields = records.fill(row, said, EXTENSION, {})
        account_fields = records.fill(
            account, said, SIP_ACCOUNT, {"network_filter": records.network}
        )
        if unknown := [name for name in account.codecs if name not in self._codecs]:
            raise _fault("codecs", _("There is no codec “{name}”."), name=unknown[0])
        for name in FORWARDINGS:
            if getattr(account, name) == number:
                raise _fault(name, _("A number cannot forward to itself."))
        phone = _Phone(row, account, row_fields, account_fields)
        if old is None:
            account.secret = account.secret or new_secret()
            self._added.append(phone)
            return Fate.ADD
        if not row_fields and not account_fields:
            return Fate.SAME
        self._changed.append(phone)
        return Fate.CHANGE

    def _with_network(self, said: dict[str, Any]) -> dict[str, Any]:
        title = said.get("network_filter", "")
        if title and title not in self._networks:
            raise _fault("network_filter", _("There is no “{name}” to choose."), name=title[:64])
        return {**said, "network_filter": self._networks[title]} if title else said


def _table(data: bytes | str) -> list[Row]:
    try:
        rows = read_table(data)
        if not rows:
            raise Wrong(_("The table is empty."))
    except Wrong as error:
        raise ValuesInvalid({"file": error}) from error
    names = [ALIASES.get(name, name) for name in rows[0].cells]
    if "number" not in names:
        raise _fault("file", _("The first line has to name the columns; “number” is missing."))
    if unknown := [name for name in names if name not in COLUMNS]:
        raise _fault(
            "file",
            _("There is no column “{name}”; there are: {known}."),
            name=unknown[0][:40],
            known=", ".join(COLUMNS),
        )
    return rows


def _fault(name: str, message: str, /, **context: Any) -> ValuesInvalid:
    return ValuesInvalid({name: Wrong(message, **context)})


def _state() -> list[tuple[Any, ...]]:
    phones = Extension.objects.order_by("pk").values_list("pk", "revision", "sip__revision")
    providers = Provider.objects.order_by("pk").values_list("pk", "revision")
    return [*phones, *providers]


def _insert(phones: Sequence[_Phone]) -> None:
    for row in (phone.row for phone in phones):
        row.revision = 1
    Extension.objects.bulk_create((phone.row for phone in phones), batch_size=500)
    for phone in phones:
        phone.account.extension = phone.row
        phone.account.revision = 1
    SipAccount.objects.bulk_create((phone.account for phone in phones), batch_size=500)


def _update(phones: Sequence[_Phone]) -> None:
    now = timezone.now()
    for pick, model in ((_row, Extension), (_account, SipAccount)):
        chosen = [pick(phone)[0] for phone in phones]
        for record in chosen:
            record.revision, record.changed_at = record.revision + 1, now
        fields = {name for phone in phones for name in pick(phone)[1]}
        # Many times faster than `bulk_update`, which makes a choice of each value.
        model._default_manager.bulk_create(
            chosen,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*sorted(fields), "revision", "changed_at"],
            batch_size=500,
        )


def _row(phone: _Phone) -> tuple[Any, list[str]]:
    return phone.row, phone.row_fields


def _account(phone: _Phone) -> tuple[Any, list[str]]:
    return phone.account, phone.account_fields


def _watched(watched: Watched, fields: Iterable[str]) -> tuple[str, ...]:
    names = {f"{name}_id" if name == "network_filter" else name for name in fields}
    return tuple(names & set(watched.columns))
