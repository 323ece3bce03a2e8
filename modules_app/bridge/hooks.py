"""The internal call by which web and operator ask a module that the host has loaded (design 3)."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modules_app.bridge.connection import HostConnection
from modules_app.bridge.names import HOOKS_PATH, SOCKETS, sequence_of
from modules_app.bridge.statement import HEADER

_LARGEST = 512 * 1024
_GRACE = 0.2
"""Seconds that the host has to interrupt a hook and to say so, before we stop waiting."""


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What one module answered; ``error`` is a traceback or says what went wrong.

    ``timed_out``: no answer came in time. ``reached``: its code ran, so it is to blame.
    """

    module_id: str
    ok: bool = False
    value: Any = None
    veto: bool = False
    messages: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0
    priority: int = 10_000
    timed_out: bool = False
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """One call: the hook, its JSON arguments, and in which language texts are wanted.

    ``statement`` is a signed statement of the person who reads the page, or "".
    """

    hook: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    statement: str = ""


def newest_socket(run_dir: Path) -> Path | None:
    """Return where the host of the latest registry sequence listens, None without a host."""
    sockets = sorted(run_dir.glob(SOCKETS), key=sequence_of)
    return sockets[-1] if sockets else None


def ask_module(socket: Path, module_id: str, question: Question, *, seconds: float) -> HookAnswer:
    """Ask one module and wait at most ``seconds`` for it; raises nothing."""
    started = time.monotonic()
    connection = HostConnection(socket, seconds + _GRACE)
    try:
        status, body = _post(connection, module_id, question, seconds)
        return _read(module_id, status, body)
    except TimeoutError:
        waited = time.monotonic() - started
        return HookAnswer(
            module_id, error=f"no answer within {seconds:g} s", seconds=waited, timed_out=True
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = f"{type(error).__name__}: {error}"
        return HookAnswer(module_id, error=said, reached=False)
    finally:
        connection.close()


def _post(
    connection: HostConnection, module_id: str, question: Question, seconds: float
) -> tuple[int, bytes]:
    asked = {
        "module": module_id,
        "arguments": dict(question.arguments),
        "language": question.language,
        "seconds": seconds,
    }
    headers = {"Content-Type": "application/json"}
    if question.statement:
        headers[HEADER] = question.statement
    path = HOOKS_PATH + question.hook
    connection.request("POST", path, json.dumps(asked).encode(), headers)
    response = connection.getresponse()
    return response.status, response.read(_LARGEST)


def _read(module_id: str, status: int, body: bytes) -> HookAnswer:
    if status != 200:
        return HookAnswer(module_id, error=f"the host answered {status}", reached=status >= 500)
    found = json.loads(body)
    error = str(found.get("error", ""))
    return HookAnswer(
        module_id,
        ok=found.get("ok") is True,
        value=found.get("value"),
        veto=found.get("veto") is True,
        messages=tuple(str(text) for text in found.get("messages", ())),
        error=error,
        seconds=float(found.get("seconds", 0.0)),
        priority=int(found.get("priority", 10_000)),
        timed_out="HookTimeout" in error.rstrip().rpartition("\n")[2],
    )
