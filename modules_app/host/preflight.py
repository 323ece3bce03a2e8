"""Before a package is installed or switched on: does its code compile, import and begin to work?

Runs in a child with tight limits and without a network. It finds faults, not malice: code that
passes may still do whatever its user may (reference R4.9).
"""

from __future__ import annotations

import tokenize
import warnings
from pathlib import Path
from typing import Any

from django.urls import get_resolver

from modules_app.exceptions import fill
from modules_app.exceptions import gettext_noop as _
from modules_app.host.classes import config_class, freepbx_class, setup_class
from modules_app.host.loader import LoadedModule, import_role, load_code
from modules_app.host.shared import kept
from modules_app.host.trial import NotWell, Stage, Trial, run_trial
from modules_app.sdk.records import Records, Settings

LATER_ROLES = ("rest", "workers")
"""Files of the contract that no page needs, so the loader does not import them."""


def preflight(payload: dict[str, Any]) -> dict[str, Any]:
    """Try a module's code and return ``{"ok", "stage", "error", "traceback", "seconds"}``.

    ``payload``: as for `run_task`, where the database of "module" is one that may be spoilt.
    Modules without Python are well at once.
    """
    return run_trial(payload, _try_code)


def _try_code(trial: Trial) -> None:
    if not trial.module.is_python:
        return
    trial.stage = Stage.COMPILE
    _compile_all(Path(trial.module.code))
    trial.stage = Stage.IMPORT
    with kept(thorough=True):
        loaded = LoadedModule(trial.module, load_code(trial.module))
        trial.stage = Stage.CONF
        loaded.conf  # noqa: B018 - its addresses ask it
        trial.stage = Stage.INSTALLER
        loaded.freepbx  # noqa: B018 - so do those of a FreePBX module
        trial.stage = Stage.IMPORT
        get_resolver(loaded.urls).reverse_dict  # noqa: B018 - goes through all addresses
        for role in LATER_ROLES:
            import_role(trial.module, role)
    _make_objects(trial)


def _compile_all(folder: Path) -> None:
    """Compile every Python file in memory; raises `NotWell` for the first that is none."""
    for path in sorted(folder.rglob("*.py")):
        try:
            with tokenize.open(path) as file, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an odd escape is not ours to complain about
                compile(file.read(), str(path), "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise NotWell(_fault(path.relative_to(folder), error)) from error


def _fault(path: Path, error: Exception) -> str:
    line = getattr(error, "lineno", None) or 1
    reason = getattr(error, "msg", None) or str(error) or type(error).__name__
    return f"{path}:{line}: {type(error).__name__}: {reason}"


def _make_objects(trial: Trial) -> None:
    """Make what operations will make: the installer of either contract, the class of hooks."""
    manifest = trial.payload.get("manifest") or {}
    values = {**trial.payload.get("settings", {}), "PBXVersion": trial.payload["pbx_version"]}
    records = Records(Settings(values), Path(trial.payload["log_dir"]), ())
    trial.stage = Stage.INSTALLER
    if trial.module.contract == "freepbx":
        kind = freepbx_class(trial.module)
        if kind is not None:
            _expect(kind(trial.facts, manifest, records), "install", "uninstall")
    else:
        _expect(
            setup_class(trial.module)(trial.facts, manifest, records),
            "install_module",
            "uninstall_module",
        )
    trial.stage = Stage.CONF
    conf = config_class(trial.module)
    if conf is not None:
        _expect(conf(trial.facts), "on_before_module_enable", "on_before_module_disable")


def _expect(made: object, *names: str) -> None:
    """Raise `NotWell` if an attribute that must be a method is something else."""
    for name in names:
        if not callable(getattr(made, name, None)):
            sentence = _("{name} of {kind} is not a method.")
            raise NotWell(fill(sentence, {"name": name, "kind": type(made).__name__}))
