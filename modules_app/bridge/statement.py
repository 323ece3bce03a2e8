"""The short-lived signed statement with which web tells the host who is asking (design 3).

Web and host have different secret keys and share no session; the key of the statement is a file
of its own (``run/statement.key``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

HEADER = "X-PBX-Statement"
META_KEY = "HTTP_X_PBX_STATEMENT"

BY_KEY, PUBLIC, STRANGER = "key", "public", "stranger"
"""Values of ``channel``: the request came with an API key, is one of nobody to a public route, or
of nobody to a page that an administrator opened to all.

Without a channel a logged-in person asks.
"""


class BadStatement(Exception):
    """The statement is missing, forged or too old."""


def sign(data: Mapping[str, Any], key: str) -> str:
    """Return ``data`` (JSON values) as a header value that `read` accepts with the same key."""
    body = json.dumps({**data, "issued": time.time()}, separators=(",", ":")).encode()
    return f"{_encode(body)}.{_encode(_digest(body, key))}"


def read(token: str, key: str, max_age: float = 60) -> dict[str, Any]:
    """Return the signed data; raise `BadStatement` if it is forged or older than ``max_age`` s."""
    body, signature = _split(token)
    if not hmac.compare_digest(signature, _digest(body, key)):
        raise BadStatement("the signature is wrong")
    data: dict[str, Any] = json.loads(body)
    age = time.time() - data.pop("issued")
    if not -max_age <= age <= max_age:
        raise BadStatement("it is too old")
    return data


def _split(token: str) -> tuple[bytes, bytes]:
    body, dot, signature = token.partition(".")
    if not dot:
        raise BadStatement("there is none" if not token else "it has no signature")
    try:
        return _decode(body), _decode(signature)
    except (binascii.Error, ValueError) as error:
        raise BadStatement("it is not readable") from error


def _digest(body: bytes, key: str) -> bytes:
    return hmac.digest(b"statement:" + key.encode(), body, hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
