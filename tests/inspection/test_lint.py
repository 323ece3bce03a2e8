"""The lint: each rule finds its bad sample, and leaves its good one alone."""

from __future__ import annotations

import pytest

from modules_app.domain.findings import Finding, Severity
from modules_app.hooks.methods import HELPERS, PYTHON_HOOKS
from modules_app.hooks.specs import HOOKS
from modules_app.inspection.lint.rule import LintRule
from modules_app.inspection.lint.rules import RULES, RULES_BY_SLUG
from modules_app.inspection.python_source import read_python_source
from modules_app.sdk import ConfigClass
from tests.inspection.package import sources

CONF = "from modules_app.sdk import ConfigClass\nclass DemoConf(ConfigClass):\n"
NOT_CALLED = [spec.name for spec in HOOKS if not spec.called]


def lint(path: str, text: str) -> list[Finding]:
    package = sources({path: text})
    read_python_source(package, "ModuleDemo")
    return package.findings.all


def broken(path: str, text: str) -> list[tuple[str, int]]:
    return [(one.slug, int(one.location.rpartition(":")[2])) for one in lint(path, text)]


def in_conf(method: str) -> list[str]:
    """Return the rules that a method of a configuration class breaks, but for "not called"."""
    lines = "".join(f"    {line}\n" for line in method.splitlines())
    return [one.slug for one in lint("conf.py", CONF + lines) if one.slug != "hook-not-called"]


def test_no_two_rules_share_a_name() -> None:
    assert len(RULES_BY_SLUG) == len(RULES)


@pytest.mark.parametrize("rule", [one for one in RULES if one.bad], ids=lambda one: one.slug)
def test_a_rule_finds_its_bad_sample(rule: LintRule) -> None:
    assert rule.slug in [one.slug for one in lint(rule.file, rule.bad)]


@pytest.mark.parametrize("rule", [one for one in RULES if one.good], ids=lambda one: one.slug)
def test_a_rule_leaves_its_good_sample_alone(rule: LintRule) -> None:
    found = [one.slug for one in lint(rule.file, rule.good) if one.slug != "hook-not-called"]
    assert found == []


def test_a_finding_names_line_severity_and_cure() -> None:
    (found,) = lint("main.py", "import pickle\n\nx = 1\ny = pickle.loads(b'')\n")
    assert (found.slug, found.location) == ("unsafe-load", "main.py:4")
    assert found.severity is Severity.WARNING
    assert "pickle.loads" in str(found)
    assert found.hint == RULES_BY_SLUG["unsafe-load"].instead


def test_a_comment_allows_one_rule_on_its_line_and_is_counted() -> None:
    text = (
        "import subprocess\n"
        "subprocess.run(['a'])  # pbx: allow shell-call\n"
        "subprocess.run(\n    ['b'],\n)  # pbx: allow shell-call, process-exit\n"
        "subprocess.run(['c'])  # pbx: allow process-exit\n"
    )
    warning, note = lint("main.py", text)
    assert (warning.slug, warning.location) == ("shell-call", "main.py:6")
    assert note.slug == "lint-allowed"
    assert note.context == {"count": 2, "names": "shell-call (2)"}


def test_the_helpers_are_those_of_the_base_class() -> None:
    public = {name for name in vars(ConfigClass) if not name.startswith("_") and name.islower()}
    assert public - set(PYTHON_HOOKS) == set(HELPERS)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("createCronTasks", "create_cron_tasks"),
        ("get_pbx_core_rest_additional_routes", "get_pbxcore_rest_additional_routes"),
        ("generate_fail2ban_jail", "generate_fail2ban_jails"),
        ("on_before_modul_enable", "on_before_module_enable"),
        ("selftest", "self_test"),
    ],
)
def test_a_misspelt_hook_is_named_with_the_right_one(name: str, wanted: str) -> None:
    (found,) = lint("conf.py", CONF + f"    def {name}(self): ...\n")
    assert (found.slug, found.context["wanted"]) == ("hook-misspelt", wanted)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("doConfigPageInit", "do_config_page_init"),
        ("my_guihooks", "my_gui_hooks"),
        ("uninstal", "uninstall"),
        ("module_install_check_calback", "module_install_check_callback"),
    ],
)
def test_a_misspelt_method_of_a_freepbx_module_is_named_with_the_right_one(
    name: str, wanted: str
) -> None:
    text = "from modules_app.sdk import FreePbxModule\n\n\nclass Demo(FreePbxModule):\n"
    (found,) = lint("module.py", text + f"    def {name}(self): ...\n")
    assert (found.slug, found.context["wanted"]) == ("hook-misspelt", wanted)
    assert list(lint("module.py", text + "    def bulkhandlerGetTypes(self): ...\n")) == []


def test_hooks_in_another_file_that_the_class_is_built_on_are_checked_too() -> None:
    files = {
        "conf.py": "from modules_app.sdk import ConfigClass\nfrom .more import More\n\n\n"
        "class DemoConf(More, ConfigClass): ...\n",
        "more.py": "class More:\n    def create_cron_tasks(self): ...\n\n\n"
        "class Other:\n    def create_cron_tasks(self): ...\n",
        "admin.py": "X = 1\n",
    }
    package = sources(dict(files))
    found = read_python_source(package, "ModuleDemo")
    assert found.hooks == ("create_cron_tasks",)
    (fault,) = package.findings.all
    assert (fault.slug, fault.location) == ("hook-signature", "more.py:2")


def test_methods_of_ones_own_are_no_misspelt_hooks() -> None:
    own = "    def numbers(self): ...\n    def _create_cron_task(self): ...\n"
    used = (
        "    def create_cron_tasks(self, tasks):\n        return self.create_cron_task()\n"
        "    def create_cron_task(self): ...\n"
    )
    assert [one.slug for one in lint("conf.py", CONF + own + used) if "misspelt" in one.slug] == []


