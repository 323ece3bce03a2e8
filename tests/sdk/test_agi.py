"""The AGI conversation, spoken with a made-up Asterisk."""

from __future__ import annotations

import ast
import io
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest

from modules_app.sdk import agi as agi_file
from modules_app.sdk.agi import Agi, AgiError, AgiHangup
from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.fast_agi import FastAgiWorker

REQUEST = "agi_callerid: 201\nagi_extension: 5\nagi_arg_1: one\nagi_arg_2: two words\n\n"
OK = "200 result=0\n"


def talk(*answers: str) -> tuple[Agi, io.StringIO]:
    sent = io.StringIO()
    return Agi(io.StringIO(REQUEST + "".join(answers)), sent), sent


def test_the_request_and_its_arguments_are_read() -> None:
    agi, _sent = talk()
    assert agi.request["agi_callerid"] == "201"
    assert agi.arguments == ["one", "two words"]


@pytest.mark.parametrize(
    ("use", "sent", "answer", "wanted"),
    [
        (lambda agi: agi.answer(), "ANSWER", OK, None),
        (lambda agi: agi.hangup(), "HANGUP", "200 result=1\n", None),
        (lambda agi: agi.verbose("a b", 3), 'VERBOSE "a b" 3', "200 result=1\n", None),
        (
            lambda agi: agi.get_variable("CALLERID(num)"),
            'GET FULL VARIABLE "${CALLERID(num)}"',
            "200 result=1 (a (b) c)\n",
            "a (b) c",
        ),
        (
            lambda agi: agi.get_variable("X", "none"),
            'GET FULL VARIABLE "${X}"',
            OK,
            "none",
        ),
        (lambda agi: agi.set_variable("X", 'say "hi"'), 'SET VARIABLE X "say \\"hi\\""', OK, None),
        (lambda agi: agi.exec("Dial", "PJSIP/1", 30), 'EXEC Dial "PJSIP/1,30"', OK, 0),
        (
            lambda agi: agi.stream_file("hello", "12"),
            "STREAM FILE hello 12",
            "200 result=49 endpos=800\n",
            "1",
        ),
        (lambda agi: agi.stream_file("hello"), 'STREAM FILE hello ""', OK, ""),
        (
            lambda agi: agi.get_data("pin", 2, 4),
            "GET DATA pin 2000 4",
            "200 result=12# (timeout)\n",
            "12#",
        ),
        (lambda agi: agi.get_data("pin"), "GET DATA pin 5000 255", "200 result=\n", ""),
        (lambda agi: agi.set_callerid("Ann <200>"), 'SET CALLERID "Ann <200>"', OK, None),
        (
            lambda agi: agi.database_get("family", "key"),
            "DATABASE GET family key",
            "200 result=1 (value)\n",
            "value",
        ),
        (
            lambda agi: agi.database_put("family", "key", 5),
            "DATABASE PUT family key 5",
            "200 result=1\n",
            None,
        ),
        (lambda agi: agi.database_del("a", "b"), "DATABASE DEL a b", OK, False),
    ],
)
def test_each_method_sends_its_command_and_reads_the_answer(
    use: Callable[[Agi], Any], sent: str, answer: str, wanted: Any
) -> None:
    agi, written = talk(answer)
    assert use(agi) == wanted
    assert written.getvalue() == f"{sent}\n"


def test_an_announced_hangup_is_no_answer_and_a_dead_channel_ends_it() -> None:
    agi, _sent = talk("HANGUP\n", OK)
    agi.answer()
    agi, _sent = talk("511 Command Not Permitted on a dead channel or intercept routine\n")
    with pytest.raises(AgiHangup):
        agi.answer()
    agi, _sent = talk()
    with pytest.raises(AgiHangup):
        agi.answer()


