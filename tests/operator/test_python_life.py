"""Modules with code: the installer's word counts, and bad code changes nothing."""

from __future__ import annotations

import sqlite3
import textwrap
from contextlib import closing

import pytest

from modules_app.domain.operations import Outcome
from modules_app.models import HookResult, KeptData, MenuItem, Module, Operation, PbxSetting
from modules_app.services.purging import purge_columns
from tests.builders import python_module
from tests.lifecycle import ACTOR, Life

ID = "ModulePy"

HEAD = """
from modules_app.sdk import ConfigClass, ModuleModel, PbxExtensionSetupBase
from django.db import models
"""

MODELS = {
    "models.py": """
from django.db import models
from modules_app.sdk import ModuleModel

class Numbers(ModuleModel):
    number = models.CharField(max_length=20)
"""
}


def setup(body: str) -> dict[str, str]:
    """Return an installer whose class has this body."""
    text = "from modules_app.sdk import PbxExtensionSetupBase\nimport os, sys, time\n\n"
    text += "class PbxExtensionSetup(PbxExtensionSetupBase):\n"
    return {"installer.py": text + textwrap.indent(textwrap.dedent(body), "    ")}


def conf(body: str) -> dict[str, str]:
    """Return a configuration class with this body."""
    text = (
        "from modules_app.sdk import ConfigClass\nimport os, time\n\nclass PyConf(ConfigClass):\n"
    )
    return {"conf.py": text + textwrap.indent(textwrap.dedent(body), "    ")}


def rows(life: Life) -> list[str]:
    with sqlite3.connect(life.database(ID)) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM m_Numbers ORDER BY id")]


SEED = setup(
    """
    def install_db(self):
        if not super().install_db():
            return False
        from pbx_modules.ModulePy.models import Numbers
        Numbers.objects.get_or_create(number="000")
        return True
    """
)


def test_an_installer_seeds_its_rows_once(life: Life) -> None:
    operation = life.install(python_module(files={**MODELS, **SEED}))
    assert operation.outcome == Outcome.DONE, operation.error
    assert rows(life) == ["000"]
    life.install(python_module(version="1.0.1", files={**MODELS, **SEED}))
    assert rows(life) == ["000"]


def test_a_new_field_keeps_rows_and_a_lost_one_keeps_its_column(life: Life) -> None:
    life.install(python_module(files={**MODELS, **SEED}))
    more = MODELS["models.py"] + "    note = models.CharField(max_length=9, default='new')\n"
    life.install(python_module(version="1.1", files={**SEED, "models.py": more}))
    with sqlite3.connect(life.database(ID)) as connection:
        assert connection.execute("SELECT number, note FROM m_Numbers").fetchall() == [
            ("000", "new")
        ]
    operation = life.install(python_module(version="1.2", files={**SEED, **MODELS}))
    assert operation.outcome == Outcome.DONE
    with sqlite3.connect(life.database(ID)) as connection:
        assert connection.execute("SELECT note FROM m_Numbers").fetchall() == [("new",)]


WITH_NOTE = {
    "models.py": MODELS["models.py"]
    + "    note = models.CharField(max_length=9, default='new', db_index=True)\n"
}


def columns_of(life: Life) -> list[str]:
    with closing(sqlite3.connect(life.database(ID))) as connection:
        return [row[1] for row in connection.execute("PRAGMA table_info(m_Numbers)")]


def purged(life: Life, **what: str) -> Operation:
    operation = life.run(purge_columns(actor=ACTOR, module_id=ID, **what))
    assert operation.outcome == Outcome.DONE, operation.error
    return operation


def test_a_column_that_models_lost_can_be_purged_and_declared_again(life: Life) -> None:
    life.install(python_module(files={**SEED, **WITH_NOTE}), enable=True)
    life.install(python_module(version="1.1", files={**SEED, **MODELS}))
    assert Module.objects.get().facts["left_over"] == {"m_Numbers": ["note"]}

    purged(life, table="m_Numbers", column="note")

    assert "note" not in columns_of(life) and rows(life) == ["000"]
    assert Module.objects.get().facts["left_over"] == {}
    for version, files, columns in (("1.2", MODELS, 0), ("1.3", WITH_NOTE, 1)):
        operation = life.install(python_module(version=version, files={**SEED, **files}))
        assert operation.outcome == Outcome.DONE, operation.error
        assert Module.objects.get().facts["left_over"] == {}
        assert columns_of(life).count("note") == columns
    assert rows(life) == ["000"]


