"""A running server with a good module beside one that does whatever a test orders."""

from __future__ import annotations

import http.client
import os
import resource
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from tests.broken_modules import PAGE
from tests.builders import module_json, zip_of
from tests.server.running import Answer, Server

GOOD, BAD, SWITCH = "ModuleGood", "ModuleBad", "ModuleSwitch"
CORE_PAGES = ("/healthz", "/login/", "/", "/modules/", "/operations/", "/settings/")
PATIENCE = 60.0
ENVIRONMENT = {
    "PBX_PROXY_SECONDS": "4",
    "PBX_SECONDS_IMPORT": "4",
    "PBX_HOST_MEMORY_BYTES": str(400 * 1024 * 1024),
    "PBX_HOST_PROCESSES": "20",
    "PBX_SECONDS_HOOK": "3",
    "PBX_SECONDS_INSTALL": "20",
    # What crashes is to be seen several times: only two crashes within one start of the host count.
    "PBX_PROBATION_SECONDS": "0",
    "PBX_STRIKES": "0",
    "PBX_BAD_STARTS": "0",
}
"""The settings of such a server: short limits, so that hanging code is soon given up."""

_MAIN = """
from pathlib import Path

def do(place, **names):
    order = Path({folder!r}, place)
    if order.exists():
        exec(compile(order.read_text(), place, "exec"), names)
    return names.get("answer")

do("import")
"""
_CONF = """
from modules_app.sdk import ConfigClass
from .main import do

class BadConf(ConfigClass):
    def on_before_module_enable(self): return do("before-enable")
    def on_after_module_enable(self): return do("after-enable")
    def on_before_module_disable(self): return do("before-disable")
    def on_after_module_disable(self): return do("after-disable")
"""
_INSTALLER = """
from modules_app.sdk import PbxExtensionSetupBase
from .main import do

class PbxExtensionSetup(PbxExtensionSetupBase):
    def uninstall_db(self, keep_settings=False):
        do("uninstall")
        return True
"""
_PAGE = """
from .main import do
answer = do("page", request=request, HttpResponse=HttpResponse)
return answer or HttpResponse("well")
"""
_WELL = 'return HttpResponse("well")'


def _page(body: str) -> dict[str, str]:
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return {"urls.py": PAGE.format(body=lines)}


class Company:
    """``server`` with three modules; `order` tells the bad one what to do where."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.orders = server.data_dir / "orders"
        self.orders.mkdir()
        self.received = 0
        bad = {
            "main.py": _MAIN.format(folder=str(self.orders)),
            "conf.py": _CONF,
            "installer.py": _INSTALLER,
            **_page(_PAGE),
        }
        for module_id, files in ((GOOD, _page(_WELL)), (BAD, bad), (SWITCH, _page(_WELL))):
            self._install(zip_of({"module.json": module_json(module_id), **files}))
        server.wait_for(lambda: self.ask(SWITCH).status == 200)

    def order(self, place: str, body: str) -> None:
        """Let the bad module run ``body`` at "import", in a "page" or in a hook."""
        (self.orders / place).write_text(body)

    def forget(self) -> None:
        """Take all orders back."""
        for order in self.orders.iterdir():
            order.unlink()

    def ask(self, module_id: str) -> Answer:
        """Ask for a module's page."""
        return self.server.client.get(f"/m/{module_id}/", timeout=PATIENCE)

    def count_bytes(self, module_id: str) -> int:
        """Read a module's page block by block, however it ends; `received` grows meanwhile."""
        client = self.server.client
        connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=PATIENCE)
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        self.received = 0
        with closing(connection), suppress(http.client.HTTPException, OSError):
            connection.request("GET", f"/m/{module_id}/", headers={"Cookie": cookies})
            answer = connection.getresponse()
            while block := answer.read1(64 * 1024):
                self.received += len(block)
        return self.received

    def memory_of_web(self) -> int:
        """Return the bytes that all processes of web occupy."""
        page = resource.getpagesize()
        commands = self.server.commands()
        web = [Path("/proc", str(pid)) for pid in commands if "gunicorn_web" in commands[pid]]
        return sum(int((one / "statm").read_text().split()[1]) * page for one in web)

    def verb(self, module_id: str, verb: str, **data: str) -> str:
        """Do something to a module on its page, wait for the end and return the outcome."""
        answer = self.server.client.post(f"/modules/{module_id}/{verb}/", data)
        assert answer.status in (200, 302, 303), (answer.status, answer.text[-2000:])
        self._wait_for_operations()
        return self.operation()[1]

    def operation(self) -> tuple[int, str]:
        """Return number and outcome of the newest operation."""
        return self._row("SELECT id, outcome FROM modules_app_operation ORDER BY id DESC LIMIT 1")

    def state(self, module_id: str = BAD) -> tuple[str, str]:
        """Return what is wanted of a module and its fault; empty when it is not installed."""
        query = "SELECT wanted, fault FROM modules_app_module WHERE id = ?"
        return self._row(query, module_id)

    def restart_host(self) -> None:
        """Let a new host load everything."""
        assert self.change_switch() == "done"
        self.wait_for_good()

    def change_switch(self) -> str:
        """Switch a module that is nobody's business on or off; return the outcome.

        It may go back by itself while the bad one ends every host.
        """
        return self.verb(SWITCH, "disable" if self.state(SWITCH)[0] == "on" else "enable")

    def wait_for_good(self) -> None:
        """Wait until the good module answers."""
        self.server.wait_for(lambda: self.ask(GOOD).status == 200)

    def heal(self) -> None:
        """Bring the bad module back, as good as new."""
        self.forget()
        self._wait_for_operations()
        if self.state() != ("on", "none"):
            assert self.verb(BAD, "enable") == "done", self.server.logs()
        self.server.wait_for(lambda: self.ask(BAD).status == 200)

    def failing_core_pages(self) -> list[tuple[str, int]]:
        """Return the core pages that do not answer well."""
        answers = [(path, self.server.client.get(path, timeout=20).status) for path in CORE_PAGES]
        return [(path, status) for path, status in answers if status not in (200, 302)]

    def _install(self, package: bytes) -> None:
        """Upload, install and enable a package in the browser's way."""
        head = 'Content-Disposition: form-data; name="package"; filename="module.zip"'
        parts = (b"--xx", head.encode(), b"Content-Type: application/zip", b"", package, b"--xx--")
        client = self.server.client
        answer = client.request(
            "POST",
            "/modules/upload/",
            body=b"\r\n".join((*parts, b"")),
            headers={
                "Content-Type": "multipart/form-data; boundary=xx",
                "Origin": self.server.base_url,
                "X-CSRFToken": client.cookies["csrftoken"],
            },
        )
        assert answer.status == 302, answer.text[-2000:]
        client.post(answer.headers["Location"] + "install/", {"enable": "1"})
        self._wait_for_operations()
        assert self.operation()[1] == "done", self.server.logs()

    def _wait_for_operations(self) -> None:
        self.server.wait_for(lambda: self.operation()[1] not in ("queued", "running"))

    def _row(self, query: str, *values: Any) -> Any:
        database = self.server.data_dir / "core.sqlite3"
        with closing(sqlite3.connect(database, timeout=20)) as connection:
            return connection.execute(query, values).fetchone() or ()


def wait_until_gone(pid: int) -> bool:
    """Wait until a process has ended; False if it does not."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
