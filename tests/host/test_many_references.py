"""Many core records asked about in one call: a hook that a module wrote hears of each by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.workbench import Workbench

CONF = """
import time
from modules_app.sdk import ConfigClass

class BrokenConf(ConfigClass):
    def core_references(self, question):
        assert sorted(question) == ["ask", "id", "kind"], question
        if question["id"] == "slow":
            time.sleep(20)
        if question["id"] == "bad":
            raise ValueError("no")
        rows = super().core_references(question)
        if question["kind"] == "extensions" and question["id"] == "202":
            rows += [{"model": "plan", "text": str(place) * 300} for place in range(5)]
        if question["id"] == "204":
            rows += ["a word"]
        return rows
"""


def told(bench: Workbench, *ids: str, seconds: float = 3.0) -> dict[str, Any]:
    """Ask as a page does that deletes several extensions."""
    question = {"ask": "protect", "kind": "extensions", "ids": ids}
    module = bench.module({"conf.py": CONF})
    body = {"module": module.id, "arguments": {"question": question}, "seconds": seconds}
    request = {"path": "/_hooks/core_references", "method": "POST", "data": json.dumps(body)}
    (answer,) = bench.ask([module], {**request, "type": "application/json"})
    assert answer["status"] == 200, answer["text"]
    return json.loads(answer["text"])  # type: ignore[no-any-return]


def test_each_row_says_which_record_it_protects(bench: Workbench) -> None:
    answer = told(bench, "201", "202", "203", "204")
    assert answer["ok"] and answer["value"] == [
        *({"id": "202", "model": "plan", "text": place * 60} for place in "012"),
        {"id": "204", "model": "", "text": "a word"},
    ]


@pytest.mark.parametrize(("wrong", "why"), [("bad", "ValueError: no"), ("slow", "HookTimeout")])
def test_an_error_or_too_little_time_is_no_answer_at_all(
    bench: Workbench, wrong: str, why: str
) -> None:
    answer = told(bench, "202", wrong, "204", seconds=1.0)
    assert not answer["ok"] and why in answer["error"] and not answer.get("value")