def test_a_table_that_models_lost_can_be_purged_and_what_they_have_again_cannot(life: Life) -> None:
    more = MODELS["models.py"] + "\n\nclass Birds(ModuleModel):\n    name = models.TextField()\n"
    both = {**SEED, "models.py": more}
    life.install(python_module(files=both))
    life.install(python_module(version="1.1", files={**SEED, **MODELS}))
    assert Module.objects.get().facts["left_over"] == {"m_Birds": []}
    life.install(python_module(version="1.2", files=both))
    assert Module.objects.get().facts["left_over"] == {}
    life.install(python_module(version="1.3", files={**SEED, **MODELS}))

    purged(life)

    with closing(sqlite3.connect(life.database(ID))) as connection:
        left = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert "m_Birds" not in left and rows(life) == ["000"]
    assert life.install(python_module(version="1.4", files=both)).outcome == Outcome.DONE
    assert Module.objects.get().facts["left_over"] == {}


def test_the_sidebar_override_places_the_item(life: Life) -> None:
    body = """
    def add_to_sidebar(self):
        return self.settings.set("AdditionalMenuItemModulePy", {"uniqid": "ModulePy",
            "group": "security", "iconClass": "ban", "caption": "BreadcrumbModulePy",
            "showAtSidebar": True})
    """
    operation = life.install(python_module(files=setup(body)))
    assert operation.outcome == Outcome.DONE, operation.error
    item = MenuItem.objects.get()
    assert (item.group, item.icon) == ("security", "ban")
    assert '"security"' in PbxSetting.objects.get(key=f"AdditionalMenuItem{ID}").value


FAILING = {
    "raises": ("def install_db(self):\n    raise ValueError('boom')\n", "installer-failed", "boom"),
    "returns false": (
        "def install_db(self):\n    self.messages.append('No table.')\n    return False\n",
        "installer-failed",
        "No table.",
    ),
    "exits": ("def install_files(self):\n    os._exit(0)\n", "module-code-no-verdict", ""),
    "exits with 3": ("def install_files(self):\n    os._exit(3)\n", "module-code-", ""),
    "sys.exit": ("def install_files(self):\n    sys.exit(0)\n", "installer-failed", ""),
}


@pytest.mark.parametrize("how", sorted(FAILING))
def test_a_failing_installer_changes_nothing(life: Life, how: str) -> None:
    body, slug, said = FAILING[how]
    operation = life.install(python_module(files=setup(body)))
    assert operation.outcome == Outcome.FAILED
    assert operation.error["slug"].startswith(slug)
    assert said in str(operation.error["context"])
    assert life.residue() == [] and not Module.objects.exists()
    assert not list(life.data_dir.packages.iterdir())


def test_a_hanging_installer_is_stopped(life: Life, settings) -> None:
    settings.PBX_STAGE_SECONDS = {**settings.PBX_STAGE_SECONDS, "install": 1}
    operation = life.install(
        python_module(files=setup("def install_files(self):\n    time.sleep(99)\n"))
    )
    assert operation.error["slug"] == "module-code-timeout"
    assert life.residue() == []


def test_an_installer_that_prints_is_heard_but_not_believed(life: Life) -> None:
    body = "def install_files(self):\n    print('{\"ok\": false}' * 1000)\n    return True\n"
    assert life.install(python_module(files=setup(body))).outcome == Outcome.DONE


@pytest.mark.parametrize(
    "code",
    ["raise RuntimeError('at import')", "import os; os._exit(0)", "x = (", "import nothing_here"],
)
def test_code_that_cannot_be_imported_is_not_installed(life: Life, code: str) -> None:
    try:
        operation = life.install(python_module(files={"conf.py": code}))
    except Exception as error:  # a syntax error is found by reading already
        assert getattr(error, "slug", "") == "package-invalid"
    else:
        assert operation.outcome == Outcome.FAILED
    assert life.residue() == [] and not Module.objects.exists()


def test_a_failed_upgrade_leaves_the_old_version_and_its_rows(life: Life) -> None:
    life.install(python_module(files={**MODELS, **SEED}), enable=True)
    bad = setup("def install_db(self):\n    super().install_db()\n    raise ValueError('late')\n")
    operation = life.install(python_module(version="2.0", files={**MODELS, **bad}))
    assert operation.outcome == Outcome.FAILED
    module = Module.objects.get()
    assert (module.version, module.wanted) == ("1.0.0", "on")
    assert rows(life) == ["000"]
    generations = list((life.data_dir.store / ID).iterdir())
    assert [path.name for path in generations] == [module.generation]


def test_a_veto_refuses_enabling_with_the_modules_words(life: Life) -> None:
    files = conf(
        "def on_before_module_enable(self):\n"
        "    self.messages.append('Not yet.')\n"
        "    return False\n"
    )
    life.install(python_module(files=files))
    operation = life.enable(ID)
    assert (operation.outcome, operation.error["slug"]) == (Outcome.REFUSED, "module-vetoed")
    assert "Not yet." in operation.error["context"]["said"]
    assert Module.objects.get().wanted == "off"


@pytest.mark.parametrize("answer", ["None", "0", "''", "True"])
def test_only_exactly_false_is_a_veto(life: Life, answer: str) -> None:
    files = conf(f"def on_before_module_disable(self):\n    return {answer}\n")
    life.install(python_module(files=files), enable=True)
    assert life.disable(ID).outcome == Outcome.DONE


