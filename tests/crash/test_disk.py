"""The model of the disk itself: what it may lose and what it may not."""

from __future__ import annotations

from tests.crash.disk import ROOT, CrashStates, Disk, Event, Link, Rename, Sync, Tree, Unlink, Write


def states_after(*events: Event) -> list[Tree]:
    """Return every tree that a crash after these events may leave; nodes below 5 are folders."""
    disk = Disk()
    for event in events:
        if isinstance(event, Link):
            disk.make(event.node, is_folder=event.node < 5)
        disk.apply(event)
    states = CrashStates(disk)
    return [states.tree(number) for number in range(states.count)]


NEW_FILE: tuple[Event, ...] = (Link(ROOT, "a", 5), Write(5, b"12"))


def test_a_new_file_may_be_missing_empty_torn_or_whole() -> None:
    found = states_after(*NEW_FILE)
    assert sorted(map(repr, found)) == sorted(
        map(repr, [{}, {"a": b""}, {"a": b"1"}, {"a": b"12"}])
    )


def test_a_synced_file_is_whole_if_its_name_is_there() -> None:
    assert states_after(*NEW_FILE, Sync(5)) == [{}, {"a": b"12"}]


def test_a_synced_folder_has_its_names_whatever_they_hold() -> None:
    found = states_after(*NEW_FILE, Sync(ROOT))
    assert {} not in found and {"a": b""} in found


def test_after_both_syncs_or_one_of_the_file_system_nothing_can_be_lost() -> None:
    assert states_after(*NEW_FILE, Sync(5), Sync(ROOT)) == [{"a": b"12"}]
    assert states_after(*NEW_FILE, Sync()) == [{"a": b"12"}]


def test_what_is_deleted_may_come_back_until_the_folder_is_synced() -> None:
    gone = (*NEW_FILE, Sync(), Unlink(ROOT, "a"))
    assert states_after(*gone) == [{}, {"a": b"12"}]
    assert states_after(*gone, Sync(ROOT)) == [{}]


def test_a_rename_happens_whole_or_not_at_all() -> None:
    events = (*NEW_FILE, Link(ROOT, "b", 6), Write(6, b"34"), Sync(), Rename(ROOT, "b", "a", 6))
    assert states_after(*events) == [{"a": b"12", "b": b"34"}, {"a": b"34"}]


def test_a_lost_folder_takes_what_is_in_it_along() -> None:
    found = states_after(Link(ROOT, "d", 1), Link(1, "a", 5), Sync(1))
    assert found == [{}, {"d": {"a": b""}}]


def test_what_is_the_same_after_every_crash_is_known_without_trying_them() -> None:
    disk = Disk()
    for node in (1, 5, 6):
        disk.make(node, is_folder=node < 5)
    for event in (Link(ROOT, "d", 1), Link(1, "a", 5), Write(5, b"1"), Sync(), Link(1, "b", 6)):
        disk.apply(event)
    states = CrashStates(disk)
    assert states.certain("d", "a") == b"1"
    assert states.certain("d") is None
    assert states.certain("d", "b") is None
