"""One running Asterisk: its ports, its folders, its command line, its end."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.asterisk.lab import configuration
from tests.asterisk.lab.root import LabError, command, ensure_root

LOOPBACK = "127.0.0.1"
BLOCK = 128
# Below the ports that Linux hands out by itself.
BLOCKS = range(20_096, 32_000, BLOCK)
START_SECONDS = 30
WAIT_SECONDS = 20
SOCKET_PATH_LIMIT = 107


@dataclass(frozen=True)
class Ports:
    """The ports of one instance, a block of 128 that nobody else uses; all on the loopback."""

    first: int
    guard: socket.socket | None = field(default=None, repr=False, compare=False)

    @property
    def ami(self) -> int:
        """TCP port of the manager interface."""
        return self.first

    @property
    def http(self) -> int:
        """TCP port of ARI, AJAM and WebSocket."""
        return self.first + 1

    @property
    def sip(self) -> int:
        """UDP and TCP port of SIP."""
        return self.first + 2

    @property
    def provider(self) -> int:
        """UDP port of the tests' providers, each at an address of its own (127.0.0.2, …)."""
        return self.first + 3

    @property
    def phones(self) -> range:
        """UDP ports for the phones that talk to it, and for callers."""
        return range(self.first + 10, self.first + 40)

    @property
    def rtp(self) -> tuple[int, int]:
        """First and last UDP port of voice."""
        return self.first + 40, self.first + BLOCK - 1

    @classmethod
    def free(cls) -> Ports:
        """Choose a block that is free now and keep it from others until ``release``."""
        for first in random.sample(BLOCKS, len(BLOCKS)):
            guard = bound(first + 9, socket.SOCK_STREAM)
            if guard is None:
                continue
            if all(_is_free(port) for port in range(first, first + BLOCK) if port != first + 9):
                return cls(first, guard)
            guard.close()
        raise LabError("No block of 128 free ports between 20096 and 32000.")

    def release(self) -> None:
        """Let others have the block."""
        if self.guard is not None:
            self.guard.close()


def bound(port: int, kind: socket.SocketKind, address: str = LOOPBACK) -> socket.socket | None:
    """Return a socket that holds the port, None when another one does."""
    made = socket.socket(socket.AF_INET, kind)
    try:
        made.bind((address, port))
    except OSError:
        made.close()
        return None
    return made


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        made = bound(port, kind)
        if made is None:
            return False
        made.close()
    return True