@pytest.mark.parametrize("spec", HOOKS, ids=lambda spec: spec.name)
def test_the_signature_of_the_table_is_right_and_one_more_argument_is_not(spec) -> None:
    assert in_conf(f"def {spec.name}({spec.signature}): ...") == []
    assert in_conf(f"def {spec.name}({spec.signature}, beyond): ...") == ["hook-signature"]
    assert in_conf(f"def {spec.name}({spec.signature}, beyond=None): ...") == []
    assert in_conf(f"def {spec.name}(self, *arguments): ...") == []
    assert in_conf(f"def {spec.name}({spec.signature}, *, needed): ...") == ["hook-signature"]


@pytest.mark.parametrize("name", NOT_CALLED)
def test_a_hook_that_is_not_called_here_is_warned_about_with_the_reason(name: str) -> None:
    found = lint("conf.py", CONF + f"    def {name}(self, *arguments): ...\n")
    assert [one.slug for one in found] == ["hook-not-called"]
    spec = next(spec for spec in HOOKS if spec.name == name)
    assert str(found[0]).endswith(spec.reason)


@pytest.mark.parametrize(
    ("hook", "statement"),
    [
        ("create_nginx_locations(self)", "return ['a']"),
        ("create_nginx_locations(self)", "return {}"),
        ("create_nginx_locations(self)", "yield 'a'"),
        ("get_module_workers(self)", "return 'worker'"),
        ("get_module_workers(self)", "return (one for one in ())"),
        ("get_default_firewall_rules(self)", "return [{}]"),
        ("on_before_module_enable(self)", "return 'no'"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_an_error(hook: str, statement: str) -> None:
    assert in_conf(f"def {hook}:\n    {statement}") == ["hook-return"]


@pytest.mark.parametrize(
    ("hook", "statement"),
    [
        ("create_nginx_locations(self)", "return None"),
        ("create_nginx_locations(self)", "return f'a {self.x}'"),
        ("create_nginx_locations(self)", "return build()"),
        ("create_nginx_locations(self)", "def inner():\n        return 1\n    return inner"),
        ("get_module_workers(self)", "return [*first, *second]"),
        ("on_before_module_enable(self)", "return False"),
        ("on_after_module_enable(self)", "return 5"),
    ],
)
def test_an_answer_that_may_be_right_is_left_alone(hook: str, statement: str) -> None:
    assert in_conf(f"def {hook}:\n    {statement}") == []


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("from subprocess import run as r\nr(['a'])", "shell-call"),
        ("import os\nos.system('ls')", "shell-call"),
        ("import os\ndef f(x):\n    os.system('ls ' + x)", "shell-injection"),
        ("import os\ndef f():\n    os._exit(1)", "process-exit"),
        ("import yaml\ndef f(x):\n    yaml.load(x)", "unsafe-load"),
        ("import ssl\ndef f(c):\n    c.verify_mode = ssl.CERT_NONE", "tls-off"),
        ("def f(c):\n    c.check_hostname = False", "tls-off"),
        ("def f(c, t):\n    c.execute('DELETE FROM ' + t)", "sql-text"),
        ("def f(c, t):\n    c.execute('DELETE FROM {}'.format(t))", "sql-text"),
        ("from contextlib import suppress\nwith suppress(Exception):\n    f()", "silenced-error"),
        ("def f(s):\n    s.bind(('', 5060))", "fixed-port"),
        ("URL = 'http://127.0.0.1:8088/ari'", "fixed-port"),
        ("from .models import A\nROWS = A.objects.filter(x=1).count()", "import-work"),
        ("class A:\n    import sqlite3\n    db = sqlite3.connect('x')", "import-work"),
        ("def f(self):\n    open(self.module_dir / 'x', 'w')", "code-folder-write"),
        ("class A:\n" + "    x = 1\n" * 500, "long-class"),
        ("import tempfile\ndef f():\n    tempfile.mktemp()", "temp-name"),
    ],
)
def test_other_spellings_are_found_too(code: str, slug: str) -> None:
    assert [one.slug for one in lint("main.py", code + "\n")] == [slug]


@pytest.mark.parametrize(
    "code",
    [
        "import yaml\ndef f(x):\n    yaml.load(x, Loader=yaml.SafeLoader)",
        "def f(c):\n    c.execute('SELECT ' + 'x')",
        "def f(c, x):\n    c.execute('SELECT %s', [x])",
        "def f(self):\n    open(self.module_dir / 'x')",
        "PASSWORD = 'module_demo_Password'",
        "TOKEN = ''",
        "from .models import A\nROWS = A.objects.filter(x=1)",
        "if __name__ == '__main__':\n    import sqlite3\n    sqlite3.connect('x')",
        "def f():\n    try:\n        g()\n    except Exception:\n        log()",
        "def f(s):\n    s.bind(('', 0))",
        "class A:\n" + "    x = 1\n" * 499,
        "def run(x):\n    return x\nrun(1)",
    ],
)
def test_what_is_well_is_left_alone(code: str) -> None:
    assert lint("main.py", code + "\n") == []


def test_programs_beside_the_module_are_not_looked_at() -> None:
    assert broken("bin/tool.py", "import sys\nsys.exit(1)\n") == []
    assert broken("main.py", "import sys\nsys.exit(1)\n") == [("process-exit", 2)]


def test_scripts_that_a_tool_put_together_are_not_looked_at() -> None:
    text = 'parent.postMessage(1, "*");\n'
    assert broken("public/assets/js/all.min.js", text) == []
    assert broken("public/assets/js/all.js", text + " " * 100_000) == []
    assert broken("public/assets/js/all.js", text) == [("post-message-any", 1)]
