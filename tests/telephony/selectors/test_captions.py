"""What waits is called as people call it, not by the keys of events."""

from __future__ import annotations

import pytest

from modules_app.models import NetworkFilter, OutboxEvent
from modules_app.permissions import Actor
from telephony_app.models import (
    AriUser,
    Codec,
    Extension,
    IncomingRoute,
    ManagerUser,
    OutgoingRoute,
    Provider,
)
from telephony_app.selectors.apply import waiting_changes
from telephony_app.selectors.captions import captions_of
from telephony_app.services.interfaces import delete_manager_user

pytestmark = pytest.mark.django_db


def waiting() -> dict[str, str]:
    """Return the name of each waiting record by the sentence around it."""
    found = captions_of(waiting_changes())
    return {one["message"]: one["context"].get("id", "") for one in found}


def make_one_of_each() -> None:
    OutboxEvent.objects.all().delete()
    provider = Provider.objects.create(description="Town line", uniqid="SIP-TRUNK-1")
    Extension.objects.create(number="202", name="Anna")
    IncomingRoute.objects.create(provider=provider, number="74951234567")
    OutgoingRoute.objects.create(name="Abroad", provider=provider)
    Codec.objects.create(name="g722-of-test")
    ManagerUser.objects.create(username="robot", secret="a-long-secret")
    AriUser.objects.create(username="dialler", password="a-long-secret")
    NetworkFilter.objects.create(title="Office", permit=["10.0.0.0/8"])


def test_every_kind_of_record_is_called_by_its_name() -> None:
    make_one_of_each()
    assert waiting() == {
        "Extension {id}": "202",
        "Provider {id}": "Town line",
        "Incoming route {id}": "74951234567",
        "Outgoing route {id}": "Abroad",
        "Codec {id}": "g722-of-test",
        "AMI user {id}": "robot",
        "ARI user {id}": "dialler",
        "Network {id}": "Office",
    }


def test_a_deleted_record_keeps_its_name() -> None:
    user = ManagerUser.objects.create(username="robot", secret="a-long-secret")
    delete_manager_user(actor=Actor.system(channel="web", name="boss"), record_id=user.pk)
    assert [one.action for one in waiting_changes()][:1] == ["afterDelete"]
    assert waiting()["AMI user {id}"] == "robot"


def test_the_default_route_needs_no_name() -> None:
    IncomingRoute.objects.filter(is_default=True).delete()
    OutboxEvent.objects.all().delete()
    IncomingRoute.objects.create(is_default=True, action="hangup")
    assert waiting() == {"Default route": ""}


def test_names_are_read_once_for_each_kind(django_assert_num_queries: object) -> None:
    make_one_of_each()
    for number in range(5):
        ManagerUser.objects.create(username=f"robot-{number}", secret="a-long-secret")
    records = waiting_changes()
    with django_assert_num_queries(7):  # type: ignore[operator]
        captions_of(records)
