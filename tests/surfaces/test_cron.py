"""The crontab, up to the real cron."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from modules_app.applier import client, report
from modules_app.applier.places import etc_dir
from modules_app.domain.states import Fault, Wanted
from modules_app.exceptions import ModuleError
from modules_app.models import CustomFile, Module, SurfaceState
from modules_app.operator.surfaces import refresh
from modules_app.surfaces.cron import PATH
from tests.builders import python_module
from tests.lifecycle import Life
from tests.surfaces.rows import answering

USER = pwd.getpwuid(os.geteuid()).pw_name
CONF = """
from modules_app.sdk import ConfigClass

class PyConf(ConfigClass):
    def create_cron_tasks(self, tasks):
        tasks.append("*/5 * * * * /bin/true first\\n")
        tasks.append("61 * * * * /bin/true wrong\\n")
        return ["@daily /bin/true returned"]
"""


def crontab() -> str:
    return (etc_dir() / PATH).read_text()


def blocks() -> list[str]:
    """Return the file without the head and the jobs of the core."""
    return crontab().partition("verify.log 2>&1\n")[2].splitlines()


def complaints() -> list[tuple[str, int, str]]:
    found = SurfaceState.objects.get(name="cron").complaints
    return [(one["owner"], one["line"], one["slug"]) for one in found]


@pytest.mark.usefixtures("life")
def test_core_comes_first_then_modules_between_markers(life: Life) -> None:
    answering("ModuleB", create_cron_tasks=["0 4 * * * b"])
    answering("ModuleA", create_cron_tasks=["0 3 * * * a\n", "# a comment", "", "@hourly a2"])
    answering("ModuleZ", create_cron_tasks=["0 1 * * * z"], priority=100)
    refresh(life.tools)
    assert blocks() == [
        "",
        "# ***** BEGIN BY ModuleZ",
        f"0 1 * * * {USER} z",
        "# ***** END BY ModuleZ",
        "",
        "# ***** BEGIN BY ModuleA",
        f"0 3 * * * {USER} a",
        f"@hourly {USER} a2",
        "# ***** END BY ModuleA",
        "",
        "# ***** BEGIN BY ModuleB",
        f"0 4 * * * {USER} b",
        "# ***** END BY ModuleB",
    ]
    assert complaints() == []


def test_a_wrong_line_is_left_out_and_the_others_of_its_module_stay(life: Life) -> None:
    lines = ["1 * * * * a", "* * * * * date +%F", 7, "2 * * * * a\n3 99 * * * a\n4 * * * * a"]
    answering("ModuleA", create_cron_tasks=lines)
    refresh(life.tools)
    assert [line.split()[0] for line in blocks()[2:-1]] == ["1", "2", "4"]
    assert complaints() == [
        ("ModuleA", 2, "cron-percent"),
        ("ModuleA", 3, "cron-no-text"),
        ("ModuleA", 5, "cron-field-wrong"),
    ]


def test_a_module_that_is_off_is_gone_at_the_next_look(life: Life) -> None:
    answering("ModuleA", create_cron_tasks=["1 * * * * a"])
    refresh(life.tools)
    assert blocks() != []
    Module.objects.update(wanted=Wanted.ON, fault=Fault.PAUSED)
    refresh(life.tools)
    assert blocks() == []


def test_a_block_that_only_cron_refuses_is_left_out_and_blamed(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our reading is stricter than cron's, so cron is replaced by one that is stricter still."""

    def check(surface: str, files: dict[str, str]) -> report.Report:
        return report.Report(ok="odd" not in files[PATH], output="it is odd")

    monkeypatch.setattr(client, "check", check)
    answering("ModuleA", create_cron_tasks=["1 * * * * odd"])
    answering("ModuleB", create_cron_tasks=["2 * * * * fine"])
    refresh(life.tools)
    assert "odd" not in crontab()
    assert "fine" in crontab()
    assert complaints() == [("ModuleA", 0, "cron-refused")]


