"""The real PHP judges our restatement of its version_compare (reference F4)."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from modules_app.domain.manifest import Contract
from modules_app.domain.versions import compare, php_version_compare
from tests.domain.test_versions import F4

SCRIPT = """
foreach (json_decode(stream_get_contents(STDIN), true) as [$a, $b]) {
    $fold = fn($v) => str_replace('rc', 'RC', strtolower($v));
    echo version_compare($a, $b), ' ', version_compare($fold($a), $fold($b)), PHP_EOL;
}
"""
PIECES = [
    *(".", "-", "_", "+", "#", "~", ":", ",", " ", "..", "%", "\0", "\n", "é", "Ⅷ", "٣"),
    *("0", "1", "9", "007", "2147483648", "9223372036854775808", "99999999999999999999"),
    *("a", "alpha", "ALPHA", "b", "Beta", "build", "rc", "RC", "Rc", "src", "dev", "DEV", "p", "P"),
    *("pl", "patch", "preview", "final", "N", "x", "#N#", "v"),
]


def wild_pairs(count: int) -> list[tuple[str, str]]:
    chance = random.Random(20260301)

    def one() -> str:
        return "".join(chance.choices(PIECES, k=chance.randint(0, 7)))

    return [(one(), one()) for _ in range(count)]


def disagreements(php: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    answer = subprocess.run(
        [php, "-r", SCRIPT], input=json.dumps(pairs), capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [
        (left, right, theirs)
        for (left, right), theirs in zip(pairs, answer, strict=True)
        if theirs != f"{php_version_compare(left, right)} {compare(left, right, Contract.FREEPBX)}"
    ]


@pytest.fixture
def php(need_tool: Callable[[str], str]) -> str:
    return need_tool("php")


def test_wild_strings_and_the_hand_table_compare_as_in_php(php: str) -> None:
    pairs = wild_pairs(20_000) + [(left, right) for left, right, *_ in F4]
    assert disagreements(php, pairs) == []


def test_every_version_of_the_corpus_compares_as_in_php(php: str, corpus: Path) -> None:
    lines = (corpus / "VERSIONS.tsv").read_text(encoding="utf-8").splitlines()[1:]
    versions = [line.split("\t")[0] for line in lines]
    others = random.Random(7)
    pairs = [(version, other) for version in versions for other in others.sample(versions, 4)]
    pairs += list(zip(versions, versions[1:], strict=False))
    assert len(pairs) > 10_000
    assert disagreements(php, pairs) == []
