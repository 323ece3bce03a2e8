"""A worker that hears what happens in Asterisk: a base class for AMI events (reference M13.2)."""

from __future__ import annotations

import secrets
import time
from typing import ClassVar

from modules_app.ami import AmiAccount, AmiClient, AmiEvent
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.sdk.workers import Worker

PING_SECONDS = 30.0
PONG_SECONDS = 5.0
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

_LISTEN_SECONDS = 0.5
_account: list[AmiAccount] = []


def use_account(account: AmiAccount | None) -> None:
    """Say with which account workers of this process talk to Asterisk; PBX Admin calls it."""
    _account[:] = [account] if account is not None else []


class AmiWorker(Worker):
    """Gives each event of Asterisk that it asks for to `handle`; name it with check_worker_ami.

    ``events`` are the names of events, spelled as Asterisk does; empty means all of them, which is
    a lot. ``classes`` says which classes of events Asterisk sends at all; name few, such as
    "call,user", and "user" among them. While ``self.asterisk`` is connected it can be asked:
    ``self.asterisk.action("Originate", …)``.

    The account is PBX Admin's own for workers of modules, handed over when the process starts. It
    may make and end calls, but changes no configuration and runs no commands. A lost connection is
    made again, later and later up to a minute. Events meanwhile are lost, as Asterisk keeps none:
    read what you need to know in `connected`.
    """

    events: ClassVar[tuple[str, ...]] = ()
    classes: ClassVar[str] = "on"

    asterisk: AmiClient

    def prepare(self) -> None:
        """Run once before the first connection."""

    def connected(self) -> None:
        """Run after each login, before the first event: find out what happened meanwhile."""

    def handle(self, event: AmiEvent) -> None:
        """Do something with one event: ``event.name``, ``event.fields["Channel"]``.

        What it raises ends the process and counts as a crash. Be quick: while it runs, the next
        events wait, and the supervisor's question whether the worker lives.
        """
        raise NotImplementedError(f"{type(self).__name__} has no handle()")

    def finish(self) -> None:
        """Run once after the last event, when the worker was asked to end."""

    def account(self) -> AmiAccount:
        """Return whose account is used; override it for one that `generate_manager_conf` adds.

        Raises ``ModuleError`` when none was handed over.
        """
        if not _account:
            raise ModuleError(
                "ami-account-missing",
                _("No account for Asterisk was handed to this worker."),
                hint=_("Name it with the check check_worker_ami, and apply the telephone system."),
            )
        return _account[0]

    def run(self) -> None:
        """Hear events until the worker is asked to end."""
        self.prepare()
        pause, said = SHORTEST_PAUSE, ""
        while not self.stopping:
            began = time.monotonic()
            try:
                with AmiClient(self.account(), event_mask=self.classes) as self.asterisk:
                    self._filter()
                    self.log.info("connected to Asterisk")
                    self.connected()
                    self._listen()
            except ModuleError as error:
                if str(error) != said:  # the same trouble is told once
                    self.log.warning("%s", error)
                said = str(error)
            if time.monotonic() - began > LONGEST_PAUSE:
                pause, said = SHORTEST_PAUSE, ""
            if not self.stopping:
                self.wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
        self.finish()

    def _filter(self) -> None:
        """Let Asterisk send only what is asked for, where the account may say so, and our pings."""
        self._ping_name = f"Ping_{self.module_unique_id}_{secrets.token_hex(4)}"
        names = (*self.events, "UserEvent") if self.events else ()
        for name in names:
            if not self.asterisk.action("Filter", Operation="Add", Filter=f"Event: {name}").success:
                return

    def _listen(self) -> None:
        """Give on events; leaves with a ``ModuleError`` when the connection is lost."""
        self._pinged, self._heard = time.monotonic(), True
        while not self.stopping:
            self._look_after()
            for event in self.asterisk.events(wait_seconds=_LISTEN_SECONDS):
                self._take(event)
                self._look_after()
                if self.stopping:
                    return

    def _take(self, event: AmiEvent) -> None:
        own = event.fields.get("UserEvent", "")
        if event.name == "UserEvent" and own.startswith("Ping_"):
            self._heard = self._heard or own == self._ping_name
        elif not self.events or event.name in self.events:
            self.handle(event)

    def _look_after(self) -> None:
        """Give a sign of life, and find out whether Asterisk still sends us events."""
        self.beat()
        since = time.monotonic() - self._pinged
        if not self._heard and since > PONG_SECONDS:
            raise ModuleError("ami-silent", _("Asterisk does not send its events any more."))
        if self._heard and since > PING_SECONDS:
            self._pinged, self._heard = time.monotonic(), False
            self.asterisk.action("UserEvent", UserEvent=self._ping_name)
