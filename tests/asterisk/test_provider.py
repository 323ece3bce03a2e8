"""A provider played by sipp: calls that leave and calls that come."""

from __future__ import annotations

from collections.abc import Callable

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
