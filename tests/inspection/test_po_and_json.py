"""Translations of i18n/*.po and messages/*.json."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules_app.inspection.json_messages import read_json_messages
from modules_app.inspection.po_messages import LINE_LIMIT, read_po_messages
from tests.inspection.package import slugs, sources

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "Call Waiting"
msgstr "Ожидание вызова"

#, fuzzy
msgid "Guess"
msgstr "Догадка"

msgid "Empty"
msgstr ""

msgid "Two"
" lines"
msgstr "Две "
"строки"
"""


def test_translated_sentences_count_and_guesses_do_not() -> None:
    package = sources({"i18n/ru_RU/LC_MESSAGES/callwaiting.po": PO})
    assert read_po_messages(package) == {
        "ru": {"Call Waiting": "Ожидание вызова", "Two lines": "Две строки"}
    }
    assert package.findings.all == []


def test_languages_with_a_region_of_their_own_keep_it() -> None:
    paths = [f"i18n/{name}/LC_MESSAGES/x.po" for name in ("pt_BR", "de_DE", "template")]
    assert sorted(read_po_messages(sources(dict.fromkeys(paths, PO)))) == ["de", "pt_BR"]


@pytest.mark.parametrize(
    "text", ['msgid "a\nmsgstr', "nonsense", b"\xff\xfe\x00", 'msgstr[x] ""']
)
def test_a_broken_catalogue_is_a_finding(text: str | bytes) -> None:
    package = sources({"i18n/ru/LC_MESSAGES/x.po": text})
    assert read_po_messages(package) == {"ru": {}}
    assert "po-unreadable" in slugs(package.findings.all)


def test_a_catalogue_longer_than_any_real_one_is_not_parsed() -> None:
    package = sources({"i18n/ru/LC_MESSAGES/x.po": 'msgid "a"\n' + '"b"\n' * LINE_LIMIT})
    assert read_po_messages(package) == {}
    assert slugs(package.findings.all) == ["po-too-long"]


def test_a_catalogue_that_is_a_path_opens_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.po"
    secret.write_text('msgid "a"\nmsgstr "secret"\n')
    package = sources({"i18n/ru/LC_MESSAGES/x.po": str(secret)})
    assert read_po_messages(package) == {"ru": {}}


def test_json_messages_are_a_flat_map_of_texts() -> None:
    package = sources({"messages/en.json": '\ufeff{"a": "b", "n": 1, "m": {"c": "d"}}'})
    assert read_json_messages(package) == {"en": {"a": "b"}}
    assert slugs(package.findings.all) == ["json-messages-no-text"] * 2


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("{", "json-messages-unreadable"),
        ("[" * 100_000, "json-messages-unreadable"),
        ('{"a": ' + "1" * 5000 + "}", "json-messages-unreadable"),
        ("[]", "json-messages-no-object"),
    ],
    ids=["cut off", "deep", "huge number", "list"],
)
def test_broken_json_is_a_finding(text: str, slug: str) -> None:
    package = sources({"messages/en.json": text})
    assert read_json_messages(package) == {"en": {}}
    assert slugs(package.findings.all) == [slug]
