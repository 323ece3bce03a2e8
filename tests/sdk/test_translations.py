"""Texts of a module: chosen language, then English, then the key (reference M9)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import translation

from modules_app.sdk import translate
from modules_app.sdk.context import ModuleFacts, running

OWN = Path(__file__).parents[2] / "modules_app" / "sdk" / "messages"


@pytest.fixture
def module(tmp_path: Path) -> ModuleFacts:
    folder = tmp_path / "messages"
    (folder / "de").mkdir(parents=True)
    (folder / "en.json").write_text('{"hi": "Hi %name%", "only": "Only here"}')
    (folder / "ru.json").write_text('{"hi": "Привет, %name%"}')
    (folder / "de" / "a.json").write_text('{"hi": "Hallo"}')
    (folder / "de" / "b.json").write_text('{"hi": "Moin %name%"}')
    return ModuleFacts("ModuleX", "m_ModuleX", "1", "mikopbx", tmp_path, "g1")


@pytest.mark.parametrize(
    ("language", "key", "text"),
    [
        ("ru", "hi", "Привет, Ann"),
        ("en", "hi", "Hi Ann"),
        ("en-gb", "hi", "Hi Ann"),
        ("de", "hi", "Moin Ann"),
        ("ru", "only", "Only here"),
        ("fr", "only", "Only here"),
        ("ru", "nowhere", "nowhere"),
        ("ru", "ext_UnInstallFiles", "Модуль не смог убрать свои файлы."),
    ],
)
def test_the_text_is_found(module: ModuleFacts, language: str, key: str, text: str) -> None:
    with running(module), translation.override(language):
        assert translate(key, name="Ann") == text


def test_a_placeholder_without_a_value_stays(module: ModuleFacts) -> None:
    with running(module), translation.override("en"):
        assert translate("hi") == "Hi %name%"


def test_our_own_texts_have_the_same_keys_and_placeholders_in_both_languages() -> None:
    english, russian = (json.loads((OWN / f"{name}.json").read_text()) for name in ("en", "ru"))
    assert english.keys() == russian.keys()
    for key, text in english.items():
        assert text.count("%") == russian[key].count("%"), key
