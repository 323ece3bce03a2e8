"""Russian is complete: every sentence marked for translation has one, and it is compiled."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"\{[a-z_]+\}|%\([a-z_]+\)[sd]")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    """The committed Russian texts."""
    return polib.pofile(str(CATALOGUE))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_sentence_is_translated(catalogue: polib.POFile) -> None:
    assert len(catalogue) > 500
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_translations_keep_the_placeholders(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        wanted = sorted(PLACEHOLDER.findall(entry.msgid))
        for text in texts(entry):
            assert sorted(PLACEHOLDER.findall(text)) == wanted, entry.msgid


def test_the_compiled_file_is_current(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {(e.msgctxt, e.msgid): texts(e) for e in compiled} == {
        (e.msgctxt, e.msgid): texts(e) for e in catalogue
    }


def test_the_catalogue_holds_what_the_code_marks(
    catalogue: polib.POFile, need_tool: Callable[[str], str], tmp_path: Path
) -> None:
    need_tool("xgettext")
    for folder in ("modules_app", "telephony_app", "pbxadmin", "templates", "locale"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc"))
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ru", "--no-location"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    fresh = polib.pofile(str(tmp_path / CATALOGUE.relative_to(ROOT)))
    marked = {(entry.msgctxt, entry.msgid) for entry in fresh if not entry.obsolete}
    assert marked == {(entry.msgctxt, entry.msgid) for entry in catalogue}
