"""Clients that behave like browsers, one of them signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.pages import Browser, administrator


@pytest.fixture
def client() -> Client:
    """A client that sends forms as browsers do."""
    return Browser()


@pytest.fixture
def admin_page(client: Client, db: None) -> Client:
    """A client signed in with every right."""
    client.force_login(administrator(), backend="django.contrib.auth.backends.ModelBackend")
    return client
