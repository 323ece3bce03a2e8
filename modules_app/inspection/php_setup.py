"""What a MikoPBX package in PHP says in its installer, its hook class and beside them."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from modules_app.domain.manifest import MenuEntry
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.methods import FREEPBX_METHODS, INSTALLER_STEPS, SEED_HOOKS
from modules_app.inspection.files import Sources
from modules_app.inspection.names import short_name
from modules_app.inspection.php_tree import (
    PhpFile,
    child,
    class_name,
    classes,
    methods,
    parse_php,
    text_of,
    walk,
)
from modules_app.inspection.php_values import NotLiteral, Scalar, Scope, evaluate

SETUP = "Setup/PbxExtensionSetup.php"
_SIDEBAR = {"group", "iconClass", "caption", "href", "showAtSidebar"}


@dataclass(frozen=True, slots=True)
class PhpSetup:
    """Sidebar wishes and method names, as far as they can be known without running anything."""

    sidebar: MenuEntry
    steps: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()


def read_php_setup(sources: Sources, module_id: str) -> PhpSetup:
    """Return the sidebar item, overridden installer steps, hooks and workers of a package.

    Without an override the sidebar item is the base installer's (seed 001): group ``modules``, icon
    ``puzzle``. It is hidden when the package has no page controller at all (reference M8.2, which
    asks for one named after the module; here every PHP package gets the same page of its tables).
    """
    setup = _class_in(sources, SETUP, "PbxExtensionSetup")
    steps: tuple[str, ...] = ()
    wishes: dict[str, Scalar] = {}
    if setup is not None:
        file, node = setup
        own = methods(node)
        steps = _present(tuple(INSTALLER_STEPS), own)
        if "addtosidebar" in own:
            wishes = _sidebar(sources, file, own["addtosidebar"], module_id)
    conf_name = f"{short_name(module_id)}Conf"
    conf = _class_in(sources, f"Lib/{conf_name}.php", conf_name)
    own_hooks = {} if conf is None else methods(conf[1])
    return PhpSetup(
        sidebar=menu_entry(module_id, wishes, has_page=_has_page(sources)),
        steps=steps,
        hooks=_present(SEED_HOOKS, own_hooks),
        workers=_workers(sources, own_hooks.get("getmoduleworkers")),
    )


def read_freepbx_methods(sources: Sources) -> tuple[str, ...]:
    """Return the known methods that the classes of ``*.class.php`` at the top implement (F3.9)."""
    own: dict[str, Node] = {}
    for path in sources.inside("", ".class.php"):
        file = parse_php(sources, path)
        for node in [] if file is None else classes(file.root):
            own |= methods(node)
    return _present(tuple(FREEPBX_METHODS), own)


def menu_entry(module_id: str, wishes: dict[str, Scalar], *, has_page: bool) -> MenuEntry:
    """Return the sidebar item of reference M8.2 from what an installer asks for."""
    shown = wishes.get("showAtSidebar", True)
    return MenuEntry(
        key=module_id,
        caption=str(wishes.get("caption") or f"Breadcrumb{module_id}"),
        group=str(wishes.get("group") or "modules"),
        icon=str(wishes.get("iconClass") or "puzzle"),
        hidden=not has_page or not shown or shown == "0",
        href=str(wishes.get("href") or ""),
    )


def _has_page(sources: Sources) -> bool:
    return bool(sources.inside("App/Controllers", "Controller.php"))


def _class_in(sources: Sources, path: str, name: str) -> tuple[PhpFile, Node] | None:
    file = parse_php(sources, path) if path in sources else None
    if file is None:
        return None
    for node in classes(file.root):
        if class_name(node).lower() == name.lower():
            return file, node
    sources.findings.warning(
        "php-class-missing", _("This file has no class named {name}."), path, name=name
    )
    return None


def _present(known: tuple[str, ...], own: dict[str, Node]) -> tuple[str, ...]:
    return tuple(name for name in known if name.lower() in own)


def _sidebar(
    sources: Sources, file: PhpFile, method: Node, module_id: str
) -> dict[str, Scalar]:
    """Return the literal fields of the array that ``addToSidebar`` stores."""
    scope = Scope({"$this->moduleUniqueID": module_id}, _assignments(method))
    wishes: dict[str, Scalar] = {}
    for key, value in _entries(method):
        try:
            name = evaluate(key, scope)
            if name in _SIDEBAR:
                wishes[str(name)] = evaluate(value, scope)
        except NotLiteral:
            sources.findings.note(
                "php-sidebar-unknown",
                _("A part of the sidebar item is known only after install: {source}"),
                file.where(value),
                source=text_of(value)[:80],
            )
    return wishes


def _entries(method: Node) -> list[tuple[Node, Node]]:
    """Return key and value of ``['key' => value]`` and of ``$array['key'] = value``."""
    found: list[tuple[Node, Node]] = []
    for node in walk(method, "array_element_initializer", "assignment_expression"):
        if node.type == "array_element_initializer":
            parts = [part for part in node.named_children if part.type != "comment"]
            if len(parts) == 2 and child(node, "=>") is not None:
                found.append((parts[0], parts[1]))
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        keys = [] if left is None or left.type != "subscript_expression" else left.named_children
        if len(keys) == 2 and right is not None:
            found.append((keys[1], right))
    return found


def _assignments(method: Node) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in walk(method, "assignment_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and left.type == "variable_name":
            found.setdefault(text_of(left), right)
    return found


def _workers(sources: Sources, method: Node | None) -> tuple[str, ...]:
    """Return worker class names: those the hook names, else the files named ``Worker…``."""
    named: list[str] = []
    for key, value in [] if method is None else _entries(method):
        if text_of(key).strip("'\"") == "worker":
            text = text_of(value).strip("'\"").removesuffix("::class")
            named.append(text.replace("\\\\", "\\").rpartition("\\")[2])
    if not named:
        named = [
            path.rpartition("/")[2].removesuffix(".php")
            for folder in ("Lib", "bin")
            for path in sources.inside(folder, ".php")
            if path.rpartition("/")[2].startswith("Worker")
        ]
    return tuple(dict.fromkeys(named))
