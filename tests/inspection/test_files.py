"""The limits within which a package is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules_app.inspection import files
from modules_app.inspection.files import DirectoryFiles, Sources, count_tokens
from modules_app.inspection.php_tree import parse_php
from tests.inspection.package import MemoryFiles, slugs, sources


def test_a_folder_is_read_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "dir").symlink_to("/etc")
    folder = DirectoryFiles(tmp_path)
    assert list(folder.paths()) == ["a/b.txt"]
    assert folder.size("a/b.txt") == 5
    assert folder.read("a/b.txt", 3) == b"123"


def test_a_file_over_the_limit_is_named_and_not_read() -> None:
    package = sources({"big.json": b"x" * (files.FILE_LIMIT + 1)})
    assert package.read("big.json") is None
    assert slugs(package.findings.all) == ["file-too-large-to-read"]


def test_all_files_together_have_a_limit() -> None:
    names = [f"{number}.json" for number in range(9)]
    package = sources(dict.fromkeys(names, b"x" * files.FILE_LIMIT))
    read = [name for name in names if package.read(name) is not None]
    assert len(read) == 8
    assert slugs(package.findings.all) == ["package-too-large-to-read"]


def test_source_denser_than_any_real_code_is_not_parsed() -> None:
    package = sources({"a.php": "<?php " + "$a;" * 80_000})
    assert parse_php(package, "a.php") is None
    assert slugs(package.findings.all) == ["source-too-dense"]
    assert count_tokens(b"return ['a' => 'b'];") == 13


@pytest.mark.parametrize(
    "text", ["if(1) " * 20_000, "$a=" + "'a'." * 20_000 + "'b';", "[" * 50_000]
)
def test_nesting_in_php_is_bounded(text: str) -> None:
    package = sources({"a.php": "<?php " + text})
    parse_php(package, "a.php")
    assert set(slugs(package.findings.all)) <= {"php-nested-too-deep", "php-syntax"}
    assert package.findings.all


def test_an_expression_that_joins_hundreds_of_texts_is_read() -> None:
    package = sources({"a.php": "<?php $a=" + "'a'." * 600 + "'b';"})
    assert parse_php(package, "a.php") is not None
    assert not package.findings.all


def test_a_file_that_vanishes_is_a_finding() -> None:
    class Vanishing(MemoryFiles):
        def read(self, path: str, limit: int) -> bytes:
            raise OSError("gone")

    package = Sources(Vanishing({"a": "b"}))
    assert package.read("a") is None
    assert slugs(package.findings.all) == ["file-unreadable"]


def test_bytes_that_are_not_utf8_are_named_with_their_line() -> None:
    package = sources({"a": b"ok\nbad \xff"})
    assert package.text("a") == "ok\nbad \ufffd"
    assert [finding.location for finding in package.findings.all] == ["a:2"]


def test_findings_of_one_kind_are_not_listed_without_end() -> None:
    package = sources({})
    for number in range(files.SAME_LIMIT + 50):
        package.findings.note("same", "A note.", str(number))
    package.findings.note("other", "Another.")
    assert len(package.findings.all) == files.SAME_LIMIT + 2
    assert str(package.findings.all[files.SAME_LIMIT]).startswith("There are more")
