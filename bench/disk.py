"""A journaled ext4 to measure on; the file system of a virtual machine may behave very oddly."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BYTES = 6 * 1024**3


@contextmanager
def measuring_disk(*, wanted: bool) -> Iterator[tuple[Path, str]]:
    """Yield a folder to work in and a sentence that says what disk it is on."""
    base = Path(tempfile.mkdtemp(prefix="pbx-bench-"))
    mounted = wanted and _mount(base)
    folder = base / "disk" / "work" if mounted else base / "work"
    folder.mkdir()
    try:
        yield folder, _sentence(mounted)
    finally:
        if mounted:
            _run("umount", "-l", str(base / "disk"))
        shutil.rmtree(base, ignore_errors=True)


def _mount(base: Path) -> bool:
    """Make and mount the file system; False without root or without the tools."""
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        return False
    image, folder = base / "disk.img", base / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(_BYTES)
    made = _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", str(image))
    return made and _run("mount", "-o", "loop", str(image), str(folder))


def _run(*command: str) -> bool:
    done = subprocess.run(command, capture_output=True)  # noqa: S603 - our own words
    return done.returncode == 0


def _sentence(mounted: bool) -> str:
    if mounted:
        return "Disk: journaled ext4 on a loop device."
    return (
        "ATTENTION: figures of the plain disk, not of a journaled ext4 on a loop device (that "
        "needs root and mkfs.ext4). Times of installations may be off by a factor."
    )
