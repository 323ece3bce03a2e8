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
    """The system's folder for fail2ban."""
    settings.PBX_DATA_DIR = tmp_path
    settings.PBX_FAIL2BAN_DIR = str(tmp_path / "fail2ban")
    for name in ("jail.d", "filter.d"):
        (tmp_path / "fail2ban" / name).mkdir(parents=True)
    return tmp_path / "fail2ban"


def linked(system: Path) -> dict[str, str]:
    return {
        str(path.relative_to(system)): path.read_text()
        for path in sorted(system.rglob("*"))
        if path.is_symlink()
    }


def test_each_file_has_a_link_that_follows_a_swap(system: Path) -> None:
    client.install("fail2ban", {"fail2ban/jail.d/a.conf": "1", "fail2ban/filter.d/a.conf": "2"})
    assert linked(system) == {"filter.d/a.conf": "2", "jail.d/a.conf": "1"}
    before = client.install("fail2ban", {"fail2ban/jail.d/b.conf": "3"})
    assert linked(system) == {"jail.d/b.conf": "3"}
    client.restore("fail2ban", before)
    assert linked(system) == {"filter.d/a.conf": "2", "jail.d/a.conf": "1"}


def test_a_lost_link_is_noticed(system: Path) -> None:
    client.install("fail2ban", {"fail2ban/jail.d/a.conf": "1"})
    (system / "jail.d" / "a.conf").unlink()
    assert client.installed("fail2ban") is None


def test_what_others_put_there_stays(system: Path) -> None:
    own = system / "jail.d" / "own.conf"
    own.write_text("mine")
    other = system / "jail.d" / "other.conf"
    other.symlink_to(own)
    client.install("fail2ban", {"fail2ban/jail.d/a.conf": "1"})
    client.install("fail2ban", {"fail2ban/jail.d/b.conf": "1"})
    assert own.read_text() == "mine"
    assert other.is_symlink()
    with pytest.raises(ModuleError) as caught:
        client.install("fail2ban", {"fail2ban/jail.d/own.conf": "1"})
    assert caught.value.slug == "applier-in-the-way"
    assert own.read_text() == "mine"


def test_a_missing_folder_is_named(system: Path) -> None:
    shutil.rmtree(system)
    with pytest.raises(ModuleError) as caught:
        client.install("fail2ban", {"fail2ban/jail.d/a.conf": "1"})
    assert caught.value.slug == "applier-folder-missing"
