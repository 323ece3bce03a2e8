"""Everybody asks for every address with every method; what came back is kept for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from modules_app.permissions import Right
from tests.pages import administrator, person
from tests.web.addresses import Address

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE = ("GET", "HEAD", "OPTIONS")
OVERRIDES = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), "POST")
TOKEN = "a" * 32
BACKEND = "django.contrib.auth.backends.ModelBackend"
ROLES: dict[str, tuple[Right, ...] | None] = {
    "stranger": None,
    "nothing": (),
    "viewer": (Right.VIEW,),
    "operator": (Right.VIEW, Right.OPERATE),
    "installer": (Right.VIEW, Right.INSTALL),
    "remover": (Right.VIEW, Right.REMOVE),
    "listener": (Right.VIEW_TELEPHONY,),
    "exchange": (Right.VIEW_TELEPHONY, Right.CHANGE_TELEPHONY),
    "staff": (Right.VIEW,),
    "superuser": tuple(Right),
}
"""Everybody; ``staff`` may enter Django's admin but has no right on any record there."""


@dataclass(frozen=True)
class Cell:
    """What one person got for one method at one address."""

    role: str
    method: str
    address: Address
    status: int
    headers: dict[str, str]
    changes: tuple[str, ...]

    @property
    def where(self) -> str:
        return f"{self.role} {self.method} {self.address.path}"

    @property
    def short(self) -> str:
        """Return the status, with a mark when it leads to the login."""
        to_login = self.headers.get("Location", "").startswith(("/login/", "/admin/login/"))
        return f"{self.status}>login" if to_login else str(self.status)


@dataclass
class Crowd:
    """People with and without rights, each with a browser."""

    addresses: list[Address]
    clients: dict[str, Client] = field(default_factory=dict)
    people: dict[str, User | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in ROLES:
            self.people[role] = _user(role)
            self.clients[role] = Client(enforce_csrf_checks=True, raise_request_exception=False)
            self._sign_in(role)

    def _sign_in(self, role: str) -> None:
        client, user = self.clients[role], self.people[role]
        if user is not None:
            client.force_login(user, backend=BACKEND)
        client.cookies["csrftoken"] = TOKEN

    def ask(self, role: str, method: str, address: Address, **headers: str) -> Cell:
        """Send one request and undo in the database whatever it did."""
        written: list[str] = []
        with transaction.atomic(), _changes(written):
            answer: Any = self.clients[role].generic(
                method,
                address.path,
                b"",
                "application/x-www-form-urlencoded" if method not in SAFE else "",
                headers=headers,
            )
            transaction.set_rollback(True)
        answer.close()
        if settings.SESSION_COOKIE_NAME in answer.cookies:
            self._sign_in(role)  # it may have been a logout
        return Cell(role, method, address, answer.status_code, dict(answer.items()), tuple(written))


def methods_of(address: Address) -> tuple[str, ...]:
    """Return what to ask for. Django's admin knows POST and takes everything else for looking."""
    return ("GET", "POST", "DELETE") if address.is_admin else METHODS


@dataclass(frozen=True)
class Walk:
    """Everybody's requests as a page of ours sends them, and some as no page of ours does."""

    addresses: list[Address]
    with_token: list[Cell]
    without_token: list[Cell]
    overriding: list[Cell]

    @classmethod
    def through(cls, crowd: Crowd) -> Walk:
        """Ask for everything."""
        own = {"X-CSRFToken": TOKEN}
        return cls(
            addresses=crowd.addresses,
            with_token=[
                crowd.ask(role, method, address, **own)
                for address in crowd.addresses
                for method in methods_of(address)
                for role in ROLES
            ],
            without_token=[
                crowd.ask("superuser", method, address)
                for address in crowd.addresses
                for method in methods_of(address)
                if method not in SAFE
            ],
            overriding=[
                crowd.ask("superuser", "GET", address, **own, **OVERRIDES)
                for address in crowd.addresses
                if not address.is_admin
            ],
        )


def _user(role: str) -> User | None:
    rights = ROLES[role]
    if rights is None:
        return None
    if role == "superuser":
        return administrator(role)
    user = person(*rights, name=role)
    if role == "staff":
        user.is_staff = True
        user.save()
    return user


_TELLS = 'INSERT INTO "modules_app_auditevent"'


@contextmanager
def _changes(written: list[str]) -> Iterator[None]:
    """Note every statement that changes a row; the audit may tell that somebody was refused."""

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        changes = sql.split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE", "REPLACE")
        if changes and not sql.startswith(_TELLS):
            written.append(sql[:80])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