@dataclass(frozen=True)
class Instance:
    """An Asterisk in a folder of its own. Made by AsteriskLab; usable from another process too."""

    root: Path
    folder: Path
    etc: Path
    ports: Ports
    is_for_tests: bool = False

    @property
    def ami_port(self) -> int:
        return self.ports.ami

    @property
    def http_port(self) -> int:
        return self.ports.http

    @property
    def sip_port(self) -> int:
        return self.ports.sip

    @property
    def log(self) -> Path:
        """The file with everything that Asterisk says."""
        return self.folder / "log/messages.log"

    @property
    def console(self) -> Path:
        """The file with what it said before it read logger.conf."""
        return self.folder / "log/console.log"

    @property
    def data(self) -> Path:
        """The folder with agi-bin, sounds and keys of this instance."""
        return self.folder / "data"

    @property
    def _conf(self) -> str:
        return str(self.folder / "asterisk.conf")

    def pid(self) -> int | None:
        """Return the number of its process, None when it does not run."""
        try:
            pid = int((self.folder / "run/asterisk.pid").read_text())
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if self._conf.encode() in words else None

    def cli(self, words: str) -> str:
        """Run one command of Asterisk's command line and return what it prints."""
        ended = subprocess.run(
            command(self.root, "-C", self._conf, "-rx", words), capture_output=True, text=True
        )
        if ended.returncode:
            raise LabError(f"Asterisk in {self.folder} does not answer: {ended.stdout.strip()}")
        return ended.stdout

    def wait_for(self, words: str, text: str) -> str:
        """Run a command until it prints ``text``, and return all that it printed then."""
        deadline = time.monotonic() + WAIT_SECONDS
        while text not in (said := self.cli(words)):
            if time.monotonic() > deadline:
                raise LabError(f"{words!r} never said {text!r}, but:\n{said}")
            time.sleep(0.05)
        return said

    def start(self) -> None:
        """Start it and wait until it has booted; nothing to do when it runs.

        Started by root it becomes the owner of its folder first. One for tests ends with its
        parent, even if that is killed.
        """
        if self.pid() is not None:
            return
        self.console.parent.mkdir(parents=True, exist_ok=True)
        owner = self.folder.stat()
        leash = ["setpriv", "--pdeathsig", "TERM"] if self.is_for_tests else []
        with self.console.open("w") as console:
            started = subprocess.Popen(
                [*leash, *command(self.root, "-C", self._conf, "-f")],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.folder,
                **({"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}),
            )
        self._wait_until_booted(started)

    def _wait_until_booted(self, started: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if started.poll() is not None:
                break
            try:
                if "fully booted" in self.cli("core waitfullybooted"):
                    return
            except LabError:
                time.sleep(0.05)
        started.kill()
        started.wait()
        said = self.console.read_text(errors="replace").splitlines()[-5:]
        raise LabError("\n".join([f"Asterisk did not start, see {self.log} and:", *said]))

    def stop(self) -> None:
        """Stop it at once; calls end. Nothing to do when it does not run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, number)
        deadline = time.monotonic() + START_SECONDS
        while not _has_ended(pid):
            _reap(pid)
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)


def _has_ended(pid: int) -> bool:
    """Tell whether all its threads are gone: until then it keeps its sockets."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return len(threads) == 1 and state in ("Z", "X")


def _reap(pid: int) -> None:
    """Let the process go if it was a child of this one."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


class AsteriskLab:
    """Makes instances in one folder and clears them away.

    with AsteriskLab() as lab:
        ports = Ports.free()
        write_my_files(etc, ports)
        instance = lab.start(etc, ports)
    """

    def __init__(self, folder: Path | None = None, root: Path | None = None) -> None:
        self.root = ensure_root(root)
        self._is_ours = folder is None
        # A short path: Asterisk's control socket lies inside, and such a path has at most 107
        # letters, which the folders of pytest exceed.
        self.folder = folder or Path(tempfile.mkdtemp(prefix="asterisk-"))
        self.instances: list[Instance] = []

    def __enter__(self) -> AsteriskLab:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, etc: Path, ports: Ports) -> Instance:
        """Start an Asterisk that reads its configuration from ``etc``; only logger.conf and
        modules.conf are added there, if they are missing. ``ports`` is what the files say.
        """
        folder = self.folder / str(len(self.instances))
        configuration.write_missing(etc, configuration.needed_files())
        instance = prepare(self.root, folder, etc, ports, is_for_tests=True)
        self.instances.append(instance)
        instance.start()
        return instance

    def close(self) -> None:
        """Stop all instances, and remove the folder if it was made here."""
        for instance in self.instances:
            instance.stop()
            instance.ports.release()
        if self._is_ours:
            shutil.rmtree(self.folder, ignore_errors=True)


def _owner(folder: Path) -> tuple[int, int]:
    """Return user and group of the folder, or of the nearest one above that exists."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return existing.stat().st_uid, existing.stat().st_gid


def prepare(
    root: Path, folder: Path, etc: Path, ports: Ports, *, is_for_tests: bool = False
) -> Instance:
    """Make the folders of an instance; nothing is written into ``etc``."""
    run = folder / "run"
    if len(str(run / "asterisk.ctl")) > SOCKET_PATH_LIMIT:
        raise LabError(f"{folder} is too long a path for Asterisk's control socket.")
    owner = _owner(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # secrets lie below
    for name in (".", "lib", "lib/keys", "spool", "run", "log", "cache"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder / name, *owner)
    configuration.link_data(root, folder / "data")
    (folder / "asterisk.conf").write_text(configuration.asterisk_conf(root, folder, etc, run))
    return Instance(root, folder, etc, ports, is_for_tests)
