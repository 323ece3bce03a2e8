"""The newest release of every real module, with what they require, as one system (F1.3, F2)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from functools import cmp_to_key
from pathlib import Path

import pytest
from lxml import etree

from modules_app.domain.batches import Mode
from modules_app.domain.states import Verb
from modules_app.domain.versions import php_version_compare
from modules_app.models import Batch, MenuItem, Module
from modules_app.operator.together import run_claimed
from modules_app.operator.turns import claim, ready_operations
from modules_app.services.batches import start_batch
from tests.builders import zip_of
from tests.lifecycle import ACTOR, Life

PROVIDED = ("core", "framework")
"""What PBX Admin stands for itself; a package of that name is no requirement of others."""
EMPTY = "<module><rawname>{id}</rawname><version>{version}</version></module>"


@dataclass
class Descriptor:
    """What a module.xml says, read without any code of the product."""

    xml: bytes
    root: etree._Element = field(init=False)

    def __post_init__(self) -> None:
        self.root = etree.fromstring(self.xml)

    @property
    def id(self) -> str:
        return (self.root.findtext("rawname") or "").strip()

    @property
    def version(self) -> str:
        return (self.root.findtext("version") or "").strip()

    @property
    def requires(self) -> dict[str, str]:
        """Return the modules of ``<depends>`` with the version that is asked for."""
        texts = [(one.text or "").split() for one in self.root.findall("depends/module")]
        wanted = {words[0]: words[-1].lstrip("gt") for words in texts if words}
        return {name: "" if version == name else version for name, version in wanted.items()}

    @property
    def stays(self) -> bool:
        """Tell whether the module says of itself that it must not be removed."""
        return (self.root.findtext("canuninstall") or "").strip().lower() == "no"

    @property
    def tables(self) -> dict[str, set[str]]:
        return {
            one.get("name", "").lower(): {
                field.get("name", "").lower() for field in one.findall("field")
            }
            for one in self.root.findall("database/table")
        }

    @property
    def menu(self) -> set[str]:
        return {
            str(item.tag)
            for items in self.root.findall("menuitems")
            for item in items.iter(etree.Element)
            if item is not items
        }


def newest(folder: Path) -> dict[str, Descriptor]:
    """Return the newest readable descriptor of every name in the folder."""
    found: dict[str, list[Descriptor]] = {}
    for path in sorted(folder.glob("*.module.xml")):
        try:
            one = Descriptor(path.read_bytes())
        except etree.XMLSyntaxError:
            continue
        if one.id:
            found.setdefault(one.id, []).append(one)
    order = cmp_to_key(lambda a, b: php_version_compare(a.version, b.version))
    return {name: max(several, key=order) for name, several in found.items()}


def missing_from(system: dict[str, Descriptor]) -> dict[str, Descriptor]:
    """Return a descriptor for every required module that the system lacks, as new as is asked."""
    wanted: dict[str, str] = {}
    for one in system.values():
        for name, version in one.requires.items():
            if name not in system and name not in PROVIDED:
                known = wanted.setdefault(name, "1.0")
                if version and php_version_compare(version, known) > 0:
                    wanted[name] = version
    return {
        name: Descriptor(EMPTY.format(id=name, version=version).encode())
        for name, version in wanted.items()
    }


@pytest.fixture
def system(corpus: Path) -> dict[str, Descriptor]:
    found = newest(corpus / "freepbx")
    return {**found, **missing_from(found)}


def run(life: Life, batch: Batch) -> Batch:
    """See a batch through, as the operator does."""
    while ready := list(ready_operations().values_list("pk", flat=True)):
        for pk in ready:
            operation = claim(pk)
            if operation is not None:
                run_claimed(operation, life.tools)
    batch.refresh_from_db()
    return batch


def columns(database: Path) -> dict[str, set[str]]:
    """Return the columns of each table that is really there."""
    with closing(sqlite3.connect(database)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        return {
            name.lower(): {
                row[1].lower() for row in connection.execute(f'PRAGMA table_info("{name}")')
            }
            for (name,) in names.fetchall()
        }


def test_real_modules_are_one_system_and_go_again(
    life: Life, system: dict[str, Descriptor]
) -> None:
    packages = [zip_of({"module.xml": one.xml}) for one in system.values()]
    uploads = [str(life.upload(package).pk) for package in packages]

    installed = run(
        life,
        start_batch(actor=ACTOR, verb=Verb.INSTALL, upload_ids=uploads, mode=Mode.CONTINUE),
    )

    told = {
        one.module_id: (one.outcome, (one.error or {}).get("slug"))
        for one in installed.operations.all()
    }
    assert {name: how for name, how in told.items() if how[0] != "done"} == {}
    assert len(told) == len(system) > 100
    _assert_order(installed, system)
    _assert_contents(life, system)

    stays = {one.id for one in system.values() if one.stays}
    removed = run(
        life,
        start_batch(
            actor=ACTOR,
            verb=Verb.REMOVE,
            ids=[name for name in system if name not in stays],
            keep_data=False,
            cascade=True,
            mode=Mode.CONTINUE,
        ),
    )

    assert {one.outcome for one in removed.operations.all()} == {"done"}
    assert len(stays) == 6
    assert set(Module.objects.values_list("id", flat=True)) == stays
    assert set(MenuItem.objects.values_list("module_id", flat=True)) <= stays
    assert {path.parent.name for path in life.data_dir.data.glob("*/*")} == stays


def _assert_order(batch: Batch, system: dict[str, Descriptor]) -> None:
    positions = dict(batch.operations.values_list("module_id", "position"))
    edges = [
        (name, needed)
        for name, one in system.items()
        for needed in one.requires
        if needed in positions and needed not in PROVIDED
    ]
    assert len(edges) > 30
    assert [edge for edge in edges if positions[edge[1]] >= positions[edge[0]]] == []


def _assert_contents(life: Life, system: dict[str, Descriptor]) -> None:
    tables = items = 0
    for name, one in system.items():
        assert columns(life.database(name)) == one.tables, name
        entries = set(MenuItem.objects.filter(module_id=name).values_list("key", flat=True))
        assert entries == one.menu, name
        tables += len(one.tables)
        items += len(one.menu)
    assert tables > 80
    assert items > 100
