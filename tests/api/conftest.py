"""Keys, and programs that use them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from modules_app.permissions import Actor
from modules_app.services.api_keys import create_key
from tests.pages import administrator

SYSTEM = Actor.system()


@dataclass
class Program:
    """Sends requests with a key, as a script does."""

    key: str
    address: str = "192.0.2.7"

    def __call__(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        """Return the answer; ``json()`` of it is what came."""
        body = b"" if sent is None else sent if isinstance(sent, bytes) else json.dumps(sent)
        given = {"Authorization": f"Bearer {self.key}"}
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        return client.generic(
            method,
            path if path.startswith("/") else f"/api/v1/{path}",
            body,
            content_type=headers.pop("content_type", "application/json"),
            headers={**given, **headers},
            REMOTE_ADDR=self.address,
        )


MakeProgram = Callable[..., Program]


@pytest.fixture(autouse=True)
def ready(db: None) -> Iterator[None]:
    """The first run is over, and nothing was counted yet."""
    cache.clear()
    administrator("somebody-else")
    yield
    cache.clear()


@pytest.fixture
def program() -> MakeProgram:
    """Return a function that makes a key with these scopes and a program that uses it."""

    def make(*scopes: str, name: str = "till", **more: Any) -> Program:
        options = {"actor": SYSTEM, "owner": None, **more}
        return Program(create_key(name=name, scopes=scopes, **options).key)

    return make
