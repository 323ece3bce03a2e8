"""Core records. Services write them; engine fields are written by the operator only."""

from modules_app.models.api import ApiToken
from modules_app.models.batch import Batch
from modules_app.models.events import EventCursor, LostEvent, OutboxEvent
from modules_app.models.firewall import (
    Fail2BanSettings,
    FirewallRule,
    FirewallTrial,
    NetworkFilter,
)
from modules_app.models.first_run import FirstRun
from modules_app.models.grants import ModuleAccount, ModuleGrant, ModuleRight
from modules_app.models.hook import AskedQuestions, HookResult
from modules_app.models.menu import MenuItem, PbxSetting
from modules_app.models.module import KeptData, Module, RegistrySequence
from modules_app.models.operation import Operation, OperationStep
from modules_app.models.package import StoredPackage, Upload
from modules_app.models.surface import CustomFile, CustomMode, SurfaceState
from modules_app.models.trust import AuditEvent, PendingAction

__all__ = [
    "ApiToken",
    "AskedQuestions",
    "AuditEvent",
    "Batch",
    "CustomFile",
    "CustomMode",
    "EventCursor",
    "Fail2BanSettings",
    "FirewallRule",
    "FirewallTrial",
    "FirstRun",
    "HookResult",
    "KeptData",
    "LostEvent",
    "MenuItem",
    "Module",
    "ModuleAccount",
    "ModuleGrant",
    "ModuleRight",
    "NetworkFilter",
    "Operation",
    "OperationStep",
    "OutboxEvent",
    "PbxSetting",
    "PendingAction",
    "RegistrySequence",
    "StoredPackage",
    "SurfaceState",
    "Upload",
]
