"""The first user: a one-time code from the console instead of a shipped password (R6.5)."""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from modules_app import audit
from modules_app.exceptions import NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import ModuleAccount
from modules_app.packages.fsops import FsOps
from modules_app.permissions import Actor

_FILE = "setup.code"


def setup_code() -> str:
    """Return the one-time code of the setup page, "" once there is a user.

    The first call makes it (more than 128 bits, a file that only the owner reads); it stays the
    same over restarts. However the first user came, also by ``createsuperuser``, the code dies.
    """
    if get_user_model().objects.exists():
        _forget_code()
        return ""
    path = _run_dir() / _FILE
    if not path.exists():
        _make_code()
    return path.read_text()


def is_setup_code(code: str) -> bool:
    """Tell whether ``code`` may make the first user now."""
    expected = setup_code()
    return bool(expected) and hmac.compare_digest(code.encode(), expected.encode())


def create_first_user(
    *, code: str, username: str, password: str, address: str = ""
) -> AbstractBaseUser:
    """Create the administrator, if ``code`` is right and there is no user yet.

    Raises `NotFound` for a wrong code or when the first run is over (also when another request
    was faster by a moment), and Django's ``ValidationError`` for a bad name; the form has
    checked the password.
    """
    if not is_setup_code(code):
        raise _wrong_code()
    users = get_user_model()
    user = users(username=username, is_staff=True, is_superuser=True)
    user.set_password(password)
    user.clean_fields()
    with transaction.atomic():  # IMMEDIATE: whoever is second sees the first one's user
        if users.objects.exists():
            raise _wrong_code()
        user.save(force_insert=True)
        actor = Actor(username, "web", frozenset(), address=address)
        audit.record(actor=actor, action="create-first-user", target=username, outcome="done")
    _forget_code()
    return user


def set_password(*, actor: Actor, user: AbstractBaseUser, password: str) -> None:
    """Store a checked new password; it ends every session of the user but the one that keeps up.

    The page calls Django's ``update_session_auth_hash`` for its own session. Raises ``Refused`` for
    people whom a module signs in: their password is kept there.
    """
    if account := ModuleAccount.objects.filter(user_id=user.pk).first():
        raise Refused(
            "password-elsewhere",
            _("This password is kept by “{id}”, so it cannot be changed here."),
            context={"id": account.module_id},
        )
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        audit.record(
            actor=actor, action="password-change", target=user.get_username(), outcome="done"
        )


def _wrong_code() -> Refused:
    return NotFound(
        "setup-code-wrong",
        _("This setup link is not valid, or the first user exists already."),
        hint=_("The valid link is printed on the console by script/server."),
    )


def _make_code() -> None:
    code = secrets.token_urlsafe(48).encode()
    fsops = FsOps()
    with fsops.directory(_run_dir()) as dir_fd, suppress(FileExistsError):  # another was faster
        fsops.create_file_whole(_FILE, dir_fd, code)


def _forget_code() -> None:
    if (_run_dir() / _FILE).exists():
        with FsOps().directory(_run_dir()) as dir_fd:
            FsOps().unlink(_FILE, dir_fd)


def _run_dir() -> Path:
    return Path(settings.PBX_DATA_DIR) / "run"
