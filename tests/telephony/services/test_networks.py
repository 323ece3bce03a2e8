"""A network that telephones use stays, also when a trial of firewall rules ends."""

from __future__ import annotations

import pytest

from modules_app.exceptions import Refused
from modules_app.models import NetworkFilter
from modules_app.permissions import Actor
from modules_app.services import firewall
from telephony_app.models import SipAccount
from telephony_app.services.extensions import create_extension

pytestmark = pytest.mark.django_db
ROOT = Actor.system()
OFFICE = firewall.NetworkValues(title="Office", permit=["10.0.0.0/8"])


def test_a_network_in_use_is_not_deleted_and_its_users_are_named() -> None:
    network = firewall.save_network(actor=ROOT, values=OFFICE)
    row = create_extension(actor=ROOT, values={"number": "201", "network_filter": network})
    with pytest.raises(Refused) as caught:
        firewall.delete_network(actor=ROOT, network_id=network.pk)
    assert caught.value.slug == "record-in-use" and "201" in str(caught.value)
    row.sip.delete()
    firewall.delete_network(actor=ROOT, network_id=network.pk)
    assert not NetworkFilter.objects.exists()


def test_the_end_of_a_trial_keeps_what_telephones_use() -> None:
    old = firewall.save_network(actor=ROOT, values=OFFICE)
    create_extension(actor=ROOT, values={"number": "201", "network_filter": old})
    trial = firewall.Caution(on_trial=True)
    changed = firewall.NetworkValues(title="Office", permit=["192.0.2.0/24"])
    firewall.save_network(actor=ROOT, values=changed, network_id=old.pk, caution=trial)
    new = firewall.save_network(
        actor=ROOT,
        values=firewall.NetworkValues(title="New", permit=["198.51.100.0/24"]),
        caution=trial,
    )
    free = firewall.save_network(
        actor=ROOT,
        values=firewall.NetworkValues(title="Free", permit=["203.0.113.0/24"]),
        caution=trial,
    )
    create_extension(actor=ROOT, values={"number": "202", "network_filter": new})
    firewall.return_rules(actor=ROOT)
    permits = dict(NetworkFilter.objects.values_list("title", "permit"))
    assert permits == {"Office": ["10.0.0.0/8"], "New": []}, "nobody may use the new one"
    assert free.pk not in NetworkFilter.objects.values_list("pk", flat=True)
    assert SipAccount.objects.get(extension__number="201").network_filter == old
