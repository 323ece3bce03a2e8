"""Rules on hooks; the table of hooks decides what is right."""

from __future__ import annotations

from modules_app.domain.findings import Severity
from modules_app.exceptions import gettext_noop as _
from modules_app.inspection.lint.rule import LintRule

_CONF = "from modules_app.sdk import ConfigClass\n\n\nclass DemoConf(ConfigClass):\n"

HOOK_RULES = (
    LintRule(
        "hook-misspelt",
        Severity.WARNING,
        _("{name} is not the name of a hook; did you mean {wanted}?"),
        _("Nobody calls a method with a wrong name, and nothing says so later."),
        _("Write the name as the hook reference does."),
        bad=_CONF + "    def create_cron_task(self, tasks):\n        return []\n",
        good=_CONF + "    def create_cron_tasks(self, tasks):\n"
        '        tasks.append("*/5 * * * * /bin/true\\n")\n',
        file="conf.py",
    ),
    LintRule(
        "hook-signature",
        Severity.ERROR,
        _("{name} takes ({found}), but is called with ({wanted})."),
        _("Every call of this hook would end with a TypeError."),
        _("Take exactly the arguments that the hook reference names."),
        bad=_CONF + "    def generate_incoming_rout_before_dial(self):\n"
        '        return "same => n,NoOp()"\n',
        file="conf.py",
    ),
    LintRule(
        "hook-async",
        Severity.ERROR,
        _("{name} is asynchronous, but is called as a plain method."),
        _("The caller would get a coroutine that never runs."),
        _("Write it with def; what takes long belongs into a worker."),
        bad=_CONF + "    async def on_after_module_enable(self):\n        await warm_up()\n",
        good=_CONF + "    def on_after_module_enable(self):\n        warm_up()\n",
        file="conf.py",
    ),
    LintRule(
        "hook-not-called",
        Severity.WARNING,
        _("{name} is not called here: {why}"),
        _("The method does no harm, but nothing will ever happen in it."),
        _("Do not rely on it; the hook reference says which hooks work."),
        bad=_CONF + "    def on_after_network_configured(self):\n        self.refresh()\n",
        file="conf.py",
    ),
    LintRule(
        "hook-return",
        Severity.WARNING,
        _("{name} returns {found}; it must return {wanted} or nothing."),
        _("An answer of another kind is refused and recorded as an error of the module."),
        _("Return what the hook reference says."),
        bad=_CONF + "    def create_nginx_locations(self):\n"
        '        return ["location /demo/ {}"]\n',
        file="conf.py",
    ),
    LintRule(
        "hook-base",
        Severity.WARNING,
        _("{name} has hooks, but is not built on ConfigClass."),
        _("Only classes built on modules_app.sdk.ConfigClass are asked."),
        _("Write class {name}(ConfigClass)."),
        bad="class DemoConf:\n    def on_after_module_enable(self):\n        self.ready = True\n",
        good=_CONF + "    def on_after_module_enable(self):\n        self.ready = True\n",
        file="conf.py",
    ),
    LintRule(
        "step-misspelt",
        Severity.WARNING,
        _("{name} is not a step of an installer; did you mean {wanted}?"),
        _("Nobody calls a method with a wrong name, and nothing says so later."),
        _("Write the name as the guide to installers does."),
        bad="from modules_app.sdk import PbxExtensionSetupBase\n\n\n"
        "class PbxExtensionSetup(PbxExtensionSetupBase):\n"
        "    def install_file(self):\n        return True\n",
        good="from modules_app.sdk import PbxExtensionSetupBase\n\n\n"
        "class PbxExtensionSetup(PbxExtensionSetupBase):\n"
        "    def install_files(self):\n        return True\n",
        file="installer.py",
    ),
    LintRule(
        "allow-unknown",
        Severity.WARNING,
        _("There is no rule {name} to allow; did you mean {wanted}?"),
        _("A comment with a wrong name allows nothing."),
        _("Copy the name of the rule from the report."),
        bad="import subprocess\n\nsubprocess.run([])  # pbx: allow shell-calls, shell-call\n",
    ),
)
