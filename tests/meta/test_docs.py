"""Documents: links lead somewhere, generated pages are current, named things exist."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from lxml import etree

from modules_app.cli.reference import ENVIRONMENT, pages, variables
from tests.meta.source import ROOT, shown

DOCUMENTS = sorted(
    [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("examples/*/*.md")]
)
LINK = re.compile(r"\[[^\]]*\]\(\s*([^)\s]+)\s*\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """Return the anchors that a page's headings make."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for link in LINK.findall(document.read_text()):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_document_can_be_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for link in LINK.findall(page.read_text()):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.is_file():
                waiting.append(target)
    assert [shown(page) for page in (ROOT / "docs").rglob("*.md") if page not in seen] == []


GENERATED = ["commands.md", "settings.md", "environment.md", "hooks.md", "telephony.md"]


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_current(name: str) -> None:
    text = (ROOT / "docs" / "reference" / name).read_text()
    assert text == pages()[name], "run script/docs"


def test_every_variable_of_the_environment_is_explained() -> None:
    assert set(ENVIRONMENT) == set(variables())


def test_commands_in_documents_exist() -> None:
    verbs = set(re.findall(r"^## (\S+)$", pages()["commands.md"], re.MULTILINE))
    used = {
        verb
        for document in DOCUMENTS
        for verb in re.findall(
            r"^    .*manage\.py module (\w+)", document.read_text(), re.MULTILINE
        )
    }
    assert used - {"VERB"} <= verbs
    assert len(used) > 5


def test_scripts_in_documents_exist() -> None:
    named = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"\bscript/[a-z]+\b", document.read_text())
    }
    assert {name for name in named if not (ROOT / name).is_file()} == set()


def test_examples_in_documents_are_well_formed() -> None:
    for document in DOCUMENTS:
        for language, text in BLOCK.findall(document.read_text()):
            if language == "python":
                compile(text, shown(document), "exec")
            elif language == "json":
                json.loads(text)
            elif language == "xml":
                etree.fromstring(text.encode())
            elif language == "toml":
                tomllib.loads(text)
