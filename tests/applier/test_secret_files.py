"""Files that hold passwords: nobody reads them but their owner and the group of Asterisk."""

from __future__ import annotations

import grp
import os
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from modules_app.applier import client
from modules_app.exceptions import ModuleError

PATH = "asterisk/pjsip.conf"


@pytest.fixture
def etc(tmp_path: Path, settings: Settings) -> Path:
    settings.PBX_DATA_DIR = tmp_path
    (tmp_path / "run").mkdir()
    return tmp_path / "etc"


def test_strangers_read_nothing(etc: Path) -> None:
    client.install("asterisk", {PATH: "[201]\n"})
    folder = etc / "asterisk"
    assert folder.stat().st_mode & 0o777 == 0o750
    assert (etc / PATH).stat().st_mode & 0o777 == 0o640


def test_the_group_of_asterisk_reads_them(etc: Path, settings: Settings) -> None:
    settings.PBX_ASTERISK_GROUP = grp.getgrgid(os.getegid()).gr_name
    client.install("asterisk", {PATH: "[201]\n"})
    assert (etc / PATH).stat().st_gid == os.getegid()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to any group")
def test_a_group_that_is_set_later_reads_the_same_files(etc: Path, settings: Settings) -> None:
    """The files lay there before an Asterisk was connected: nothing in them changes then."""
    client.install("asterisk", {PATH: "[201]\n"})
    other = next(one for one in grp.getgrall() if one.gr_gid != os.getegid())
    settings.PBX_ASTERISK_GROUP = other.gr_name
    client.install("asterisk", {PATH: "[201]\n"})
    assert (etc / "asterisk").stat().st_gid == (etc / PATH).stat().st_gid == other.gr_gid
    settings.PBX_ASTERISK_GROUP = ""
    client.install("asterisk", {PATH: "[201]\n"})
    assert (etc / "asterisk").stat().st_gid == (etc / PATH).stat().st_gid == os.getegid()


def test_an_unknown_group_is_named(etc: Path, settings: Settings) -> None:
    settings.PBX_ASTERISK_GROUP = "no-such-group"
    with pytest.raises(ModuleError, match="no-such-group"):
        client.install("asterisk", {PATH: "[201]\n"})


def test_files_of_other_surfaces_stay_readable(etc: Path) -> None:
    client.install("workers", {"workers/list.conf": "x\n"})
    assert (etc / "workers/list.conf").stat().st_mode & 0o777 == 0o644
