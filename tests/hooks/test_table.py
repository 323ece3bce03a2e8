"""The table of hooks holds every hook of the contract once, with what a reader must know."""

from __future__ import annotations

import re

import pytest

from modules_app.hooks.specs import HOOKS, HookKind, HookSpec, Interface, Value

SEED_NAMES = """
extensionGlobals extensionGenContexts getIncludeInternal extensionGenInternal
extensionGenInternalUsersPreDial extensionGenAllPeersContext getIncludeInternalTransfer
extensionGenInternalTransfer extensionGenHints extensionGenCreateChannelDialplan
generatePublicContext generateIncomingRoutBeforeDialPreSystem generateIncomingRoutBeforeDialSystem
generateIncomingRoutBeforeDial generateIncomingRoutAfterDialContext generateOutRoutContext
generateOutRoutAfterDialContext getFeatureMap generateManagerConf generateModulesConf
generateAriConf generatePeersPj generatePeerPjAdditionalOptions generateConfig overridePJSIPOptions
overrideProviderPJSIPOptions modelsEventChangeData modelsEventNeedReload getModuleWorkers
getDefaultFirewallRules onAfterIptablesReload onAfterNetworkConfigured createNginxLocations
createNginxServers generateFail2BanJails generateFail2BanFilters createCronTasks onAfterPbxStarted
onBeforeModuleEnable onBeforeModuleDisable onAfterModuleEnable onAfterModuleDisable
onExtensionStatusChange onProviderStatusChange getWafExemptions getPBXCoreRESTAdditionalRoutes
moduleRestAPICallback onBeforeExecuteRestAPIRoute onAfterExecuteRestAPIRoute authenticateUser
getPasskeySessionData onAfterACLPrepared onBeforeHeaderMenuShow onAfterRoutesPrepared
onAfterAssetsPrepared onVoltBlockCompile onBeforeFormInitialize onBeforeExecuteRoute
onAfterExecuteRoute onGetControllerPermissions applyACLFiltersToCDRQuery
""".split()
"""Reference M6.2 to M6.6; ``getMethodPriority`` is a method of the base class, no hook."""


def test_every_hook_of_the_contract_is_there_once() -> None:
    contract = [spec.seed_name for spec in HOOKS if spec.reference.startswith("M")]
    assert sorted(contract) == sorted(SEED_NAMES)
    assert len({spec.name for spec in HOOKS}) == len(HOOKS)


@pytest.mark.parametrize("spec", HOOKS, ids=lambda spec: spec.name)
def test_a_row_says_what_a_reader_must_know(spec: HookSpec) -> None:
    assert spec.docs.endswith(".")
    assert re.fullmatch(r"M[\d.]+|design \d+", spec.reference)
    assert spec.interface in Interface and spec.kind in HookKind
    assert bool(spec.reason) != spec.called, "what is not called has a reason, and only that"
    letters = spec.seed_name.lower()
    assert spec.name.replace("_", "") == letters, "the Python name is the seed's name"
    if spec.kind in (HookKind.TEXT, HookKind.MAP, HookKind.FIRST):
        assert spec.returns
    if spec.kind is HookKind.TEXT:
        assert Value.TEXT in spec.returns
    if spec.kind is HookKind.MUTATE:
        assert spec.arguments
