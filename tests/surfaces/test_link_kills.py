"""Kill -9 while links to files of modules are swapped: all old or all new, in every folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.operations import SURFACES
from tests.torture.warm import Warm

OLD = {"generation": "1-aaaaaaaa", "name": "old.sh"}
NEW = {"generation": "2-bbbbbbbb", "name": "new.sh"}
LINK, LOOK = "tests.surfaces.inside:link", "tests.surfaces.inside:look_at_links"
KILLED = -9


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with Warm(tmp_path_factory.mktemp("warm")) as running:
        yield running


def read(folder: Path) -> dict[str, str]:
    """Return what is read through each link that leads to a file."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("point", SURFACES)
def test_a_kill_leaves_old_or_new_and_the_next_look_repairs(
    warm: Warm, tmp_path: Path, point: str
) -> None:
    warm.run(tmp_path, "tests.torture.inside:build")
    system, etc = tmp_path / "asterisk", tmp_path / "etc" / "agi-bin"
    system.mkdir()
    here = {"system": str(system)}
    old, new = ({one["name"]: one["generation"]} for one in (OLD, NEW))
    assert warm.run(tmp_path, LINK, OLD | here).status == 0
    assert read(etc) == read(system) == old
    killed = warm.run(tmp_path, LINK, NEW | here, PBX_FAULT=f"{point}:kill9")
    assert killed.status == KILLED, killed.output
    assert read(etc) in (old, new)
    answer = warm.run(tmp_path, LOOK, here).answer
    assert answer == {"problem": None, "paths": ["agi-bin/new.sh"]}
    assert read(etc) == read(system) == new
    assert [path.name for path in system.iterdir()] == ["new.sh"]
