"""The files of Debian's Asterisk: fetched with debootstrap once, kept for all instances.

Nothing is ever started inside that folder as a system of its own: an instance runs its programs
with its own loader and libraries, so no mount and no chroot is needed, several instances share
the folder, and AGI scripts see the Python of this machine.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUITE = "sid"
ATTEMPTS = 2
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
APT_SOURCES = Path("/etc/apt")


class LabError(Exception):
    """A sentence that says what is missing and what to do."""


def root_folder() -> Path:
    """Return where the files of Asterisk are kept: PBX_ASTERISK_ROOT or a folder of the cache."""
    named = os.environ.get("PBX_ASTERISK_ROOT")
    if named:
        return Path(named).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "pbxadmin" / "asterisk"


def program(root: Path) -> Path:
    """Return the path of the asterisk program inside the root folder."""
    return root / "usr/sbin/asterisk"


def libraries(root: Path) -> Path:
    """Return the folder with the libraries of the root folder, for this kind of processor."""
    return root / "usr/lib" / f"{os.uname().machine}-linux-gnu"


def command(root: Path, *arguments: str) -> list[str]:
    """Return the words that run asterisk with the loader and the libraries of its own Debian."""
    folder = libraries(root)
    loaders = sorted(folder.glob("ld-linux-*.so.*"))
    if not loaders:
        raise LabError(f"{folder} holds no loader; remove {root} and fetch it again.")
    return [str(loaders[0]), "--library-path", str(folder), str(program(root)), *arguments]


def ensure_root(root: Path | None = None) -> Path:
    """Return the folder with Asterisk's files; fetch them if they are not there yet.

    Takes about a minute and 400 MB once. Several processes may ask at the same time. Raises
    LabError when it cannot be done here, with what to do.
    """
    root = root or root_folder()
    if program(root).is_file():
        return root
    debootstrap = _debootstrap(root)
    root.parent.mkdir(parents=True, exist_ok=True)
    with _lock(root.with_name(root.name + ".lock")):
        if not program(root).is_file():
            _fetch(root, debootstrap)
    return root


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _debootstrap(root: Path) -> str:
    """Return the path of debootstrap, or say why it cannot fetch into this folder."""
    found = shutil.which("debootstrap", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise LabError("debootstrap is not installed: apt-get install debootstrap")
    if os.geteuid() != 0:
        raise LabError(
            f"debootstrap needs root: run `sudo env PBX_ASTERISK_ROOT={root} script/asterisk fetch`"
            " once; after that an ordinary user can start Asterisk."
        )
    if not KEYRING.is_file():
        raise LabError(f"{KEYRING} is missing: apt-get install debian-archive-keyring")
    return found


def _fetch(root: Path, debootstrap: str) -> None:
    """Fetch into a folder beside it and rename, so that a half fetched root is never used."""
    partial = root.with_name(root.name + ".partial")
    log = root.with_name(root.name + ".log")
    words = [debootstrap, "--variant=minbase", "--include=asterisk", f"--keyring={KEYRING}"]
    words += [SUITE, str(partial), mirror()]
    # A mirror in the middle of an update fails now and then.
    if not any(_bootstrap(words, partial, log) for _ in range(ATTEMPTS)):
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        raise LabError(f"debootstrap failed, {log} says:\n{tail}")
    for needless in ("var/cache/apt", "var/lib/apt/lists"):
        shutil.rmtree(partial / needless, ignore_errors=True)
    partial.rename(root)


def _bootstrap(words: list[str], partial: Path, log: Path) -> bool:
    """Run debootstrap into an empty folder; tell whether it went well."""
    shutil.rmtree(partial, ignore_errors=True)
    with log.open("w") as said:
        ended = subprocess.run(
            words,
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **_proxy()},
        )
    return ended.returncode == 0 and program(partial).is_file()


def mirror(sources: Path = APT_SOURCES) -> str:
    """Return the address of a Debian mirror: PBX_DEBIAN_MIRROR, or the one that apt uses here."""
    named = os.environ.get("PBX_DEBIAN_MIRROR")
    if named:
        return named
    files = [sources / "sources.list", *sorted((sources / "sources.list.d").glob("*"))]
    for file in files:
        for address in _addresses(file):
            if address.rstrip("/").endswith("/debian"):
                return address
    raise LabError(
        "apt names no Debian mirror on this machine: set PBX_DEBIAN_MIRROR to the address of one."
    )


def _addresses(file: Path) -> list[str]:
    """Return the addresses in a file of apt sources, of either of its two formats."""
    if not file.is_file():
        return []
    text = file.read_text(errors="replace")
    if file.suffix == ".sources":
        lines = re.findall(r"^URIs:(.*)$", text, flags=re.MULTILINE)
        return [address for line in lines for address in line.split()]
    return re.findall(r"^deb\s+(?:\[[^\]]*\]\s+)?(\S+)", text, flags=re.MULTILINE)


def _proxy() -> dict[str, str]:
    """Return the proxy that apt is told to use, in the words that debootstrap understands."""
    if shutil.which("apt-config") is None:
        return {}
    asked = subprocess.run(
        ["apt-config", "shell", "proxy", "Acquire::http::Proxy"], capture_output=True, text=True
    )
    found = re.search(r"proxy='(.+)'", asked.stdout)
    return {"http_proxy": found[1]} if found else {}
