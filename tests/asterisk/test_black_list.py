"""The seeds' running example for real: ModuleBlackList refuses a caller, and lets him go again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.asterisk.lab.instance import AsteriskLab
from tests.asterisk.site import EXAMPLES, NUMBER, TelephoneSite

BAD, GOOD = "74990000001", "74990000002"
PAGE = "/m/ModuleBlackList/"
REFUSED = range(400, 700)


@pytest.fixture(scope="module")
def site(lab: AsteriskLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelephoneSite]:
    """A server and an Asterisk with the phone 201, to which the provider's calls lead."""
    site = TelephoneSite(lab, tmp_path_factory.mktemp("site"))
    yield site
    site.close()


def call_from(site: TelephoneSite, number: str) -> int:
    """Return how a call of this number from outside ended."""
    caller = site.caller(number)
    try:
        return caller.call(NUMBER)
    finally:
        caller.close()


def test_a_blocked_caller_is_refused_and_others_are_not(site: TelephoneSite) -> None:
    ann = site.phone("201")
    assert call_from(site, BAD) == 200, "nobody is blocked without the module"
    site.install(EXAMPLES / "ModuleBlackList")
    assert "module-black-list" in site.asterisk.cli("dialplan show module-black-list")
    assert call_from(site, BAD) == 200, "the list does not hold him yet"

    assert site.post(PAGE, number=f"+{BAD}", description="Fraud").status == 302
    site.wait_for_cli("dialplan show module-black-list", lambda said: BAD in said)
    before = len(ann.calls)
    assert call_from(site, BAD) in REFUSED
    assert len(ann.calls) == before, "the phone does not even ring"
    assert call_from(site, GOOD) == 200
    assert len(ann.calls) == before + 1

    site.module("disable", "ModuleBlackList")
    assert "BlackList" not in site.text_of("extensions.conf")
    assert call_from(site, BAD) == 200, "without the module he gets through"

    site.module("enable", "ModuleBlackList")
    assert call_from(site, BAD) in REFUSED, "the list is still there"
