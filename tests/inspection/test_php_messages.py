"""Translations of Messages/*.php, with PHP itself as the judge of what a file returns."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from modules_app.inspection.php_messages import read_php_messages
from tests.inspection.package import slugs, sources


def read(content: dict[str, str | bytes]) -> tuple[dict[str, dict[str, str]], list[str]]:
    package = sources(content)
    return read_php_messages(package), slugs(package.findings.all)


def one(text: str | bytes) -> tuple[dict[str, str], list[str]]:
    found, findings = read({"Messages/en.php": text})
    return found["en"], findings


def test_a_flat_array_with_escapes_and_many_lines() -> None:
    text = "<?php\ndeclare(strict_types=1);\nreturn [\n'a' => 'it\\'s', 'b' => 'two\nlines',\n];"
    assert one(text) == ({"a": "it's", "b": "two\nlines"}, [])


def test_the_old_array_syntax_and_concatenation() -> None:
    assert one("<?php return array('a' => 'x' . \"y\\n\" . ('z'));") == ({"a": "xy\nz"}, [])


def test_a_chain_of_thousands_of_parts_is_read() -> None:
    parts = "'b' . " * 200
    assert one(f"<?php return ['a' => {parts}'c'];") == ({"a": "b" * 200 + "c"}, [])


def test_a_file_without_return_is_only_noted() -> None:
    assert one("<?php\n") == ({}, ["php-messages-empty"])


@pytest.mark.parametrize("value", ["$x", "foo()", "\"a $x\"", "1", "['b' => 'c']", "X::Y", "true"])
def test_values_that_are_not_fixed_texts_are_left_out(value: str) -> None:
    text = f"<?php return ['a' => {value}, 'b' => 'kept'];"
    assert one(text) == ({"b": "kept"}, ["php-messages-not-literal"])


@pytest.mark.parametrize("text", ["<?php return $x;", "<?php return array_merge([], []);"])
def test_a_computed_array_is_not_guessed(text: str) -> None:
    assert one(text) == ({}, ["php-messages-no-array"])


def test_of_a_key_given_twice_the_later_text_counts() -> None:
    assert one("<?php return ['a' => '1', 'a' => '2'];") == (
        {"a": "2"},
        ["php-messages-duplicate"],
    )


def test_a_folder_wins_over_a_file_and_its_files_are_merged() -> None:
    found, findings = read(
        {
            "Messages/ru.php": "<?php return ['a' => 'file'];",
            "Messages/ru/A.php": "<?php return ['b' => '1'];",
            "Messages/ru/B.php": "<?php return ['c' => '2'];",
        }
    )
    assert found == {"ru": {"b": "1", "c": "2"}}
    assert findings == []


def test_names_that_are_no_language_are_not_read() -> None:
    names = ["languages", "glossary", "pt_BR", "zh_Hans", "en_GB"]
    text = "<?php return ['a' => 'b'];"
    found, findings = read({f"Messages/{name}.php": text for name in names})
    assert sorted(found) == ["en_GB", "pt_BR", "zh_Hans"]
    assert findings == ["php-messages-no-language"] * 2


PIECES = st.sampled_from(
    ["'", "\\'", "\\\\", "\\", '"', '\\"', "\\n", "\\t", "\\$", "$", "\\101", "\\x41", "\\u{e9}"]
    + ["\\q", "é", "слово", " ", "\n", "{", "}", "%name%", "<b>", "//", "a", "1"]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


def single(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _escape(found: re.Match[str]) -> str:
    return found[1] + ("" if len(found[1]) % 2 else "\\") + found[2]


def double(text: str) -> str:
    """Return it in double quotes; each dollar and quote behind an odd row of backslashes."""
    safe = re.sub(r'(\\*)([$"])', _escape, text.replace("{", "( "))
    return '"' + safe + ('\\"' if safe.endswith("\\") else "") + '"'


def document(text: str, indent: str, quote: str) -> str:
    safe = text if quote else text.replace("$", "S").replace("{", "(")
    lines = "\n".join(indent + line for line in safe.split("\n"))
    return f"<<<{quote}WORD{quote}\n{lines}\n{indent}WORD"


SINGLES = TEXTS.map(single)
DOCUMENTS = st.builds(document, TEXTS, st.sampled_from(["", "  "]), st.sampled_from(["", "'"]))
EXPRESSIONS = st.lists(SINGLES | TEXTS.map(double) | DOCUMENTS, min_size=1, max_size=3).map(
    "\n . ".join
)


def php_says(php: str, file: Path) -> dict[str, str] | None:
    """Return what PHP reads, or None when it finds the file faulty."""
    code = "echo json_encode(include $argv[1], JSON_FORCE_OBJECT | JSON_INVALID_UTF8_SUBSTITUTE);"
    done = subprocess.run(
        [php, "-d", "display_errors=0", "-r", code, str(file)], capture_output=True, check=False
    )
    found: dict[str, str] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return found


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(SINGLES, EXPRESSIONS), max_size=6))
def test_php_reads_the_same_texts(
    tmp_path: Path, need_tool: Callable[[str], str], entries: list[tuple[str, str]]
) -> None:
    lines = "".join(f"    {key} => {value},\n" for key, value in entries)
    file = tmp_path / "en.php"
    file.write_text(f"<?php\nreturn [\n{lines}];\n", encoding="utf-8")
    expected = php_says(need_tool("php"), file)
    assume(expected is not None)
    found, findings = one(file.read_bytes())
    assert set(findings) <= {"php-messages-duplicate"}
    assert found == expected


ODDITIES = {
    "numbers as keys": "<?php return [5 => 'a', '5' => 'b', 0x10 => 'c', -1 => 'd'];",
    "words as keys": "<?php return [true => 'a', null => 'b', false => 'c'];",
    "comments": "<?php /* x */ return [ // y\n 'a' /* z */ => # w\n 'b' /* . 'c' */, ];",
    "crlf": "<?php\r\nreturn [\r\n'a' => 'b\r\nc',\r\n'd' => <<<X\r\n  e\r\n  X\r\n];",
    "binary strings": "<?php return ['a' => b'x', 'b' => b\"\\x41\"];",
    "closing tag": "<?php return ['a' => 'b']; ?>\n",
    "second return": "<?php return ['a' => 'b']; return ['c' => 'd'];",
    "empty heredoc": "<?php return ['a' => <<<X\nX, 'b' => <<<'Y'\n\nY];",
    "quotes in heredoc": "<?php return ['a' => <<<X\n \"q\" \\\"r\\\" \\\\ \\$s\n X];",
    "old octal and long codes": "<?php return ['a' => \"\\7\\77\\400\\x4G\\u{1F600}\"];",
    "no entries": "<?php return [];",
    "trailing dollar": "<?php return ['a' => \"cost 5$\", 'b' => \"$ 5\", 'c' => \"{ $ }\"];",
}


@pytest.mark.parametrize("text", ODDITIES.values(), ids=list(ODDITIES))
def test_php_agrees_on_oddities(
    tmp_path: Path, need_tool: Callable[[str], str], text: str
) -> None:
    file = tmp_path / "en.php"
    file.write_bytes(text.encode())
    expected = php_says(need_tool("php"), file)
    assert expected is not None
    assert one(text)[0] == expected
