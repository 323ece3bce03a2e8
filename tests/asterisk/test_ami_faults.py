"""Our face of the manager interface, against servers that misbehave; no Asterisk is needed."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from modules_app.ami import client as client_module
from modules_app.exceptions import ModuleError, Refused
from telephony_app.ami import AmiAccount, AmiClient

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
Script = Callable[["Caller"], None]


class Caller:
    """The server's side of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.lines = connection.makefile("rb")

    def action(self) -> dict[str, str]:
        """Read one action."""
        fields = {}
        while line := self.lines.readline().decode().rstrip("\r\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields

    def say(self, *lines: str) -> None:
        self.connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())

    def accept_login(self) -> None:
        self.connection.sendall(GREETING)
        self.say("Response: Success", f"ActionID: {self.action()['ActionID']}")


@pytest.fixture
def server() -> Iterator[Callable[[Script], AmiAccount]]:
    """Return a function that serves one connection by a script and gives its account."""
    made: list[threading.Thread] = []

    def serve(script: Script) -> AmiAccount:
        listening = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            connection, _ = listening.accept()
            # Who ends a connection with something unread in it resets it.
            with listening, connection, suppress(ConnectionError):
                script(Caller(connection))

        made.append(threading.Thread(target=run, daemon=True))
        made[-1].start()
        return AmiAccount("127.0.0.1", listening.getsockname()[1], "tests", "very-secret")

    yield serve
    for thread in made:
        thread.join(10)
        assert not thread.is_alive()


def hang_up_first(caller: Caller) -> None:
    """Wait until the other side has gone."""
    caller.connection.recv(1)


def slug_of(work: Callable[[], object]) -> str:
    with pytest.raises(ModuleError) as caught:
        work()
    return caught.value.slug


def test_a_server_that_never_answers_is_named(server: Callable[[Script], AmiAccount]) -> None:
    def script(caller: Caller) -> None:
        caller.action()
        caller.connection.recv(1)

    account = server(script)
    with pytest.raises(ModuleError, match="not Asterisk's manager interface"):
        AmiClient(account, timeout=1).__enter__()


def test_another_kind_of_server_is_named(server: Callable[[Script], AmiAccount]) -> None:
    account = server(lambda caller: caller.connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"))
    with pytest.raises(ModuleError, match="not Asterisk's manager interface"):
        AmiClient(account, timeout=1).__enter__()


def test_an_asterisk_that_does_not_answer_the_login_is_a_timeout(
    server: Callable[[Script], AmiAccount],
) -> None:
    def script(caller: Caller) -> None:
        caller.connection.sendall(GREETING)
        caller.lines.read()

    account = server(script)
    assert slug_of(lambda: AmiClient(account, timeout=1).__enter__()) == "asterisk-timeout"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "no-such-host.invalid"])
