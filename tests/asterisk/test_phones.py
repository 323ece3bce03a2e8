"""Two phones played by sipp, against an Asterisk configured by hand."""

from __future__ import annotations

from collections.abc import Callable

from tests.asterisk.lab.instance import Instance
from tests.asterisk.phones import Phone


def test_a_phone_registers_and_asterisk_knows_where_it_is(
    asterisk: Instance, phone: Callable[..., Phone]
) -> None:
    anna = phone("201")
    assert anna.register() == 200
    assert f"sip:201@127.0.0.1:{anna.port}" in asterisk.cli("pjsip show contacts")
    assert anna.unregister() == 200
    assert f"sip:201@127.0.0.1:{anna.port}" not in asterisk.cli("pjsip show contacts")


def test_a_wrong_password_is_refused(asterisk: Instance, phone: Callable[..., Phone]) -> None:
    thief = phone("201", "guessed")
    assert thief.register() == 401
    assert thief.call("600") == 401
    assert f":{thief.port}" not in asterisk.cli("pjsip show contacts")


def test_two_phones_call_each_other(phone: Callable[..., Phone]) -> None:
    anna, boris = phone("201"), phone("202")
    for one, other in ((anna, boris), (boris, anna)):
        assert other.register() == 200
        other.answer()
        assert one.call(other.number) == 200
        assert [call.caller for call in other.calls] == [one.number]


def test_who_is_busy_is_heard_to_be_busy(phone: Callable[..., Phone]) -> None:
    anna, boris = phone("201"), phone("202")
    boris.register()
    boris.reject("486 Busy Here")
    assert anna.call("202") == 486


def test_a_caller_who_gives_up_lets_the_other_phone_stop_ringing(
    phone: Callable[..., Phone],
) -> None:
    anna, boris = phone("201"), phone("202")
    boris.register()
    boris.ring()
    call = anna.start_call("202")
    boris.wait_for("INVITE")
    call.wait_for_status("INVITE", 180)
    call.hang_up()
    assert boris.wait_for("CANCEL")


def test_a_call_goes_on_until_it_is_ended(asterisk: Instance, phone: Callable[..., Phone]) -> None:
    anna = phone("201")
    call = anna.start_call("600")
    call.wait_for_status("INVITE", 200)
    assert "1 active call" in asterisk.cli("core show channels")
    call.hang_up()
    assert call.status("BYE") == 200
    asterisk.wait_for("core show channels", "0 active calls")


def test_asterisk_can_end_a_call(asterisk: Instance, phone: Callable[..., Phone]) -> None:
    call = phone("201").start_call("600")
    call.wait_for_status("INVITE", 200)
    asterisk.cli("channel request hangup all")
    call.wait()
    assert [message.method for message in call.messages() if message.is_sent][-1] == "BYE"
