"""What must hold of an installation at rest, whatever happened to it (reference R3.1)."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from django.db import connection

from modules_app.applier.places import NAMES
from modules_app.domain.operations import Outcome
from modules_app.domain.states import Fault, Phase, Verb, Wanted
from modules_app.models import (
    KeptData,
    MenuItem,
    Module,
    Operation,
    PbxSetting,
    StoredPackage,
    Upload,
)
from modules_app.packages.datadir import DataDir
from modules_app.packages.verification import verify_generation
from tests.crash.box import rows_of
from tests.crash.disk import CrashStates, Tree, at, without_scratch

View: TypeAlias = dict[str, Any]


def view(data_dir: DataDir) -> View:
    """Return what a person would call the state: modules with their data, what they generate."""
    return {
        "modules": {
            row.id: {
                "version": row.version,
                "wanted": row.wanted,
                "fault": row.fault,
                "digest": row.digest,
                "data": _content(data_dir.epoch(row.id, row.epoch) / "module.db"),
                "placed": _placed(data_dir, row),
            }
            for row in Module.objects.all()
        },
        "kept": {
            row.module_id: _content(data_dir.epoch(row.module_id, row.epoch) / "module.db")
            for row in KeptData.objects.all()
        },
        "menu": sorted(MenuItem.objects.values_list("module_id", "key")),
        "settings": dict(PbxSetting.objects.values_list("key", "value")),
        "configuration": _generated(data_dir),
    }


def violations(data_dir: DataDir, altered: Collection[str] = ()) -> list[str]:
    """Return what is wrong with the present state; the operator must have recovered before.

    The files of modules in ``altered`` were changed behind the system's back.
    """
    return [
        *_rows_without_files(data_dir, altered),
        *_names_without_rows(data_dir),
        *_wrong_rows(),
    ]


def fingerprint(data_dir: DataDir) -> str:
    """Return a digest of everything but times and sessions, to see whether anything changed."""
    digest = hashlib.sha256()
    for root in (data_dir.store, data_dir.data, data_dir.packages, data_dir.etc_):
        for path in sorted(root.rglob("*")):
            if not path.name.endswith(("-shm", "-wal")):
                digest.update(f"{path}\0".encode() + (path.read_bytes() if path.is_file() else b""))
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not table.startswith("django_"):
                cursor.execute(f'SELECT * FROM "{table}"')
                digest.update(repr((table, sorted(map(repr, cursor.fetchall())))).encode())
    return digest.hexdigest()


def _rows_without_files(data_dir: DataDir, altered: Collection[str]) -> Iterator[str]:
    for module in Module.objects.exclude(fault=Fault.DAMAGED).exclude(pk__in=altered):
        for problem in verify_generation(data_dir, module.id, module.generation, module.digest):
            yield f"I1 {module.id} {module.version}: {problem.kind} {problem.path}"
        previous = module.previous_generation
        if previous and not (data_dir.generation(module.id, previous) / "record.json").exists():
            yield f"I1 {module.id}: the previous generation {previous} is not there"
        for epoch in filter(None, (module.epoch, module.previous_epoch)):
            yield from _bad_database(data_dir.epoch(module.id, epoch) / "module.db")
    for kept in KeptData.objects.all():
        yield from _bad_database(data_dir.epoch(kept.module_id, kept.epoch) / "module.db")
    for sha256 in StoredPackage.objects.values_list("sha256", flat=True):
        yield from _bad_package(data_dir.packages / sha256, sha256)
    for upload in Upload.objects.all():
        yield from _bad_package(data_dir.uploads / upload.file, upload.sha256)


def _bad_package(path: Path, sha256: str) -> Iterator[str]:
    if not path.is_file():
        yield f"I1 the package {path.name} has a row and no file"
    elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        yield f"I1 the package {path.name} is not what its row says"


def _bad_database(path: Path) -> Iterator[str]:
    if not path.is_file() or not path.stat().st_size:
        yield f"I2 {path.parent.parent.name}/{path.parent.name}: no database"
        return
    try:
        with closing(_read(path)) as data:
            verdict = data.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        yield f"I2 {path.parent.name}: {verdict}"


def _names_without_rows(data_dir: DataDir) -> Iterator[str]:
    named = {
        "store": {
            (row.id, name)
            for row in Module.objects.all()
            for name in (row.generation, row.previous_generation)
        },
        "data": {
            (row.id, name)
            for row in Module.objects.all()
            for name in (row.epoch, row.previous_epoch)
        }
        | set(KeptData.objects.values_list("module_id", "epoch")),
    }
    for root, names in named.items():
        for folder in (data_dir.root / root).iterdir():
            below = {(folder.name, path.name) for path in folder.iterdir()}
            for extra in sorted(below - names):
                yield f"I4 {root}/{'/'.join(extra)} is left over"
            if not below:
                yield f"I4 {root}/{folder.name} is empty and left over"
    placed = data_dir.etc_ / "modules"
    installed = set(Module.objects.values_list("id", flat=True))
    for path in placed.iterdir() if placed.is_dir() else ():
        if path.name not in installed:
            yield f"I4 etc/modules/{path.name} is left over"
    rows = set(StoredPackage.objects.values_list("sha256", flat=True))
    for path in data_dir.packages.iterdir():
        if path.name not in rows:
            yield f"I4 packages/{path.name} is left over"


def _wrong_rows() -> Iterator[str]:
    for operation in Operation.objects.filter(outcome=Outcome.RUNNING):
        yield f"I5 {operation} says that it runs"
    for module in Module.objects.exclude(phase=Phase.READY):
        if module.phase == Phase.MAINTENANCE or module.wanted == Wanted.OFF:
            yield f"I5 {module.id} is {module.wanted} and still in {module.phase}"
    for operation in Operation.objects.exclude(outcome__in=(Outcome.QUEUED, Outcome.RUNNING)):
        if operation.outcome == Outcome.DONE:
            yield from _untrue(operation)
        if not operation.audit.filter(outcome=operation.outcome).exists():
            yield f"I10 {operation} ended {operation.outcome} without an audit row"


def _untrue(operation: Operation) -> Iterator[str]:
    """Compare what the newest operation of a module says it did with the module's row."""
    if Operation.objects.filter(id_fold=operation.id_fold, pk__gt=operation.pk).exists():
        return
    row = Module.objects.filter(id_fold=operation.id_fold).first()
    said = {
        Verb.REMOVE: lambda: row is None,
        Verb.ENABLE: lambda: row and row.wanted == Wanted.ON,
        Verb.DISABLE: lambda: row and row.wanted == Wanted.OFF,
        Verb.REPAIR: lambda: row and row.fault == Fault.NONE,
    }.get(Verb(operation.verb), lambda: row and row.generation == operation.result["generation"])
    if not said():
        yield f"I5 {operation} says done, the module is {row and (row.version, row.wanted)}"