def test_a_place_where_nobody_listens_is_named(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    with pytest.raises(ModuleError, match=f"Asterisk does not answer at {host}") as caught:
        AmiClient(AmiAccount(host, port, "tests", "x")).__enter__()
    assert caught.value.slug == "asterisk-unreachable"
    assert "None" not in str(caught.value)


def test_a_thread_that_runs_an_event_loop_may_ask_too(
    server: Callable[[Script], AmiAccount],
) -> None:
    account = server(lambda caller: caller.accept_login())

    async def ask() -> bool:
        with AmiClient(account) as client:
            return isinstance(client, AmiClient)

    # In a thread that surely runs no loop so far: a browser's test may have left one in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, ask()).result(30)


def test_a_late_answer_is_a_timeout_and_disturbs_nobody(
    server: Callable[[Script], AmiAccount],
) -> None:
    def script(caller: Caller) -> None:
        caller.accept_login()
        late = caller.action()["ActionID"]
        quick = caller.action()["ActionID"]
        caller.say("Response: Success", f"ActionID: {late}", "Message: late")
        caller.say("Response: Success", f"ActionID: {quick}", "Message: quick")
        caller.connection.recv(1)

    with AmiClient(server(script), timeout=1) as client:
        assert slug_of(lambda: client.action("Slow")) == "asterisk-timeout"
        assert client.action("Quick").message == "quick"


def test_a_connection_that_ends_within_an_answer_is_lost(
    server: Callable[[Script], AmiAccount],
) -> None:
    def script(caller: Caller) -> None:
        caller.accept_login()
        caller.connection.sendall(f"Response: Succ{caller.action()['Action'][:0]}".encode())

    with AmiClient(server(script)) as client:
        assert slug_of(lambda: client.action("Ping")) == "asterisk-lost"
        assert slug_of(lambda: list(client.events())) == "asterisk-lost"


def test_a_letter_cut_in_two_by_the_network_stays_one(
    server: Callable[[Script], AmiAccount],
) -> None:
    def script(caller: Caller) -> None:
        caller.accept_login()
        answer = (
            f"Response: Success\r\nActionID: {caller.action()['ActionID']}\r\nName: Жук\r\n\r\n"
        )
        caller.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in answer.encode():
            caller.connection.sendall(bytes([byte]))
        caller.connection.recv(1)

    with AmiClient(server(script)) as client:
        assert client.action("Who").fields["Name"] == "Жук"


def test_who_does_not_take_his_events_is_told(
    server: Callable[[Script], AmiAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    is_cut_off = threading.Event()

    def script(caller: Caller) -> None:
        caller.accept_login()
        try:
            for number in range(50):
                caller.say("Event: Tick", f"Number: {number}")
            caller.lines.read()
        finally:
            is_cut_off.set()

    monkeypatch.setattr(client_module, "WAITING_EVENTS", 10)
    with AmiClient(server(script), event_mask="on") as client:
        assert is_cut_off.wait(10)
        came = []
        with pytest.raises(ModuleError, match="faster than they were taken"):
            for event in client.events(wait_seconds=0.1):
                came.append(event.fields["Number"])
    assert came == [str(number) for number in range(10)]


def test_a_silent_asterisk_is_asked_whether_it_lives(
    server: Callable[[Script], AmiAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def script(caller: Caller) -> None:
        caller.accept_login()
        action = caller.action()
        asked.append(action["Action"])
        caller.say("Response: Success", f"ActionID: {action['ActionID']}")
        asked.append(caller.action()["Action"])
        caller.connection.recv(1)

    monkeypatch.setattr(client_module, "PING_SECONDS", 0.05)
    with AmiClient(server(script), timeout=1, event_mask="on") as client:
        assert slug_of(lambda: list(client.events())) == "asterisk-timeout"
    assert asked == ["Ping", "Ping"]


def test_closing_ends_whoever_waits_for_events(server: Callable[[Script], AmiAccount]) -> None:
    def script(caller: Caller) -> None:
        caller.accept_login()
        caller.connection.recv(1)

    with AmiClient(server(script), event_mask="on") as client:
        threading.Timer(0.1, client.close).start()
        assert list(client.events()) == []
        assert slug_of(lambda: client.action("Ping")) == "asterisk-lost"


@pytest.mark.parametrize(
    "fields",
    [
        {"Command": "core show channels\r\nAction: Originate"},
        {"Command": "x\n"},
        {"Command": "x\0"},
        {"Command": "\ud800"},
        {"Variable": ["a=1", "b=2\r\nSecret: x"]},
        {"Com\r\nmand": "x"},
        {"Com: mand": "x"},
    ],
)
def test_a_value_cannot_become_a_second_action(
    server: Callable[[Script], AmiAccount], fields: dict[str, str]
) -> None:
    came: list[bytes] = []

    def script(caller: Caller) -> None:
        caller.accept_login()
        came.append(caller.connection.recv(100))

    with AmiClient(server(script)) as client, pytest.raises(Refused) as caught:
        client.action("Command", **fields)
    assert caught.value.slug == "asterisk-hostile-value"
    assert came in ([], [b""])


def test_a_line_break_in_the_account_is_refused(server: Callable[[Script], AmiAccount]) -> None:
    account = server(hang_up_first)
    hostile = AmiAccount(account.host, account.port, "tests\r\nEvents: on", "x")
    assert slug_of(lambda: AmiClient(hostile).__enter__()) == "asterisk-hostile-value"


def test_an_account_does_not_show_its_secret() -> None:
    assert "hush" not in repr(AmiAccount("127.0.0.1", 5038, "tests", "hush"))
