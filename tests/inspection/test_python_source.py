"""Packages in Python, read with ast."""

from __future__ import annotations

import pytest

from modules_app.inspection.python_models import PythonModel
from modules_app.inspection.python_source import PythonSource, read_python_source
from tests.inspection.package import sources


def read(**files: str) -> tuple[PythonSource, list[tuple[str, str]]]:
    package = sources({f"{name}.py": text for name, text in files.items()})
    found = read_python_source(package, "ModuleBlackList")
    return found, [(finding.slug, finding.location) for finding in package.findings.all]


def test_installer_steps_and_sidebar() -> None:
    found, findings = read(
        installer="""
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_db(self):
        return super().install_db()

    def add_to_sidebar(self):
        return self.place_in_sidebar(
            group="security", icon="ban", caption=f"Breadcrumb{self.module_unique_id}",
            href=compute(), show=True)

    def helper(self): ...
"""
    )
    assert found.steps == ("install_db", "add_to_sidebar")
    assert dict(found.sidebar) == {
        "group": "security",
        "iconClass": "ban",
        "caption": "BreadcrumbModuleBlackList",
        "showAtSidebar": True,
    }
    assert findings == [("python-sidebar-unknown", "installer.py:11")]


def test_hooks_of_both_contracts() -> None:
    found, _findings = read(
        conf="from modules_app import sdk\nclass C(sdk.ConfigClass):\n"
        " def get_module_workers(self): ...\n async def on_after_acl_prepared(self): ...\n"
        " def own(self): ...\nclass Other:\n def create_cron_tasks(self): ...",
        module="from modules_app.sdk import FreePbxModule\nclass H(FreePbxModule):\n"
        " def install(self): ...\n def get_config(self): ...",
    )
    assert found.hooks == (
        "get_module_workers",
        "on_after_acl_prepared",
        "install",
        "get_config",
    )


def test_models_and_their_tables() -> None:
    found, findings = read(
        models="""
from django.db import models
from modules_app.sdk import ModuleModel

class Base(ModuleModel):
    class Meta:
        abstract = True

class BlackListNumbers(Base):
    number = models.CharField(max_length=40)
    parent = models.ForeignKey("self", on_delete=models.CASCADE)
    other = models.ForeignKey(to="Named", on_delete=models.CASCADE)
    label = models.ForeignKey("m_ModuleBlackList.Named", on_delete=models.CASCADE)
    direct = models.OneToOneField(Base, on_delete=models.CASCADE)

class Named(ModuleModel):
    class Meta:
        db_table = "m_Other"

class Helper:
    pass
"""
    )
    assert findings == []
    assert found.models == (
        PythonModel("BlackListNumbers", "m_BlackListNumbers"),
        PythonModel("Named", "m_Other"),
    )


@pytest.mark.parametrize(
    "target", ['"auth.User"', "settings.AUTH_USER_MODEL", "User", 'to="contenttypes.ContentType"']
)
def test_a_relation_to_another_database_is_an_error(target: str) -> None:
    _found, findings = read(
        models="from django.contrib.auth.models import User\nclass A(ModuleModel):\n"
        f"    x = models.ForeignKey({target}, on_delete=models.CASCADE)"
    )
    assert findings == [("python-foreign-relation", "models.py:3")]


def test_imports_from_inside_the_product_are_warned_about() -> None:
    _found, findings = read(
        views="from modules_app.sdk import page\nfrom modules_app import sdk\nimport django\n"
        "from modules_app.models import Module\nimport pbxadmin.settings\nfrom .models import X\n"
        "def f():\n    import modules_app.services as s"
    )
    assert findings == [
        ("python-internal-import", "views.py:4"),
        ("python-internal-import", "views.py:5"),
        ("python-internal-import", "views.py:8"),
    ]


def test_a_syntax_error_is_an_error_with_its_line() -> None:
    _found, findings = read(main="x = 1\ny = = 2\n")
    assert findings == [("python-syntax", "main.py:2")]


def test_programs_in_bin_are_not_module_code() -> None:
    package = sources({"bin/old.py": "print 'Python 2'", "agi-bin/x.py": "print 'x'"})
    read_python_source(package, "M")
    assert package.findings.all == []


@pytest.mark.parametrize(
    "text",
    [
        "-" * 100_000 + "1",
        "[" * 70_000 + "]" * 70_000,
        "a" + ".b" * 60_000,
        "x" + "()" * 40_000,
        "1" + "+1" * 60_000,
        "not " * 100_000 + "x",
        "lambda:" * 60_000 + "1",
        "if 1:pass\n" + "elif 1:pass\n" * 30_000,
        "1" * 100_000,
        "a\0b",
        "# -*- coding: zip -*-",
        "\ufeffx = '\\q'",
    ],
)
def test_hostile_source_is_at_worst_a_finding(text: str) -> None:
    _found, findings = read(main=text)
    assert {slug for slug, _place in findings} <= {"python-syntax", "source-too-dense"}
