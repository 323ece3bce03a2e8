"""The named baseline "minimal Django": what nobody can leave out, and nothing else.

``/upload`` takes a package by form, unzips it, digests every file, writes one row and syncs the
file system, in one process; no check, no journal, no way back. ``/list`` draws 100 rows from tuples
with one CSRF token. Both want a logged-in session. Run by gunicorn as the product is.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import secrets
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings

_FOLDER = Path(os.environ.get("BENCH_BASELINE", "."))
_ROWS = 100

settings.configure(
    DEBUG=False,
    SECRET_KEY=os.environ.get("BENCH_BASELINE_KEY", "") or secrets.token_hex(32),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.file",
    SESSION_FILE_PATH=str(_FOLDER),
    FILE_UPLOAD_TEMP_DIR=str(_FOLDER),
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(_FOLDER / "baseline.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)

import django  # noqa: E402

django.setup()

from django.contrib.auth import get_user_model, login  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.html import format_html, format_html_join  # noqa: E402
from django.views.decorators.csrf import ensure_csrf_cookie  # noqa: E402

_libc = ctypes.CDLL(None)


def prepare() -> None:
    """Create the tables, the rows of the list and the only user."""
    call_command("migrate", verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE modules (id TEXT PRIMARY KEY, name TEXT, version TEXT,"
                       " publisher TEXT, description TEXT, state TEXT)")  # fmt: skip
        cursor.execute("CREATE TABLE packages (id INTEGER PRIMARY KEY, name TEXT, digest TEXT)")
        rows = [
            (f"Module{n:03}", f"Module {n}", "1.0.0", "Bench", "What it does", "enabled")
            for n in range(_ROWS)
        ]
        cursor.executemany("INSERT INTO modules VALUES (%s, %s, %s, %s, %s, %s)", rows)
    get_user_model().objects.create_user("bench")


@ensure_csrf_cookie
def enter(request: HttpRequest) -> HttpResponse:
    """Log the only user in."""
    user = get_user_model().objects.get(username="bench")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse("in")


@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Install the uploaded package."""
    target = _FOLDER / "installed" / secrets.token_hex(8)
    digest = hashlib.sha256()
    with zipfile.ZipFile(request.FILES["package"]) as archive:
        for member in archive.infolist():
            content = archive.read(member)
            file = target / member.filename
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            digest.update(hashlib.sha256(content).digest())
    _sync(target)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO packages (name, digest) VALUES (%s, %s)",
            [target.name, digest.hexdigest()],
        )
    return HttpResponse(target.name)


@login_required
def show_list(request: HttpRequest) -> HttpResponse:
    """Draw the rows from tuples."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, version, publisher, description, state FROM modules")
        rows: list[Any] = cursor.fetchall()
    body = format_html_join("", _ROW, rows)
    return HttpResponse(format_html(_PAGE, get_token(request), body))


def empty(_request: HttpRequest) -> HttpResponse:
    """Do nothing."""
    return HttpResponse("")


_ROW = (
    "<tr><td><a href='/m/{0}/'>{1}</a></td><td>{2}</td><td>{3}</td><td>{4}</td><td>{5}</td>"
    "<td><button name='enable' value='{0}'>Enable</button></td></tr>\n"
)
_PAGE = (
    "<!doctype html><title>Modules</title><form method='post'>"
    "<input type='hidden' name='csrfmiddlewaretoken' value='{}'><table>{}</table></form>"
)


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        if _libc.syncfs(fd) != 0:
            raise OSError("syncfs failed")
    finally:
        os.close(fd)


urlpatterns = [
    path("login/", enter),
    path("upload", upload),
    path("list", show_list),
    path("empty", empty),
]
application = get_wsgi_application()

if __name__ == "__main__":
    prepare()
