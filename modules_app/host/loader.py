"""Loading the enabled modules into this process, each behind its own wall (design 3).

Runs after ``django.setup()`` in a process that was forked for one registry. One module that
raises, whatever it raises, is marked failed; the others load.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import AppConfig

from modules_app.bridge.registry import Registry, RegistryModule
from modules_app.exceptions import ModuleError
from modules_app.hooks.between import PlugTable, plugs_of
from modules_app.host.apps import ModuleConfig, add_app, remove_app
from modules_app.host.databases import add_database, is_passing, prepare_scratch, remove_database
from modules_app.host.finder import install_finder
from modules_app.host.shared import changes_others, kept, put_back_all
from modules_app.sdk.context import ModuleFacts, running
from modules_app.sdk.models import refuse_foreign_relations
from modules_app.sdk.pbx import use_system

ATTEMPTS = 3
"""How often a module is tried whose database is locked."""

ROLES = ("models", "main", "conf", "installer", "module", "forms", "views", "urls", "rest", "admin")


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """Why a module is not loaded: one line for people, the traceback for developers.

    ``passing``: its database was locked; it is tried again at the next request.
    """

    error: str
    traceback: str = ""
    passing: bool = False
    module: RegistryModule | None = None


@dataclass(frozen=True)
class LoadedModule:
    """One module that answers requests.

    ``config`` is None for a module without code of ours, such as one written in PHP.
    """

    module: RegistryModule
    config: AppConfig | None = None

    @cached_property
    def facts(self) -> ModuleFacts:
        """Return what the SDK tells the module of itself."""
        return facts_of(self.module)

    @cached_property
    def conf(self) -> Any:
        """Return the object that has its hooks, None if it has none."""
        from modules_app.host.asking import make_conf  # it looks for classes, and loads by us

        if self.config is None:
            return None
        with running(self.facts):
            return make_conf(self.module, self.facts)

    @cached_property
    def freepbx(self) -> Any:
        """Return the object of ``module.py`` of a FreePBX module, None if it has none."""
        from modules_app.host.freepbx import make_freepbx  # it looks for classes, and loads by us

        if self.config is None:
            return None
        with running(self.facts):
            return make_freepbx(self.module, self.facts)

    @cached_property
    def urls(self) -> Any:
        """Return its URL configuration; the first call imports the module's ``urls``."""
        from modules_app.host.urls import build_urls  # it imports views, which need loaded apps

        with running(self.facts):
            return build_urls(self.module, self.facts, self.config, self.conf, self.freepbx)


@dataclass
class LoadResult:
    """All modules of one registry."""

    sequence: int = 0
    safe_mode: bool = False
    loaded: dict[str, LoadedModule] = field(default_factory=dict)
    failed: dict[str, LoadFailure] = field(default_factory=dict)
    _plugs: tuple[tuple[str, ...], PlugTable] | None = None

    def plugs(self) -> PlugTable:
        """Return the hooks between the loaded modules; built anew when another module loaded."""
        ids = tuple(self.loaded)
        if self._plugs is None or self._plugs[0] != ids:
            modules = [self.loaded[name].module for name in sorted(ids)]
            declared = [plugs_of(one.id, one.declared.get("hooks") or ()) for one in modules]
            self._plugs = (ids, PlugTable(plug for plugs in declared for plug in plugs))
        return self._plugs[1]


_log = logging.getLogger("pbx.host")
_SQLITE = b"SQLite format 3\0"
_result = LoadResult()


def current_result() -> LoadResult:
    """Return what this process has loaded."""
    return _result


def load(
    registry: Registry,
    *,
    left_out: Mapping[str, str] | None = None,
    entering: Callable[[str], None] = lambda module_id: None,
) -> LoadResult:
    """Load every module of ``registry`` and remember the result for this process.

    ``left_out`` names modules that must not be tried, with the reason. ``entering`` is called with
    the id before code of a module runs and with "" after it, so that a death can be blamed.
    """
    global _result
    from modules_app.host.between import LoadedSystem  # it reads what is loaded here

    use_system(LoadedSystem())
    prepare_scratch()
    skipped = left_out or {}
    result = LoadResult(registry.sequence, safe_mode=registry.safe_mode)
    for module in registry.modules:
        if module.id in skipped:
            result.failed[module.id] = LoadFailure(skipped[module.id])
            continue
        if not module.is_python:
            result.loaded[module.id] = LoadedModule(module)
            continue
        for _attempt in range(ATTEMPTS):
            entering(module.id)
            load_safely(module, result)
            entering("")
            if module.id in result.loaded or not result.failed[module.id].passing:
                break
    _drop_who_changes_others(result)
    _result = result
    return result


