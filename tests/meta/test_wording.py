"""What never stands in our files: unescaped output, inline script and style, things left to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.meta.source import ROOT, python_files, shown, templates

UNSAFE_PYTHON = re.compile(r"\bmark_safe\b|\bSafeString\b|\bcsrf_exempt\b")
UNSAFE_HTML = re.compile(
    r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off|<style\b|\sstyle\s*=|\son[a-z]+\s*="
    r"|hx-on|javascript:|<script(?![^>]*\ssrc=)",
    re.IGNORECASE,
)
LEFT_TO_DO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
ELSEWHERE = re.compile(r"""(src|href)\s*=\s*["'](https?:)?//""", re.IGNORECASE)

CSRF_EXEMPT = {
    "modules_app/views/proxy.py",
    "modules_app/views/popovers.py",
    "modules_app/views/module_rest.py",
    "modules_app/host/hooks.py",
    "modules_app/api/core.py",
}
"""The ways to the host check the origin, the host checks the token (design 3); its own call comes
over a private socket; an address of REST that nobody knows does nothing."""

CLEANED = {"modules_app/templatetags/module_ui.py", "modules_app/services/block_html.py"}
"""Show HTML of packages, descriptions and blocks, that nh3 has cleaned (design 6)."""

NAMED = "modules_app/inspection/lint/"
"""The rules for modules name what they forbid."""


def texts() -> list[Path]:
    """Return everything a person wrote: code, templates, scripts, documents."""
    found = [*python_files("modules_app", "telephony_app", "pbxadmin", "tests"), *templates()]
    for pattern in ("static/js/*.js", "static/css/*.css", "script/*", "docs/**/*.md", "*.md"):
        found += ROOT.glob(pattern)
    return [file for file in found if file.is_file() and file.name != Path(__file__).name]


def matches(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{shown(file)}:{number}: {line.strip()[:80]}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]


def test_python_never_marks_text_as_safe() -> None:
    files = [
        file
        for file in python_files()
        if shown(file) not in CSRF_EXEMPT | CLEANED and not shown(file).startswith(NAMED)
    ]
    assert matches(UNSAFE_PYTHON, files) == []


def test_cleaned_text_is_cleaned_and_nothing_else_is_marked() -> None:
    for name in CLEANED:
        text = (ROOT / name).read_text()
        assert "mark_safe" not in text
        assert text.count("SafeString(") == 1
        assert re.search(r"SafeString\(\s*nh3\.clean\(", text)


def test_templates_hold_neither_unescaped_text_nor_inline_code() -> None:
    assert matches(UNSAFE_HTML, templates()) == []


def test_templates_load_nothing_from_other_sites() -> None:
    links = re.compile(r"<a\b[^>]*>")
    found = [
        line
        for file in templates()
        for line in [links.sub("", file.read_text())]
        if ELSEWHERE.search(line)
    ]
    assert found == []


def test_nothing_is_left_to_do() -> None:
    assert matches(LEFT_TO_DO, texts()) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (UNSAFE_PYTHON, "from django.utils.safestring import mark_safe"),
        (UNSAFE_HTML, "{{ text|safe }}"),
        (UNSAFE_HTML, '<p style="color: red">'),
        (UNSAFE_HTML, '<a onclick="f()">'),
        (UNSAFE_HTML, "<script>alert(1)</script>"),
        (UNSAFE_HTML, "<script defer>alert(1)</script>"),
        (LEFT_TO_DO, "# TO" + "DO: later"),
        (ELSEWHERE, '<link href="https://cdn.example/x.css">'),
    ],
)
def test_each_would_be_noticed(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_an_outside_script_file_is_no_inline_script() -> None:
    assert not UNSAFE_HTML.search("<script src=\"{% static 'js/pbx.js' %}\" defer></script>")


def test_every_broad_except_says_why_or_raises_again() -> None:
    """Only where foreign code is called, and where files are cleaned up before raising again."""
    broad = re.compile(r"except (Base)?Exception\b|except:")
    found = []
    for file in python_files():
        if shown(file).startswith(NAMED):
            continue
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            around = lines[number - 2 : number + 1]
            says_why = any("#" in one for one in around)
            raises = any(one.strip() == "raise" for one in lines[number + 1 : number + 8])
            if broad.search(line) and not says_why and not raises:
                found.append(f"{shown(file)}:{number + 1}")
    assert found == []
