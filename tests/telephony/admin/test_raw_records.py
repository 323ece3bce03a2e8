"""Telephone records in Django's admin: changed by the services, no passwords, nothing deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from modules_app.models import AuditEvent
from modules_app.permissions import Actor, Right
from telephony_app.models import Extension, Provider
from telephony_app.services import applications, extensions, interfaces, providers, routes
from tests.pages import Browser, administrator, person

pytestmark = pytest.mark.django_db
ROOT = Actor.system()
BACKEND = "django.contrib.auth.backends.ModelBackend"


def client_of(user: Any) -> Client:
    user.is_staff = True
    user.save()
    client = Browser()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def rows() -> list[Any]:
    phone = extensions.create_extension(actor=ROOT, values={"number": "201"})
    trunk = providers.create_provider(
        actor=ROOT,
        values={"description": "Out", "host": "h", "username": "u", "secret": "hush-hush"},
    )
    return [
        phone,
        phone.sip,
        trunk,
        routes.create_incoming_route(actor=ROOT, values={"extension": phone}),
        routes.create_outgoing_route(actor=ROOT, values={"name": "All", "provider": trunk}),
        interfaces.create_manager_user(actor=ROOT, values={"username": "crm"}),
        interfaces.create_ari_user(actor=ROOT, values={"username": "bot"}),
        applications.create_application(
            actor=ROOT, values={"number": "*7", "name": "Door", "logic": "Answer()"}
        ),
    ]


def page_of(row: Any, what: str = "change") -> str:
    return reverse(f"admin:telephony_app_{row._meta.model_name}_{what}", args=[row.pk])


def form_of(client: Client, row: Any) -> dict[str, Any]:
    """Return what the form of a record would send unchanged."""
    form = client.get(page_of(row)).context["adminform"].form
    values = {field.html_name: field.value() for field in form}
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "") and value is not False
    }


def test_every_kind_is_shown_without_passwords_and_can_be_stored_again(rows: list[Any]) -> None:
    client = client_of(administrator())
    secrets = [getattr(row, "secret", "") or getattr(row, "password", "") for row in rows]
    for row in rows:
        assert client.get(reverse(f"admin:telephony_app_{row._meta.model_name}_changelist"))
        text = client.get(page_of(row)).content.decode()
        assert not [one for one in secrets if one and one in text], row
        answer = client.post(page_of(row), form_of(client, row))
        assert answer.status_code == 302, (row, answer.context and answer.context["errors"])
        assert client.get(page_of(row, "delete")).status_code == 403


def test_a_change_is_checked_audited_and_keeps_the_password(rows: list[Any]) -> None:
    client = client_of(administrator())
    row = rows[2]
    sent = form_of(client, row)
    answer = client.post(page_of(row), {**sent, "host": "a host\n"})
    assert answer.status_code == 200 and Provider.objects.get().host == "h"
    AuditEvent.objects.all().delete()
    assert client.post(page_of(row), {**sent, "host": "new.example"}).status_code == 302
    stored = Provider.objects.get()
    assert (stored.host, stored.secret) == ("new.example", "hush-hush")
    told = AuditEvent.objects.get(action="provider-change")
    assert told.detail == {"fields": ["host"]} and told.actor == "root"
    answer = client.post(page_of(row), {**sent, "host": "late.example"})
    assert answer.status_code == 200 and Provider.objects.get().host == "new.example"


def test_who_may_only_look_changes_nothing(rows: list[Any]) -> None:
    client = client_of(person(Right.VIEW_TELEPHONY))
    for row in rows:
        assert client.get(page_of(row)).status_code == 200
        assert client.post(page_of(row), {}).status_code == 403
    stranger = client_of(person(Right.VIEW, name="bob"))
    assert stranger.get(page_of(rows[0])).status_code == 403


def test_numbers_of_the_system_are_not_changed() -> None:
    client = client_of(administrator())
    row = Extension.objects.get(number="hangup")
    assert client.post(page_of(row), {"number": "201"}).status_code == 403


def test_nothing_is_added() -> None:
    client = client_of(administrator())
    for model in ("extension", "provider", "codec"):
        assert client.get(reverse(f"admin:telephony_app_{model}_add")).status_code == 403
