"""Names beside the hooks that readers look for: steps of installers, methods of FreePBX classes.

The names of the hooks themselves come from the one table (`modules_app.hooks.specs`).
"""

from __future__ import annotations

from modules_app.hooks.specs import HOOKS

SEED_HOOKS = tuple(spec.seed_name for spec in HOOKS)
PYTHON_HOOKS = tuple(spec.name for spec in HOOKS)

HELPERS = ("get_method_priority", "self_test", "translation")
"""What a configuration class has besides its hooks; a test compares it with the class."""

FREEPBX_METHODS = {
    "install": "install",
    "uninstall": "uninstall",
    "backup": "backup",
    "restore": "restore",
    "enable": "enable",
    "disable": "disable",
    "doConfigPageInit": "do_config_page_init",
    "doDialplanHook": "do_dialplan_hook",
    "doGuiHook": "do_gui_hook",
    "doGuiIntercept": "do_gui_intercept",
    "myGuiHooks": "my_gui_hooks",
    "myDialplanHooks": "my_dialplan_hooks",
    "myConfigPageInits": "my_config_page_inits",
    "genConfig": "gen_config",
    "writeConfig": "write_config",
    "getRightNav": "get_right_nav",
    "getActionBar": "get_action_bar",
    "ajaxRequest": "ajax_request",
    "ajaxHandler": "ajax_handler",
}
"""Methods of a FreePBX module's class in PHP and in Python (reference F3.9, F9.2)."""

PYTHON_FREEPBX_METHODS = (
    *FREEPBX_METHODS.values(),
    "get_config",
    "hook_get_config",
    "module_install_check_callback",
    "module_uninstall_check_callback",
)

INSTALLER_STEPS = {
    "installModule": "install_module",
    "checkCompatibility": "check_compatibility",
    "activateLicense": "activate_license",
    "installFiles": "install_files",
    "installDB": "install_db",
    "createSettingsTableByModelsAnnotations": "create_tables_from_models",
    "registerNewModule": "register_new_module",
    "addToSidebar": "add_to_sidebar",
    "fixFilesRights": "fix_files_rights",
    "uninstallModule": "uninstall_module",
    "unInstallDB": "uninstall_db",
    "unregisterModule": "unregister_module",
    "unInstallFiles": "uninstall_files",
}
"""Steps of an installer in PHP and in Python (seed 001)."""
