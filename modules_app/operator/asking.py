"""What a child is told that runs code of a module."""

from __future__ import annotations

from typing import Any

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.states import Wanted
from modules_app.models import Module
from modules_app.operator.tools import Tools
from modules_app.selectors.registry import registry_module
from modules_app.selectors.settings import all_settings


def payload_for(
    tools: Tools,
    module: Module | None,
    task: str,
    *,
    seen: RegistryModule | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the payload of `host.child.run_task`; ``seen`` names other files than the row's."""
    described = seen or registry_module(module)  # type: ignore[arg-type]
    facts = module.facts if module else {}
    payload = {
        "task": task,
        "module": described.as_dict(),
        "manifest": facts.get("manifest", {}),
        "settings": all_settings(),
        "enabled": list(Module.objects.filter(wanted=Wanted.ON).values_list("id", flat=True)),
        "upgrade_from": "",
        "keep_settings": True,
        "menu": [],
        "log_dir": str(tools.data_dir.log),
        "data_dir": str(tools.data_dir.root),
        **more,
    }
    payload.setdefault("language", payload["settings"].get("WebAdminLanguage", "en"))
    payload.setdefault("pbx_version", payload["settings"].get("PBXVersion", ""))
    return payload
