"""A secret is made once, whole, by whoever comes first."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from pbxadmin.settings.env import secret


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.key"
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(lambda _n, path=path: secret(path), range(8)))
        assert len(found) == 1 and len(found.pop()) >= 32
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{number}.key" for number in range(20)}


def test_a_secret_is_the_owners_only(tmp_path: Path) -> None:
    secret(tmp_path / "one.key")
    assert stat.S_IMODE((tmp_path / "one.key").stat().st_mode) == 0o600


def test_a_secret_that_somebody_emptied_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "one.key").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"one\.key is damaged"):
        secret(tmp_path / "one.key")
