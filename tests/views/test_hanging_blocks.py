"""Fifty modules that hang in a block of a page, over a real socket and by the real clock."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from modules_app.domain.ids import fold_id
from modules_app.selectors import answers
from modules_app.services import hook_calls
from modules_app.services.hook_calls import PER_MODULE, PER_PAGE, TIME_OUTS
from modules_app.services.registry import raise_sequence
from tests.surfaces.rows import answering

PAGES = 4
CALLS_PER_PAGE = int(PER_PAGE / PER_MODULE) + 1


class Hole:
    """Takes every request of the host's socket and never answers; ``asked`` are the modules."""

    def __init__(self, path: Path) -> None:
        self.asked: list[bytes] = []
        self._held: list[socket.socket] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen(256)
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                taken, _address = self._socket.accept()
            except OSError:
                return
            self._held.append(taken)
            self.asked.append(taken.recv(4096))

    def close(self) -> None:
        for one in (self._socket, *self._held):
            one.close()


@pytest.fixture
def hole(
    db: None, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hole]:
    settings.PBX_DATA_DIR = tmp_path
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(answers, "_known", (-1, {}))
    hook_calls.breaker.forget()
    found = Hole(tmp_path / "run" / "host-1.sock")
    yield found
    found.close()
    hook_calls.breaker.forget()


def hang(count: int) -> list[str]:
    ids = [f"ModuleHangs{number:02}" for number in range(count)]
    for module_id in ids:
        answering(module_id, on_volt_block_compile=["PbxExtensionModules/TabularMenu"])
    raise_sequence()
    return ids


def test_fifty_hanging_modules_cost_each_page_a_handful_of_calls(
    admin_page: Client, hole: Hole
) -> None:
    ids = hang(50)
    for number in range(1, PAGES + 1):
        assert admin_page.get("/modules/").status_code == 200
        assert 0 < len(hole.asked) <= number * CALLS_PER_PAGE
    late = [one for one in ids if hook_calls.breaker.lateness(one)]
    assert len(late) >= PAGES * 2, "each page asks others first than those that were late"


def test_who_hangs_three_times_is_left_alone_and_the_page_says_so(
    admin_page: Client, hole: Hole
) -> None:
    ids = hang(2)
    for _page in range(TIME_OUTS + 2):
        text = admin_page.get("/modules/").content.decode()
    assert len(hole.asked) == TIME_OUTS * len(ids)
    assert all(hook_calls.breaker.is_open(fold) for fold in ids), fold_id(ids[0])
    assert all(module_id in text for module_id in ids)
