"""Broken installers and hooks in operations (reference R3.4 B14, B18, B19, B20)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from modules_app.domain.operations import Outcome
from modules_app.models import HookResult, Module
from tests.broken_modules import DAEMON, EXITS, SLEEPS, SPINS, in_hook
from tests.builders import python_module
from tests.lifecycle import Life

ID = "ModulePy"
MODELS = """
from django.db import models
from modules_app.sdk import ModuleModel

class Note(ModuleModel):
    text = models.CharField(max_length=20)
"""
SETUP = """
import sqlite3
from django.db import connections, transaction
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_db(self):
        done = super().install_db()
        from .models import Note
        {body}
        return done
"""
SEEDS = "Note.objects.get_or_create(text='mine')"
B14 = {
    "endless": "Note.objects.all().delete()\n        while True: pass",
    "drops-all-and-raises": "Note.objects.all().delete()\n        raise OSError('no')",
    "commits-half": (
        "Note.objects.create(text='half'); transaction.commit() if "
        "connections['m_ModulePy'].in_atomic_block else None\n"
        "        import os; os._exit(1)"
    ),
    "drops-the-table": (
        "connections['m_ModulePy'].cursor().execute('DROP TABLE ' + Note._meta.db_table)\n"
        "        return False"
    ),
}


def package(version: str, body: str) -> bytes:
    files = {"models.py": MODELS, "installer.py": SETUP.format(body=body)}
    return python_module(ID, version, files=files)


def notes(life: Life) -> list[str]:
    with closing(sqlite3.connect(life.database(ID))) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM m_Note")]


@pytest.fixture
def noted(life: Life, settings: Settings) -> Life:
    """An installation of version 1 with one row."""
    settings.PBX_STAGE_SECONDS = {**settings.PBX_STAGE_SECONDS, "install": 2, "hook": 1}
    assert life.install(package("1.0", SEEDS)).outcome == Outcome.DONE
    assert notes(life) == ["mine"]
    return life


@pytest.mark.parametrize("case", B14)
def test_b14_a_migration_that_goes_wrong_leaves_version_and_rows(noted: Life, case: str) -> None:
    before = Module.objects.get(pk=ID)

    assert noted.install(package("2.0", B14[case])).outcome == Outcome.FAILED

    after = Module.objects.get(pk=ID)
    assert (after.version, after.generation, after.epoch) == (
        "1.0",
        before.generation,
        before.epoch,
    )
    assert notes(noted) == ["mine"]
    assert len(list((noted.data_dir.data / ID).iterdir())) == 1
    assert list(noted.data_dir.run.glob("trial-*")) == []


def test_b14_rows_that_an_upgrade_dropped_come_back_with_the_version(noted: Life) -> None:
    assert noted.install(package("2.0", "Note.objects.all().delete()")).outcome == Outcome.DONE
    assert notes(noted) == []

    assert noted.rollback(ID).outcome == Outcome.DONE

    assert Module.objects.get(pk=ID).version == "1.0"
    assert notes(noted) == ["mine"]


HOOKS = ("on_after_module_enable", "on_before_module_disable", "on_after_module_disable")
FAULTS = {
    "hangs": SLEEPS,
    "spins": SPINS,
    "exits": EXITS[0],
    "raises-after-side-effects": "open('/dev/null', 'w').close()\nraise BaseException('late')",
}


@pytest.fixture
def short(life: Life, settings: Settings) -> Life:
    settings.PBX_STAGE_SECONDS = {**settings.PBX_STAGE_SECONDS, "hook": 1}
    return life


@pytest.mark.parametrize("fault", ["spins", "raises-after-side-effects"])
def test_b18_b20_hooks_that_fail_are_recorded_and_stop_nothing(short: Life, fault: str) -> None:
    """Hooks that hang or exit: test_python_life.py."""
    parts = [in_hook(hook, FAULTS[fault])["conf.py"] for hook in HOOKS]
    methods = [part[part.index("    def ") :] for part in parts[1:]]
    files = {"conf.py": "".join([parts[0], *methods])}
    assert short.install(python_module(ID, files=files), enable=True)
    assert Module.objects.get(pk=ID).wanted == "on"

    assert short.disable(ID).outcome == Outcome.DONE

    assert Module.objects.get(pk=ID).wanted == "off"
    for hook in HOOKS:
        noted = HookResult.objects.get(module_id=ID, hook=hook)
        assert not noted.ok and noted.error and noted.failed_at
    assert short.remove(ID).outcome == Outcome.DONE
    assert not Module.objects.exists()


@pytest.mark.parametrize("fault", ["hangs", "spins", "exits"])
def test_b18_a_before_hook_without_an_answer_refuses_to_enable(short: Life, fault: str) -> None:
    files = in_hook("on_before_module_enable", FAULTS[fault])
    assert short.install(python_module(ID, files=files)).outcome == Outcome.DONE

    operation = short.enable(ID)

    assert (operation.outcome, operation.committed) == (Outcome.FAILED, False)
    assert Module.objects.get(pk=ID).wanted == "off"
    assert short.remove(ID).outcome == Outcome.DONE


def test_b18_a_hook_is_called_once_for_each_operation(short: Life) -> None:
    count = short.data_dir.log / "count"
    body = f"open({str(count)!r}, 'a').write('x')"
    assert short.install(python_module(ID, files=in_hook("on_after_module_enable", body)))
    for number in (1, 2):
        assert short.enable(ID).outcome == Outcome.DONE
        assert len(count.read_text()) == number
        assert short.disable(ID).outcome == Outcome.DONE


def test_b19_a_hook_that_deletes_the_data_does_not_stop_the_removal(short: Life) -> None:
    body = "import os\nfrom django.db import connections\n" + (
        "os.remove(connections['m_ModulePy'].settings_dict['NAME'])"
    )
    files = in_hook("on_before_module_disable", body)
    assert short.install(python_module(ID, files=files), enable=True)

    assert short.disable(ID).outcome == Outcome.DONE
    assert short.remove(ID).outcome == Outcome.DONE


def test_b07_a_daemon_of_a_hook_ends_with_the_hook(short: Life) -> None:
    number = short.data_dir.log / "daemon"
    body = DAEMON.replace(
        "time.sleep(600)",
        f"open({str(number)!r}, 'w').write(os.readlink('/proc/self'))\n        time.sleep(600)",
    )
    body += f"while not os.path.exists({str(number)!r}): time.sleep(0.01)\n"
    files = in_hook("on_after_module_enable", body)

    assert short.install(python_module(ID, files=files), enable=True)

    assert not is_alive(int(number.read_text()))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
