"""A row of modules broken in each possible way (reference A5.19, R3.4)."""

from __future__ import annotations

from dataclasses import dataclass

INSTALLER = """
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_files(self):
{body}
"""
CONF = """
from modules_app.sdk import ConfigClass

class BrokenConf(ConfigClass):
    def {hook}(self, *arguments):
{body}
"""
PAGE = """
from django.http import HttpResponse
from django.urls import path

def page(request):
{body}

urlpatterns = [path("", page)]
"""


def at_import(body: str, file: str = "main.py") -> dict[str, str]:
    """Return a module that runs ``body`` while one of its files is imported."""
    return {file: body}


def in_installer(body: str) -> dict[str, str]:
    """Return a module that runs ``body`` in a step of its installer."""
    return {"installer.py": INSTALLER.format(body=_indent(body))}


def in_hook(hook: str, body: str) -> dict[str, str]:
    """Return a module that runs ``body`` in one of its hooks."""
    return {"conf.py": CONF.format(hook=hook, body=_indent(body))}


def in_page(body: str) -> dict[str, str]:
    """Return a module that runs ``body`` to answer a request."""
    return {"urls.py": PAGE.format(body=_indent(body, 4))}


RAISES = {
    "Exception": ("raise ValueError('wrong on purpose')", "ValueError: wrong on purpose"),
    "BaseException": ("raise BaseException('the base')", "BaseException: the base"),
    "SystemExit": ("raise SystemExit(0)", "SystemExit: 0"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "SyntaxError": ("def (", "SyntaxError: invalid syntax"),
    "ImportError": ("import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
    "RecursionError": ("def f(): f()\nf()", "RecursionError"),
}
"""B01: what a file may raise while it is imported, and what is then said."""

EXITS = tuple(f"import os\nos._exit({status})" for status in range(5))
"""B02: ends the process; status 0 is no proof of anything."""

SEGFAULT = "import ctypes\nctypes.string_at(0)"
"""B03."""

SPINS = "while True: pass"
"""B04."""

SLEEPS = """
import signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
while True: time.sleep(60)
"""
"""B05: hangs and ignores polite signals."""

SHOUTS = """
import sys
for _ in range(1024):
    sys.stdout.write("x" * 1023 + "\\n")
print('{"ok": true, "value": {"ok": true}}')
"""
"""B08: prints 1 MB and something that looks like an answer."""

FOREIGN_KEY = """
from django.db import models
from modules_app.sdk import ModuleModel

class Note(ModuleModel):
    module = models.ForeignKey("modules_app.Module", on_delete=models.CASCADE)
"""
"""Points from the module's database into the core."""

CHANGES_ITS_FILES = "open(self.module_dir / 'main.py', 'w').write('changed')\nreturn True"
"""B19."""


def _indent(body: str, indent: int = 8) -> str:
    return "\n".join(" " * indent + line for line in body.strip().splitlines())


@dataclass(frozen=True)
class Broken:
    """One way in which code is broken: statements that work at import and inside a function.

    ``trial`` is what preflight makes of it at import: "passes", how the child ends ("timeout",
    "crashed", "no-verdict"), or a part of the sentence that is said. ``lasts`` says that the code
    goes on for longer than a test waits.
    """

    id: str
    name: str
    body: str
    trial: str

    @property
    def title(self) -> str:
        return f"{self.id}-{self.name}"

    @property
    def lasts(self) -> bool:
        return self.trial == "timeout"


def _raising() -> list[Broken]:
    broken = []
    for name, (body, said) in RAISES.items():
        # A file that cannot be compiled is no function that raises; compiling inside one is.
        inside = f"exec({body!r})" if name == "SyntaxError" else body
        broken.append(Broken("B01", name, inside, said))
    return broken


CRASHES = {
    "segfault": SEGFAULT,
    "abort": "import os\nos.abort()",
    "kills-itself": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "stack-of-c": (
        "import sys, threading\nsys.setrecursionlimit(10**9)\nx = []\n"
        "for _ in range(10**4): x = [x]\nthreading.stack_size(64 * 1024)\n"
        "deep = threading.Thread(target=repr, args=(x,))\ndeep.start()\ndeep.join()"
    ),
}
"""B03."""

EATS = "hoard = bytearray(8 * 1024 ** 3)\nfor at in range(0, len(hoard), 4096): hoard[at] = 1"
"""B06. Only where memory is limited!"""

GROWS = "hoard = []\nwhile True: hoard.append(bytearray(b'x') * 16 * 1024 ** 2)"
"""B06, bit by bit. Only where memory is limited!"""

ENDLESS_BODY = """
from django.http import StreamingHttpResponse
block = bytes(1024 ** 2)
answer = StreamingHttpResponse(block for _ in range(8192))
"""
"""B17: a page of 8 GB."""

DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for fd in range(0, 1024):
            try: os.close(fd)
            except OSError: pass
        time.sleep(600)
    os._exit(0)
os.wait()
"""
"""B07: leaves a process that belongs to nobody and ignores polite signals."""

THREADS = """
import threading, time
for _ in range(30):
    threading.Thread(target=time.sleep, args=(600,), daemon=False).start()
"""
"""B07, B11: leaves threads that would hold the exit of the interpreter."""

BOMB = """
import os, time
for _ in range(6):
    os.fork()
time.sleep(600)
"""
"""B07: 64 processes, each of which stays."""

FORGES = SHOUTS + "import os, sys\nsys.stdout.flush()\nos._exit(0)"
"""B08: a fake answer and an exit status that says that all is well."""

CLOSES = "import os\nos.closerange(0, 4096)"
TURNS_PIPES = """
import os
nothing = os.open(os.devnull, os.O_RDWR)
for fd in range(0, 256):
    try: os.dup2(nothing, fd)
    except OSError: pass
"""
"""B09."""

PATCHES = "import json\njson.dumps = None"
"""B10; more of them in tests/host/test_shared.py."""

HOLDS_EXIT = """
import atexit, threading, time
atexit.register(time.sleep, 600)
threading.Thread(target=time.sleep, args=(600,), daemon=False).start()
"""
"""B11."""

BENDS = """
import faulthandler, locale, os, signal, socket, decimal
try:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
except ValueError:
    pass
faulthandler.enable()
os.chdir("/")
os.umask(0)
locale.setlocale(locale.LC_ALL, "C")
decimal.getcontext().prec = 1
socket.setdefaulttimeout(0.001)
"""
"""B12."""

HOLDS_CORE = """
import os, sqlite3, time
core = sqlite3.connect(os.path.join(os.environ["PBX_DATA_DIR"], "core.sqlite3"), timeout=20)
core.execute("BEGIN IMMEDIATE")
time.sleep(2)
core.rollback()
core.close()
"""
"""B13: holds the write lock of the core database. Only another user's rights would forbid it."""

CALLS_OUT = "import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=60)"
"""B15."""

SECOND_TIME = """
import os
from pathlib import Path
flag = Path("/tmp") / f"pbx-second-time-{os.environ['PBX_DATA_DIR'].replace('/', '-')}"
if flag.exists():
    raise OSError("the second time")
flag.touch()
"""
"""B16."""

DELETES_ITS_DATA = """
import os
from django.db import connections
os.remove(connections["m_ModuleBroken"].settings_dict["NAME"])
"""
CHANGES_ITSELF = "from pathlib import Path\nPath(__file__).write_text('changed')"
"""B19."""

TABLE = [
    *_raising(),
    *(
        Broken("B02", f"exits-{status}", body, "crashed" if status else "no-verdict")
        for status, body in enumerate(EXITS)
    ),
    *(Broken("B03", name, body, "crashed") for name, body in CRASHES.items()),
    Broken("B04", "spins", SPINS, "timeout"),
    Broken("B05", "sleeps", SLEEPS, "timeout"),
    Broken("B06", "eats-memory", EATS, "MemoryError"),
    Broken("B06", "grows", GROWS, "MemoryError"),
    Broken("B07", "daemon", DAEMON, "passes"),
    Broken("B07", "threads", THREADS, "passes"),
    Broken("B07", "bomb", BOMB, "timeout"),
    Broken("B08", "shouts", SHOUTS, "passes"),
    Broken("B08", "forges", FORGES, "no-verdict"),
    Broken("B09", "closes", CLOSES, "crashed"),
    Broken("B09", "turns-pipes", TURNS_PIPES, "no-verdict"),
    Broken("B10", "patches", PATCHES, "json.dumps"),
    Broken("B11", "holds-exit", HOLDS_EXIT, "passes"),
    Broken("B12", "bends", BENDS, "passes"),
    Broken("B15", "calls-out", CALLS_OUT, "unreachable"),
    Broken("B19", "changes-itself", CHANGES_ITSELF, "PermissionError"),
]
"""What can be tried in every place. The others need a place of their own: B13 a server, B14 data,
B16 a second time, B17 a page, B18 and B20 a hook."""
