"""The connection to Asterisk with PBX Admin's own account, and what it is asked in passing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from modules_app.exceptions import ModuleError
from telephony_app.ami import AmiAccount, AmiClient
from telephony_app.selectors.accounts import HOST, ami_port, own_accounts
from telephony_app.selectors.live import live_state

RELOAD_SECONDS = 30.0
"""A reload of ten thousand endpoints takes some seconds; one that hangs must end."""

ASK_SECONDS = 2.0
ASK_AGAIN_SECONDS = 5.0

_CALLS = re.compile(r"^(\d+) active call", re.MULTILINE)
_UNREACHABLE = frozenset({"asterisk-unreachable", "asterisk-login-refused"})


class Unreachable(ModuleError):
    """Asterisk does not run, does not answer at its door, or does not let us in."""


class AmiConsole:
    """`telephony_app.surface.console.Console` over one connection."""

    def __init__(self, client: AmiClient) -> None:
        self._client = client

    def command(self, text: str) -> str:
        """Run a command of the console and return what it prints, also when it failed."""
        answer = self._client.action("Command", Command=text)
        return answer.fields.get("Output", "") or answer.message

    def action(self, name: str, **fields: str) -> Sequence[dict[str, str]]:
        """Send an action and return the events that answer it."""
        return [dict(event.fields) for event in self._client.action(name, **fields).events]


@contextmanager
def console(seconds: float = 0.0) -> Iterator[AmiConsole]:
    """Yield a connection; ``seconds`` is the limit of each answer, else that of a reload.

    Raises `Unreachable` when there is none, another ``ModuleError`` when it is lost later.
    """
    with ExitStack() as stack:
        try:
            client = stack.enter_context(AmiClient(own_ami_account(), seconds or RELOAD_SECONDS))
        except ModuleError as error:
            if error.slug in _UNREACHABLE:
                raise Unreachable(**error.as_dict()) from error
            raise
        yield AmiConsole(client)


def own_ami_account() -> AmiAccount:
    """Return where Asterisk is and our account there."""
    own, _of_modules = own_accounts()
    return AmiAccount(HOST, ami_port(), own.username, own.secret)


def live_client(seconds: float) -> AmiClient:
    """Return a connection that gets events of calls and of the system; it is not opened yet."""
    return AmiClient(own_ami_account(), seconds, event_mask="system,call")


def calls_now() -> int | None:
    """Return how many calls there are, None when Asterisk cannot be asked.

    That there are none is said by Asterisk itself, not by what was kept of it a moment ago.
    """
    kept = live_state()
    if kept.is_fresh and (kept.calls or kept.problem):
        return kept.calls
    if _Asked.at > time.monotonic() - ASK_AGAIN_SECONDS:
        return None
    found = count_calls()
    _Asked.at = time.monotonic() if found is None else float("-inf")
    return found


def is_reachable() -> bool:
    """Tell whether Asterisk lets us in now."""
    try:
        with console(ASK_SECONDS):
            return True
    except ModuleError:
        return False


def count_calls() -> int | None:
    """Ask Asterisk how many calls there are; None when it cannot be asked."""
    try:
        with console(ASK_SECONDS) as asterisk:
            found = _CALLS.search(asterisk.command("core show channels count"))
    except ModuleError:
        return None
    return int(found[1]) if found else None


class _Asked:
    """When Asterisk could not be asked last, by the clock that nobody can set."""

    at = float("-inf")