def _drop_who_changes_others(result: LoadResult) -> None:
    """Compare what modules share once for all of them, and take back whoever changed it."""
    with_code = [one.module for one in result.loaded.values() if one.config is not None]
    culprits = put_back_all() if with_code else {}
    for module in with_code:
        if names := culprits.pop(module.import_name, None):
            unload(module)
            del result.loaded[module.id]
            result.failed[module.id] = describe(changes_others(names))
    for names in culprits.values():
        _log.error("some module replaced %s, which was put back", ", ".join(names))


def load_safely(module: RegistryModule, result: LoadResult) -> None:
    """Load one module and note in ``result`` what came of it; raises nothing."""
    try:
        refuse_damage(module)
        with kept():
            loaded = LoadedModule(module, load_code(module))
            loaded.urls, loaded.conf, loaded.freepbx  # noqa: B018 - what they raise must show now
    # Foreign code: SystemExit and worse at import must not end the host.
    except BaseException as error:
        unload(module)
        result.failed[module.id] = replace(
            describe(error), module=module, passing=is_passing(error)
        )
        return
    result.failed.pop(module.id, None)
    result.loaded[module.id] = loaded


def refuse_damage(module: RegistryModule) -> None:
    """Raise ``ModuleError`` when the module's files or data are gone: nothing of it would work."""
    if not Path(module.code).is_dir():
        raise ModuleError(
            "module-files-missing",
            "Its files are missing from the store. Install the package again.",
        )
    try:
        with Path(module.database).open("rb") as file:
            head = file.read(len(_SQLITE))
    except FileNotFoundError:
        head = b"missing"
    if head not in (b"", _SQLITE):
        raise ModuleError(
            "module-data-missing",
            "Its database {path} is missing or damaged. Bring it back from a backup, or remove the "
            "module with its data and install it again.",
            context={"path": module.database},
        )


def load_code(module: RegistryModule) -> AppConfig:
    """Make the module's code an installed application; raises whatever its code raises."""
    unload(module)
    install_finder().add(module.import_name, Path(module.code))
    add_database(module)
    with running(facts_of(module)):
        config = ModuleConfig(module, import_module(module.import_name))
        add_app(config)
        refuse_foreign_relations(config)
        for role in ROLES:
            import_role(module, role)
    return config


def import_role(module: RegistryModule, role: str) -> ModuleType | None:
    """Import one of the module's files, such as ``conf``; None when the package has none."""
    name = f"{module.import_name}.{role}"
    try:
        present = find_spec(name) is not None
    except ModuleNotFoundError:
        present = False
    return import_module(name) if present else None


def unload(module: RegistryModule) -> None:
    """Take a module back as far as Python allows it."""
    install_finder().remove(module.import_name)
    remove_app(module.label)
    remove_database(module.label)


def facts_of(module: RegistryModule) -> ModuleFacts:
    """Return what the SDK tells the module of itself."""
    return ModuleFacts(
        id=module.id,
        label=module.label,
        version=module.version,
        contract=module.contract,
        code=Path(module.code),
        release=module.digest[:16] or module.generation,
        titles=module.titles,
        tables=tuple(module.tables),
    )


def describe(error: BaseException) -> LoadFailure:
    """Return an exception of a module as values."""
    try:
        text = str(error).strip().splitlines()
    except Exception:  # foreign code: its exceptions may write themselves badly, too
        text = []
    name = type(error).__name__
    said = text[0] if text and isinstance(error, ModuleError) else ""
    line = said or (f"{name}: {text[0]}" if text else name)
    return LoadFailure(line[:300], "".join(traceback.format_exception(error)))
