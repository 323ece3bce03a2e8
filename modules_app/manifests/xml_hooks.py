"""What a module.xml plugs in: methods, hooks, console, popovers, oobe, fileinclude (F1.3, F9.1)."""

from __future__ import annotations

import re
from typing import Any

from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.faults import Spot
from modules_app.manifests.xml_nodes import (
    Element,
    attributes_of,
    children_of,
    element_unknown,
    line_of_text,
    whole_number,
)

GET_CONFIG_PRIORITY = 300
HOOK_PRIORITY = 500
OOBE_PRIORITY = 100

_PHP_NAME = re.compile(r"\\?[A-Za-z_][A-Za-z0-9_]*(\\[A-Za-z_][A-Za-z0-9_]*)*\\?", re.ASCII)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}", re.ASCII)


def read_methods(blocks: list[Element]) -> list[dict[str, Any]]:
    """Return ``{"name", "function", "priority"}`` of every generator function (F1.3, methods)."""
    methods = []
    for block in blocks:
        for element in children_of(block):
            if element.name != "get_config":
                element_unknown(element, known=("get_config",))
            function = _word(element)
            if function:
                attributes = attributes_of(element, ("pri",))
                methods.append(
                    {
                        "name": element.name,
                        "function": function,
                        "priority": _get_config_priority(element, attributes),
                    }
                )
    return methods


def _get_config_priority(element: Element, attributes: dict[str, str]) -> int:
    if "pri" not in attributes:
        return GET_CONFIG_PRIORITY
    priority = whole_number(attributes["pri"], GET_CONFIG_PRIORITY, element, what="pri")
    if priority > 0:
        return priority
    element.warning(
        "priority-not-positive",
        _("pri must be above 0; {default} is used."),
        default=GET_CONFIG_PRIORITY,
    )
    return GET_CONFIG_PRIORITY


def read_hooks(blocks: list[Element]) -> list[dict[str, Any]]:
    """Return every target with the methods that are called when it asks (reference F9.1)."""
    hooks = []
    for block in blocks:
        attributes_of(block, ())
        for element in children_of(block):
            attributes = attributes_of(element, ("class", "namespace", "priority"))
            priority = attributes.get("priority", str(HOOK_PRIORITY))
            hooks.append(
                {
                    "target": element.tag,
                    "class": _php_name(attributes, "class", element) or element.tag,
                    "namespace": _php_name(attributes, "namespace", element),
                    "priority": whole_number(priority, HOOK_PRIORITY, element, what="priority"),
                    "methods": _hook_methods(element),
                }
            )
    return hooks


def _php_name(attributes: dict[str, str], attribute: str, spot: Spot) -> str:
    """Return the name of a class, namespace or method, or an empty text with a warning."""
    name = attributes.get(attribute, "").strip()
    if not name or _PHP_NAME.fullmatch(name):
        return name
    spot.warning(
        "name-invalid",
        _("{value} cannot be a name here and is left out."),
        value=values.shown(name),
    )
    return ""


def _hook_methods(target: Element) -> list[dict[str, str]]:
    methods = []
    for element in children_of(target):
        if element.name != "method":
            element_unknown(element, known=("method",))
            continue
        known = ("callingmethod", "class", "namespace", "priority", "static")
        attributes = attributes_of(element, known)
        name = _word(element)
        if not attributes.get("callingmethod"):
            element.warning(
                "hook-without-calling-method",
                _("The hook does not say which method it waits for and is never called."),
                hint=_("Add the attribute callingMethod."),
            )
        if "priority" in attributes:
            element.note(
                "attribute-without-effect",
                _("The attribute {attribute} has no effect here."),
                attribute="priority",
            )
        methods.append(
            {
                "name": name,
                "calling_method": _php_name(attributes, "callingmethod", element),
                "class": _php_name(attributes, "class", element),
                "namespace": _php_name(attributes, "namespace", element),
            }
        )
    return methods


def read_console(blocks: list[Element]) -> list[dict[str, Any]]:
    """Return ``{"name", "class", "aliases"}`` of every command (F1.3, console)."""
    commands = []
    for block in blocks:
        attributes_of(block, ())
        for element in children_of(block):
            if element.name != "command":
                element_unknown(element, known=("command",))
            elif command := _command(element):
                commands.append(command)
    return commands


def _command(element: Element) -> dict[str, Any] | None:
    parts: dict[str, list[str]] = {"name": [], "class": [], "alias": []}
    for child in children_of(element):
        if child.name not in parts:
            element_unknown(child, known=tuple(parts))
        elif word := _word(child):
            parts[child.name].append(word)
    if not parts["name"]:
        element.warning("command-without-name", _("A console command has no name and is left out."))
        return None
    name = parts["name"][0]
    default_class = name[:1].upper() + name[1:].lower()
    return {
        "name": name,
        "class": next(iter(parts["class"]), default_class),
        "aliases": parts["alias"],
    }


def read_popovers(blocks: list[Element]) -> list[dict[str, Any]]:
    """Return ``{"id", "arguments"}`` of every pop-up for a new destination (F1.3, popovers)."""
    popovers = []
    for block in blocks:
        attributes_of(block, ())
        for element in children_of(block):
            attributes_of(element, ())
            arguments = {child.tag: line_of_text(child) for child in children_of(element)}
            popovers.append({"id": element.tag, "arguments": arguments})
    return popovers


def read_oobe(blocks: list[Element]) -> dict[str, Any]:
    """Return ``{"method", "priority"}`` of the first-run page (F1.3, oobe)."""
    element = blocks[0]
    attributes = attributes_of(element, ("method", "priority"))
    method = attributes.get("method", "").strip()
    if not _WORD.fullmatch(method):
        element.warning(
            "oobe-without-method", _("The first-run page names no method and has no effect.")
        )
    raw = attributes.get("priority", str(OOBE_PRIORITY))
    priority = whole_number(raw, OOBE_PRIORITY, element, what="priority")
    return {"method": values.shown(method), "priority": priority}


def read_fileinclude(blocks: list[Element]) -> dict[str, list[str]]:
    """Return the file names to be included before install and uninstall (F1.3, fileinclude)."""
    files: dict[str, list[str]] = {"install": [], "uninstall": []}
    for block in blocks:
        attributes_of(block, ())
        for element in children_of(block):
            if element.name not in files:
                element_unknown(element, known=tuple(files))
            elif path := _path_inside(element):
                files[element.name].append(path)
    return files


def _path_inside(element: Element) -> str:
    path = line_of_text(element)
    if path and not path.startswith("/") and "\\" not in path and ".." not in path.split("/"):
        return path
    element.warning(
        "path-outside",
        _("{file} is no file inside the module and is left out."),
        file=values.shown(path),
    )
    return ""


def _word(element: Element) -> str:
    """Return the name of a function, class or command, or an empty text with a warning."""
    word = line_of_text(element)
    if _WORD.fullmatch(word):
        return word
    element.warning(
        "name-invalid",
        _("{value} cannot be a name here and is left out."),
        value=values.shown(word),
    )
    return ""
