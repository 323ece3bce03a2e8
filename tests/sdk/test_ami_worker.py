"""The base worker for events of Asterisk, with a made-up connection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import pytest

from modules_app.ami import AmiAccount, AmiEvent, AmiResponse
from modules_app.exceptions import ModuleError
from modules_app.sdk import ami
from modules_app.sdk.ami import AmiWorker, use_account
from modules_app.sdk.context import ModuleFacts

ACCOUNT = AmiAccount("127.0.0.1", 5038, "pbxmodules", "secret")
FACTS = ModuleFacts("ModuleHear", "m_x", "1", "mikopbx", Path("/"), "2026.3.1")


class Line:
    """Remembers how long the worker waited, and ends it after some rounds."""

    def __init__(self, rounds: int) -> None:
        self.waited: list[float] = []
        self.beats = 0
        self._rounds = rounds

    @property
    def stopping(self) -> bool:
        return self._rounds <= 0

    def end(self) -> None:
        self._rounds = 0

    def beat(self) -> None:
        self.beats += 1

    def busy(self, seconds: float) -> None:
        return

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self._rounds -= 1


class Asterisk:
    """Stands for the client; ``script`` has what comes of each connection."""

    script: ClassVar[list[Any]] = []
    actions: ClassVar[list[dict[str, Any]]] = []
    line: ClassVar[Line]

    def __init__(self, account: AmiAccount, *, event_mask: str) -> None:
        assert account == ACCOUNT
        self._events = type(self).script.pop(0)
        self.event_mask = event_mask

    def __enter__(self) -> Self:
        if isinstance(self._events, ModuleError):
            raise self._events
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    def action(self, name: str, **fields: Any) -> AmiResponse:
        type(self).actions.append({"name": name, **fields})
        return AmiResponse(True, "", {})

    def events(self, *, wait_seconds: float) -> Iterator[AmiEvent]:
        found, self._events = self._events, []
        if not found:
            type(self).line.end()
        for one in found:
            if isinstance(one, ModuleError):
                raise one
            yield one


class Hearing(AmiWorker):
    """Keeps what it heard."""

    events = ("Hangup",)
    classes = "call,user"

    def prepare(self) -> None:
        self.heard: list[str] = []
        self.logins = 0

    def connected(self) -> None:
        self.logins += 1

    def handle(self, event: AmiEvent) -> None:
        self.heard.append(event.name)


def event(name: str, **fields: str) -> AmiEvent:
    return AmiEvent(name, fields)


LOST = ModuleError("asterisk-lost", "The connection to Asterisk is lost.")


def run(
    monkeypatch: pytest.MonkeyPatch, script: list[Any], rounds: int = 10
) -> tuple[Hearing, Line]:
    line = Line(rounds)
    monkeypatch.setattr(Asterisk, "script", script)
    monkeypatch.setattr(Asterisk, "actions", [])
    monkeypatch.setattr(Asterisk, "line", line, raising=False)
    monkeypatch.setattr(ami, "AmiClient", Asterisk)
    use_account(ACCOUNT)
    worker = Hearing(FACTS, 1, line)
    try:
        worker.run()
    finally:
        use_account(None)
    return worker, line


def test_only_what_was_asked_for_is_handled(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, line = run(monkeypatch, [[event("Hangup"), event("Newexten"), event("Hangup")]])
    assert worker.heard == ["Hangup", "Hangup"]
    assert line.beats >= 3
    assert [one["Filter"] for one in Asterisk.actions] == ["Event: Hangup", "Event: UserEvent"]


def test_a_lost_connection_is_made_again_later_and_later(monkeypatch: pytest.MonkeyPatch) -> None:
    script = [[event("Hangup"), LOST], LOST, LOST, [event("Hangup")]]
    worker, line = run(monkeypatch, script)
    assert worker.heard == ["Hangup", "Hangup"] and worker.logins == 2
    assert line.waited[:3] == [1.0, 2.0, 4.0]


def test_the_pause_is_never_longer_than_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    _worker, line = run(monkeypatch, [LOST] * 10, rounds=10)
    assert max(line.waited) == 60.0


def test_asterisk_that_sends_nothing_any_more_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "PING_SECONDS", -1.0)
    monkeypatch.setattr(ami, "PONG_SECONDS", -1.0)
    worker, line = run(monkeypatch, [[event("Hangup"), event("Hangup")], [event("Hangup")]], 2)
    pings = [one for one in Asterisk.actions if one["name"] == "UserEvent"]
    assert pings and pings[0]["UserEvent"].startswith("Ping_ModuleHear_")
    assert worker.logins == 2, "its own ping did not come back"


def test_pings_are_not_given_to_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hearing, "events", ())
    script = [[event("UserEvent", UserEvent="Ping_Other_1"), event("UserEvent", UserEvent="Mine")]]
    worker, _line = run(monkeypatch, script)
    assert worker.heard == ["UserEvent"]


def test_without_an_account_it_waits_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = Line(3)
    Hearing(FACTS, 1, line).run()
    said = [one.getMessage() for one in caplog.records if "No account" in one.getMessage()]
    assert len(said) == 1 and len(line.waited) == 3
