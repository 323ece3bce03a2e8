"""The snapshot: what is switched on, with as many queries for many records as for few."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from modules_app.models import NetworkFilter
from modules_app.permissions import Actor
from telephony_app import models
from telephony_app.domain import snapshot as plain
from telephony_app.domain.reader import check
from telephony_app.generators.answers import no_answers
from telephony_app.generators.rendering import render
from telephony_app.selectors.snapshot import read_snapshot
from telephony_app.services import extensions
from telephony_app.services.extension_import import import_extensions

pytestmark = pytest.mark.django_db
ROOT = Actor.system()


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> None:
    """Keep our own accounts in a folder of the test."""
    settings.PBX_DATA_DIR = tmp_path


def phone(number: str, **values: object) -> models.SipAccount:
    extension = models.Extension.objects.create(number=number, name=f"Phone {number}")
    return models.SipAccount.objects.create(extension=extension, secret="s", **values)  # noqa: S106


def queries() -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        read_snapshot()
    return len(found)


def test_a_phone_comes_with_everything_that_is_known_of_it() -> None:
    network = NetworkFilter.objects.create(title="Office", permit=["192.0.2.0/24"])
    phone("202", disabled=True)
    phone("201", codecs=["ulaw"], network_filter=network, forwarding="5", ring_length=9)
    found = read_snapshot()
    assert found.phones == (
        plain.Phone(
            "201",
            "Phone 201",
            "s",
            codecs=("ulaw",),
            network=network.pk,
            forwarding="5",
            ring_length=9,
        ),
    )
    assert found.networks == (plain.Network(network.pk, "Office", ("192.0.2.0/24",)),)


def test_phones_are_read_again_after_each_kind_of_change_and_only_then() -> None:
    def sees(act: Callable[[], object]) -> bool:
        before = read_snapshot().phones
        assert read_snapshot().phones is before
        act()
        return read_snapshot().phones != before

    def undo_and_do() -> None:
        with transaction.atomic():
            rename("Cid")
            assert read_snapshot().phones[0].name == "Cid"
            transaction.set_rollback(True)
        rename("Dan")  # with the revision of the change that was undone
        assert read_snapshot().phones[0].name == "Dan"

    def rename(name: str) -> None:
        extension = models.Extension.objects.get(number="201")
        extension.name = name
        extension.save()

    def switch(disabled: bool) -> None:
        extensions.disable_extensions(actor=ROOT, record_ids=ids[:1], disabled=disabled)

    assert sees(lambda: [phone("201"), phone("202")])
    numbers = models.Extension.objects.filter(number__in=("201", "202")).order_by("number")
    ids = list(numbers.values_list("pk", flat=True))
    assert sees(lambda: rename("Ann"))
    assert sees(lambda: switch(True)) and sees(lambda: switch(False))
    table = "number,name\n201,Bob\n"
    assert sees(lambda: import_extensions(actor=ROOT, data=table, update=True))
    assert sees(undo_and_do)
    assert sees(lambda: extensions.delete_extensions(actor=ROOT, record_ids=ids[1:]))
    assert sees(lambda: phone("203"))


def test_routes_know_their_providers_by_identifier() -> None:
    on = models.Provider.objects.create(uniqid="SIP-1", host="a.example", additional_hosts=["b"])
    off = models.Provider.objects.create(uniqid="SIP-2", host="c.example", disabled=True)
    extension = phone("201").extension
    models.IncomingRoute.objects.create(provider=on, number="7", extension=extension, priority=1)
    models.IncomingRoute.objects.create(is_default=True, action="busy")
    models.OutgoingRoute.objects.create(name="out", provider=on, number_begins_with="8")
    models.OutgoingRoute.objects.create(name="dead", provider=off)
    models.OutgoingRoute.objects.create(name="off", provider=on, disabled=True)
    found = read_snapshot()
    assert [one.uniqid for one in found.providers] == ["SIP-1"]
    assert found.providers[0].additional_hosts == ("b",)
    first, default = found.incoming
    assert (first.provider, first.number, first.extension) == ("SIP-1", "7", "201")
    assert (default.provider, default.extension, default.is_default) == ("", "", True)
    assert [(one.name, one.provider) for one in found.outgoing] == [("out", "SIP-1")]


def test_codecs_come_in_their_order_and_users_with_their_rights() -> None:
    models.ManagerUser.objects.create(username="crm", secret="s", rights={"call": "read"})  # noqa: S106
    models.AriUser.objects.create(username="robot", password="p", applications=["a"])  # noqa: S106
    found = read_snapshot()
    assert [codec.name for codec in found.codecs] == ["alaw", "ulaw", "opus", "g722"]
    assert found.managers[0].rights == {"call": "read"}
    assert found.ari_users == (plain.AriUser("robot", "p", ("a",)),)
    assert [account.username for account in found.accounts] == ["pbxadmin", "pbxmodules"]
    assert all(len(account.secret) > 30 for account in found.accounts)


def test_equal_rows_are_an_equal_snapshot() -> None:
    phone("201")
    assert read_snapshot() == read_snapshot()


def test_many_records_cost_a_fixed_number_of_queries() -> None:
    for number in range(300, 320):
        phone(str(number))
    models.Provider.objects.bulk_create(models.Provider(host=f"p{n}.example") for n in range(9))
    assert queries() == 12
    assert queries() == 11, "phones that did not change are not read again"


def test_what_a_fresh_system_gives_has_no_fault() -> None:
    phone("201")
    drawn = render(read_snapshot(), no_answers())
    assert drawn.complaints == ()
    assert check(drawn.texts) == []
