"""A fault of ours still says what failed: a full disk, a database that cannot be read."""

from __future__ import annotations

import errno

import pytest
from django.db import DatabaseError, OperationalError
from django.test import RequestFactory

from modules_app.views.errors import server_error

FULL = "Free some space below the data folder"
DATABASE = "The records of this system cannot be read or written"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507, FULL),
        (OperationalError("database or disk is full"), 507, FULL),
        (OperationalError("disk I/O error"), 500, DATABASE),
        (DatabaseError("file is not a database"), 500, DATABASE),
        (OSError(errno.EACCES, "Permission denied"), 500, "The fault is ours"),
        (KeyError("x"), 500, "The fault is ours"),
    ],
)
def test_the_page_of_a_fault_names_its_cause(error: Exception, status: int, said: str) -> None:
    try:
        raise error
    except Exception:
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == status
    assert said in response.content.decode()
