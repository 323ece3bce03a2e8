"""When the host loads everything, nothing, or what is being tried (reference R4.8)."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from modules_app.bridge.boots import Boots
from modules_app.bridge.registry import Registry, RegistryModule
from modules_app.bridge.safe_mode import SafeMode, SafeModeFile, Trial, Why
from modules_app.bridge.strikes import Strike, Strikes
from modules_app.domain.halves import begin
from modules_app.domain.strikes import Patience
from modules_app.host.caution import Caution, Choice, Served
from modules_app.packages.errors import storage_failed
from modules_app.packages.fsops import FsOps

PATIENCE = Patience(bad_starts=3, healthy_seconds=0.0, probation_seconds=0.0)
WELL = {"ok": True}


class FullDisk(FsOps):
    """A disk that takes nothing any more."""

    def write_file_atomically(self, *args: Any, **kwargs: Any) -> None:
        raise storage_failed(OSError(errno.ENOSPC, "full"), "write")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


def host(root: Path, fsops: FsOps | None = None, patience: Patience = PATIENCE) -> Caution:
    """Return the caution of a host that has just started."""
    caution = Caution(root, patience, fsops or FsOps())
    caution.begin()
    return caution


def registry(*ids: str, generation: str = "1-aa") -> Registry:
    modules = tuple(
        RegistryModule(one, f"m_{one}", generation, "1", "mikopbx", "python", "1", "/c", "/d")
        for one in ids
    )
    return Registry(1, modules, "en", "2026")


def serve(caution: Caution, found: Registry, **states: dict[str, Any]) -> Served:
    """Return a server of what may be loaded, which has answered."""
    served = caution.serve(caution.choice().of(found))
    health = {one.id: states.get(one.id, WELL) for one in served.registry.modules}
    served.answered({"modules": health})
    return served


def test_three_starts_that_never_got_well_bring_safe_mode_and_name_the_last_to_crash(
    root: Path,
) -> None:
    Strikes(root / "run").charge("Bad", "1-aa", Strike(2, "import", "status 1"))
    for _ in range(2):
        assert host(root).choice() == Choice()
    caution = host(root)

    assert caution.choice() == Choice(True, frozenset())
    found = SafeModeFile(root).read()
    assert found is not None
    assert (found.why, found.bad_starts, found.suspect) == (Why.BAD_STARTS, 3, "Bad")
    assert caution.choice().of(registry("Good", "Bad")).modules == ()


def test_a_start_that_got_well_resets_the_count(root: Path) -> None:
    for _ in range(2):
        host(root)
    caution = host(root, patience=Patience(bad_starts=9, healthy_seconds=0.0))
    caution.look(serve(caution, registry("Good")))

    assert Boots(root / "run").record.bad == 0
    assert Boots(root / "run").record.healthy == {"Good": "1-aa"}


def test_stopping_in_order_never_counts(root: Path) -> None:
    for _ in range(10):
        host(root).stopped()
    assert host(root).choice() == Choice()
    assert Boots(root / "run").record.starts == 11


def test_a_server_that_dies_again_and_again_counts_too(root: Path) -> None:
    caution = host(root)
    caution.died()
    assert caution.choice() == Choice()
    caution.died()
    assert caution.choice().safe_mode


def test_zero_bad_starts_means_never(root: Path) -> None:
    for _ in range(20):
        caution = host(root, patience=Patience(bad_starts=0))
    assert caution.choice() == Choice()


def test_leaving_safe_mode_starts_counting_anew(root: Path) -> None:
    for _ in range(3):
        caution = host(root)
    caution.choice()
    SafeModeFile(root).turn_off()
    assert caution.choice() == Choice()
    assert host(root).choice() == Choice()


def test_r48_without_a_counter_only_what_was_healthy_at_the_last_start_is_loaded(
    root: Path,
) -> None:
    first = host(root)
    first.look(serve(first, registry("Old")))
    caution = host(root, FullDisk())

    chosen = caution.choice().of(registry("Old", "New"))
    assert [module.id for module in chosen.modules] == ["Old"]
    assert not chosen.safe_mode
    assert caution.choice().of(registry("Old", generation="2-bb")).modules == ()


def test_safe_mode_that_cannot_be_written_is_on_all_the_same(root: Path) -> None:
    for _ in range(2):
        host(root)
    caution = host(root)
    SafeModeFile(root).turn_off()
    full = Caution(root, PATIENCE, FullDisk())
    full._boots.record = caution._boots.record
    full._beware()
    assert full.choice().safe_mode


@pytest.mark.parametrize("state", [{"ok": False, "error": "ImportError: x"}, WELL])
def test_a_trial_of_all_ends_safe_mode_or_itself(root: Path, state: dict[str, Any]) -> None:
    SafeModeFile(root).turn_on(
        SafeMode(Why.PERSON, "anna", trial=Trial(("Bad", "Good"), leave=True))
    )
    caution = host(root)
    caution.look(serve(caution, registry("Bad", "Good", "Other"), Bad=state))

    found = SafeModeFile(root).read()
    if state["ok"]:
        assert found is None
    else:
        assert found is not None and found.running == ()
        assert found.verdict is not None and "ImportError: x" in found.verdict.text


def test_a_crash_during_a_trial_ends_it_and_names_the_suspect(root: Path) -> None:
    SafeModeFile(root).turn_on(SafeMode(Why.PERSON, "anna", trial=Trial(("Bad",))))
    caution = host(root)
    served = serve(caution, registry("Bad", "Good"))
    Strikes(root / "run").charge("Bad", "1-aa", Strike(1, "request", "signal SIGSEGV"))
    caution.look(served)

    found = SafeModeFile(root).read()
    assert found is not None
    assert (found.running, found.suspect) == ((), "Bad")
    assert caution.choice() == Choice(True, frozenset())


def test_a_machine_that_went_down_during_a_trial_counts_as_the_fault(root: Path) -> None:
    SafeModeFile(root).turn_on(SafeMode(Why.PERSON, "anna", trial=Trial(("Bad",))))
    host(root, patience=Patience(bad_starts=0))
    found = SafeModeFile(root).read()
    assert found is not None and found.running == ("Bad",)
    host(root, patience=Patience(bad_starts=0))
    found = SafeModeFile(root).read()
    assert found is not None and found.running == ()


@pytest.mark.parametrize(("why", "moves"), [(Why.PERSON, False), (Why.BAD_STARTS, True)])
def test_only_after_bad_starts_the_host_says_that_the_fault_is_gone(
    root: Path, why: Why, moves: bool
) -> None:
    search = begin(["One", "Two", "Three", "Four"])
    SafeModeFile(root).turn_on(SafeMode(why, "x", search=search))
    caution = host(root)
    caution.look(serve(caution, registry("One", "Two", "Three", "Four")))

    found = SafeModeFile(root).read()
    assert found is not None and found.search is not None
    assert (found.search.trying == ("Three",)) is moves


def test_probation_ends_only_while_the_module_is_well(root: Path) -> None:
    caution = host(root)
    bad = {"ok": False, "error": "x"}
    assert caution.look(serve(caution, registry("One", "Two"), Two=bad)) == ["One"]
    slow = host(root, patience=Patience(probation_seconds=3600))
    assert slow.look(serve(slow, registry("One"))) == []


def test_in_safe_mode_strikes_are_kept(root: Path) -> None:
    Strikes(root / "run").charge("Bad", "1-aa", Strike(1, "request", "status 1"))
    (root / "safe-mode").touch()
    caution = host(root)
    serve(caution, registry("Bad"))
    assert list(Strikes(root / "run").read()) == ["Bad"]
    (root / "safe-mode").unlink()
    serve(caution, registry("Good"))
    assert Strikes(root / "run").read() == {}


def test_a_folder_of_that_name_is_not_the_file(root: Path) -> None:
    (root / "safe-mode").mkdir()
    assert host(root).choice() == Choice()
