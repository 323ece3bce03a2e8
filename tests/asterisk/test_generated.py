"""The files of PBX Admin in a real Asterisk: it starts without a complaint, and calls go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from telephony_app.domain.snapshot import (
    Account,
    Application,
    AriUser,
    IncomingRoute,
    Manager,
    OutgoingRoute,
    Phone,
    Provider,
    Snapshot,
)
from telephony_app.generators.answers import no_answers
from telephony_app.generators.rendering import render
from tests.asterisk.lab.instance import AsteriskLab, Instance, Ports
from tests.asterisk.phones import Phone as Telephone
from tests.asterisk.phones import Provider as Trunk
from tests.telephony.generators.systems import small

PHONES = (
    Phone("201", "Ann; [x]", "secret-201;x"),
    Phone("202", "Bob", "secret-202", forwarding_on_busy="203"),
    Phone("203", "Cid", "secret-203", dtmf_mode="info"),
    Phone("204", "Dan", "secret-204", ring_length=1, forwarding="203"),
    Phone("205", "Eve", "secret-205", network=1),
)
LOGIC = "Answer()\nn,Wait(600)"


def system(ports: Ports) -> Snapshot:
    """Return a system for the lab's ports, with one of everything."""
    made = small(
        SIPPort=str(ports.sip),
        AMIPort=str(ports.ami),
        AJAMPort=str(ports.http),
        RTPPortFrom=str(ports.rtp[0]),
        RTPPortTo=str(ports.rtp[1]),
        ARIEnabled="1",
    )
    trunk = Provider("SIP-TRUNK-1", "Trunk", "none", "127.0.0.2", ports.provider, qualify=False)
    account = Provider(
        "SIP-TRUNK-2",
        "Account",
        "outbound",
        "127.0.0.3",
        ports.provider,
        username="account",
        secret="s;x",  # noqa: S106
        transport="udp",
        qualify=False,
    )
    return replace(
        made,
        bind="127.0.0.1",
        phones=PHONES,
        providers=(trunk, account),
        incoming=(
            IncomingRoute(1, 1, "SIP-TRUNK-1", "74951234567", "201"),
            IncomingRoute(2, 2, "", "74950000000", "777"),
            IncomingRoute(3, 3, "SIP-TRUNK-1", "74950000001", "busy"),
            IncomingRoute(4, 4, "SIP-TRUNK-2", "", "203"),
            IncomingRoute(5, 9999, is_default=True, extension="202"),
        ),
        outgoing=(
            OutgoingRoute(5, "long", "SIP-TRUNK-1", 1, "9", 10, trim_from_begin=1, prepend="8"),
            OutgoingRoute(6, "city", "SIP-TRUNK-2", 2, "(7|8)", 2),
        ),
        applications=(Application("777", "Wait", "plaintext", LOGIC, "Custom:wait"),),
        managers=(Manager("crm", "secret", 1, {"call": "readwrite", "system": "read"}),),
        ari_users=(AriUser("robot", "secret"),),
        accounts=(Account("pbxadmin", "own-secret"), Account("pbxmodules", "modules-secret")),
    )


