"""The log of attacks, which the operator makes and keeps from growing."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from modules_app.operator import protection
from modules_app.sdk import report_attack
from modules_app.sdk.context import ModuleFacts, running
from modules_app.selectors.fail2ban import security_log
from tests.lifecycle import Life


def test_the_log_is_there_and_a_large_one_is_put_aside(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = security_log()
    assert path.read_text() == "" and path.stat().st_mode & 0o777 == 0o640
    path.write_text("a line\n")
    protection.look_after_attack_log(life.tools)
    assert path.read_text() == "a line\n"
    monkeypatch.setattr(protection, "LARGEST_LOG", 3)
    protection.look_after_attack_log(life.tools)
    assert path.read_text() == ""
    assert path.with_name("security.log.1").read_text() == "a line\n"


def test_a_module_reports_attacks_under_its_own_name(caplog: pytest.LogCaptureFixture) -> None:
    facts = ModuleFacts("ModuleGate", "m_gate", "1", "mikopbx", Path("/"), "r")
    log = logging.getLogger("pbxadmin.attacks")
    log.addHandler(caplog.handler)
    try:
        with running(facts):
            report_attack("192.0.2.1", "wrong PIN")
            with pytest.raises(ValueError, match="no address"):
                report_attack("somewhere")
    finally:
        log.removeHandler(caplog.handler)
    assert caplog.messages == ["module_gate: wrong PIN from 192.0.2.1"]
