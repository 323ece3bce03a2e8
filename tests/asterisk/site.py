"""A real server of PBX Admin beside a real Asterisk: modules are enabled, calls are made."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from modules_app.packages.pack import build_package
from tests.asterisk.lab.instance import AsteriskLab, Instance, Ports
from tests.asterisk.phones import Phone, Provider
from tests.meta.source import ROOT
from tests.server.running import Answer, Server

EXAMPLES = ROOT / "examples"
SECRETS = {"201": "a-long-secret-of-201", "202": "a-long-secret-of-202"}
NUMBER = "74951234567"
PATIENCE = 40.0

RECORDS = """
from modules_app.models import PbxSetting
from telephony_app.models import Extension, IncomingRoute, Provider, SipAccount
for key, value in {settings!r}.items():
    PbxSetting.objects.update_or_create(key=key, defaults={{"value": value}})
for number, secret in {secrets!r}.items():
    made = Extension.objects.create(number=number, name="Phone " + number)
    SipAccount.objects.create(extension=made, secret=secret)
trunk = Provider.objects.create(
    uniqid="SIP-TRUNK-1", description="Trunk", registration="none", host="127.0.0.2",
    port={port}, qualify=False,
)
IncomingRoute.objects.create(
    priority=1, provider=trunk, number={number!r}, extension=Extension.objects.get(number="201")
)
"""


class TelephoneSite:
    """Two phones, a provider and a route to 201; ``close`` ends the server, the lab ends itself."""

    def __init__(self, lab: AsteriskLab, folder: Path) -> None:
        self.ports = Ports.free()
        self.etc = folder / "etc"
        self.etc.mkdir()
        own = lab.folder / str(len(lab.instances))
        self.server = Server(
            folder / "data",
            PBX_ASTERISK_DIR=str(self.etc),
            PBX_ASTERISK_BIND="127.0.0.1",
            PBX_ASTERISK_LOG=str(own / "log/messages.log"),
            PBX_AGI_DIR=str(own / "data/agi-bin"),
        )
        self._parties: list[Phone | Provider] = []
        (own / "data/agi-bin").mkdir(parents=True)
        self.server.prepare()
        self.server.manage("shell", "-c", self._records())
        self.server.start()
        assert self.server.client.login().status == 302
        self.wait_for(lambda: (self.etc / "extensions.conf").exists())
        music = own / "data/moh"  # a package of its own in Debian
        music.mkdir(parents=True)
        (music / "silence.sln").write_bytes(bytes(16_000))
        self.asterisk: Instance = lab.start(self.etc, self.ports)

    def _records(self) -> str:
        first, last = self.ports.rtp
        settings = {
            "SIPPort": str(self.ports.sip),
            "AMIEnabled": "1",
            "AJAMEnabled": "1",
            "AMIPort": str(self.ports.ami),
            "AJAMPort": str(self.ports.http),
            "RTPPortFrom": str(first),
            "RTPPortTo": str(last),
        }
        return RECORDS.format(
            settings=settings, secrets=SECRETS, port=self.ports.provider, number=NUMBER
        )

    def close(self) -> None:
        """End phones, provider and server."""
        self.hang_up()
        self.server.stop()

    def hang_up(self) -> None:
        """End everybody who makes or takes calls; nobody else shall get their calls later."""
        for party in self._parties:
            if isinstance(party, Phone):
                party.unregister()
            party.close()
        self._parties.clear()

    def phone(self, number: str) -> Phone:
        """Return a phone that is registered and answers."""
        made = Phone(self.asterisk, number, SECRETS[number])
        self._parties.append(made)
        assert made.register() == 200
        made.answer()
        return made

    def caller(self, number: str) -> Provider:
        """Return the provider with a caller from outside."""
        made = Provider(self.asterisk, number)
        self._parties.append(made)
        return made

    def install(self, folder: Path) -> None:
        """Install and enable a module."""
        package = self.server.data_dir.parent / f"{folder.name}.zip"
        package.write_bytes(build_package(folder))
        self.module("install", str(package), "--enable")

    def module(self, verb: str, *arguments: str) -> None:
        """Run a verb and wait for its end."""
        done = self.server.manage("module", verb, *arguments, "--yes", check=False)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{self.server.logs()}"

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form as the administrator."""
        self.server.client.get(path)
        return self.server.client.post(path, fields)

    def text_of(self, name: str) -> str:
        """Return a file as Asterisk would read it now."""
        return (self.etc / name).read_text()

    def wait_for_cli(self, words: str, wanted: Callable[[str], bool]) -> str:
        """Ask Asterisk until it answers what is wanted."""
        said = ""

        def answers() -> bool:
            nonlocal said
            said = self.asterisk.cli(words)
            return wanted(said)

        self.wait_for(answers)
        return said

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until it is true; the failure shows the logs."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError("it did not happen in time\n" + self.server.logs())
            time.sleep(0.1)
