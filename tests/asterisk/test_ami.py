"""Our face of the manager interface, against a live Asterisk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modules_app.exceptions import ModuleError, Refused
from telephony_app.ami import AmiAccount, AmiClient, AmiEvent
from telephony_app.live.picture import Picture
from tests.asterisk.lab.instance import AsteriskLab, Instance, Ports
from tests.asterisk.minimal import AMI_SECRET, AMI_USER, write_etc
from tests.asterisk.phones import Phone


@pytest.fixture
def account(asterisk: Instance) -> AmiAccount:
    return AmiAccount("127.0.0.1", asterisk.ami_port, AMI_USER, AMI_SECRET)


@pytest.fixture
def client(account: AmiAccount) -> Iterator[AmiClient]:
    with AmiClient(account) as client:
        yield client


def test_an_action_is_answered(client: AmiClient) -> None:
    answer = client.action("Ping")
    assert answer.success
    assert answer.fields["Ping"] == "Pong"


def test_an_action_that_fails_says_why(client: AmiClient) -> None:
    answer = client.action("Hangup", Channel="PJSIP/nobody")
    assert not answer.success
    assert answer.message == "No such channel"


def test_a_list_comes_whole(client: AmiClient) -> None:
    answer = client.action("PJSIPShowEndpoints")
    assert {item.fields["ObjectName"] for item in answer.events} == {"201", "202", "provider"}
    assert {item.name for item in answer.events} == {"EndpointList"}


def test_a_fresh_connection_knows_who_is_registered(
    client: AmiClient, phone: Callable[[str], Phone]
) -> None:
    assert phone("201").register() == 200
    picture = Picture(client, {})
    picture.look()
    assert picture.phones == {"201": "online"}


def test_an_address_that_stands_in_the_configuration_is_known_and_stays(
    client: AmiClient, asterisk: Instance
) -> None:
    """Asterisk's list of contacts has only those that registered."""
    picture = Picture(client, {"provider": "SIP-TRUNK-1"})
    for _ in range(2):
        picture.look()
        assert picture.providers == {"SIP-TRUNK-1": "online"}
        (contact,) = picture.as_record()["contacts"]["provider"]
        assert contact["uri"] == f"sip:127.0.0.2:{asterisk.ports.provider}"
        assert contact["status"] == "NonQualified"
        picture.know_providers({"provider": "SIP-TRUNK-1", "gone": "SIP-TRUNK-2"})
        picture.take(AmiEvent("Reload", {"Event": "Reload"}))


def test_an_empty_list_is_empty(client: AmiClient) -> None:
    assert client.action("CoreShowChannels").events == ()


def test_a_command_prints_all_its_lines(client: AmiClient, asterisk: Instance) -> None:
    printed = client.command("dialplan show internal")
    assert "Dial(PJSIP/${EXTEN},20)" in printed
    assert printed.split() == asterisk.cli("dialplan show internal").split()


def test_an_unknown_command_is_refused(client: AmiClient) -> None:
    with pytest.raises(Refused, match="No such command 'make coffee'") as caught:
        client.command("make coffee")
    assert caught.value.slug == "asterisk-command-refused"


def test_values_in_any_script_survive(client: AmiClient) -> None:
    name = "Отдел продаж ☎ 東京"
    assert client.action("Setvar", Variable="WHO", Value=name).success
    assert client.action("Getvar", Variable="WHO").fields["Value"] == name


def test_a_field_may_be_sent_several_times(account: AmiAccount) -> None:
    with AmiClient(account, event_mask="user") as client:
        assert client.action(
            "Originate",
            Channel="Local/600@internal",
            Context="internal",
            Exten="604",
            Priority=1,
            Variable=["COLOUR=red", "SHAPE=round"],
        ).success
        seen = next(client.events(lambda event: event.name == "UserEvent", wait_seconds=10))
    assert seen.fields["Said"] == "red and round"


def test_a_call_shows_in_the_channels_and_in_the_events(
    account: AmiAccount, phone: Callable[..., Phone]
) -> None:
    with AmiClient(account, event_mask="call") as client:
        call = phone("201").start_call("600")
        call.wait_for_status("INVITE", 200)
        channels = client.action("CoreShowChannels").events
        assert [one.fields["CallerIDNum"] for one in channels] == ["201"]
        assert "1 active call" in client.command("core show channels")
        call.hang_up()
        ended = next(client.events(lambda event: event.name == "Hangup", wait_seconds=10))
    assert ended.fields["Channel"] == channels[0].fields["Channel"]


def test_without_a_mask_no_event_comes(account: AmiAccount, client: AmiClient) -> None:
    client.action("UserEvent", UserEvent="Hello")
    assert list(client.events(wait_seconds=0.3)) == []


def test_several_threads_share_a_client(client: AmiClient) -> None:
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        client.action("Setvar", Variable=f"N{number}", Value=number)
        answers[number] = client.action("Getvar", Variable=f"N{number}").fields["Value"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: str(number) for number in range(20)}


@pytest.mark.parametrize(("user", "secret"), [(AMI_USER, "wrong"), ("nobody", AMI_SECRET)])
def test_a_wrong_account_is_refused(asterisk: Instance, user: str, secret: str) -> None:
    account = AmiAccount("127.0.0.1", asterisk.ami_port, user, secret)
    with pytest.raises(Refused, match="Authentication failed") as caught, AmiClient(account):
        pass
    assert caught.value.slug == "asterisk-login-refused"
    assert secret not in str(caught.value.as_dict())


def test_a_crash_of_asterisk_ends_whoever_waits(lab: AsteriskLab, tmp_path: Path) -> None:
    ports = Ports.free()
    write_etc(tmp_path, ports)
    instance = lab.start(tmp_path, ports)
    account = AmiAccount("127.0.0.1", ports.ami, AMI_USER, AMI_SECRET)
    with AmiClient(account, event_mask="on") as client:
        assert next(client.events()).name == "FullyBooted"
        threading.Timer(0.2, instance.kill).start()
        with pytest.raises(ModuleError) as caught:
            list(client.events())
        assert caught.value.slug == "asterisk-lost"
        with pytest.raises(ModuleError, match="connection to Asterisk is lost"):
            client.action("Ping")
    with pytest.raises(ModuleError, match="Connection refused") as caught, AmiClient(account):
        pass
    assert caught.value.slug == "asterisk-unreachable"
    instance.start()
    with AmiClient(account) as client:
        assert client.action("Ping").success
