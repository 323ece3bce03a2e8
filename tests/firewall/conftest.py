"""A PBX Admin whose rules are loaded in a network namespace, and modules that are only rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from modules_app.domain.ids import fold_id
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.models import HookResult, Module, PbxSetting, SurfaceState
from modules_app.operator.surfaces import refresh
from tests.conftest import missing
from tests.firewall.namespaces import Cable, cable
from tests.lifecycle import Life

GENERATION = "1-aaaa"

AddModule = Callable[..., Module]
Apply = Callable[..., SurfaceState]


@pytest.fixture(scope="module")
def wires(need_tool: Callable[[str], str]) -> Iterator[Cable]:
    """Two machines for the whole file."""
    need_tool("ip")
    need_tool("nft")
    if os.geteuid() != 0:
        missing("only root makes network namespaces; packets are not tested")
    with cable() as found:
        yield found


@pytest.fixture
def filtered(wires: Cable, settings: Settings, life: Life) -> Cable:
    """The machines, of which one now belongs to this test; fail2ban is off for a start."""
    settings.PBX_FIREWALL_LOAD = True
    settings.PBX_NETNS = wires.pbx.name
    PbxSetting.objects.create(key="PBXFail2BanEnabled", value="0")
    wires.pbx.run("nft", "flush", "ruleset")
    return wires


@pytest.fixture
def apply(life: Life) -> Apply:
    """Return what brings surfaces into line, as the operator does it, and shows one's row."""

    def bring(name: str = "firewall") -> SurfaceState:
        refresh(life.tools, ["firewall", "fail2ban"])
        return SurfaceState.objects.get(name=name)

    return bring


@pytest.fixture
def add_module(db: None) -> AddModule:
    """Return what makes an enabled module with stored answers, by hook."""

    def make(module_id: str, **answers: Any) -> Module:
        now = timezone.now()
        module = Module.objects.create(
            id=module_id,
            id_fold=fold_id(module_id),
            contract="mikopbx",
            language="python",
            version="1.0.0",
            generation=GENERATION,
            digest="0" * 64,
            package_sha256="0" * 64,
            wanted=Wanted.ON,
            phase=Phase.READY,
            fault=Fault.NONE,
            installed_at=now,
            changed_at=now,
        )
        for hook, answer in answers.items():
            HookResult.objects.create(
                module_id=module_id,
                id_fold=fold_id(module_id),
                hook=hook,
                at=now,
                answer=answer,
                answered_generation=GENERATION,
            )
        return module

    return make
