"""Small, full and read-only disks for one installation: a tmpfs of its own."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.torture.sites import Site

LARGE = "64m"


@cache
def why_not() -> str:
    """Return why no file system can be mounted here, "" if one can."""
    folder = "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"
    probe = Path(tempfile.mkdtemp(prefix="pbx-torture-mount-", dir=folder))
    tried = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(probe)],
        capture_output=True,
        text=True,
    )
    if tried.returncode == 0:
        subprocess.run(["umount", str(probe)], check=True)
    probe.rmdir()
    return "" if tried.returncode == 0 else f"nothing can be mounted: {tried.stderr.strip()}"


@contextmanager
def disk_for(base: Site, folder: Path) -> Iterator[Site]:
    """Yield a copy of ``base`` on a disk of its own below ``folder``."""
    folder.mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={LARGE}", "tmpfs", str(folder)], check=True
    )
    try:
        yield base.copy(folder / "site")
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def change(site: Site, options: str) -> None:
    """Mount the disk of ``site`` anew with other options, such as ``size=100k`` or ``ro``."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(site.root.parent)], check=True)


def leave_free(site: Site, *, kib: int | None = None, inodes: int | None = None) -> None:
    """Shrink the disk of ``site`` until only so much is free."""
    if kib is not None:
        change(site, f"size={_used(site, 'used') + kib}k")
    if inodes is not None:
        change(site, f"nr_inodes={_used(site, 'iused') + inodes}")


def make_room(site: Site) -> None:
    """Free the disk, as an administrator does."""
    change(site, f"size={LARGE},nr_inodes=100000")


def make_room_later(site: Site, seconds: float) -> Callable[[int], None]:
    """Return a meddler that frees the disk after ``seconds``."""

    def meddle(_pid: int) -> None:
        time.sleep(seconds)
        make_room(site)

    return meddle


def _used(site: Site, what: str) -> int:
    done = subprocess.run(
        ["df", "-k", f"--output={what}", str(site.root.parent)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout.split()[-1])
