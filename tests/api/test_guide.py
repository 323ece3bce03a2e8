"""The samples of the guide are cut from the module that the tests talk to."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from tests.api.module import files

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "module-rest.md"


def test_every_sample_of_the_guide_runs_in_these_tests() -> None:
    sources = [*files().values()]
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(blocks) >= 5
    for block in blocks:
        inside = textwrap.indent(block, "    ")
        assert any(block in source or inside in source for source in sources), block
