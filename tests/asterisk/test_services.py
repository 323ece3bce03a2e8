"""What phones do besides plain calls, with files of ours: TLS, transfers, messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from telephony_app.domain.snapshot import Paths, Phone, Snapshot
from telephony_app.generators.answers import no_answers
from telephony_app.generators.rendering import render
from tests.asterisk.lab.instance import AsteriskLab, Instance, Ports
from tests.asterisk.phones import Phone as Telephone
from tests.asterisk.phones import TlsPhone, Tunnel
from tests.asterisk.sipp import WAIT_SECONDS
from tests.telephony.generators.systems import small

PHONES = (
    Phone("201", "Ann", "secret-201", dtmf_mode="info"),
    Phone("202", "Bob", "secret-202"),
    Phone("203", "Cid", "secret-203"),
    Phone("204", "Dan", "secret-204", transport="tls"),
)


def system(ports: Ports, certificate: Path, key: Path) -> Snapshot:
    """Return a system for the lab's ports, with a certificate."""
    made = small(
        SIPPort=str(ports.sip),
        TLS_PORT=str(ports.provider),
        AMIPort=str(ports.ami),
        AJAMPort=str(ports.http),
        RTPPortFrom=str(ports.rtp[0]),
        RTPPortTo=str(ports.rtp[1]),
    )
    paths = Paths(certificate=str(certificate), private_key=str(key))
    return replace(made, bind="127.0.0.1", phones=PHONES, paths=paths)


@pytest.fixture(scope="module")
def asterisk(
    lab: AsteriskLab, certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> Instance:
    """A running Asterisk with files of ours."""
    etc, ports = tmp_path_factory.mktemp("etc"), Ports.free()
    made = system(ports, certificate, certificate.with_name("key.pem"))
    for file in render(made, no_answers()).files:
        (etc / file.path.rpartition("/")[2]).write_text(file.text)
    return lab.start(etc, ports)


@pytest.fixture
def phone(asterisk: Instance) -> Iterator[Callable[[str], Telephone]]:
    """Return a function that registers a phone, which answers."""
    made: list[Telephone] = []

    def make(number: str) -> Telephone:
        made.append(Telephone(asterisk, number, f"secret-{number}"))
        assert made[-1].register() == 200
        made[-1].answer()
        return made[-1]

    yield make
    asterisk.cli("channel request hangup all")
    asterisk.wait_for("core show channels", "0 active calls")
    for one in made:
        one.unregister()
        one.close()


@pytest.fixture
def tls_phone(asterisk: Instance, certificate: Path) -> Iterator[TlsPhone]:
    """The phone 204, over TLS."""
    tunnel = Tunnel(asterisk.ports.provider, certificate)
    made = TlsPhone(asterisk, "204", "secret-204", tunnel)
    yield made
    made.close()
    tunnel.close()


_BRIDGE = 12
"""Which field of a channel in Asterisk's short list names the bridge that it is in."""


def _wait_until_they_talk(asterisk: Instance, *phones: str) -> None:
    """Wait until the channels of these phones are in a bridge: only then a call can be moved."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not set(phones) <= (talking := _talking(asterisk)):
        assert time.monotonic() < deadline, talking
        time.sleep(0.1)


def _talking(asterisk: Instance) -> set[str]:
    lines = asterisk.cli("core show channels concise").splitlines()
    channels = [fields for line in lines if len(fields := line.split("!")) > _BRIDGE]
    bridged = {fields[0] for fields in channels if fields[_BRIDGE]}
    return {name.partition("/")[2].rpartition("-")[0] for name in bridged}


def test_a_phone_registers_over_tls_with_its_password_only(tls_phone: TlsPhone) -> None:
    assert tls_phone.register() == 200
    tls_phone.secret = "guessed"  # noqa: S105
    assert tls_phone.register() == 401


def test_a_phone_over_tls_calls_another_with_encrypted_voice(
    tls_phone: TlsPhone, phone: Callable[[str], Telephone]
) -> None:
    boris = phone("202")
    assert tls_phone.call("202") == 200
    assert boris.calls[-1].caller == "204"
    answer = tls_phone.heard[-2]
    assert "RTP/SAVP" in answer and "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" in answer


def test_a_phone_over_tls_does_not_talk_in_the_clear(
    tls_phone: TlsPhone, phone: Callable[[str], Telephone]
) -> None:
    boris = phone("202")
    assert tls_phone.call("202", encrypted=False) == 488
    assert not boris.calls


def test_a_phone_transfers_a_call_and_leaves(
    asterisk: Instance, phone: Callable[[str], Telephone]
) -> None:
    anna, _boris, cid = phone("201"), phone("202"), phone("203")
    call = anna.start_call("202")
    _wait_until_they_talk(asterisk, "201", "202")
    call.transfer("203")
    assert cid.wait_for("INVITE").caller == "202"
    call.hang_up()
    assert call.status("BYE") == 200
    _wait_until_they_talk(asterisk, "202", "203")


def test_the_feature_code_transfers_a_call(
    asterisk: Instance, phone: Callable[[str], Telephone]
) -> None:
    anna, _boris, cid = phone("201"), phone("202"), phone("203")
    call = anna.start_call("202")
    _wait_until_they_talk(asterisk, "201", "202")
    call.press("**203")
    assert cid.wait_for("INVITE").caller == "202"
    call.wait()
    assert call.received("BYE")


def test_a_phone_writes_to_another(phone: Callable[[str], Telephone]) -> None:
    anna, boris = phone("201"), phone("202")
    assert anna.write("202", "Lunch at noon?") == 202
    came = boris.wait_for("MESSAGE")
    assert "Lunch at noon?" in came.text
    assert came.caller == "201"
