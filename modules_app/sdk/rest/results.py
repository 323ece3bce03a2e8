"""What a module answers over REST, and the envelope around it (reference M11.2)."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

KINDS = ("error", "warning", "info")


@dataclass
class RestResult:
    """An answer: whether it went well, the data, and what to say about it.

    ``messages`` is one sentence, a list of them, or lists under "error", "warning" and "info".
    ``status`` is the HTTP status; without it 200 is sent, or 422 where ``success`` is False.
    """

    success: bool = True
    data: Any = None
    messages: str | Sequence[str] | Mapping[str, Sequence[str]] = ()
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    pagination: dict[str, Any] | None = None

    @property
    def http_status(self) -> int:
        """Return the HTTP status that is sent."""
        return self.status or (200 if self.success else 422)


class RestError(Exception):
    """Raise it to end a request with a status and sentences for whoever asked."""

    def __init__(self, status: int, *messages: str, data: Any = None) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = messages
        self.data = data


def envelope(result: RestResult, *, function: str, processor: str) -> dict[str, Any]:
    """Return the answer in the seeds' envelope; ``meta.hash`` changes when the data does."""
    said = _messages(result)
    found: dict[str, Any] = {
        "result": bool(result.success),
        "data": result.data,
        "messages": said,
        "function": function,
        "processor": processor,
        "pid": os.getpid(),
        "httpCode": result.http_status,
        "meta": {"timestamp": int(time.time()), "hash": _hash(result.data)},
    }
    if result.pagination is not None:
        found["pagination"] = result.pagination
    return found


def _messages(result: RestResult) -> dict[str, list[str]]:
    given = result.messages
    if isinstance(given, str):
        given = [given] if given else []
    if not isinstance(given, Mapping):
        given = {"info" if result.success else "error": given}
    said = {kind: [str(one) for one in given.get(kind, ())] for kind in KINDS}
    return {kind: texts for kind, texts in said.items() if texts}


def _hash(data: Any) -> str:
    text = json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
