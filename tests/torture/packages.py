"""The packages that are installed, upgraded and removed while something breaks."""

from __future__ import annotations

from functools import cache

from tests.builders import module_json, zip_of

VICTIM, BYSTANDER, GONE = "ModuleVictim", "ModuleBystander", "ModuleGone"
MATE = f"{VICTIM}Mate"
"""What is operated on together with the victim; the invariants count it as part of that."""

BAD = "3.0.0"

_INSTALLER = """
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_files(self):
        self.settings.set("{id}Colour", "colour of {version}")
        self.place_file("greeting.conf", "greeting of {version}")
        return super().install_files() {end}
"""
_MODELS = """
from django.db import models
from modules_app.sdk import ModuleModel

class Numbers(ModuleModel):
    number = models.CharField(max_length=40)
{column}
"""
_CONF = """
from modules_app.sdk import ConfigClass

class {id}Conf(ConfigClass):
    def on_before_module_enable(self):
        return True
    def on_after_module_enable(self):
        self.messages.append("enabled {version}")
    def on_before_module_disable(self):
        return True
    def on_after_module_disable(self):
        self.messages.append("disabled {version}")
"""
_COLUMN = '    note = models.CharField(max_length=40, default="none", null=True)\n'


@cache
def package(module_id: str, version: str, more: str = "") -> bytes:
    """Return one version of a module with an installer, data, hooks, settings and a placed file.

    The installer of the version ``BAD`` says no; ``more`` is code at the end of main.py.
    """
    fill = {"id": module_id, "version": version}
    end = "and False" if version == BAD else ""
    files = {
        "module.json": module_json(module_id, version),
        "installer.py": _INSTALLER.format(**fill, end=end),
        "models.py": _MODELS.format(column=_COLUMN if version > "1.0.0" else ""),
        "conf.py": _CONF.format(**fill),
        "main.py": f"VERSION = {version!r}\n{more}",
        "public/assets/js/app.js": f"// {version}\n" * 200,
        "bin/tool": f"#!/bin/sh\necho {version}\n",
        "messages/en.json": f'{{"Breadcrumb{module_id}": "The {module_id}"}}',
    }
    return zip_of(files)


PACKAGES = {
    "victim-1": (VICTIM, "1.0.0"),
    "victim-2": (VICTIM, "2.0.0"),
    "victim-bad": (VICTIM, BAD),
    "mate-1": (MATE, "1.0.0"),
    "mate-bad": (MATE, BAD),
    "bystander": (BYSTANDER, "1.0.0"),
    "gone": (GONE, "1.0.0"),
}