def test_what_asterisk_refuses_is_an_error_with_its_words() -> None:
    usage = (
        "520-Invalid command syntax.  Proper usage follows:\n Usage: X\n520 End of proper usage.\n"
    )
    for said, words in [
        ("510 Invalid or unknown command\n", "510 Invalid"),
        (usage, "Usage: X"),
        ("nonsense\n", "nonsense"),
    ]:
        agi, _sent = talk(said)
        with pytest.raises(AgiError, match=words):
            agi.command("MAKE COFFEE")


def test_an_application_that_is_not_there_is_an_error() -> None:
    agi, _sent = talk("200 result=-2\n")
    with pytest.raises(AgiError, match="no application Coffee"):
        agi.exec("Coffee")


@pytest.mark.parametrize("text", ["a\nHANGUP", "a\rb", "a\0"])
def test_nothing_that_is_given_becomes_a_second_command(text: str) -> None:
    agi, written = talk(OK)
    with pytest.raises(AgiError, match="one line"):
        agi.set_variable("X", text)
    assert written.getvalue() == ""


def test_the_file_needs_nothing_but_python_itself() -> None:
    tree = ast.parse(Path(agi_file.__file__).read_text())
    named = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    } | {
        (node.module or "").partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert named <= set(sys.stdlib_module_names)


def test_a_script_beside_a_copy_of_the_file_talks_to_asterisk(tmp_path: Path) -> None:
    (tmp_path / "agi-bin" / "lib").mkdir(parents=True)
    copy = tmp_path / "agi-bin" / "lib" / "agi.py"
    copy.write_text(Path(agi_file.__file__).read_text())
    script = tmp_path / "agi-bin" / "hello.py"
    script.write_text(
        "from lib.agi import run_script\n\n"
        "def handle(agi):\n    agi.set_variable('FOUND', agi.request['agi_extension'])\n"
        "    if agi.arguments[0] == 'one':\n        raise ValueError('not today')\n\n"
        "run_script(handle)\n"
    )
    link = tmp_path / "hello.py"
    link.symlink_to(script)
    done = subprocess.run(
        [sys.executable, str(link)],
        input=REQUEST + OK + OK,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    first, second = done.stdout.splitlines()
    assert first == "SET VARIABLE FOUND 5"
    assert "ValueError: not today" in second
    assert done.returncode == 1


class Line:
    """Ends the worker when the test says so."""

    stopping = False

    def beat(self) -> None:
        return

    def busy(self, seconds: float) -> None:
        return

    def wait(self, seconds: float) -> None:
        return


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        return int(found.getsockname()[1])


class Greeter(FastAgiWorker):
    """Greets, or fails for the path ``bad``."""

    port: ClassVar[int] = 0
    ready: ClassVar[threading.Event]

    def prepare(self) -> None:
        self.ready.set()

    def handle(self, agi: Agi, path: str) -> None:
        if path == "bad":
            raise ValueError("no")
        agi.set_variable("GREETING", f"hello {agi.request['agi_callerid']}")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(Greeter, "port", free_port())
    monkeypatch.setattr(Greeter, "ready", threading.Event(), raising=False)
    facts = ModuleFacts("ModuleGreet", "m_x", "1", "mikopbx", Path("/"), "2026.3.1")
    line = Line()
    thread = threading.Thread(target=Greeter(facts, 1, line).run)
    thread.start()
    assert Greeter.ready.wait(10)
    yield Greeter.port
    line.stopping = True
    thread.join(10)
    assert not thread.is_alive()


def ask(port: int, path: str) -> str:
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(f"agi_network_script: {path}\n{REQUEST}{OK}".encode())
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile() as stream:
            return stream.read()


def test_a_fast_agi_worker_serves_calls_and_survives_a_bad_one(server: int) -> None:
    assert ask(server, "bad") == ""
    assert ask(server, "hello") == 'SET VARIABLE GREETING "hello 201"\n'
    with closing(socket.create_connection(("127.0.0.1", server), 10)) as silent:
        silent.sendall(b"agi_")
        assert ask(server, "hello"), "one who says nothing keeps nobody else waiting"
