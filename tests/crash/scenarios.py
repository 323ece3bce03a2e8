"""One table: for each verb how to come to its start, and how to ask for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from modules_app.domain.states import Verb
from modules_app.models import Module, Operation
from modules_app.services import lifecycle
from modules_app.services.batches import start_batch
from modules_app.services.purging import purge_columns
from modules_app.services.verification import verify_modules
from tests.builders import PHP_MODEL, mikopbx, python_module
from tests.lifecycle import ACTOR, Life

ID = "ModuleTest"
PYTHON = "ModulePy"
MATE = "ModuleMate"

_HOOKS = """from modules_app.sdk import ConfigClass


class PyConf(ConfigClass):
    def create_cron_tasks(self, tasks):
        tasks.append("@daily /bin/echo {name}")
"""
_INSTALLER = """from modules_app.sdk import PbxExtensionSetupBase


class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_files(self):
        self.place_file("{name}.conf", "a = {name}")
        self.settings.set("ModulePyMode", "{name}")
        return True
"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """``prepare`` leads to the state before; ``act`` is the one operation that is recorded."""

    name: str
    prepare: tuple[Callable[[Life], object], ...]
    act: Callable[[Life], object]
    # Whether the host says that what it is told to load loads.
    loads: bool = True
    # Whether it says the opposite to recovery: never, each second time, or always.
    changes: int = 0


def small(version: str = "1.0.0", column: str = "") -> bytes:
    """Return a declarative package of two folders and three files."""
    extra = (
        f'    /**\n     * @Column(type="string", nullable=true)\n     */\n    public ${column};\n'
    )
    return mikopbx(
        ID,
        version,
        {
            "Models/Numbers.php": PHP_MODEL % (extra if column else ""),
            "bin/run.sh": f"#!/bin/sh\necho {version}\n",
        },
    )


def python(version: str = "1.0.0") -> bytes:
    """Return a package that writes a setting, places a file and asks for a task of cron."""
    name = "v" + version.partition(".")[0]
    files = {"installer.py": _INSTALLER, "conf.py": _HOOKS}
    return python_module(
        PYTHON, version, {path: text.format(name=name) for path, text in files.items()}
    )


def install(life: Life) -> object:
    """Install the first version."""
    return life.install(small())


def upgrade(life: Life) -> object:
    """Install the second version, which brings a column."""
    return life.install(small("2.0.0", "note"))


def third(life: Life) -> object:
    """Install a third version."""
    return life.install(small("3.0.0", "more"))


def enable(life: Life) -> object:
    """Switch on."""
    return life.enable(ID)


def disable(life: Life) -> object:
    """Switch off."""
    return life.disable(ID)


def remove(life: Life) -> object:
    """Remove and keep the data."""
    return life.remove(ID)


def erase(life: Life) -> object:
    """Remove with the data."""
    return life.remove(ID, keep_data=False)


def rollback(life: Life) -> object:
    """Go back to the version before."""
    return life.run(lifecycle.rollback_module(actor=ACTOR, module_id=ID))


def repair(life: Life) -> object:
    """Unpack the kept package again."""
    return life.run(lifecycle.repair_module(actor=ACTOR, module_id=ID))


def wide(life: Life) -> object:
    """Install a version with one column more than the first one has."""
    return life.install(small("1.0.0", "note"))


def narrow(life: Life) -> object:
    """Install a version that does without it; the column stays with its values."""
    return life.install(small("2.0.0"))


def purge(life: Life) -> object:
    """Delete the column that is left over."""
    return life.run(purge_columns(actor=ACTOR, module_id=ID))


def row(life: Life) -> object:
    """Write what a user would write; it is durable and folded into one file."""
    with closing(sqlite3.connect(life.database(ID), isolation_level=None)) as data:
        data.execute("INSERT INTO m_Numbers(number) VALUES ('100')")
        return data.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def alter(life: Life) -> object:
    """Change a file of the module behind its back."""
    generation = life.data_dir.generation(ID, Module.objects.get(pk=ID).generation)
    file = generation / "code" / "bin" / "run.sh"
    return file.write_text("#!/bin/sh\necho altered\n")


def notice(life: Life) -> object:
    """Let the system see that files were altered."""
    return verify_modules(actor=ACTOR)


def install_mate(life: Life) -> object:
    """Install a second module and switch it on."""
    return life.install(mikopbx(MATE, "1.0.0", {"bin/run.sh": "#!/bin/sh\n"}), enable=True)


def disable_set(life: Life) -> object:
    """Switch both off in one commit."""
    return _together(life, Verb.DISABLE, ids=[ID, MATE])


def install_set(life: Life) -> object:
    """Install both in one commit."""
    mate = mikopbx(MATE, "1.0.0", {"bin/run.sh": "#!/bin/sh\n"})
    return _together(
        life, Verb.INSTALL, upload_ids=[str(life.upload(one).pk) for one in (small(), mate)]
    )


def _together(life: Life, verb: Verb, **asked: Any) -> Operation:
    batch = start_batch(actor=ACTOR, verb=verb, mode="together", **asked)
    life.run_batch(batch)
    return batch.operations.latest("position")


def install_python(life: Life) -> object:
    """Install the first version of the module in Python."""
    return life.install(python())


def upgrade_python(life: Life) -> object:
    """Install its second version."""
    return life.install(python("2.0.0"))


def enable_python(life: Life) -> object:
    """Switch it on; its task must reach cron, or there is nothing to lose."""
    done = life.enable(PYTHON)
    assert PYTHON in (life.data_dir.etc_ / "cron" / "pbxadmin").read_text()
    return done


def erase_python(life: Life) -> object:
    """Remove it with its data."""
    return life.remove(PYTHON, keep_data=False)


def remove_python(life: Life) -> object:
    """Remove it and keep its data."""
    return life.remove(PYTHON)


_HAS = (install, row)
_ON = (install, row, enable)

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("install", (), install),
        Scenario("install-with-kept-data", (*_HAS, remove), upgrade),
        Scenario("upgrade-while-off", _HAS, upgrade),
        Scenario("upgrade-while-on", _ON, upgrade),
        Scenario("upgrade-again", (*_HAS, upgrade), third),
        Scenario("upgrade-that-does-not-load", _ON, upgrade, loads=False, changes=2),
        Scenario("upgrade-that-stops-loading", (*_ON, upgrade), third, changes=1),
        Scenario("enable", _HAS, enable),
        Scenario("enable-that-does-not-load", _HAS, enable, loads=False, changes=2),
        Scenario("disable", _ON, disable),
        Scenario("disable-a-set", (*_ON, install_mate), disable_set),
        Scenario("install-a-set", (), install_set),
        Scenario("remove-and-keep", _ON, remove),
        Scenario("remove-with-data", (*_ON, upgrade), erase),
        Scenario("erase-kept-data", (*_HAS, remove), erase),
        Scenario("install-python", (), install_python),
        Scenario("enable-python", (install_python,), enable_python),
        Scenario("upgrade-python", (install_python, enable_python), upgrade_python),
        Scenario("remove-python-and-keep", (install_python,), remove_python),
        Scenario("remove-python-with-data", (install_python, enable_python), erase_python),
        Scenario("rollback-while-on", (*_ON, upgrade), rollback),
        Scenario("rollback-while-off", (*_HAS, upgrade), rollback),
        Scenario("rollback-that-does-not-load", (*_ON, upgrade), rollback, loads=False, changes=2),
        Scenario("repair", (*_ON, alter, notice), repair),
        Scenario("purge-while-on", (wide, row, enable, narrow), purge),
        Scenario("purge-while-off", (wide, row, narrow), purge),
        Scenario(
            "purge-that-does-not-load", (wide, row, enable, narrow), purge, loads=False, changes=2
        ),
    )
}
