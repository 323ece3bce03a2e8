"""Templates in the host: those of the running module first, then ours; never another module's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.template.loaders import cached, filesystem

from modules_app.host.apps import ModuleConfig
from modules_app.sdk.context import running_module


class Loader(filesystem.Loader):
    """Looks into the module's ``templates/``, the project's folders and the applications'."""

    def get_dirs(self) -> Iterator[Any]:
        """Yield the folders in the order in which they are asked."""
        module = running_module()
        if module is not None:
            yield module.code / "templates"
        yield from super().get_dirs()
        for config in apps.get_app_configs():
            if not isinstance(config, ModuleConfig):
                yield Path(config.path) / "templates"


class CachedLoader(cached.Loader):
    """Keeps compiled templates apart by module: two may use the same names."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        """Put the module in front of the name."""
        module = running_module()
        return f"{module.id if module else ''}:{super().cache_key(template_name, skip)}"
