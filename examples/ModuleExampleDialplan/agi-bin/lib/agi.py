"""A conversation with one call over AGI (reference M13.3), for FastAGI workers and for scripts.

This file needs nothing but Python itself. A script in ``agi-bin/`` is run by Asterisk, without PBX
Admin around it: copy this file to ``agi-bin/lib/agi.py`` of the module and write ::

    from lib.agi import run_script

    def handle(agi):
        agi.verbose("Hello " + agi.request["agi_callerid"])

    run_script(handle)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Protocol

_RESULT = re.compile(
    r"(\d{3})(?: result=(-?[\w*#]*)(?: ?\((.*)\))?(?: endpos=(-?\d+))?)?(.*)", re.S
)
_LARGEST_LINE = 65_536
_MOST_FIELDS = 500
_HANGUP = "HANGUP"


class Stream(Protocol):
    """Text lines from Asterisk, or to it."""

    def readline(self, limit: int = -1, /) -> str:
        """Return the next line with its end, "" at the end of all."""

    def write(self, text: str, /) -> int:
        """Take text."""

    def flush(self) -> None:
        """Send what was written."""


class AgiError(Exception):
    """Asterisk refused a command, or said something that is no answer."""


class AgiHangup(Exception):  # noqa: N818 - that a caller hangs up is no error
    """The call has ended; there is nobody to talk to any more."""


class Answer:
    """What Asterisk answered: ``result``, the text in brackets as ``data``, and ``endpos``."""

    def __init__(self, code: int, result: str, data: str, endpos: int = 0) -> None:
        self.code, self.result, self.data, self.endpos = code, result, data, endpos

    @property
    def number(self) -> int:
        """Return the result as a number, -1 where it is none."""
        return int(self.result) if re.fullmatch(r"-?\d+", self.result) else -1

    def __repr__(self) -> str:
        return f"Answer({self.code}, {self.result!r}, {self.data!r})"


class Agi:
    """One call. ``request`` has what Asterisk said first: ``agi_callerid``, ``agi_extension`` …

    Every method raises `AgiHangup` when the call has ended, and `AgiError` when Asterisk does not
    know the command or refuses it.
    """

    def __init__(self, reading: Stream, writing: Stream) -> None:
        self._reading = reading
        self._writing = writing
        self.request = self._read_request()

    @property
    def arguments(self) -> list[str]:
        """Return the arguments that the dialplan gave: ``AGI(script.py,one,two)``."""
        found = []
        while (value := self.request.get(f"agi_arg_{len(found) + 1}")) is not None:
            found.append(value)
        return found

    def command(self, name: str, *arguments: object) -> Answer:
        """Send any AGI command and return its answer; arguments are quoted."""
        line = " ".join([name, *(_quoted(one) for one in arguments)])
        self._send(line)
        return self._read_answer(line)

    def answer(self) -> None:
        """Answer the call."""
        self.command("ANSWER")

    def hangup(self, channel: str = "") -> None:
        """Hang up this call, or another channel."""
        self.command("HANGUP", *([channel] if channel else []))

    def verbose(self, text: str, level: int = 1) -> None:
        """Write to Asterisk's console and log."""
        self.command("VERBOSE", text, level)

    def noop(self, text: str = "") -> None:
        """Do nothing; the text is seen in Asterisk's debug output."""
        self.command("NOOP", text)

    def get_variable(self, name: str, default: str = "") -> str:
        """Return a variable or a function such as ``CALLERID(num)``, ``default`` when unset."""
        answer = self.command("GET FULL VARIABLE", "${" + name + "}")
        return answer.data if answer.number == 1 else default

    def set_variable(self, name: str, value: object) -> None:
        """Set a variable or a function of the channel."""
        self.command("SET VARIABLE", name, value)

    def exec(self, application: str, *arguments: object) -> int:
        """Run an application of the dialplan; returns what it returned."""
        given = ",".join(str(one) for one in arguments)
        answer = self.command("EXEC", application, given)
        if answer.number == -2:  # noqa: PLR2004 - what Asterisk says for an unknown application
            raise AgiError(f"there is no application {application}")
        return answer.number

    def stream_file(self, name: str, escape_digits: str = "") -> str:
        """Play a sound; returns the key with which the caller interrupted it, or ""."""
        return _digit(self._played("STREAM FILE", name, escape_digits), name)

    def say_number(self, number: int, escape_digits: str = "") -> str:
        """Say a number; returns the key that was pressed, or ""."""
        return _digit(self.command("SAY NUMBER", number, escape_digits), str(number))

    def say_digits(self, digits: str, escape_digits: str = "") -> str:
        """Say digits one by one; returns the key that was pressed, or ""."""
        return _digit(self.command("SAY DIGITS", digits, escape_digits), digits)

    def wait_for_digit(self, seconds: float = 5.0) -> str:
        """Wait for one key; "" when none was pressed."""
        return _digit(self.command("WAIT FOR DIGIT", int(seconds * 1000)), "digit")

    def get_data(self, name: str, seconds: float = 5.0, most_digits: int = 255) -> str:
        """Play a sound and return the keys that the caller pressed."""
        answer = self.command("GET DATA", name, int(seconds * 1000), most_digits)
        if answer.result == "-1":
            raise AgiHangup(name)
        return answer.result

    def record_file(
        self, name: str, form: str = "wav", escape_digits: str = "#", seconds: float = 60.0
    ) -> str:
        """Record the caller; returns the key that ended it, or ""."""
        given = (name, form, escape_digits, int(seconds * 1000))
        return _digit(self.command("RECORD FILE", *given), name)

    def set_callerid(self, number: str) -> None:
        """Set who calls: ``200`` or ``Ann <200>``."""
        self.command("SET CALLERID", number)

    def set_context(self, context: str) -> None:
        """Go on in this context when the script ends."""
        self.command("SET CONTEXT", context)

    def set_extension(self, extension: str) -> None:
        """Go on with this extension when the script ends."""
        self.command("SET EXTENSION", extension)

    def set_priority(self, priority: int | str) -> None:
        """Go on with this step or label when the script ends."""
        self.command("SET PRIORITY", priority)

    def channel_status(self, channel: str = "") -> int:
        """Return the state of this or another channel, as a number of Asterisk."""
        return self.command("CHANNEL STATUS", *([channel] if channel else [])).number

    def database_get(self, family: str, key: str, default: str = "") -> str:
        """Return a value of Asterisk's own database, ``default`` where there is none."""
        answer = self.command("DATABASE GET", family, key)
        return answer.data if answer.number == 1 else default

    def database_put(self, family: str, key: str, value: object) -> None:
        """Store a value in Asterisk's own database. Raises `AgiError` when it could not."""
        if self.command("DATABASE PUT", family, key, value).number != 1:
            raise AgiError(f"{family}/{key} was not stored")

    def database_del(self, family: str, key: str) -> bool:
        """Remove a value of Asterisk's own database; tells whether it was there."""
        return self.command("DATABASE DEL", family, key).number == 1

    def _played(self, command: str, *arguments: object) -> Answer:
        answer = self.command(command, *arguments)
        if answer.result == "-1":
            raise AgiError(f"{arguments[0]} was not played")
        return answer

    def _read_request(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while line := self._line():
            name, _colon, value = line.partition(":")
            found[name.strip()] = value.strip()
            if len(found) > _MOST_FIELDS:
                raise AgiError("the request has too many fields")
        return found

    def _send(self, line: str) -> None:
        try:
            self._writing.write(f"{line}\n")
            self._writing.flush()
        except (OSError, ValueError) as error:
            raise AgiHangup(str(error)) from error

    def _read_answer(self, asked: str) -> Answer:
        line = self._line()
        if line.startswith("520-"):
            said = [line]
            while not (line := self._line()).startswith("520 "):
                said.append(line)
            raise AgiError(f"{asked}: {' '.join(said)}")
        found = _RESULT.fullmatch(line)
        if found is None:
            raise AgiError(f"{asked}: {line}")
        code = int(found[1])
        if code == 511:  # noqa: PLR2004 - the channel is dead
            raise AgiHangup(asked)
        if code != 200:  # noqa: PLR2004
            raise AgiError(f"{asked}: {line}")
        return Answer(code, found[2] or "", found[3] or "", int(found[4] or 0))

    def _line(self) -> str:
        """Return the next line that is no announcement; raises `AgiHangup` at the end."""
        while True:
            try:
                line = self._reading.readline(_LARGEST_LINE)
            except (OSError, ValueError) as error:
                raise AgiHangup(str(error)) from error
            if not line:
                raise AgiHangup("the connection ended")
            text = line.rstrip("\r\n")
            if text != _HANGUP:
                return text


def run_script(handle: Callable[[Agi], object]) -> None:
    """Talk to the call of this script, on standard input and output, and end the program.

    The status is 0, also when the caller hung up; 1 after an error, which is written to Asterisk's
    log. The dialplan goes on in every case.
    """
    try:
        agi = Agi(sys.stdin, sys.stdout)
    except AgiHangup:
        sys.exit(0)
    try:
        handle(agi)
    except AgiHangup:
        sys.exit(0)
    except Exception as error:  # the boundary: what the author wrote may raise anything
        try:
            agi.verbose(f"{sys.argv[0]}: {type(error).__name__}: {error}")
        except (AgiHangup, AgiError):
            sys.exit(1)
        sys.exit(1)


def _digit(answer: Answer, what: str) -> str:
    """Return the key of an answer; a call that ended meanwhile is `AgiHangup`."""
    if answer.result in ("-1", ""):
        raise AgiHangup(what)
    code = answer.number
    return chr(code) if code > 0 else ""


def _quoted(value: object) -> str:
    """Return a value as one argument. Raises `AgiError` for what would end the line."""
    text = str(value)
    if any(sign in text for sign in "\r\n\0"):
        raise AgiError("an argument of an AGI command is one line of text")
    if text and re.fullmatch(r"[\w.@/+-]+", text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