@pytest.fixture(scope="module")
def asterisk(lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """A running Asterisk with files of ours."""
    etc, ports = tmp_path_factory.mktemp("etc"), Ports.free()
    for file in render(system(ports), no_answers()).files:
        (etc / file.path.rpartition("/")[2]).write_text(file.text)
    music = lab.folder / str(len(lab.instances)) / "data/moh"  # a package of its own in Debian
    music.mkdir(parents=True)
    (music / "silence.sln").write_bytes(bytes(16_000))
    return lab.start(etc, ports)


@pytest.fixture
def phone(asterisk: Instance) -> Iterator[Callable[[str], Telephone]]:
    """Return a function that registers a phone, which answers."""
    made: list[Telephone] = []

    def make(number: str) -> Telephone:
        secret = next(one.secret for one in PHONES if one.number == number)
        made.append(Telephone(asterisk, number, secret))
        assert made[-1].register() == 200
        made[-1].answer()
        return made[-1]

    yield make
    for one in made:
        one.unregister()
        one.close()


@pytest.fixture
def trunk(asterisk: Instance) -> Iterator[Callable[..., Trunk]]:
    """Return a function that makes a provider."""
    made: list[Trunk] = []

    def make(caller: str, **more: str) -> Trunk:
        made.append(Trunk(asterisk, caller, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def said(log: Path) -> list[str]:
    """Return the lines of the log with errors and warnings."""
    lines = log.read_text().splitlines()
    return [one for one in lines if " WARNING[" in one or " ERROR[" in one]


def test_it_starts_without_a_complaint(asterisk: Instance) -> None:
    assert said(asterisk.log) == []


def test_it_knows_what_was_written(asterisk: Instance) -> None:
    assert all(
        f"{one.number}/{one.number}" in asterisk.cli("pjsip show endpoints") for one in PHONES
    )
    assert "Ann; [x]" in asterisk.cli("pjsip show endpoint 201")
    assert {"crm", "pbxadmin", "pbxmodules"} <= set(asterisk.cli("manager show users").split())
    assert "robot" in asterisk.cli("ari show users")
    assert "777@internal-hints" in asterisk.cli("core show hints")
    assert "SIP-TRUNK-1-5-outgoing" in asterisk.cli("dialplan show outgoing")
    assert "deny" in asterisk.cli("acl show acl_205")


def test_phones_call_each_other(phone: Callable[[str], Telephone]) -> None:
    anna, boris = phone("201"), phone("203")
    assert anna.call("203") == 200
    assert [call.caller for call in boris.calls] == ["201"]
    assert boris.call("201") == 200


def test_a_busy_phone_forwards_as_it_is_set(phone: Callable[[str], Telephone]) -> None:
    anna, boris, cid = phone("201"), phone("202"), phone("203")
    boris.reject("486 Busy Here")
    assert anna.call("202") == 200
    assert cid.calls and not anna.calls


def test_a_phone_that_rings_too_long_forwards(phone: Callable[[str], Telephone]) -> None:
    anna, dan, cid = phone("201"), phone("204"), phone("203")
    dan.ring()
    assert anna.call("204") == 200
    assert cid.calls


def test_a_busy_phone_without_forwarding_is_heard_to_be_busy(
    phone: Callable[[str], Telephone],
) -> None:
    anna, cid = phone("201"), phone("203")
    cid.reject("486 Busy Here")
    assert anna.call("203") == 486


def test_a_call_that_rings_elsewhere_is_picked_up(phone: Callable[[str], Telephone]) -> None:
    anna, boris, cid = phone("201"), phone("202"), phone("203")
    cid.ring()
    call = anna.start_call("203")
    cid.wait_for("INVITE")
    call.wait_for_status("INVITE", 183)
    taken = boris.start_call("*8203")
    taken.wait_for_status("INVITE", 200)
    call.wait_for_status("INVITE", 200)
    taken.hang_up()
    assert cid.wait_for("CANCEL")


def test_who_is_away_or_unknown_is_said_to_be(phone: Callable[[str], Telephone]) -> None:
    anna = phone("201")
    assert anna.call("203") == 480
    assert anna.call("299") >= 400


def test_a_phone_outside_its_network_is_refused(asterisk: Instance) -> None:
    eve = Telephone(asterisk, "205", "secret-205")
    assert eve.register() in (401, 403)
    eve.close()


def test_an_application_is_dialled(asterisk: Instance, phone: Callable[[str], Telephone]) -> None:
    call = phone("201").start_call("777")
    call.wait_for_status("INVITE", 200)
    assert "777" in asterisk.cli("core show channels verbose")
    call.hang_up()


def test_a_call_leaves_by_the_provider_with_trim_and_prepend(
    trunk: Callable[..., Trunk], phone: Callable[[str], Telephone]
) -> None:
    world = trunk("74950000000")
    world.answer()
    anna = phone("201")
    assert anna.call("99161234567") == 200
    assert world.calls[-1].called == "89161234567"
    assert anna.call("5") >= 400


def test_a_call_from_outside_finds_its_phone(
    trunk: Callable[..., Trunk], phone: Callable[[str], Telephone]
) -> None:
    world = trunk("79161234567")
    anna, boris = phone("201"), phone("202")
    assert world.call("74951234567") == 200
    assert anna.calls[-1].caller == "79161234567"
    assert not boris.calls
    assert world.call("74959999999") == 200
    assert boris.calls[-1].caller == "79161234567"
    call = world.start_call("74950000000")
    call.wait_for_status("INVITE", 200)
    call.hang_up()


def test_an_incoming_route_can_lead_to_busy(trunk: Callable[..., Trunk]) -> None:
    world = trunk("79161234567")
    assert world.call("74950000001") == 486


def test_an_account_registers_and_takes_calls_both_ways(
    asterisk: Instance, trunk: Callable[..., Trunk], phone: Callable[[str], Telephone]
) -> None:
    world = trunk("account", secret="s;x", address="127.0.0.3")  # noqa: S106
    world.answer()
    asterisk.cli("pjsip send register *all")
    asterisk.wait_for("pjsip show registrations", "Registered")
    anna, cid = phone("201"), phone("203")
    assert anna.call("801") == 200
    assert (world.calls[-1].called, world.calls[-1].caller) == ("801", "account")
    assert world.call("account") == 200
    assert cid.calls[-1].caller == "account"


def test_calls_left_nothing_to_complain_about(asterisk: Instance) -> None:
    usual = ("res_pjsip_acl", "No response received")  # a phone outside, a provider not there yet
    found = [one for one in said(asterisk.log) if not any(words in one for words in usual)]
    assert found == []
