"""The process that keeps one connection to Asterisk and writes down how it stands."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection

from modules_app.exceptions import ModuleError
from modules_app.packages.fsops import FsOps
from telephony_app.ami import AmiClient
from telephony_app.domain.live import Door
from telephony_app.live.news import News
from telephony_app.live.picture import Picture
from telephony_app.selectors.live import FILE

log = logging.getLogger("pbxadmin.telephony")

TICK_SECONDS = 1.0
ANSWER_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
_REFUSED = "asterisk-login-refused"


class LiveWorker:
    """Runs until `stop`. ``client`` makes a connection, ``providers`` reads who is a provider."""

    def __init__(
        self,
        run_dir: Path,
        *,
        client: Callable[[], AmiClient],
        providers: Callable[[], Mapping[str, str]],
        news: News,
        fsops: FsOps | None = None,
    ) -> None:
        self._run_dir = run_dir
        self._client = client
        self._providers = providers
        self._news = news
        self._fsops = fsops or FsOps()
        self._stopping = threading.Event()
        self._complaint = ""

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stopping.set()

    def run(self) -> None:
        """Connect, and connect again after ever longer pauses as long as there is nobody."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            begun = time.monotonic()
            try:
                self._follow()
            except ModuleError as error:
                self._tell_away(error)
            except (DatabaseError, OSError) as error:  # a full disk, a locked database
                log.error("the state of Asterisk must wait: %s", error)
                connection.close()
            lasted = time.monotonic() - begun > LONGEST_PAUSE
            pause = FIRST_PAUSE if lasted else min(LONGEST_PAUSE, pause * 2)
            self._wait(pause)

    def _follow(self) -> None:
        """Follow one connection until it is lost."""
        with self._client() as client:
            picture = Picture(client, self._providers())
            picture.greet()
            self._complaint = ""
            log.info("connected to Asterisk %s", picture.version)
            while not self._stopping.is_set():
                self._take_events(client, picture)
                picture.know_providers(self._providers())
                picture.look()
                self._write(picture.as_record())
                self._news.look(picture)

    def _take_events(self, client: AmiClient, picture: Picture) -> None:
        """Take events until a tick is over; many of them do not put off the next look."""
        until = time.monotonic() + TICK_SECONDS
        for event in client.events(wait_seconds=TICK_SECONDS / 2):
            picture.take(event)
            if time.monotonic() >= until or self._stopping.is_set():
                return

    def _tell_away(self, error: ModuleError) -> None:
        """Write down that Asterisk is away, and why; the log says it once."""
        if str(error) != self._complaint:
            self._complaint = str(error)
            log.warning("%s", error)
        self._record = _away(error)
        self._write(self._record)
        self._news.lost()

    def _wait(self, seconds: float) -> None:
        """Wait, and go on saying that somebody looks."""
        until = time.monotonic() + seconds
        while not self._stopping.is_set() and time.monotonic() < until:
            self._stopping.wait(min(TICK_SECONDS, max(0.0, until - time.monotonic())))
            if self._complaint:
                self._write(self._record)

    def _write(self, record: Mapping[str, Any]) -> None:
        data = json.dumps({**record, "at": time.time()}).encode()
        try:
            self._fsops.write_file_atomically(self._run_dir, FILE, data, mode=0o640, durable=False)
        except (OSError, ModuleError) as error:
            log.error("the state of Asterisk could not be written: %s", error)


def _away(error: ModuleError) -> dict[str, Any]:
    door = Door.REFUSED if error.slug == _REFUSED else Door.CLOSED
    return {
        "door": str(door),
        "calls": None,
        "channels": [],
        "phones": {},
        "providers": {},
        "contacts": {},
        "version": "",
        "started": "",
        "problem": error.as_dict(),
    }
