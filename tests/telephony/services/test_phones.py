"""Phones: stored with an audit event and an event for modules, never overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from modules_app.bridge.hooks import HookAnswer
from modules_app.exceptions import ModuleError, NotAllowed, NotFound, Refused
from modules_app.models import AuditEvent, NetworkFilter, OutboxEvent
from modules_app.permissions import Actor, Right
from modules_app.services import core_records
from telephony_app.domain.faults import ValuesInvalid
from telephony_app.models import DialplanApplication, Extension, SipAccount
from telephony_app.selectors.references import references_to
from telephony_app.services import applications, deletions, extensions, providers, records, routes

pytestmark = pytest.mark.django_db
ROOT = Actor.system()


def phone(number: str = "201", **values: Any) -> Extension:
    return extensions.create_extension(actor=ROOT, values={"number": number, **values})


def events() -> list[tuple[str, str, str]]:
    found = OutboxEvent.objects.order_by("id").values_list("model", "record_id", "action")
    return list(found)


def faults_of(error: ValuesInvalid) -> set[str]:
    return set(error.faults)


def test_a_phone_gets_an_account_a_password_an_audit_event_and_events() -> None:
    row = phone(name="Ann", email="ann@example.org")
    account = SipAccount.objects.get(extension=row)
    assert len(account.secret) >= 16 and account.secret.isalnum()
    assert account.enable_recording and not account.disabled and account.codecs == []
    assert events() == [("Extensions", "201", "afterSave"), ("Sip", "201", "afterSave")]
    told = AuditEvent.objects.get()
    assert (told.action, told.target, told.actor) == ("extension-add", "201", "system")
    assert account.secret not in str(told.detail)


def test_two_passwords_are_not_the_same() -> None:
    assert phone("201").sip.secret != phone("202").sip.secret


def test_every_fault_is_named_at_its_field_at_once() -> None:
    with pytest.raises(ValuesInvalid) as caught:
        phone("20a", name='"', transport="x", codecs=["nothing"], ring_length="-1")
    assert faults_of(caught.value) == {"number", "name", "transport", "ring_length"}
    assert caught.value.context["field"] == "number"
    assert not Extension.objects.filter(kind="phone").exists() and not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"codecs": ["nothing"]}, "codecs"),
        ({"network_filter": 999}, "network_filter"),
        ({"forwarding": "201"}, "forwarding"),
        ({"number": "hangup"}, "number"),
        ({"secret": "a b c d e f g"}, "secret"),
        ({"secret": "short"}, "secret"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_stored_is_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValuesInvalid) as caught:
        phone(**values)
    assert faults_of(caught.value) == {field}


def test_a_number_is_taken_once_whoever_has_it() -> None:
    phone("201", name="Ann")
    with pytest.raises(ValuesInvalid) as caught:
        phone("201")
    assert "201 Ann" in str(caught.value)
    with pytest.raises(ValuesInvalid):
        applications.create_application(
            actor=ROOT, values={"number": "201", "name": "x", "logic": "Answer()"}
        )


def test_what_is_not_said_stays_as_it_is() -> None:
    row = phone(name="Ann", mobile="+7 (999) 123-45-67")
    secret = row.sip.secret
    assert row.sip.mobile == "+79991234567"
    extensions.change_extension(actor=ROOT, record_id=row.pk, values={"secret": "", "name": "Anna"})
    stored = Extension.objects.select_related("sip").get(pk=row.pk)
    assert (stored.name, stored.sip.secret, stored.sip.mobile) == ("Anna", secret, "+79991234567")
    assert AuditEvent.objects.order_by("id").last().detail == {"fields": ["name"]}


def test_of_two_people_who_edit_the_second_is_told() -> None:
    row = phone()
    seen = row.revision
    extensions.change_extension(actor=ROOT, record_id=row.pk, values={"mobile": "1"}, revision=seen)
    with pytest.raises(records.Overtaken) as caught:
        extensions.change_extension(
            actor=ROOT, record_id=row.pk, values={"mobile": "2"}, revision=seen
        )
    assert caught.value.slug == "record-changed" and caught.value.http_status == 409
    with pytest.raises(records.Overtaken):
        extensions.delete_extension(actor=ROOT, record_id=row.pk, revision=seen)
    assert SipAccount.objects.get(extension=row).mobile == "1"


def test_what_refers_to_a_phone_keeps_it_and_is_named() -> None:
    row = phone()
    boss = phone("202", name="Boss", forwarding_on_busy="201")
    route = routes.create_incoming_route(
        actor=ROOT, values={"extension": "201", "number": "74951234567"}
    )
    with pytest.raises(Refused) as caught:
        extensions.delete_extension(actor=ROOT, record_id=row.pk)
    assert caught.value.slug == "record-in-use"
    assert "202 Boss" in str(caught.value) and "74951234567" in str(caught.value)
    assert {(one.kind, one.record_id) for one in references_to(row)} == {
        ("incoming-route", route.pk),
        ("extension", boss.pk),
    }
    routes.delete_incoming_route(actor=ROOT, record_id=route.pk)
    extensions.change_extension(actor=ROOT, record_id=boss.pk, values={"forwarding_on_busy": ""})
    OutboxEvent.objects.all().delete()
    extensions.delete_extension(actor=ROOT, record_id=row.pk)
    assert not Extension.objects.filter(pk=row.pk).exists()
    assert events() == [("Sip", "201", "afterDelete"), ("Extensions", "201", "afterDelete")]


def test_a_row_of_a_module_keeps_a_phone_and_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def refuse(*, kind: str, record_id: object, anyway: bool = False) -> None:
        asked.append((kind, record_id, anyway))
        raise Refused("record-in-use", "A module uses it.")

    row = phone()

    def refuse_any(*, kind: str, record_ids: list[str], anyway: bool = False) -> None:
        refuse(kind=kind, record_id=record_ids, anyway=anyway)

    monkeypatch.setattr(extensions, "refuse_if_referred", refuse)
    monkeypatch.setattr(extensions, "refuse_if_any_referred", refuse_any)
    monkeypatch.setattr(extensions, "implementers", lambda _hook: {"ModuleX": "1"})
    for act in (
        lambda: extensions.delete_extension(actor=ROOT, record_id=row.pk, anyway=True),
        lambda: extensions.delete_extensions(actor=ROOT, record_ids=[row.pk]),
        lambda: extensions.change_extension(actor=ROOT, record_id=row.pk, values={"number": "205"}),
    ):
        with pytest.raises(Refused):
            act()
    assert asked == [
        ("extensions", "201", True),
        ("extensions", ["201"], False),
        ("extensions", "201", False),
    ]
    extensions.change_extension(actor=ROOT, record_id=row.pk, values={"name": "Ann"})


def test_forwardings_follow_a_new_number() -> None:
    row = phone("201")
    boss = phone("202", forwarding="201", forwarding_on_busy="999")
    extensions.change_extension(actor=ROOT, record_id=row.pk, values={"number": "301"})
    account = SipAccount.objects.get(extension=boss)
    assert (account.forwarding, account.forwarding_on_busy) == ("301", "999")


def test_several_phones_go_together_or_not_at_all() -> None:
    first, second, third = phone("201", forwarding="202"), phone("202"), phone("203")
    kept = phone("204", forwarding="203")
    OutboxEvent.objects.all().delete()
    with pytest.raises(Refused) as caught:
        extensions.delete_extensions(actor=ROOT, record_ids=[first.pk, second.pk, third.pk])
    assert "204" in str(caught.value) and Extension.objects.filter(kind="phone").count() == 4
    assert extensions.delete_extensions(actor=ROOT, record_ids=[first.pk, second.pk]) == 2
    assert set(Extension.objects.filter(kind="phone")) == {third, kept}
    assert sorted(events()) == [
        ("Extensions", "201", "afterDelete"),
        ("Extensions", "202", "afterDelete"),
        ("Sip", "201", "afterDelete"),
        ("Sip", "202", "afterDelete"),
    ]


def test_who_stays_keeps_those_that_it_forwards_to() -> None:
    rows = [phone("201"), phone("202", forwarding="201"), phone("203", forwarding="202")]
    rows += [phone("204", forwarding="205"), phone("205", forwarding="204")]
    routes.create_incoming_route(actor=ROOT, values={"extension": "203", "note": "Sales"})
    with CaptureQueriesContext(connection) as queries:
        seen = deletions.outlook(actor=ROOT, phones=rows)
    assert len(queries) <= 3
    assert list(seen.going) == [row.pk for row in rows[3:]] and seen.unknown is None
    told = {str(one.phone): [by.text for by in one.records] for one in seen.staying}
    assert told == {"201": ["202"], "202": ["203"], "203": ["Sales"]}
    assert extensions.delete_extensions(actor=ROOT, record_ids=seen.going) == 2


def test_two_hundred_deletions_ask_modules_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def ask(_hook: str, arguments: dict[str, Any], **_options: float) -> list[HookAnswer]:
        asked.append(arguments["question"]["ids"])
        return [HookAnswer("ModuleX", ok=True)]

    for module in (core_records, extensions):
        monkeypatch.setattr(module, "implementers", lambda _hook: ("ModuleX",))
    monkeypatch.setattr(core_records, "ask_modules", ask)
    rows = Extension.objects.bulk_create(
        Extension(number=str(number), revision=1) for number in range(1000, 1200)
    )
    SipAccount.objects.bulk_create(
        SipAccount(extension=row, secret="x" * 24, revision=1) for row in rows
    )
    ids = [row.pk for row in rows]
    assert extensions.delete_extensions(actor=ROOT, record_ids=ids) == 200
    assert [len(numbers) for numbers in asked] == [100, 100]


def test_what_a_module_protects_stays_with_what_it_forwards_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [phone("201", forwarding="202"), phone("202"), phone("203")]
    said = core_records.ModuleReferences({"201": ["ModuleX: door “Gate”"]}, ["ModuleY"])
    monkeypatch.setattr(deletions, "references_in_modules", lambda **_asked: said)
    seen = deletions.outlook(actor=ROOT, phones=rows)
    first, second = seen.staying
    assert (first.phone, first.modules) == (rows[0], ["ModuleX: door “Gate”"])
    assert (second.phone, second.records[0].record_id) == (rows[1], rows[0].pk)
    assert list(seen.going) == [rows[2].pk]
    assert seen.unknown is not None and "ModuleY could not be asked" in str(seen.unknown)


def test_a_phone_with_a_route_is_not_deleted_with_others() -> None:
    rows = [phone("201"), phone("202")]
    routes.create_incoming_route(actor=ROOT, values={"extension": "202"})
    with pytest.raises(Refused):
        extensions.delete_extensions(actor=ROOT, record_ids=[row.pk for row in rows])
    assert Extension.objects.filter(kind="phone").count() == 2


def test_several_phones_are_switched_off_and_only_those_that_were_on_change() -> None:
    rows = [phone("201"), phone("202"), phone("203", disabled=True)]
    OutboxEvent.objects.all().delete()
    ids = [row.pk for row in rows]
    assert extensions.disable_extensions(actor=ROOT, record_ids=ids) == 2
    assert SipAccount.objects.filter(disabled=True).count() == 3
    assert events() == [("Sip", "201", "afterSave"), ("Sip", "202", "afterSave")]
    with pytest.raises(records.Overtaken):
        extensions.change_extension(
            actor=ROOT, record_id=ids[0], values={"name": "x"}, revision=rows[0].revision
        )
    assert extensions.disable_extensions(actor=ROOT, record_ids=ids, disabled=False) == 3


def test_what_does_not_exist_is_said() -> None:
    system = Extension.objects.get(number="hangup")
    for record_id in (987654, system.pk):
        with pytest.raises(NotFound):
            extensions.delete_extension(actor=ROOT, record_id=record_id)
        with pytest.raises(NotFound):
            extensions.delete_extensions(actor=ROOT, record_ids=[record_id])


def test_without_the_right_nothing_is_changed() -> None:
    row = phone()
    viewer = Actor("eve", "web", frozenset(Right) - {Right.CHANGE_TELEPHONY})
    for act in (
        lambda: extensions.create_extension(actor=viewer, values={"number": "299"}),
        lambda: extensions.change_extension(actor=viewer, record_id=row.pk, values={}),
        lambda: extensions.delete_extension(actor=viewer, record_id=row.pk),
        lambda: extensions.delete_extensions(actor=viewer, record_ids=[row.pk]),
        lambda: extensions.disable_extensions(actor=viewer, record_ids=[row.pk]),
        lambda: deletions.outlook(actor=viewer, phones=[row]),
        lambda: providers.create_provider(actor=viewer, values={"description": "x"}),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Extension.objects.filter(kind="phone").count() == 1


def test_an_application_is_a_number_with_logic() -> None:
    made = applications.create_application(
        actor=ROOT, values={"number": "*77", "name": "Door", "logic": "Answer()\r\nn,Hangup()"}
    )
    assert made.extension.kind == "application" and made.extension.name == "Door"
    assert made.logic == "Answer()\nn,Hangup()"
    phone("201", forwarding="*77")
    with pytest.raises(Refused):
        applications.delete_application(actor=ROOT, record_id=made.pk)
    applications.change_application(
        actor=ROOT, record_id=made.pk, values={"number": "*78"}, revision=made.revision
    )
    assert SipAccount.objects.get().forwarding == "*78"
    extensions.delete_extension(actor=ROOT, record_id=SipAccount.objects.get().extension_id)
    applications.delete_application(actor=ROOT, record_id=made.pk)
    assert not DialplanApplication.objects.exists()
    assert not Extension.objects.filter(kind="application").exists()


def test_a_network_is_named_by_its_number_or_itself() -> None:
    network = NetworkFilter.objects.create(title="Office", permit=["10.0.0.0/8"])
    assert phone("201", network_filter=str(network.pk)).sip.network_filter == network
    assert phone("202", network_filter=network).sip.network_filter == network
    assert phone("203", network_filter="").sip.network_filter is None


@pytest.mark.parametrize("wrong", [None, 3.5, ["201"], {"a": 1}, "x" * 400, "\ud800", "٢٠١"])
def test_strange_values_are_refused_and_raise_nothing_else(wrong: Any) -> None:
    for name in extensions.FIELDS:
        if (name, wrong) in (("network_filter", None), ("name", "٢٠١")):
            continue
        with pytest.raises(ModuleError):
            extensions.create_extension(actor=ROOT, values={"number": "1", name: wrong})
