"""W02, W24: the headers of reference R6.2 on everything that leaves web, errors included."""

from __future__ import annotations

import pytest

from tests.web.crawl import Walk
from tests.web.headers import lacking

pytestmark = pytest.mark.django_db


def test_w02_every_answer_to_everybody_has_the_headers(walk: Walk) -> None:
    cells = [*walk.with_token, *walk.without_token]
    statuses = {cell.status for cell in cells}
    assert {200, 302, 403, 404, 405, 422, 503} <= statuses
    assert {c.where: found for c in cells if (found := lacking(c.headers))} == {}
