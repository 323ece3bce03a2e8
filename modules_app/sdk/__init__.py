"""The only part of PBX Admin that a module imports, beside Django itself.

What is named here is the contract with module authors; everything else may change.
"""

from __future__ import annotations

from modules_app.ami import AmiAccount, AmiEvent
from modules_app.exceptions import Refused
from modules_app.sdk.admin import ModelAdmin, register_admin
from modules_app.sdk.agi import Agi, AgiError, AgiHangup
from modules_app.sdk.ami import AmiWorker
from modules_app.sdk.attacks import report_attack
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.console import ConsoleCommand
from modules_app.sdk.context import ModuleFacts, current_module
from modules_app.sdk.core_refs import CASCADE, KEEP, PROTECT, CoreRef, core_records
from modules_app.sdk.destinations import DestinationField, offer_destinations
from modules_app.sdk.fast_agi import FastAgiWorker
from modules_app.sdk.freepbx import FreePbxModule
from modules_app.sdk.freepbx_pages import Component, posted
from modules_app.sdk.menu import Menu
from modules_app.sdk.models import ModuleModel
from modules_app.sdk.outside import ask_reload
from modules_app.sdk.pages import asset, module_cookie, render_page, set_module_cookie
from modules_app.sdk.pbx import this_module
from modules_app.sdk.queues import enqueue
from modules_app.sdk.rest import RestResource, RestResult
from modules_app.sdk.rights import may
from modules_app.sdk.setup import PbxExtensionSetupBase
from modules_app.sdk.translations import translate
from modules_app.sdk.workers import LoopWorker, QueueWorker, Worker

_ = translate

__all__ = [
    "CASCADE",
    "KEEP",
    "PROTECT",
    "Agi",
    "AgiError",
    "AgiHangup",
    "AmiAccount",
    "AmiEvent",
    "AmiWorker",
    "Component",
    "ConfigClass",
    "ConsoleCommand",
    "CoreRef",
    "DestinationField",
    "FastAgiWorker",
    "FreePbxModule",
    "LoopWorker",
    "Menu",
    "ModelAdmin",
    "ModuleFacts",
    "ModuleModel",
    "PbxExtensionSetupBase",
    "QueueWorker",
    "Refused",
    "RestResource",
    "RestResult",
    "Worker",
    "_",
    "ask_reload",
    "asset",
    "core_records",
    "current_module",
    "enqueue",
    "may",
    "module_cookie",
    "offer_destinations",
    "posted",
    "register_admin",
    "render_page",
    "report_attack",
    "set_module_cookie",
    "this_module",
    "translate",
]
