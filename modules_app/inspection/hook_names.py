"""Names of hooks and installer steps that readers look for (reference M6.2-M6.6, F3.9, F9.2)."""

from __future__ import annotations

from modules_app.inspection.names import snake

ASTERISK_HOOKS = (
    "extensionGlobals",
    "extensionGenContexts",
    "getIncludeInternal",
    "extensionGenInternal",
    "extensionGenInternalUsersPreDial",
    "extensionGenAllPeersContext",
    "getIncludeInternalTransfer",
    "extensionGenInternalTransfer",
    "extensionGenHints",
    "extensionGenCreateChannelDialplan",
    "generatePublicContext",
    "generateIncomingRoutBeforeDialPreSystem",
    "generateIncomingRoutBeforeDialSystem",
    "generateIncomingRoutBeforeDial",
    "generateIncomingRoutAfterDialContext",
    "generateOutRoutContext",
    "generateOutRoutAfterDialContext",
    "getFeatureMap",
    "generateManagerConf",
    "generateModulesConf",
    "generateAriConf",
    "generatePeersPj",
    "generatePeerPjAdditionalOptions",
    "generateConfig",
    "overridePJSIPOptions",
    "overrideProviderPJSIPOptions",
    "getMethodPriority",
)
SYSTEM_HOOKS = (
    "modelsEventChangeData",
    "modelsEventNeedReload",
    "getModuleWorkers",
    "getDefaultFirewallRules",
    "onAfterIptablesReload",
    "onAfterNetworkConfigured",
    "createNginxLocations",
    "createNginxServers",
    "generateFail2BanJails",
    "generateFail2BanFilters",
    "createCronTasks",
    "onAfterPbxStarted",
    "onBeforeModuleEnable",
    "onBeforeModuleDisable",
    "onAfterModuleEnable",
    "onAfterModuleDisable",
    "onExtensionStatusChange",
    "onProviderStatusChange",
    "getWafExemptions",
)
REST_HOOKS = (
    "getPBXCoreRESTAdditionalRoutes",
    "moduleRestAPICallback",
    "onBeforeExecuteRestAPIRoute",
    "onAfterExecuteRestAPIRoute",
)
WEB_HOOKS = (
    "authenticateUser",
    "getPasskeySessionData",
    "onAfterACLPrepared",
    "onBeforeHeaderMenuShow",
    "onAfterRoutesPrepared",
    "onAfterAssetsPrepared",
    "onVoltBlockCompile",
    "onBeforeFormInitialize",
    "onBeforeExecuteRoute",
    "onAfterExecuteRoute",
    "onGetControllerPermissions",
)
CDR_HOOKS = ("applyACLFiltersToCDRQuery",)
MIKOPBX_HOOKS = ASTERISK_HOOKS + SYSTEM_HOOKS + REST_HOOKS + WEB_HOOKS + CDR_HOOKS

FREEPBX_METHODS = (
    "install",
    "uninstall",
    "backup",
    "restore",
    "enable",
    "disable",
    "doConfigPageInit",
    "doDialplanHook",
    "doGuiHook",
    "doGuiIntercept",
    "myGuiHooks",
    "myDialplanHooks",
    "myConfigPageInits",
    "genConfig",
    "writeConfig",
    "getRightNav",
    "getActionBar",
    "ajaxRequest",
    "ajaxHandler",
)

INSTALLER_STEPS = (
    "installModule",
    "checkCompatibility",
    "activateLicense",
    "installFiles",
    "installDB",
    "createSettingsTableByModelsAnnotations",
    "registerNewModule",
    "addToSidebar",
    "fixFilesRights",
    "uninstallModule",
    "unInstallDB",
    "unregisterModule",
    "unInstallFiles",
)
PYTHON_INSTALLER_STEPS = (
    "install_module",
    "check_compatibility",
    "activate_license",
    "install_files",
    "install_db",
    "create_tables_from_models",
    "register_new_module",
    "add_to_sidebar",
    "fix_files_rights",
    "uninstall_module",
    "uninstall_db",
    "unregister_module",
    "uninstall_files",
)
PYTHON_HOOKS = tuple(snake(name) for name in MIKOPBX_HOOKS)
PYTHON_FREEPBX_METHODS = tuple(snake(name) for name in FREEPBX_METHODS) + ("get_config",)
