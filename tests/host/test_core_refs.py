"""References of a module's rows to core records, in a real child with real tables (design 6)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.workbench import Workbench

MODELS = """
from django.db import models
from modules_app.sdk import CASCADE, KEEP, CoreRef, ModuleModel

class Door(ModuleModel):
    name = models.CharField(max_length=20)
    network = CoreRef("networks")
    def __str__(self): return self.name

class Visit(ModuleModel):
    network = CoreRef("networks", CASCADE)

class Note(ModuleModel):
    network = CoreRef("networks", KEEP, blank=True)
"""
INSTALLER = """
from modules_app.sdk import PbxExtensionSetupBase
from .models import Door, Note, Visit

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_db(self):
        done = super().install_db()
        Door.objects.create(name="Gate", network="7")
        for key in ("7", "8"):
            Visit.objects.create(network=key)
            Note.objects.create(network=key)
        return done
"""


@pytest.fixture
def core_with_networks() -> Iterator[None]:
    path = Path(os.environ["PBX_DATA_DIR"]) / "core.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE modules_app_networkfilter (id INTEGER, title TEXT)")
        connection.execute(
            "INSERT INTO modules_app_networkfilter VALUES (7, 'Office'), (8, 'Home')"
        )
    yield
    path.unlink()


def ask(bench: Workbench, module: object, question: dict) -> dict:
    return bench.run(module, "collect", hooks=["core_references"], question=question)


def counts(bench: Workbench) -> dict[str, int]:
    path = bench.folder / "data" / "ModuleBroken.db"
    with closing(sqlite3.connect(path)) as connection:
        tables = ("m_Door", "m_Visit", "m_Note")
        query = "SELECT count(*) FROM "
        return {name: connection.execute(query + name).fetchone()[0] for name in tables}


def test_a_module_with_references_says_so_and_gets_an_index(bench: Workbench) -> None:
    module = bench.module({"models.py": MODELS, "installer.py": INSTALLER})
    assert "core_references" in bench.run(module)["hooks"]
    with closing(sqlite3.connect(bench.folder / "data" / "ModuleBroken.db")) as connection:
        indexes = connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE type='index' AND tbl_name='m_Door'"
        )
        assert indexes.fetchone()[0] == 1


def test_a_kind_that_the_core_does_not_have_is_refused(bench: Workbench) -> None:
    models = MODELS.replace('"networks"', '"extension"')
    answer = bench.run(bench.module({"models.py": models}))
    assert not answer["ok"] and "no core records called 'extension'" in str(answer["messages"])


def test_rows_that_protect_a_record_are_named(bench: Workbench) -> None:
    module = bench.module({"models.py": MODELS, "installer.py": INSTALLER})
    bench.run(module)
    question = {"ask": "protect", "kind": "networks", "id": 7}
    answer = ask(bench, module, question)["answers"]["core_references"]
    assert answer["ok"] and answer["value"] == [{"model": "door", "text": "Gate"}]
    other = ask(bench, module, {**question, "id": 8})["answers"]["core_references"]
    assert other["value"] == []


def test_many_records_are_asked_about_at_once_and_some_rows_of_each_are_named(
    bench: Workbench,
) -> None:
    more = INSTALLER.replace(
        'for key in ("7", "8"):',
        """for place in range(4):
            Door.objects.create(name=f"Side {place}", network="9")
        for key in ("7", "8"):""",
    )
    module = bench.module({"models.py": MODELS, "installer.py": more})
    bench.run(module)
    question = {"ask": "protect", "kind": "networks", "ids": ["7", "8", 9]}
    answer = ask(bench, module, question)["answers"]["core_references"]
    assert answer["ok"] and answer["value"] == [
        {"id": "7", "model": "door", "text": "Gate"},
        *({"id": "9", "model": "door", "text": f"Side {place}"} for place in range(3)),
    ]


def test_rows_go_with_the_record_they_refer_to(bench: Workbench) -> None:
    module = bench.module({"models.py": MODELS, "installer.py": INSTALLER})
    bench.run(module)
    event = {"model": "NetworkFilters", "recordId": "7", "action": "afterDelete"}
    for _twice in range(2):
        assert ask(bench, module, event)["answers"]["core_references"]["ok"]
        assert counts(bench) == {"m_Door": 1, "m_Visit": 1, "m_Note": 2}


def test_a_form_offers_the_records_that_there_are(
    bench: Workbench, core_with_networks: None
) -> None:
    conf = """
from django import forms
from modules_app.sdk import ConfigClass
from .models import Door

class BrokenConf(ConfigClass):
    def create_nginx_locations(self):
        form = forms.modelform_factory(Door, fields=["network"])()
        return str(form["network"])
"""
    module = bench.module({"models.py": MODELS, "conf.py": conf})
    answer = bench.run(module, "collect", hooks=["create_nginx_locations"])
    html = answer["answers"]["create_nginx_locations"]["value"]
    assert '<option value="7">Office</option>' in html
    assert '<option value="8">Home</option>' in html
