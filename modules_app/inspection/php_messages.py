"""Translations of Messages/*.php: files that return one flat array (reference M9)."""

from __future__ import annotations

from tree_sitter import Node

from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.files import Findings, Sources
from modules_app.inspection.languages import Translations, language_of
from modules_app.inspection.php_tree import PhpFile, parse_php
from modules_app.inspection.php_values import NotLiteral, as_text, evaluate


def read_php_messages(sources: Sources) -> Translations:
    """Return every language's texts. ``Messages/<lang>/`` wins over ``Messages/<lang>.php``.

    Values that are not made of literals, and files that return no array, become findings.
    """
    merged: Translations = {}
    for language, paths in _files_by_language(sources).items():
        texts: dict[str, str] = {}
        for path in paths:
            file = parse_php(sources, path)
            if file is not None:
                texts |= read_message_file(file, sources.findings)
        merged[language] = texts
    return merged


def read_message_file(file: PhpFile, findings: Findings) -> dict[str, str]:
    """Return the texts of the array that the file returns, as PHP's ``include`` gives them."""
    returned = next((n for n in file.root.children if n.type == "return_statement"), None)
    if returned is None:
        findings.note(
            "php-messages-empty", _("This message file returns nothing."), file.path
        )
        return {}
    array = _array(returned)
    if array is None:
        findings.warning(
            "php-messages-no-array",
            _("This message file does not return a plain array; its texts are not known."),
            file.where(returned),
        )
        return {}
    texts: dict[str, str] = {}
    for element in array.named_children:
        if element.type == "array_element_initializer":
            _read_element(file, element, texts, findings)
    return texts


def _files_by_language(sources: Sources) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    folders: dict[str, list[str]] = {}
    for path in sources.below("Messages", ".php"):
        parts = path.split("/")
        language = language_of(parts[1].removesuffix(".php"))
        if language is None:
            sources.findings.note(
                "php-messages-no-language",
                _("The name of this file is not a language; it is not read."),
                path,
            )
        elif len(parts) == 2:
            files[language] = [path]
        elif len(parts) == 3:
            folders.setdefault(language, []).append(path)
    return files | folders


def _array(returned: Node) -> Node | None:
    values = [node for node in returned.named_children if node.type != "comment"]
    while values and values[0].type == "parenthesized_expression":
        values = [node for node in values[0].named_children if node.type != "comment"]
    return values[0] if values and values[0].type == "array_creation_expression" else None


def _read_element(
    file: PhpFile, element: Node, texts: dict[str, str], findings: Findings
) -> None:
    parts = [node for node in element.named_children if node.type != "comment"]
    try:
        if len(parts) != 2 or all(node.type != "=>" for node in element.children):
            raise NotLiteral(element)
        given = evaluate(parts[0])
        key = "0" if given is False else as_text(given, parts[0])
        value = evaluate(parts[1])
        if not isinstance(value, str):
            raise NotLiteral(parts[1])
    except NotLiteral as error:
        findings.warning(
            "php-messages-not-literal",
            _("This entry is not a fixed text and was left out: {source}"),
            f"{file.path}:{error.line}",
            source=str(error),
        )
        return
    if key in texts:
        findings.note(
            "php-messages-duplicate",
            _("The key {key} is given twice; the later text counts."),
            file.where(element),
            key=key[:80],
        )
    texts[key] = value
