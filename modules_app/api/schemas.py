"""The shapes of what comes and goes, for checking and for the OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field


class ErrorText(Schema):
    """What went wrong, in words of the reader's language; ``slug`` never changes."""

    slug: str
    message: str
    hint: str
    context: dict[str, Any]


class Error(Schema):
    """The one shape of errors."""

    error: ErrorText


class ModuleRecord(Schema):
    """One module, as the pages and ``module list --json`` show it."""

    id: str
    name: str
    version: str
    contract: str
    language: str
    publisher: str
    state: str
    enabled: bool
    reason: str
    previous_version: str
    generation: str
    size_bytes: int
    operation: int | None
    actions: list[str]
    way_out: str | None


class Modules(Schema):
    """The installed modules."""

    modules: list[ModuleRecord]


class HookRecord(Schema):
    """How one hook of a module ran last."""

    hook: str
    ok: bool
    at: str
    seconds: float
    priority: int
    answer: Any
    generation: str
    operation: int | None
    failed_at: str | None
    error: str
    traceback: str


class Hooks(Schema):
    """The hooks of one module."""

    hooks: list[HookRecord]


class ModuleDetails(ModuleRecord):
    """One module with what its package said of itself, its checks and its hooks."""

    facts: dict[str, Any]
    checks: Any
    hooks: list[HookRecord]


class Damage(Schema):
    """What comparing files and data with the installed package found."""

    module: str
    sound: bool
    problems: list[str]


class OperationRecord(Schema):
    """One operation, as ``module log --json`` shows it; ``url`` is where to look at it."""

    operation: int
    verb: str
    module: str
    outcome: str
    stage: str
    actor: str
    channel: str
    queued_at: str
    ended_at: str | None
    error: ErrorText | None
    messages: list[str]
    result: dict[str, Any] | None
    url: str


class Operations(Schema):
    """The newest operations."""

    operations: list[OperationRecord]


class Step(Schema):
    """One stage of an operation."""

    stage: str
    label: str
    outcome: str
    detail: str


class OperationLog(OperationRecord):
    """An operation with its stages, and what state it left the system in."""

    open: bool
    may_cancel: bool
    state: str
    steps: list[Step]


class BatchRecord(Schema):
    """Several operations that were asked for at once; ``url`` is where to look at them."""

    batch: int
    verb: str
    mode: str
    outcome: str
    open: bool
    may_cancel: bool
    actor: str
    channel: str
    queued_at: str
    ended_at: str | None
    warnings: list[dict[str, Any]]
    counts: dict[str, int]
    operations: list[OperationRecord]
    url: str


class Batches(Schema):
    """The newest batches."""

    batches: list[BatchRecord]


class PlanRecord(Schema):
    """What a batch would do: ``plan`` in sentences, ``steps`` as data."""

    possible: bool
    plan: list[str]
    steps: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    dependents: list[dict[str, Any]]


class Package(Schema):
    """A package that was uploaded and waits, with its validation report."""

    package: str
    filename: str
    sha256: str
    size_bytes: int
    module: str
    uploaded_at: str
    actor: str
    installed_version: str
    installable: bool
    url: str
    report: dict[str, Any]


class Packages(Schema):
    """The packages that wait."""

    packages: list[Package]


class Settings(Schema):
    """Settings by key; every value is text."""

    settings: dict[str, str]


class Changed(Schema):
    """The settings that were changed."""

    changed: list[str]


class NetworkRule(Schema):
    """Whether a network may use a rule; ``module`` is empty for rules of PBX Admin."""

    module: str = Field("", max_length=64)
    category: str = Field(max_length=40)
    name: str = Field(max_length=100)
    action: Literal["allow", "block"]


class NetworkOut(Schema):
    """Addresses that may do the same things."""

    id: int
    title: str
    permit: list[str]
    deny: list[str]
    priority: int
    is_local: bool
    never_block: bool
    rules: list[NetworkRule]


class Networks(Schema):
    """All networks."""

    networks: list[NetworkOut]


class CustomFileOut(Schema):
    """Your own part of a generated file."""

    path: str
    mode: str
    text: str
    changed_at: datetime
    changed_by: str


class CustomFiles(Schema):
    """All of them."""

    custom_files: list[CustomFileOut]


class Me(Schema):
    """Who asks, and what that one may do."""

    name: str
    key: str
    scopes: list[str]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class DisableIn(_In):
    """``force`` does not ask the module for its consent."""

    force: bool = False


class InstallIn(_In):
    """``enable`` switches the module on afterwards; ``allow_downgrade`` takes a lower version."""

    enable: bool = False
    allow_downgrade: bool = False


class SettingsIn(_In):
    """Settings to change, by key."""

    settings: dict[str, str] = Field(max_length=200)


class NetworkIn(_In):
    """What is not sent stays."""

    title: str | None = Field(None, min_length=1, max_length=120)
    permit: list[str] | None = Field(None, max_length=500)
    deny: list[str] | None = Field(None, max_length=500)
    priority: int | None = Field(None, ge=0, le=1_000_000)
    is_local: bool | None = None
    never_block: bool | None = None
    rules: list[NetworkRule] | None = Field(None, max_length=1_000)


class NetworkNewIn(NetworkIn):
    """A new network; what is not sent gets its usual value."""

    title: str = Field(min_length=1, max_length=120)
    permit: list[str] = Field(min_length=1, max_length=500)


class CustomFileIn(_In):
    """``append`` adds the text below what is generated, ``override`` puts it in its place."""

    mode: Literal["append", "override"]
    text: str = Field(max_length=256 * 1024)


Data = Literal["keep", "delete"]


class BatchIn(_In):
    """A wish over several modules: ``modules`` by id, or ``packages`` that wait.

    ``without`` leaves optional steps out; ``cascade`` disables what depends on them, too.
    """

    verb: Literal["install", "upgrade", "enable", "disable", "remove"]
    modules: list[str] = Field([], max_length=500)
    packages: list[UUID] = Field([], max_length=200)
    enable: bool = False
    cascade: bool = False
    without: list[str] = Field([], max_length=500)
    data: Data = "keep"


class BatchStartIn(BatchIn):
    """A wish to be carried out; ``force`` does not ask modules for their consent."""

    mode: Literal["stop", "continue", "together"] = "stop"
    force: bool = False
