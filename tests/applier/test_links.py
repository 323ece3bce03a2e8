"""Links from the system's folders: they come and go with the files, and touch nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from modules_app.applier import client
from modules_app.exceptions import ModuleError


@pytest.fixture
def system(tmp_path: Path, settings: Settings) -> Path:
    """The system's folder for nginx."""
    settings.PBX_DATA_DIR = tmp_path
    settings.PBX_NGINX_DIR = str(tmp_path / "system")
    for name in ("modules_locations", "modules_servers"):
        (tmp_path / "system" / name).mkdir(parents=True)
    return tmp_path / "system"


def linked(system: Path) -> dict[str, str]:
    return {
        str(path.relative_to(system)): path.read_text()
        for path in sorted(system.rglob("*"))
        if path.is_symlink()
    }


def test_each_file_has_a_link_that_follows_a_swap(system: Path) -> None:
    client.install(
        "nginx",
        {"nginx/modules_locations/a.conf": "# 1\n", "nginx/modules_servers/a.conf": "# 2\n"},
    )
    assert linked(system) == {
        "modules_servers/a.conf": "# 2\n",
        "modules_locations/a.conf": "# 1\n",
    }
    before = client.install("nginx", {"nginx/modules_locations/b.conf": "# 3\n"})
    assert linked(system) == {"modules_locations/b.conf": "# 3\n"}
    client.restore("nginx", before)
    assert linked(system) == {
        "modules_servers/a.conf": "# 2\n",
        "modules_locations/a.conf": "# 1\n",
    }


def test_a_lost_link_is_noticed(system: Path) -> None:
    client.install("nginx", {"nginx/modules_locations/a.conf": "# 1\n"})
    (system / "modules_locations" / "a.conf").unlink()
    assert client.installed("nginx") is None


def test_what_others_put_there_stays(system: Path) -> None:
    own = system / "modules_locations" / "own.conf"
    own.write_text("mine")
    other = system / "modules_locations" / "other.conf"
    other.symlink_to(own)
    client.install("nginx", {"nginx/modules_locations/a.conf": "# 1\n"})
    client.install("nginx", {"nginx/modules_locations/b.conf": "# 1\n"})
    assert own.read_text() == "mine"
    assert other.is_symlink()
    with pytest.raises(ModuleError) as caught:
        client.install("nginx", {"nginx/modules_locations/own.conf": "# 1\n"})
    assert caught.value.slug == "applier-in-the-way"
    assert own.read_text() == "mine"


def test_a_missing_folder_is_named(system: Path) -> None:
    shutil.rmtree(system)
    with pytest.raises(ModuleError) as caught:
        client.install("nginx", {"nginx/modules_locations/a.conf": "# 1\n"})
    assert caught.value.slug == "applier-folder-missing"
