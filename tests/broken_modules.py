"""A row of modules broken in each possible way (reference A5.19, R3.4)."""

from __future__ import annotations

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
