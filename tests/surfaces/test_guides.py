"""The samples of the guides are code that works."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from django.conf import settings

from modules_app.models import SurfaceState
from tests.builders import python_module
from tests.lifecycle import Life

GUIDES = Path(settings.BASE_DIR) / "docs" / "guides"
HEAD = "from modules_app.sdk import ConfigClass\n\n\nclass PyConf(ConfigClass):\n"


@pytest.mark.parametrize(
    ("guide", "surface", "lines"),
    [
        ("scheduled-tasks.md", "cron", ["30 3 * * * ", "*/5 * * * mon-fri "]),
        ("nginx.md", "nginx", ["location = /hello-from-nginx {", "listen 127.0.0.1:8099;"]),
    ],
)
def test_the_sample_of_a_guide_lands_in_its_files(
    life: Life, guide: str, surface: str, lines: list[str]
) -> None:
    sample = re.search(r"^```python\n(.*?)^```", (GUIDES / guide).read_text(), re.M | re.S)
    assert sample is not None
    conf = HEAD + textwrap.indent(sample[1], "    ")
    life.install(python_module(files={"conf.py": conf}))
    life.enable("ModulePy")
    state = SurfaceState.objects.get(name=surface)
    assert state.complaints == []
    text = "\n".join(file["text"] for file in state.files)
    assert [line for line in lines if line not in text] == []
