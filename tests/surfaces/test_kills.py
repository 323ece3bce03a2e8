"""Kill -9 at each moment of a swap: the files are wholly old or new, and the next look repairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.surfaces.inside import PATH
from tests.torture.operations import SURFACES
from tests.torture.warm import Warm

OLD, NEW = "# old\n", "# new\n"
WRITE, LOOK = "tests.surfaces.inside:write", "tests.surfaces.inside:look"
KILLED = -9


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with Warm(tmp_path_factory.mktemp("warm")) as running:
        yield running


@pytest.mark.parametrize("point", SURFACES)
def test_a_kill_leaves_old_or_new_and_the_next_look_repairs(
    warm: Warm, tmp_path: Path, point: str
) -> None:
    warm.run(tmp_path, "tests.torture.inside:build")
    file = tmp_path / "etc" / PATH
    assert warm.run(tmp_path, WRITE, {"text": OLD}).status == 0
    assert file.read_text() == OLD
    killed = warm.run(tmp_path, WRITE, {"text": NEW}, PBX_FAULT=f"{point}:kill9")
    assert killed.status == KILLED, killed.output
    assert file.read_text() in (OLD, NEW)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert warm.run(tmp_path, LOOK).answer == {"problem": None, "text": NEW}
    assert file.read_text() == NEW
    assert len(list((tmp_path / "etc" / ".sets" / "cron").iterdir())) <= 2


def test_rows_that_went_back_meanwhile_are_followed(warm: Warm, tmp_path: Path) -> None:
    """Killed after the swap and before its row: the new files are used, the row says the old."""
    warm.run(tmp_path, "tests.torture.inside:build")
    file = tmp_path / "etc" / PATH
    warm.run(tmp_path, WRITE, {"text": OLD})
    warm.run(tmp_path, WRITE, {"text": NEW}, PBX_FAULT="surface.reloaded:kill9")
    assert file.read_text() == NEW
    warm.run(tmp_path, WRITE, {"text": OLD})
    assert file.read_text() == OLD
