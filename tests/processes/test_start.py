"""What a start settles, and what it says when it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from supervisor.options import ServerOptions as SupervisorOptions

from modules_app.processes.start import become_owner
from modules_app.processes.supervisord import write_config

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
need_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def manage(
    data_dir: Path, *arguments: str, umask: int = 0o022, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PBX_DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        umask=umask,
    )


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A data folder that belongs to nobody."""
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_mode & 0o005 != 0o005:
            parent.chmod(0o755)
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    return folder


@need_root
def test_root_becomes_the_owner_of_the_data_folder(foreign: Path) -> None:
    become: list[tuple[int, int]] = []
    become_owner(foreign, change=lambda user, group: become.append((user, group)))
    assert become == [(NOBODY, NOBODY)]


@need_root
def test_root_stays_root_in_a_folder_of_its_own_or_a_missing_one(tmp_path: Path) -> None:
    become: list[tuple[int, int]] = []
    for folder in (tmp_path, tmp_path / "missing"):
        become_owner(folder, change=lambda user, group: become.append((user, group)))
    assert become == []


@need_root
def test_a_command_of_root_leaves_nothing_of_root_in_somebody_elses_data(foreign: Path) -> None:
    done = manage(foreign, "prepare")
    if done.returncode != 0:  # this Python, or the project, is in a folder of root's
        assert f"Error: {foreign} belongs to the user with the number {NOBODY}" in done.stderr
    assert [str(path) for path in foreign.rglob("*") if path.stat().st_uid != NOBODY] == []


def test_other_users_read_nothing_whatever_the_umask_was(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o777)
    done = manage(data_dir, "prepare", umask=0)
    assert done.returncode == 0, done.stderr
    files = [data_dir / "core.sqlite3", data_dir / "secret.key"]
    assert [oct(path.stat().st_mode & 0o007) for path in files] == ["0o0", "0o0"]


def test_a_wrong_value_in_the_environment_is_named(tmp_path: Path) -> None:
    done = manage(tmp_path, "module", "list", PBX_WEB_WORKERS="many")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The environment variable PBX_WEB_WORKERS has")
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = manage(tmp_path / "file", "module", "list")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: The data folder {tmp_path / 'file'} cannot be used")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 99])
def test_a_damaged_secret_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    done = manage(tmp_path, "module", "list")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: The secret in {tmp_path / 'secret.key'} is damaged.")


def test_a_damaged_core_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "core.sqlite3").write_text("garbage" * 1000)
    for command in (["prepare"], ["module", "list"], ["operator"]):
        done = manage(tmp_path, *command)
        assert done.returncode == 1
        assert f"Error: the core database {tmp_path / 'core.sqlite3'} cannot be" in done.stderr
        assert "Traceback" not in done.stderr


@need_root
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", tmp_path]).returncode:
        pytest.skip("no right to mount")
    try:
        done = manage(tmp_path, "prepare")
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: the data folder {tmp_path} does not take")
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_supervisord_understands_every_path(tmp_path: Path) -> None:
    data_dir = tmp_path / "Täst 100% %(x)s 'q' \"d\"#;"
    (data_dir / "run").mkdir(parents=True)
    (data_dir / "log").mkdir()
    options = SupervisorOptions()
    options.configfile = str(write_config(data_dir, ROOT))
    options.process_config(do_usage=False)
    configs = [one for group in options.process_group_configs for one in group.process_configs]
    logs = {config.stdout_logfile for config in configs}
    assert {config.directory for config in configs} == {str(ROOT)}, "gunicorn finds our code there"
    names = ("web", "host", "applier", "operator", "workers", "telephony")
    assert logs == {str(data_dir / "log" / f"{name}.log") for name in names}
