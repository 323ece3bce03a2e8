"""Clients that behave like browsers, and records for them to look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from modules_app.permissions import Actor, Right
from telephony_app.models import Extension, Provider
from telephony_app.services.extensions import create_extension
from telephony_app.services.providers import create_provider
from tests.pages import Browser, administrator, person

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def admin(db: None) -> Client:
    """A client signed in with every right."""
    client = Browser()
    client.force_login(administrator(), backend=BACKEND)
    return client


@pytest.fixture
def viewer(db: None) -> Client:
    """A client of somebody who may look at the telephone part, and nothing else."""
    client = Browser()
    client.force_login(person(Right.VIEW_TELEPHONY, name="viewer"), backend=BACKEND)
    return client


@pytest.fixture
def phone(db: None) -> Callable[..., Extension]:
    """Return a function that makes a phone."""

    def make(number: str = "201", **values: object) -> Extension:
        values = {"number": number, "name": "Ann", "email": "ann@example.com", **values}
        return create_extension(actor=Actor.system(), values=values)

    return make


@pytest.fixture
def provider(db: None) -> Provider:
    """A provider that registers nowhere."""
    values = {
        "description": "City line",
        "registration": "outbound",
        "host": "sip.example.com",
        "username": "4912345",
        "secret": "provider-secret",
    }
    return create_provider(actor=Actor.system(), values=values)
