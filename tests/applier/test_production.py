"""As in production: the applier is root, everybody else is not, and the files are root's."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from modules_app.applier import client, fail2ban
from modules_app.applier.management.commands.applier import Command as Applier
from modules_app.exceptions import ModuleError
from tests.conftest import NOBODY

PATH = "nginx/modules_locations/ModuleX.conf"
TEXT = "location = /x { return 204; }\n"


@pytest.fixture
def site(settings: Settings) -> Iterator[Path]:
    """A data folder of an ordinary user, and a folder of configuration that is root's."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a privileged applier; the rest is tested without it")
    folder = Path(tempfile.mkdtemp(prefix="pbx-applier-"))
    folder.chmod(0o755)
    for name in ("data", "data/run", "etc"):
        (folder / name).mkdir()
        (folder / name).chmod(0o755)
    for name in ("data", "data/run"):
        os.chown(folder / name, NOBODY, NOBODY)
    settings.PBX_DATA_DIR = folder / "data"
    settings.PBX_ETC_DIR = str(folder / "etc")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def applier(site: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process, started as root."""
    environment = {
        **os.environ,
        "PBX_DATA_DIR": str(site / "data"),
        "PBX_ETC_DIR": str(site / "etc"),
        "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.applier",
    }
    command = [sys.executable, str(Path(django_settings.BASE_DIR) / "manage.py"), "applier"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"applier: ready")
        yield process
        process.terminate()


def problem_of(action: Callable[[], object]) -> str:
    try:
        return str(action())
    except ModuleError as error:
        return error.slug


@pytest.mark.usefixtures("applier")
def test_an_ordinary_user_installs_through_the_applier_only(
    site: Path, as_nobody: Callable[[Callable[[], object]], str]
) -> None:
    def go() -> str:
        before = client.install("nginx", {PATH: TEXT})
        shown = (site / "etc" / PATH).exists()
        return f"{before}{client.installed('nginx') is not None}{shown}{client.process()[1]}"  # type: ignore[index]

    assert as_nobody(go) == "'TrueTrue0'"
    file = site / "etc" / PATH
    assert file.read_text() == TEXT
    assert file.stat().st_uid == 0

    def alter() -> None:
        file.write_text("other")

    assert as_nobody(alter) == "PermissionError"
    refused = as_nobody(
        lambda: problem_of(lambda: client.install("cron", {"cron/pbxadmin": "@reboot root id\n"}))
    )
    assert refused == "'cron-other-user'"


def test_the_applier_of_an_ordinary_user_leaves_it_to_that_of_root(
    site: Path, as_nobody: Callable[[Callable[[], object]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server starts one all the same; it must neither fail again and again nor answer."""

    def idle() -> str:
        said = io.StringIO()
        monkeypatch.setattr("signal.sigwait", lambda _signals: None)
        Applier(stdout=said).handle()
        return str(client.process()) + said.getvalue()[:8]

    assert as_nobody(idle) == "'Noneapplier:'"


def test_without_the_applier_an_ordinary_user_is_told(
    site: Path, as_nobody: Callable[[Callable[[], object]], str]
) -> None:
    answer = as_nobody(lambda: problem_of(lambda: client.install("nginx", {PATH: TEXT})))
    assert answer == "'applier-not-running'"
    assert not (site / "etc" / "nginx").exists()


def test_the_applier_leaves_nothing_of_root_in_the_data_folder(
    site: Path, applier: subprocess.Popen[bytes]
) -> None:
    applier.terminate()
    assert applier.wait(60) == 0
    owned = {path.name for path in (site / "data").rglob("*") if path.stat().st_uid == 0}
    assert owned <= {client.SOCKET}


@pytest.mark.parametrize("part", ["etc", "."])
def test_root_writes_into_no_folder_that_others_can_replace(site: Path, part: str) -> None:
    os.chown(site / part, NOBODY, NOBODY)
    with pytest.raises(CommandError, match="not root's alone"):
        Applier().handle()


def test_fail2ban_writes_into_no_folder_that_others_can_replace(
    site: Path, settings: Settings
) -> None:
    settings.PBX_FIREWALL_LOAD = True
    assert not fail2ban.reload(site / "etc" / "fail2ban").ok
    assert not (site / "data" / "run" / "fail2ban").exists()
