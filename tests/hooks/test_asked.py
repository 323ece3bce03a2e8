"""What was asked, told by its content, and made anew only as far as records changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import pytest

from modules_app.hooks import questions
from modules_app.hooks.asked import NOTHING, Asked, PresentQuestions
from modules_app.hooks.questions import Changes, Source, read_records

HOOK = "a_hook"
Records = dict[str, str]


class Rows:
    """Records that can tell what changed, and count what they are asked for."""

    def __init__(self) -> None:
        self.now: Records = {"1": "one", "2": "two", "3": "three"}
        self.made = 0

    def read(self) -> Records:
        return dict(self.now)

    def ask(self, records: Records, wanted: Collection[str]) -> Any:
        self.made += len(records)
        return {HOOK: {key: {"text": text} for key, text in records.items()}}

    def changes(self, now: Records, before: Records, wanted: Collection[str]) -> Changes | None:
        changed = {key: text for key, text in now.items() if before.get(key) != text}
        return Changes(self.ask(changed, wanted), {HOOK: before.keys() - now.keys()})


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rows]:
    rows = Rows()
    source = Source(rows.read, rows.ask, rows.changes)
    monkeypatch.setattr(questions, "_sources", [source])
    return rows


def present(before: PresentQuestions | None = None) -> PresentQuestions:
    return PresentQuestions(read_records(), [HOOK], before)


def test_a_name_depends_on_keys_and_digests_and_not_on_their_order() -> None:
    one, same = Asked({"1": "a", "2": "b"}), Asked({"2": "b", "1": "a"})
    assert one.name == same.name == Asked.from_text(one.text).name
    assert len(one.name) == 32
    assert one.name != Asked({"1": "b", "2": "a"}).name
    assert NOTHING.name == ""


def test_only_what_changed_is_made_and_the_result_is_as_if_all_were(rows: Rows) -> None:
    first = present()
    first.forget_arguments()
    rows.now = {"2": "two", "3": "drei", "4": "vier"}
    rows.made = 0
    second = present(first)
    assert rows.made == 2
    assert second.asked[HOOK] == present().asked[HOOK]
    assert second.asked[HOOK].name == present().asked[HOOK].name


def test_arguments_that_were_not_made_are_made_when_they_are_wanted(rows: Rows) -> None:
    first = present()
    rows.now["3"] = "drei"
    second = present(first)
    rows.made = 0
    assert second.about(HOOK, ["3"]) == {"3": {"text": "drei"}}
    assert rows.made == 0
    assert second.about(HOOK, ["1", "3"]) == {"1": {"text": "one"}, "3": {"text": "drei"}}
    assert rows.made == 3


def test_while_nothing_changes_the_same_digests_stay(rows: Rows) -> None:
    first = present()
    assert present(first).asked[HOOK] is first.asked[HOOK]


def test_who_cannot_tell_what_changed_is_asked_for_all(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "_sources", [Source(rows.read, rows.ask)])
    first = present()
    rows.now["3"] = "drei"
    rows.made = 0
    assert present(first).asked[HOOK].digests != first.asked[HOOK].digests
    assert rows.made == 3


def test_other_hooks_are_asked_for_all(rows: Rows) -> None:
    first = present()
    second = PresentQuestions(read_records(), [HOOK, "another"], first)
    assert second.asked[HOOK] == first.asked[HOOK]
    assert second.asked["another"] == NOTHING