def _placed(data_dir: DataDir, module: Module) -> dict[str, str]:
    folder = data_dir.etc_ / "modules" / module.id
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.name: path.read_text() for path in paths}


def _generated(data_dir: DataDir) -> dict[str, str]:
    """Return what the programs of the system read, by path."""
    return {
        path.relative_to(data_dir.etc_).as_posix(): path.read_text()
        for name in NAMES
        for path in sorted((data_dir.etc_ / name).rglob("*"))
        if path.is_file()
    }


def _content(path: Path) -> dict[str, Any]:
    """Return every table of a module's database with its rows."""
    if not path.is_file():
        return {"": "no database"}
    try:
        with closing(_read(path)) as data:
            return {
                name: sorted(map(repr, data.execute(f'SELECT * FROM "{name}"')))
                for (name,) in data.execute("SELECT name FROM sqlite_master WHERE type='table'")
                if not name.startswith(("sqlite_", "pbx_"))
            }
    except sqlite3.DatabaseError as error:
        return {"": str(error)}


def _read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)


def promised(image: bytes) -> list[tuple[str, ...]]:
    """Return the paths that the rows of a core database rely on; losing one is losing a module."""
    paths: list[tuple[str, ...]] = []
    modules = rows_of(
        image,
        "SELECT id, generation, previous_generation, epoch, previous_epoch FROM modules_app_module",
    )
    for module_id, *names in modules:
        paths += [("store", module_id, name) for name in names[:2] if name]
        paths += [("data", module_id, name) for name in names[2:] if name]
    kept = rows_of(image, "SELECT module_id, epoch FROM modules_app_keptdata")
    paths += [("data", module_id, epoch) for module_id, epoch in kept]
    packages = rows_of(image, "SELECT sha256 FROM modules_app_storedpackage")
    paths += [("packages", sha256) for (sha256,) in packages]
    uploads = rows_of(image, "SELECT file FROM modules_app_upload")
    return paths + [("uploads", name) for (name,) in uploads]


def broken_promises(states: CrashStates, image: bytes, seen: Tree) -> list[str]:
    """Return the paths of which a crash may leave anything but what the committer saw.

    Exact over all crash states of the moment at once: ``seen`` is the tree when ``image`` was
    committed.
    """
    broken = []
    for path in promised(image):
        expected = at(seen, *path)
        certain = states.certain(*path)
        if expected is None:
            broken.append(f"I1 the rows name {'/'.join(path)}, which is not there")
        elif certain is None or without_scratch(certain) != without_scratch(expected):
            broken.append(f"I1 {'/'.join(path)} may be lost or torn")
    return broken


def progress_of(image: bytes, number: int) -> tuple[bool, int]:
    """Return whether an operation is past its commit point, and how often it was recovered."""
    query = f"SELECT committed, attempts FROM modules_app_operation WHERE id = {int(number)}"
    for committed, attempts in rows_of(image, query):
        return bool(committed), attempts
    return False, 0


def as_text(found: View) -> str:
    """Return a view for messages."""
    return json.dumps(found, sort_keys=True, default=str)