def test_what_a_real_module_adds_and_returns_is_there_after_enabling(life: Life) -> None:
    life.install(python_module(files={"conf.py": CONF}))
    life.enable("ModulePy")
    assert blocks()[2:-1] == [
        f"*/5 * * * * {USER} /bin/true first",
        f"@daily {USER} /bin/true returned",
    ]
    assert complaints() == [("ModulePy", 2, "cron-field-wrong")]
    life.disable("ModulePy")
    assert blocks() == []
    assert complaints() == []


def test_the_applier_takes_no_line_of_another_user(life: Life) -> None:
    for line in ("* * * * * daemon id", "@reboot daemon id", "* * * * *", "PATH =x\n1 1 1 1 1 a b"):
        with pytest.raises(ModuleError) as caught:
            client.install("cron", {PATH: f"{line}\n"})
        assert caught.value.slug == "cron-other-user", line


def test_an_own_text_runs_as_the_module_user_or_is_left_out(life: Life) -> None:
    answering("ModuleA", create_cron_tasks=["1 * * * * a"])
    for user, taken in ((USER, True), ("daemon", False)):
        text = f"MAILTO=me\n@daily {user} mine"
        CustomFile.objects.update_or_create(path=PATH, defaults={"mode": "append", "text": text})
        refresh(life.tools, ["cron"])
        assert (" mine" in crontab()) is taken
        assert f"1 * * * * {USER} a" in crontab()
    assert [one[0] for one in complaints()] == ["custom"]
    assert SurfaceState.objects.get(name="cron").problem is None


def test_a_user_that_does_not_exist_is_a_recorded_problem(life: Life, settings: Settings) -> None:
    settings.PBX_MODULE_USER = "no-such-user"
    refresh(life.tools)
    assert SurfaceState.objects.get(name="cron").problem["slug"] == "cron-no-user"


def test_without_a_folder_of_cron_the_state_says_so(life: Life) -> None:
    refresh(life.tools)
    notes = SurfaceState.objects.get(name="cron").notes
    assert [note["slug"] for note in notes] == ["surface-not-reloaded"]


def test_without_crontab_the_state_says_so(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report.shutil, "which", lambda *_arguments, **_more: None)
    refresh(life.tools)
    state = SurfaceState.objects.get(name="cron")
    assert [note["slug"] for note in state.notes][0] == "surface-not-checked"
    assert state.problem is None
    assert "verify" in crontab()


def test_the_real_cron_runs_a_modules_line_as_the_module_user(
    life: Life, settings: Settings, need_tool: Callable[[str], str]
) -> None:
    """A cron of our own in a mount namespace, where /etc/cron.d and /run are the test's."""
    if os.geteuid() != 0:
        pytest.skip("only root can run cron; what a crontab says is tested without it")
    unshare, cron = need_tool("unshare"), need_tool("cron")
    site = Path("/tmp") / f"pbx-cron-{os.getpid()}"
    done = site / "done"
    for name in ("cron.d", "run", "spool"):
        (site / name).mkdir(parents=True)
    done.mkdir()
    done.chmod(0o777)
    settings.PBX_ETC_DIR = str(site / "etc")
    settings.PBX_CRON_DIR = str(site / "cron.d")
    settings.PBX_MODULE_USER = "nobody"
    answering(
        "ModuleA", create_cron_tasks=[f"@reboot id -un > {done}/draft; mv {done}/draft {done}/who"]
    )
    script = (
        f"mount --bind {site}/cron.d /etc/cron.d && mount --bind {site}/run /run && "
        f"mount --bind {site}/spool /var/spool/cron/crontabs && exec {cron} -f"
    )
    process = None
    try:
        refresh(life.tools)
        assert (site / "cron.d" / "pbxadmin").is_symlink()
        process = subprocess.Popen([unshare, "-m", "/bin/sh", "-c", script])
        deadline = time.monotonic() + 60
        while not (done / "who").exists() and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.1)
        assert (done / "who").read_text() == "nobody\n"
    finally:
        if process is not None:
            process.terminate()
            process.wait()
        shutil.rmtree(site)
