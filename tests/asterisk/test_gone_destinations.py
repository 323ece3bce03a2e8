"""Calls to destinations of modules, while their module is there and after it went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from telephony_app.domain.snapshot import IncomingRoute, Phone, Provider, Snapshot
from telephony_app.generators.answers import HookAnswers, no_answers
from telephony_app.generators.rendering import render
from tests.asterisk.lab.instance import AsteriskLab, Instance, Ports
from tests.asterisk.phones import Phone as Telephone
from tests.asterisk.phones import Provider as Trunk
from tests.telephony.generators.systems import said, small

SECRET = "a-long-secret-of-201"  # noqa: S105 - of a phone in this test
PLACE = "module-menu,s,1"
MENU = said("extension_gen_contexts", "[module-menu]\nexten => s,1,Answer()\nsame => n,Wait(600)\n")
TO_MENU = IncomingRoute(1, 1, "", "74950000001", destination_module="m", destination=PLACE)
BY_DEFAULT = IncomingRoute(9, 9999, is_default=True, destination_module="m", destination=PLACE)
TO_PHONE = IncomingRoute(9, 9999, is_default=True, extension="201")


class System:
    """An Asterisk with one phone, whose routes and modules change."""

    def __init__(self, lab: AsteriskLab, etc: Path) -> None:
        self.etc, self.ports = etc, Ports.free()
        self._write((TO_PHONE,), no_answers())
        self.asterisk: Instance = lab.start(etc, self.ports)

    def go(self, *routes: IncomingRoute, answers: HookAnswers) -> None:
        """Let calls take these routes from now on."""
        self._write(routes, answers)
        self.asterisk.cli("dialplan reload")

    def _write(self, routes: tuple[IncomingRoute, ...], answers: HookAnswers) -> None:
        for file in render(self._snapshot(routes), answers).files:
            (self.etc / file.path.rpartition("/")[2]).write_text(file.text)

    def _snapshot(self, routes: tuple[IncomingRoute, ...]) -> Snapshot:
        first, last = self.ports.rtp
        made = small(
            SIPPort=str(self.ports.sip),
            AMIPort=str(self.ports.ami),
            AJAMPort=str(self.ports.http),
            RTPPortFrom=str(first),
            RTPPortTo=str(last),
        )
        trunk = Provider("U", "Trunk", "none", "127.0.0.2", self.ports.provider, qualify=False)
        phones = (Phone("201", "Ann", SECRET),)
        return replace(
            made, bind="127.0.0.1", phones=phones, providers=(trunk,), incoming=routes, outgoing=()
        )


@pytest.fixture(scope="module")
def system(lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory) -> System:
    """A running Asterisk."""
    return System(lab, tmp_path_factory.mktemp("etc"))


@pytest.fixture
def ann(system: System) -> Iterator[Telephone]:
    """A phone that answers."""
    phone = Telephone(system.asterisk, "201", SECRET)
    assert phone.register() == 200
    phone.answer()
    yield phone
    phone.unregister()
    phone.close()


@pytest.fixture
def world(system: System) -> Iterator[Trunk]:
    """A caller from outside."""
    trunk = Trunk(system.asterisk, "79161234567")
    yield trunk
    trunk.close()


def test_a_call_goes_to_the_module_while_it_is_there(
    system: System, ann: Telephone, world: Trunk
) -> None:
    for routes in ((TO_MENU, TO_PHONE), (BY_DEFAULT,)):
        system.go(*routes, answers=MENU)
        assert world.call("74950000001") == 200
        assert not ann.calls


def test_when_it_is_gone_the_next_route_takes_the_call(
    system: System, ann: Telephone, world: Trunk
) -> None:
    system.go(TO_MENU, TO_PHONE, answers=no_answers())
    assert world.call("74950000001") == 200
    assert ann.calls


def test_where_no_route_follows_the_caller_hears_congestion(system: System, world: Trunk) -> None:
    system.go(TO_MENU, BY_DEFAULT, answers=no_answers())
    assert world.call("74950000001") == 503
    log = system.asterisk.log.read_text()
    assert "module-menu" not in log
