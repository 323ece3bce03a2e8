"""Which changes can change Asterisk's files, so that they wait to be applied."""

from __future__ import annotations

import re

import pytest

from modules_app.domain.model_events import TELEPHONY
from modules_app.domain.settings import SETTINGS
from telephony_app.domain.ripeness import concerns_asterisk
from tests.meta.source import ROOT

_READ = re.compile(r"""(?:setting|number|is_on|code)\(\s*"([A-Za-z_]+)\"""")


def read_by_generators() -> set[str]:
    """Return the settings that the files of Asterisk are written from."""
    texts = [path.read_text() for path in (ROOT / "telephony_app/generators").glob("*.py")]
    return {key for text in texts for key in _READ.findall(text)}


def test_a_change_of_each_setting_that_generators_read_waits_to_be_applied() -> None:
    keys = read_by_generators()
    assert len(keys) > 20 and keys <= set(SETTINGS)
    assert [key for key in sorted(keys) if not concerns_asterisk("PbxSettings", key)] == []


@pytest.mark.parametrize(
    "model", ["NetworkFilters", *(one.seed_name for one in TELEPHONY.values())]
)
def test_a_change_of_each_telephone_record_waits_to_be_applied(model: str) -> None:
    assert concerns_asterisk(model, "1")


def test_custom_files_of_asterisk_wait_and_others_do_not() -> None:
    assert concerns_asterisk("CustomFiles", "asterisk/pjsip.conf")
    assert not concerns_asterisk("CustomFiles", "nginx/pbx.conf")
    assert not concerns_asterisk("PbxSettings", "WEBPort")
