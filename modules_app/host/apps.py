"""A loaded module as an installed Django application."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from django.apps import AppConfig, apps

from modules_app.bridge.registry import RegistryModule


class ModuleConfig(AppConfig):
    """The application of one module: its label is also the alias of its database."""

    default = False

    def __init__(self, module: RegistryModule, package: ModuleType) -> None:
        self.label = module.label
        self.path = str(Path(module.code))
        self.verbose_name = module.title("en")
        super().__init__(module.import_name, package)


def add_app(config: ModuleConfig) -> None:
    """Make the module an installed application and import its models.

    Django offers this only at start and for all applications at once, where one failing
    ``models.py`` would fail all; these are the same steps for one more. Whatever ``models.py``
    raises comes through, after the application is taken back.
    """
    config.apps = apps
    config.models = apps.all_models[config.label]
    apps.app_configs[config.label] = config
    apps.clear_cache()
    try:
        config.import_models()
    except BaseException:
        remove_app(config.label)
        raise


def remove_app(label: str) -> None:
    """Take back what `add_app` did, with all models of the label."""
    apps.app_configs.pop(label, None)
    apps.all_models.pop(label, None)
    apps.clear_cache()
