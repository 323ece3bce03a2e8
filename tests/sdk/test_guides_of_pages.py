"""Samples in the guides are cut from the module that the tests run."""

from __future__ import annotations

import re
from textwrap import indent

import pytest

from tests.meta.source import ROOT
from tests.web_module import CONF

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("guide", "samples"),
    [("menu-and-pages", 4), ("forms-and-blocks", 3), ("rights-and-login", 3)],
)
def test_samples_are_cut_from_a_running_module(guide: str, samples: int) -> None:
    found = BLOCK.findall((ROOT / "docs" / "guides" / f"{guide}.md").read_text())
    assert len(found) == samples
    for sample in found:
        assert indent(sample, "    ") in CONF
