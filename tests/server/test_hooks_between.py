"""Hooks between modules from where only one module is loaded: a worker, an installer, a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules_app.packages.pack import build_package
from tests.builders import zip_of
from tests.meta.source import ROOT
from tests.server.running import Server

pytestmark = pytest.mark.server

XML = """<module><rawname>caller</rawname><name>Caller</name><version>1.0</version>
<console><command><name>call</name></command></console></module>"""
MAIN = """
from modules_app.sdk import FreePbxModule

class Caller(FreePbxModule):
    def ask(self, *given):
        hooks = self.pbx.hooks
        return hooks.process_hooks_by_class_method("Hellopbx", "getGreetings", *given)

    def install(self):
        self.messages.append(f"installed: {self.ask('installer')}")

    def console_call(self, name):
        print(f"said: {self.ask(name)}")
"""
CONF = """
from modules_app.sdk import ConfigClass

class CallerConf(ConfigClass):
    def get_module_workers(self):
        return [{"type": "check_worker_heartbeat", "worker": "Calls", "alive_seconds": 5}]
"""
WORKERS = """
from modules_app import sdk

class Calls(sdk.LoopWorker):
    interval = 0.5

    def step(self):
        caller = sdk.this_module()
        self.log.info("heard %s", caller.ask("worker"))
        try:
            caller.ask(object())
        except Exception as error:
            self.log.info("refused %s", error)
"""


def packed(name: str, folder: Path) -> str:
    path = folder / f"{name}.zip"
    path.write_bytes(build_package(ROOT / "examples" / name))
    return str(path)


def caller(folder: Path) -> str:
    files = {"module.xml": XML, "module.py": MAIN, "conf.py": CONF, "workers.py": WORKERS}
    path = folder / "caller.zip"
    path.write_bytes(zip_of({f"caller/{name}": text for name, text in files.items()}))
    return str(path)


def test_other_modules_are_asked_through_the_host(server: Server, tmp_path: Path) -> None:
    for name in ("hellopbx", "greeter"):
        server.manage("module", "install", packed(name, tmp_path), "--enable", "--yes")
    done = server.manage("module", "install", caller(tmp_path), "--enable", "--yes")
    greeted = "installed: {'Greeter': ["
    assert greeted in done.stdout + done.stderr
    assert ", installer!" in done.stdout + done.stderr

    command = server.manage("module", "run", "caller", "call", "commander").stdout
    assert "said: {'Greeter': [" in command
    assert ", commander!" in command

    log = server.data_dir / "log" / "caller"

    def heard() -> str:
        return "\n".join(file.read_text() for file in log.glob("*")) if log.exists() else ""

    server.wait_for(lambda: ", worker!" in heard())
    server.wait_for(lambda: "refused Other modules run in another process" in heard())
    server.manage("module", "disable", "greeter", "--yes")
    server.wait_for(lambda: "heard {}" in heard())
    server.manage("module", "remove", "caller", "--delete-data", "--yes")
