"""A provider played by sipp: calls that leave, calls that come, registration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.asterisk.lab.instance import AsteriskLab, Ports
from tests.asterisk.minimal import REGISTRATION, write_etc
from tests.asterisk.phones import Phone, Provider


def test_an_outgoing_call_reaches_the_provider_with_the_number_dialled(
    phone: Callable[..., Phone], provider: Callable[[str], Provider]
) -> None:
    anna, world = phone("201"), provider("74950000000")
    world.answer()
    assert anna.call("94957654321") == 200
    assert [call.called for call in world.calls] == ["74957654321"]
    assert world.calls[0].caller == "201"


def test_an_incoming_call_reaches_the_phone(
    phone: Callable[..., Phone], provider: Callable[[str], Provider]
) -> None:
    anna, world = phone("201"), provider("74950000000")
    anna.register()
    anna.answer()
    assert world.call("74951234567") == 200
    assert [call.caller for call in anna.calls] == ["74950000000"]


def test_an_incoming_call_to_an_unknown_number_is_rejected(
    provider: Callable[[str], Provider],
) -> None:
    assert provider("74950000000").call("70000000000") == 404


@pytest.mark.parametrize(("secret", "state"), [("right", "Registered"), ("wrong", "Rejected")])
def test_asterisk_registers_at_a_provider_with_the_right_password(
    lab: AsteriskLab, tmp_path: Path, secret: str, state: str
) -> None:
    ports = Ports.free()
    write_etc(tmp_path, ports)
    with (tmp_path / "pjsip.conf").open("a") as file:
        file.write(REGISTRATION.format(ports=ports, secret=secret))
    asterisk = lab.start(tmp_path, ports)
    world = Provider(asterisk, "account", secret="right", address="127.0.0.3")
    world.answer()
    asterisk.cli("pjsip send register *all")
    world.wait_for_sent("REGISTER", 200 if secret == "right" else 403)
    asterisk.wait_for("pjsip show registrations", state)
    world.close()
