"""What modules hear of phones and providers, without a connection to Asterisk."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from modules_app.packages.errors import explain_os_error
from modules_app.packages.fsops import FsOps
from telephony_app.live import news as news_module
from telephony_app.live.news import News


@dataclass
class Seen:
    """A picture of Asterisk."""

    phones: dict[str, str] = field(default_factory=dict)
    providers: dict[str, str] = field(default_factory=dict)
    booted: bool = True
    started: str = "10:00:00"


class FullDisk(FsOps):
    """A disk that takes nothing more."""

    def write_file_atomically(self, *args: Any, **more: Any) -> None:
        explain_os_error(OSError(errno.ENOSPC, "No space left on device"), "write")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_module, "PAUSE_SECONDS", 0.0)


def news_in(folder: Path, told: list[tuple[str, Mapping[str, Any]]], **more: Any) -> News:
    def ask(hook: str, arguments: Mapping[str, Any]) -> None:
        told.append((hook, arguments))

    return News(folder, ask=ask, on_connected=lambda: None, **more)


def test_modules_hear_that_a_provider_registers(tmp_path: Path) -> None:
    told: list[tuple[str, Mapping[str, Any]]] = []
    news = news_in(tmp_path, told)
    news.look(Seen())
    news.look(Seen(providers={"SIP-TRUNK-1": "registered"}))
    hook, arguments = told[-1]
    assert hook == "on_provider_status_change"
    [change] = arguments["changes"]
    assert change["changes"]["provider"] == "SIP-TRUNK-1"
    assert change["changes"]["state"] == "registered"


def test_on_a_full_disk_modules_are_told_all_the_same(tmp_path: Path) -> None:
    told: list[tuple[str, Mapping[str, Any]]] = []
    news = news_in(tmp_path, told, fsops=FullDisk())
    news.look(Seen())
    news.look(Seen(phones={"201": "online"}))
    news.look(Seen(phones={"201": "online"}))
    assert [hook for hook, _arguments in told] == [
        "on_after_pbx_started",
        "on_extension_status_change",
    ]
