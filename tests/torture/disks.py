"""Small, full and read-only disks for one installation: a tmpfs of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.torture.sites import Site

LARGE = "64m"
_IMAGES = "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"


@cache
def why_not() -> str:
    """Return why no file system can be mounted here, "" if one can."""
    probe = Path(tempfile.mkdtemp(prefix="pbx-torture-mount-", dir=_IMAGES))
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


@cache
def why_none_breaks() -> str:
    """Return why there can be no disk that becomes read-only by an error, "" if there can."""
    folder = Path(tempfile.mkdtemp(prefix="pbx-torture-loop-", dir=_IMAGES))
    try:
        with _mounted(folder.with_suffix(".image"), folder):
            return "" if _trigger(folder).exists() else "this kernel cannot be told of an error"
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no image of a disk can be made and mounted: {error}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def breaking_disk(base: Site, folder: Path) -> Iterator[Site]:
    """Yield a copy of ``base`` on a real file system (ext4) that `break_down` makes read-only."""
    folder.mkdir(exist_ok=True)
    with _mounted(folder.with_suffix(".image"), folder):
        site = base.copy(folder / "site")
        subprocess.run(["sync", "-f", str(folder)], check=True)
        yield site


def break_down(site: Site) -> None:
    """Let the kernel find an error: from now on nothing is written, not even by whoever writes."""
    _trigger(site.root.parent).write_text("torture")


def mend(site: Site) -> None:
    """Check the broken disk and mount it again, once nobody uses it any more."""
    folder = site.root.parent
    deadline = time.monotonic() + 20
    while subprocess.run(["umount", str(folder)], capture_output=True).returncode:
        assert time.monotonic() < deadline, f"{folder} stays in use"
        time.sleep(0.02)
    image = folder.with_suffix(".image")
    subprocess.run(["e2fsck", "-fp", str(image)], capture_output=True)
    _mount(image, folder)


@contextmanager
def _mounted(image: Path, folder: Path) -> Iterator[None]:
    with image.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True)
    _mount(image, folder)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        image.unlink()


def _mount(image: Path, folder: Path) -> None:
    subprocess.run(
        ["mount", "-o", "loop,errors=remount-ro", str(image), str(folder)],
        check=True,
        capture_output=True,
    )


def _trigger(folder: Path) -> Path:
    device = folder.stat().st_dev
    name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
    return Path(f"/sys/fs/ext4/{name}/trigger_fs_error")


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
