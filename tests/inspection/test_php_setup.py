"""Sidebar wishes, installer steps, hooks and workers of packages in PHP."""

from __future__ import annotations

import pytest

from modules_app.domain.manifest import MenuEntry
from modules_app.inspection.php_setup import PhpSetup, read_freepbx_methods, read_php_setup
from tests.inspection.package import slugs, sources

PAGE = {"App/Controllers/ModuleXYController.php": "<?php"}


def setup(body: str, **files: str) -> tuple[PhpSetup, list[str]]:
    text = f"<?php\nclass PbxExtensionSetup extends PbxExtensionSetupBase\n{{\n{body}\n}}\n"
    package = sources({"Setup/PbxExtensionSetup.php": text, **PAGE, **files})
    return read_php_setup(package, "ModuleXY"), slugs(package.findings.all)


def sidebar(body: str) -> MenuEntry:
    found, findings = setup(f"public function addToSidebar(): bool {{ {body} }}")
    assert findings == []
    return found.sidebar


def test_an_empty_subclass_gets_the_item_of_the_base() -> None:
    found, findings = setup("")
    assert findings == []
    assert found.steps == ()
    assert found.sidebar == MenuEntry(
        key="ModuleXY", caption="BreadcrumbModuleXY", group="modules", icon="puzzle"
    )


@pytest.mark.parametrize("helper", ["Text", "$textClass", "\\Phalcon\\Text"])
def test_the_override_that_the_seeds_show(helper: str) -> None:
    entry = sidebar(
        f"""
        $menuSettingsKey = "AdditionalMenuItem$this->moduleUniqueID";
        $controllerName = {helper}::uncamelize($this->moduleUniqueID, '-');
        $menuSettings = PbxSettings::findFirstByKey($menuSettingsKey);
        $value = [
            'uniqid' => $this->moduleUniqueID,
            'href' => "/admin-cabinet/{{$controllerName}}/index",
            'group' => 'security', // why
            'iconClass' => 'ban',
            'caption' => "Breadcrumb{{$this->moduleUniqueID}}",
            'showAtSidebar' => true,
        ];
        $menuSettings->value = json_encode($value);
        return $menuSettings->save();"""
    )
    assert entry == MenuEntry(
        key="ModuleXY",
        caption="BreadcrumbModuleXY",
        group="security",
        icon="ban",
        href="/admin-cabinet/module-x-y/index",
    )


def test_an_item_may_be_hidden_and_filled_field_by_field() -> None:
    entry = sidebar("$v = []; $v['showAtSidebar'] = false; $v['group'] = 'server';")
    assert (entry.hidden, entry.group) == (True, "server")


def test_what_only_running_would_tell_is_noted_and_the_default_stays() -> None:
    found, findings = setup(
        "function addToSidebar() { $v = ['group' => $this->pick(), 'iconClass' => 'ban']; }"
    )
    assert (found.sidebar.group, found.sidebar.icon) == ("modules", "ban")
    assert findings == ["php-sidebar-unknown"]


def test_names_that_use_each_other_without_end_stop() -> None:
    chain = "".join(f"$v{n} = $v{n + 1} . $v{n + 1} . $v{n + 1};" for n in range(18))
    body = f"$v18 = 'x'; {chain} $a = $a . $a; $v = ['group' => $v0, 'caption' => $a];"
    found, findings = setup(f"function addToSidebar() {{ {body} }}")
    assert found.sidebar.group == "modules"
    assert findings == ["php-sidebar-unknown"] * 2


def test_without_a_page_the_item_is_hidden() -> None:
    found = read_php_setup(sources({"Setup/PbxExtensionSetup.php": "<?php "}), "ModuleXY")
    assert found.sidebar.hidden


def test_overridden_steps_are_found_in_any_case() -> None:
    found, _findings = setup("function installdb() {} private function helper() {}")
    assert found.steps == ("installDB",)


def test_hooks_and_workers_of_the_conf_class() -> None:
    conf = """<?php
    class XYConf extends ConfigClass {
        public function getModuleWorkers(): array {
            return [
                ['type' => WorkerSafeScriptsCore::CHECK_BY_AMI, 'worker' => WorkerXYAMI::class],
                ['type' => 'x', 'worker' => '\\\\Modules\\\\ModuleXY\\\\Lib\\\\WorkerXYMain'],
            ];
        }
        public function extensionGenContexts(): string { return ''; }
        private function ownHelper() {}
    }"""
    found, findings = setup("", **{"Lib/XYConf.php": conf})
    assert findings == []
    assert found.hooks == ("getModuleWorkers", "extensionGenContexts")
    assert found.workers == ("WorkerXYAMI", "WorkerXYMain")


def test_workers_are_known_by_their_files_otherwise() -> None:
    found, _findings = setup("", **{"bin/WorkerA.php": "", "Lib/WorkerB.php": "", "Lib/C.php": ""})
    assert found.workers == ("WorkerB", "WorkerA")


def test_a_file_without_its_class_is_a_finding() -> None:
    package = sources({"Setup/PbxExtensionSetup.php": "<?php class Other {}"})
    read_php_setup(package, "ModuleXY")
    assert slugs(package.findings.all) == ["php-class-missing"]


def test_methods_of_a_freepbx_class() -> None:
    text = "<?php namespace FreePBX\\modules; class Hello implements \\BMO {\n"
    text += "public function install() {} public static function myGuiHooks() {} function x() {} }"
    assert read_freepbx_methods(sources({"Hello.class.php": text})) == ("install", "myGuiHooks")
