"""W04, W25: who gets what: role x address x method against rights.txt, and the services alone.

``PBX_WRITE_RIGHTS=1 pytest tests/web/test_w04_rights.py`` writes rights.txt anew; read the
difference line by line before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.web.crawl import METHODS, ROLES, Cell, Walk

pytestmark = pytest.mark.django_db

RIGHTS = Path(__file__).with_name("rights.txt")
HEAD = """\
# Who gets what: one line for each address and method, one column for each role.
# ">login" leads to the login. At addresses of modules, 503 means: let through to the host, which
# does not run in this test. Written by PBX_WRITE_RIGHTS=1; a changed line is a changed right.
"""


def as_text(cells: list[Cell]) -> str:
    """Return the matrix as readable, sorted lines."""
    found = {(c.address.pattern, c.address.name, c.method, c.role): c.short for c in cells}
    lines = [f"{'':<77}{''.join(f'{role:<11}' for role in ROLES)}".rstrip()]
    for pattern, name in sorted({key[:2] for key in found}):
        for method in METHODS:
            if (pattern, name, method, "stranger") not in found:
                continue
            row = [found[pattern, name, method, role] for role in ROLES]
            shown = "".join(f"{status:<11}" for status in row)
            lines.append(f"{'/' + pattern:<68}{method:<9}{shown}".rstrip())
    return "\n".join([HEAD, *lines, ""])


def test_w04_everybody_gets_exactly_what_the_list_of_rights_says(walk: Walk) -> None:
    found = as_text(walk.with_token)
    if os.environ.get("PBX_WRITE_RIGHTS") == "1":
        RIGHTS.write_text(found)
    assert found.splitlines() == RIGHTS.read_text().splitlines()
