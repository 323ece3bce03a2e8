"""The only part of PBX Admin that a module imports, beside Django itself.

What is named here is the contract with module authors; everything else may change.
"""

from __future__ import annotations

from modules_app.exceptions import Refused
from modules_app.sdk.admin import ModelAdmin, register_admin
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.context import ModuleFacts, current_module
from modules_app.sdk.freepbx import FreePbxModule
from modules_app.sdk.menu import Menu
from modules_app.sdk.models import ModuleModel
from modules_app.sdk.pages import asset, module_cookie, render_page, set_module_cookie
from modules_app.sdk.setup import PbxExtensionSetupBase
from modules_app.sdk.translations import translate

_ = translate

__all__ = [
    "ConfigClass",
    "FreePbxModule",
    "Menu",
    "ModelAdmin",
    "ModuleFacts",
    "ModuleModel",
    "PbxExtensionSetupBase",
    "Refused",
    "_",
    "asset",
    "current_module",
    "module_cookie",
    "register_admin",
    "render_page",
    "set_module_cookie",
    "translate",
]
