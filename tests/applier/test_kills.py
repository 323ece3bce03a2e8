"""The real process, killed in the middle of a swap: old or new, and the next look repairs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from modules_app.applier import client, faults
from modules_app.exceptions import ModuleError
from modules_app.models import SurfaceState
from modules_app.operator import surfaces
from tests.lifecycle import Life
from tests.surfaces.plain import PATH, PlainSurface

POINTS = [faults.STAGED, faults.SWAPPED, faults.INSTALLED]
OLD, NEW = "core = 1\n", "core = 2\n"


@contextmanager
def applier(data_dir: Path, fault: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Run ``manage.py applier`` until the block ends."""
    environment = {
        **os.environ,
        "PBX_DATA_DIR": str(data_dir),
        "PBX_FAULT": fault,
        "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.applier",
    }
    command = [sys.executable, str(Path(django_settings.BASE_DIR) / "manage.py"), "applier"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(b"applier: ready")
            yield process
        finally:
            process.terminate()


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> PlainSurface:
    plain = PlainSurface()
    monkeypatch.setattr(surfaces, "SURFACES", (plain,))
    return plain


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_applier_leaves_all_old_or_all_new(
    life: Life, plain: PlainSurface, settings: Settings, point: str
) -> None:
    file = life.data_dir.root / "etc" / PATH
    surfaces.refresh(life.tools)
    assert file.read_text() == OLD
    plain.lines[""] = "core = 2"
    with applier(life.data_dir.root, f"{point}:kill9") as process:
        surfaces.refresh(life.tools)
        assert process.wait(60) == -9
    state = SurfaceState.objects.get(name=plain.name)
    assert state.problem["slug"] == "applier-silent"
    assert file.read_text() in (OLD, NEW)
    with applier(life.data_dir.root):
        surfaces.refresh(life.tools, again=True)
        assert client.installed(plain.name) is not None
    state.refresh_from_db()
    assert (file.read_text(), state.problem) == (NEW, None)
    assert len(list((file.parents[1] / ".sets" / plain.name).iterdir())) <= 2


def test_without_the_process_others_say_so(
    life: Life, plain: PlainSurface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "may_write", lambda: False)
    surfaces.refresh(life.tools)
    assert SurfaceState.objects.get(name=plain.name).problem["slug"] == "applier-not-running"


def test_a_second_applier_says_who_has_the_lock(life: Life) -> None:
    with applier(life.data_dir.root) as first:
        command = [sys.executable, "manage.py", "applier"]
        environment = {
            **os.environ,
            "PBX_DATA_DIR": str(life.data_dir.root),
            "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.applier",
        }
        second = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert second.returncode == 5
        assert str(first.pid).encode() in second.stderr


def test_it_ends_on_request(life: Life) -> None:
    with applier(life.data_dir.root) as process:
        process.terminate()
        assert process.wait(60) == 0
    with pytest.raises(ModuleError) as caught:
        client.ask("run", "cron")
    assert caught.value.slug == "applier-verb-unknown"
