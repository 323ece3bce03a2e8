"""W08: what was checked is what is installed, whoever swaps the file in between."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from modules_app.exceptions import ModuleError
from modules_app.models import Module, Operation
from modules_app.packages.archive import open_archive
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.store import keep_package, write_generation
from modules_app.services import lifecycle
from tests.builders import mikopbx
from tests.lifecycle import ACTOR, Life

ROUNDS = 250
GOOD = mikopbx("ModuleSwap", files={"bin/run.sh": b"good" * 500})
EVIL = mikopbx("ModuleSwap", files={"bin/run.sh": b"evil" * 500})

pytestmark = pytest.mark.django_db


def by_rename(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.rename(path)


def by_link(path: Path, content: bytes) -> None:
    target = path.parent.parent / f"target{len(content)}{content[-30:].hex()[:8]}"
    target.write_bytes(content)
    draft = path.with_suffix(".link")
    draft.symlink_to(target)
    draft.rename(path)


def by_writing(path: Path, content: bytes) -> None:
    with path.open("r+b") as file:
        file.write(content)
        file.truncate(len(content))


@pytest.mark.parametrize("swap", [by_rename, by_link, by_writing])
def test_w08_a_file_swapped_before_the_installation_is_not_installed(life: Life, swap) -> None:
    upload = life.upload(GOOD)
    operation = lifecycle.install_module(actor=ACTOR, upload_id=upload.pk)
    swap(life.data_dir.uploads / upload.file, EVIL)
    done = life.run(operation)
    assert done.outcome in ("failed", "refused")
    assert not Module.objects.exists()
    assert [name for name in life.residue() if "run.sh" in name] == []
    assert list(life.data_dir.packages.iterdir()) == []


@contextmanager
def swapping(path: Path) -> Iterator[None]:
    """Swap the file without pause, by renaming and by links, while the block runs."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            for content in (EVIL, GOOD):
                by_rename(path, content)
            by_link(path, EVIL)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_w08_in_a_race_the_good_package_or_nothing_is_stored(life: Life) -> None:
    upload = life.upload(GOOD)
    tools, limits = life.tools, ArchiveLimits(**settings.PBX_ARCHIVE_LIMITS)
    kept = life.data_dir.packages / upload.sha256
    stored = refused = 0
    with swapping(life.data_dir.uploads / upload.file):
        for number in range(ROUNDS):
            generation = f"{number + 1}-{upload.sha256[:8]}"
            try:
                with tools.fsops.directory(life.data_dir.uploads) as uploads_fd:
                    fd = tools.fsops.open_file(upload.file, uploads_fd)
                try:
                    keep_package(tools.fsops, life.data_dir, fd, upload.sha256, durable=False)
                    write_generation(
                        tools.fsops, life.data_dir, "ModuleSwap", generation,
                        open_archive(fd, limits), package_sha256=upload.sha256, durable=False,
                    )  # fmt: skip
                finally:
                    os.close(fd)
            except (ModuleError, OSError):
                refused += 1
                kept.unlink(missing_ok=True)  # as undoing the operation does
                continue
            stored += 1
            assert kept.read_bytes() == GOOD
            code = life.data_dir.generation("ModuleSwap", generation) / "code"
            assert (code / "bin/run.sh").read_bytes() == b"good" * 500
    assert stored + refused == ROUNDS
    assert stored and refused, "the race was won by both sides"
    assert not Operation.objects.exists()
