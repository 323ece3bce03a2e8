"""Many phones from a table and back: a report first, then all of them or none."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from modules_app.exceptions import NotAllowed
from modules_app.models import AuditEvent, NetworkFilter, OutboxEvent
from modules_app.permissions import Actor, Right
from telephony_app.domain.faults import ValuesInvalid
from telephony_app.models import Extension, SipAccount
from telephony_app.services.extension_export import export_extensions
from telephony_app.services.extension_import import (
    Fate,
    ImportRefused,
    check_import,
    import_extensions,
)
from telephony_app.services.extensions import create_extension

pytestmark = pytest.mark.django_db
ROOT = Actor.system()
TABLE = "number,name,email,mobile\n201,Ann,ann@example.org,+79990000001\n202,Bob,,\n"


def phones() -> dict[str, Extension]:
    return {one.number: one for one in Extension.objects.filter(kind="phone").select_related("sip")}


def test_a_report_stores_nothing() -> None:
    report = check_import(actor=ROOT, data=TABLE)
    assert [(one.line, one.number, one.name, one.fate) for one in report.lines] == [
        (2, "201", "Ann", Fate.ADD),
        (3, "202", "Bob", Fate.ADD),
    ]
    assert not phones() and not OutboxEvent.objects.exists() and not AuditEvent.objects.exists()


def test_phones_are_stored_with_passwords_and_told() -> None:
    report = import_extensions(actor=ROOT, data=TABLE)
    assert (report.added, report.changed) == (2, 0)
    found = phones()
    assert found["201"].sip.mobile == "+79990000001" and found["202"].email == ""
    assert found["201"].sip.secret != found["202"].sip.secret
    assert len(found["202"].sip.secret) >= 16
    told = OutboxEvent.objects.values_list("model", "record_id", "action")
    assert set(told) == {
        (model, number, "afterSave") for model in ("Extensions", "Sip") for number in phones()
    }
    event = AuditEvent.objects.get()
    assert event.action == "extensions-import" and event.detail["added"] == 2


def test_one_wrong_line_and_nothing_is_stored() -> None:
    data = 'number;name\n201;Ann\n20x;Bob\n201;Eve\n\n204;"a\n""b"\n'
    with pytest.raises(ImportRefused) as caught:
        import_extensions(actor=ROOT, data=data)
    assert [(one.line, one.field) for one in caught.value.report.faults] == [
        (3, "number"),
        (4, "number"),
        (6, "name"),
    ]
    assert caught.value.context["line"] == 3 and not phones()


def test_phones_that_are_there_are_changed_only_on_request() -> None:
    row = create_extension(
        actor=ROOT, values={"number": "201", "name": "Old", "mobile": "5", "secret": "abcdefgh"}
    )
    data = "number,name,mobile\n201,New,\n"
    with pytest.raises(ImportRefused):
        import_extensions(actor=ROOT, data=data)
    OutboxEvent.objects.all().delete()
    assert import_extensions(actor=ROOT, data=data, update=True).changed == 1
    stored = phones()["201"]
    assert (stored.name, stored.sip.mobile, stored.sip.secret) == ("New", "5", "abcdefgh")
    assert stored.revision > row.revision
    assert list(OutboxEvent.objects.values_list("model", "changed")) == [("Extensions", ["name"])]
    report = import_extensions(actor=ROOT, data=data, update=True)
    assert report.count(Fate.SAME) == 1 and OutboxEvent.objects.count() == 1


def test_numbers_of_the_system_are_never_taken() -> None:
    with pytest.raises(ImportRefused):
        import_extensions(actor=ROOT, data="number\nhangup\n", update=True)


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.replace(",", ";").replace("\n", "\r\n"),
        TABLE.replace(",", "\t"),
        "Extension,user_username,mobile_number,\n201,Ann,+79990000001,\n202,Bob,,\n",
    ],
)
def test_tables_of_different_programs_are_read(data: Any) -> None:
    import_extensions(actor=ROOT, data=data)
    assert {number: one.name for number, one in phones().items()} == {"201": "Ann", "202": "Bob"}


def test_the_cyrillic_of_windows_is_read() -> None:
    import_extensions(actor=ROOT, data="number;name\n201;Анна\n".encode("cp1251"))
    assert phones()["201"].name == "Анна"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "\n\n",
        "number,name\n",
        "name\nAnn\n",
        "number,number\n1,2\n",
        "number,colour\n201,red\n",
        "number\n201,more\n",
        "number\n2\x0001\n",
        b"number\n\x98\xff\xfe\n",
        "number,name\n201," + "x" * 200_000,
        "number\n" + "1\n" * 20_001,
        b"x" * (16 * 1024 * 1024 + 1),
    ],
)
def test_what_is_no_table_of_phones_is_refused_as_a_whole(data: Any) -> None:
    with pytest.raises(ValuesInvalid) as caught:
        check_import(actor=ROOT, data=data)
    assert set(caught.value.faults) == {"file"}


def test_what_goes_out_comes_in_again_and_is_no_formula() -> None:
    NetworkFilter.objects.create(title="Office", permit=["10.0.0.0/8"])
    values = {
        "number": "201",
        "name": "=1+1",
        "mobile": "+79990000001",
        "codecs": ["alaw", "ulaw"],
        "network_filter": str(NetworkFilter.objects.get().pk),
        "manual_attributes": "[endpoint]\nrtp_timeout = 30",
        "secret": "-secret-secret",
        "show_in_phonebook": False,
        "email": "-x@example.org",
    }
    create_extension(actor=ROOT, values=values)
    create_extension(actor=ROOT, values={"number": "202", "name": "'=x"})
    text = "".join(export_extensions(actor=ROOT, with_secrets=True))
    for row in csv.reader(io.StringIO(text)):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    before = [(one.name, one.email, account_of(one)) for one in phones().values()]
    SipAccount.objects.all().delete()
    Extension.objects.filter(kind="phone").delete()
    import_extensions(actor=ROOT, data=text)
    assert [(one.name, one.email, account_of(one)) for one in phones().values()] == before


def account_of(row: Extension) -> dict[str, Any]:
    left_out = {"id", "extension", "revision", "changed_at"}
    fields = [field.name for field in SipAccount._meta.fields if field.name not in left_out]
    return {name: getattr(row.sip, name) for name in fields}


def test_passwords_go_out_only_when_asked_for_and_are_told() -> None:
    secret = create_extension(actor=ROOT, values={"number": "201"}).sip.secret
    AuditEvent.objects.all().delete()
    assert secret not in "".join(export_extensions(actor=ROOT))
    assert not AuditEvent.objects.exists()
    assert secret in "".join(export_extensions(actor=ROOT, with_secrets=True))
    assert AuditEvent.objects.get().action == "extensions-export"
    viewer = Actor("eve", "web", frozenset({Right.VIEW_TELEPHONY}))
    assert "201" in "".join(export_extensions(actor=viewer))
    with pytest.raises(NotAllowed):
        export_extensions(actor=viewer, with_secrets=True)
    with pytest.raises(NotAllowed):
        export_extensions(actor=Actor("eve", "web", frozenset({Right.VIEW})))
    with pytest.raises(NotAllowed):
        import_extensions(actor=viewer, data=TABLE)


def test_a_long_table_takes_no_query_for_each_line() -> None:
    def queries(first: int, count: int) -> int:
        rows = "".join(f"{number},Name {number}\n" for number in range(first, first + count))
        with CaptureQueriesContext(connection) as found:
            import_extensions(actor=ROOT, data=f"number,name\n{rows}")
        return len(found)

    few = queries(1000, 10)
    assert queries(2000, 400) < few + 20
    assert len(phones()) == 410
