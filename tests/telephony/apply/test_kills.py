"""Kill -9 at each moment of applying: the wish is not lost, and is carried out once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.telephony.apply.fake_ami import FakeAsterisk
from tests.torture.operations import SURFACES
from tests.torture.warm import Warm

CHANGE, LOOK = "tests.telephony.apply.inside:change", "tests.telephony.apply.inside:look"
KILLED = -9


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with Warm(tmp_path_factory.mktemp("warm")) as running:
        yield running


@pytest.mark.parametrize("point", SURFACES)
def test_a_wish_survives_a_kill_and_is_carried_out(warm: Warm, tmp_path: Path, point: str) -> None:
    warm.run(tmp_path, "tests.torture.inside:build")
    file = tmp_path / "etc/asterisk/pjsip.conf"
    with FakeAsterisk() as fake:
        first = warm.run(tmp_path, CHANGE, {"number": "201", "port": fake.port})
        assert first.status == 0, first.output
        second = {"number": "202", "port": fake.port}
        killed = warm.run(tmp_path, CHANGE, second, PBX_FAULT=f"{point}:kill9")
        assert killed.status == KILLED, killed.output
        assert "[201]" in file.read_text()
        answer = warm.run(tmp_path, LOOK).answer
        assert answer == {"problem": None, "requests": ["applied", "applied"], "waits": False}
        assert "[202]" in file.read_text()
        assert fake.told("module reload res_pjsip.so")
        commands = len(fake.commands)
        assert warm.run(tmp_path, LOOK).answer == answer
        assert len(fake.commands) == commands