def test_a_disable_veto_can_be_forced(life: Life) -> None:
    life.install(
        python_module(files=conf("def on_before_module_disable(self):\n    return False\n")),
        enable=True,
    )
    assert life.disable(ID).outcome == Outcome.REFUSED
    assert life.disable(ID, force=True).outcome == Outcome.DONE


@pytest.mark.parametrize("code", ["raise RuntimeError('x')", "os._exit(0)", "time.sleep(99)"])
def test_a_bad_hook_never_stops_disabling_or_removing(life: Life, settings, code: str) -> None:
    settings.PBX_STAGE_SECONDS = {**settings.PBX_STAGE_SECONDS, "hook": 1}
    body = "\n".join(
        f"def on_{when}_module_{verb}(self):\n    {code}"
        for when, verb in (("before", "disable"), ("after", "disable"), ("after", "enable"))
    )
    life.install(python_module(files=conf(body)), enable=True)
    assert Module.objects.get().wanted == "on"
    operation = life.disable(ID)
    assert operation.outcome == Outcome.DONE and operation.messages
    noted = HookResult.objects.get(hook="on_after_module_disable")
    assert (noted.ok, noted.operation, noted.error != "") == (False, operation, True)
    life.enable(ID)
    assert life.remove(ID).outcome == Outcome.DONE
    assert not HookResult.objects.exists()


def test_a_failing_uninstaller_is_a_warning_and_kept_data_stays_whole(life: Life) -> None:
    bad = setup(
        """
        def install_db(self):
            if not super().install_db():
                return False
            from pbx_modules.ModulePy.models import Numbers
            Numbers.objects.create(number="000")
            return True

        def uninstall_db(self, keep_settings=False):
            from pbx_modules.ModulePy.models import Numbers
            Numbers.objects.all().delete()
            raise ValueError("gone wrong")
        """
    )
    life.install(python_module(files={**MODELS, **bad}))
    operation = life.remove(ID)
    assert operation.outcome == Outcome.DONE
    assert any("uninstaller" in message["text"] for message in operation.messages)
    kept = KeptData.objects.get()
    path = life.data_dir.epoch(ID, kept.epoch) / "module.db"
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT number FROM m_Numbers").fetchall() == [("000",)]
    assert [p.name for p in (life.data_dir.data / ID).iterdir()] == [kept.epoch]


def test_place_file_writes_below_the_modules_own_folder(life: Life) -> None:
    body = """
    def install_files(self):
        self.place_file("greeting.conf", "hello")
        return super().install_files()
    """
    operation = life.install(python_module(files=setup(body)))
    assert operation.outcome == Outcome.DONE, operation.error
    placed = life.data_dir.etc_ / "modules" / ID / "greeting.conf"
    assert placed.read_text() == "hello"
    life.remove(ID, keep_data=False)
    assert not placed.parent.exists() and life.residue() == []


def test_scripts_in_bin_are_executable_and_nothing_else(life: Life) -> None:
    files = {"bin/run.sh": "#!/bin/sh\n", "agi-bin/call.php": "<?php\n", "other.sh": "#!/bin/sh\n"}
    life.install(python_module(files=files))
    code = life.data_dir.generation(ID, Module.objects.get().generation) / "code"
    modes = {path: (code / path).stat().st_mode & 0o777 for path in files}
    assert modes == {"bin/run.sh": 0o755, "agi-bin/call.php": 0o755, "other.sh": 0o644}


def test_settings_of_others_are_not_the_installers_to_write(life: Life) -> None:
    body = """
    def install_db(self):
        self.settings.set("ModulePyColour", "green")
        self.settings.set("ModulePyOtherColour", "red")
        self.settings.set("SIPPort", "1")
        return super().install_db()
    """
    life.install(python_module("ModulePyOther"))
    operation = life.install(python_module(files=setup(body)))
    assert PbxSetting.objects.get(key="ModulePyColour").value == "green"
    assert operation.result["foreign_settings"] == ["ModulePyOtherColour", "SIPPort"]
    assert not PbxSetting.objects.filter(key="SIPPort").exists()
    life.remove(ID)
    assert PbxSetting.objects.get(key="ModulePyColour").value == "green"
    life.install(python_module())
    life.remove(ID)
    life.remove(ID, keep_data=False)
    assert not PbxSetting.objects.filter(key="ModulePyColour").exists()
    assert not (life.data_dir.log / ID).exists()


def test_once_installed_nothing_is_said_to_be_known_after_install(life: Life) -> None:
    life.install(python_module(files={**MODELS, **SEED}))
    works = Module.objects.get().facts["works"]
    assert "Tables made from models: {names}." in [one["message"] for one in works]
    assert not [one for one in works if "after install" in one["message"]]
