"""Runs sipp with a scenario of ours and reads what was said from its trace."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SCENARIOS = Path(__file__).parent / "scenarios"
SERVER = "127.0.0.1"
WAIT_SECONDS = 20
LONGEST_SECONDS = 180
REJECTIONS = (400, 403, 404, 408, 410, 480, 484, 486, 487, 488, 500, 502, 503, 504, 600, 603, 604)


@dataclass(frozen=True)
class SipMessage:
    """One SIP message of a trace: ``is_sent`` by sipp or received by it, and its text."""

    is_sent: bool
    text: str

    @property
    def first_line(self) -> str:
        return self.text.split("\n", 1)[0].strip()

    @property
    def status(self) -> int | None:
        """The status of an answer, None for a request."""
        words = self.first_line.split()
        return int(words[1]) if words and words[0] == "SIP/2.0" else None

    @property
    def method(self) -> str:
        """The method of a request, or of the request that an answer belongs to."""
        if self.status is None:
            return self.first_line.split(" ", 1)[0]
        return self.header("CSeq").split()[-1]

    @property
    def request_uri(self) -> str:
        """The address that a request asks for; empty for an answer."""
        return "" if self.status is not None else self.first_line.split()[1]

    @property
    def called(self) -> str:
        """The number in the request URI."""
        return _user(self.request_uri)

    @property
    def caller(self) -> str:
        """The number in the From header."""
        return _user(self.header("From"))

    def header(self, name: str) -> str:
        """Return the value of a header, empty when there is none."""
        found = re.search(rf"^{re.escape(name)}:\s*(.*?)\r?$", self.text, re.MULTILINE | re.I)
        return found[1] if found else ""


def _user(address: str) -> str:
    found = re.search(r"sips?:([^@;>]*)@", address)
    return found[1] if found else ""


def read_trace(text: str) -> list[SipMessage]:
    """Return the messages of what sipp writes with -trace_msg."""
    parts = re.split(r"^-{20,} .*$", text, flags=re.MULTILINE)
    messages = []
    for part in parts:
        found = re.match(r"\s*\w+ message (sent|received) [^\n]*\n\n(.*)", part, re.DOTALL)
        if found:
            messages.append(SipMessage(found[1] == "sent", found[2].strip() + "\n"))
    return messages


def scenario(name: str, values: Mapping[str, object]) -> str:
    """Return the text of a scenario with its @PLACES@ filled."""
    rejections = "\n".join(
        f'  <recv response="{status}" optional="true" next="rejected"/>' for status in REJECTIONS
    )
    usual = {"rejections": rejections, "profile": "RTP/AVP", "crypto": ""}
    text = (SCENARIOS / f"{name}.xml").read_text()
    for place, value in {**usual, **values}.items():
        text = text.replace(f"@{place.upper()}@", str(value))
    return text


class Sipp:
    """One process of sipp on one port, against one Asterisk.

    ``values`` fill the scenario; without ``calls`` it goes on until ``stop``. ``wire`` is u1 for
    UDP, t1 for TCP.
    """

    def __init__(
        self,
        name: str,
        values: Mapping[str, object],
        *,
        folder: Path,
        server: int,
        address: str,
        port: int,
        calls: int | None = 1,
        wire: str = "u1",
    ) -> None:
        self._trace = folder / "messages.log"
        self._errors = folder / "errors.log"
        self._address = address
        self._port = port
        file = folder / f"{name}.xml"
        file.write_text(scenario(name, values))
        words = ["sipp", f"{SERVER}:{server}", "-sf", str(file), "-i", address, "-p", str(port)]
        words += ["-t", wire, "-mi", address, "-bind_local"]
        words += ["-nostdin", "-aa", "-trace_msg", "-trace_err"]
        words += ["-message_file", str(self._trace), "-error_file", str(self._errors)]
        words += ["-timeout", f"{LONGEST_SECONDS}s", "-timeout_error"]
        if calls is not None:
            words += ["-m", str(calls)]
        self._process = subprocess.Popen(
            words,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def messages(self) -> list[SipMessage]:
        """Return what has been said so far."""
        try:
            return read_trace(self._trace.read_text(errors="replace"))
        except FileNotFoundError:
            return []

    def received(self, method: str) -> list[SipMessage]:
        """Return the requests of one method that came in, without repetitions."""
        came = [m for m in self.messages() if not m.is_sent and m.status is None]
        return list({m.header("Call-ID"): m for m in came if m.method == method}.values())

    def status(self, method: str) -> int | None:
        """Return the last status received for a method, None if there was none yet."""
        came = [m for m in self.messages() if not m.is_sent and m.status is not None]
        return next((m.status for m in reversed(came) if m.method == method), None)

    def wait_until_listening(self) -> None:
        """Wait until its UDP port is open."""
        wanted = f":{self._port:04X} "
        deadline = time.monotonic() + WAIT_SECONDS
        while wanted not in Path("/proc/net/udp").read_text():
            self._not_later_than(deadline, "did not open its port")

    def wait_for_status(self, method: str, status: int) -> None:
        """Wait until an answer with this status came for the method."""
        deadline = time.monotonic() + WAIT_SECONDS
        while self.status(method) != status:
            self._not_later_than(deadline, f"got no {status} for {method}")

    def wait_for_sent(self, method: str, status: int) -> None:
        """Wait until sipp has sent an answer with this status for the method."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not any(
            m.is_sent and m.status == status and m.method == method for m in self.messages()
        ):
            self._not_later_than(deadline, f"sent no {status} for {method}")

    def wait_for_request(self, method: str) -> SipMessage:
        """Wait until a request of this method came in and return the newest."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.received(method):
            self._not_later_than(deadline, f"got no {method}")
        return self.received(method)[-1]

    def wait(self) -> None:
        """Wait until it ended by itself."""
        try:
            self._process.wait(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"sipp does not end; it said:\n{self.report()}") from None

    def is_running(self) -> bool:
        return self._process.poll() is None

    def hang_up(self) -> None:
        """End a call of scenario ``call`` as its caller: BYE, or CANCEL while it rings."""
        if self._tell("HANGUP"):
            self.wait()

    def transfer(self, number: str) -> None:
        """Let the other side of a call of scenario ``call`` call a number instead: REFER."""
        self._tell("TRANSFER", Word=number)
        self.wait_for_status("REFER", 202)

    def press(self, keys: str) -> None:
        """Press keys in a call of scenario ``call``, one after the other: INFO."""
        for count, key in enumerate(keys, 10):
            self._tell("PRESS", Word=key, Count=str(count))
            deadline = time.monotonic() + WAIT_SECONDS
            while not any(self._is_answer(m, f"{count} INFO") for m in self.messages()):
                self._not_later_than(deadline, f"got no answer to the key {key}")

    @staticmethod
    def _is_answer(message: SipMessage, cseq: str) -> bool:
        return message.status == 200 and message.header("CSeq") == cseq

    def _tell(self, method: str, **more: str) -> bool:
        """Send sipp a request of this call that no phone knows; False if there is no call."""
        sent = [m for m in self.messages() if m.is_sent and m.method == "INVITE"]
        if not sent or not self.is_running():
            return False
        lines = [
            f"{method} {sent[-1].request_uri} SIP/2.0",
            *(f"{name}: {sent[-1].header(name)}" for name in ("Via", "From", "To", "Call-ID")),
            f"CSeq: {sent[-1].header('CSeq').split()[0]} {method}",
            *(f"{name}: {value}" for name, value in more.items()),
            "Content-Length: 0",
        ]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as test:
            test.sendto("\r\n".join([*lines, "", ""]).encode(), (self._address, self._port))
        return True

    def stop(self) -> None:
        """End sipp at once, as a phone that loses its power: nobody is told."""
        self._process.terminate()
        self._process.wait(timeout=WAIT_SECONDS)

    def _not_later_than(self, deadline: float, what: str) -> None:
        if time.monotonic() > deadline or not self.is_running():
            raise AssertionError(f"sipp {what}; it said:\n{self.report()}")
        time.sleep(0.02)

    def report(self) -> str:
        """Return the trace and the complaints, for the message of a failed test."""
        said = [f"{'>' if m.is_sent else '<'} {m.first_line}" for m in self.messages()]
        errors = self._errors.read_text(errors="replace") if self._errors.exists() else ""
        return "\n".join([*said, errors])
