"""Packages built in code, one line each."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any


def zip_of(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def module_json(module_id: str, version: str = "1.0.0", **more: Any) -> str:
    """Return a module.json with the five base fields."""
    fields = {
        "moduleUniqueID": module_id,
        "developer": "Test",
        "support_email": "test@example.org",
        "version": version,
        "min_pbx_version": "2025.1.1",
        **more,
    }
    return json.dumps(fields)


def mikopbx(
    module_id: str = "ModuleTest",
    version: str = "1.0.0",
    files: Mapping[str, str | bytes] | None = None,
    **manifest: Any,
) -> bytes:
    """Return a package of the MikoPBX contract; without Python files it is declarative."""
    return zip_of({"module.json": module_json(module_id, version, **manifest), **(files or {})})


PHP_MODEL = """<?php
namespace Modules\\ModuleTest\\Models;
use MikoPBX\\Modules\\Models\\ModulesModelsBase;
class Numbers extends ModulesModelsBase
{
    /**
     * @Primary
     * @Identity
     * @Column(type="integer", nullable=false)
     */
    public $id;

    /**
     * @Column(type="string", nullable=true)
     */
    public $number;
%s
    public function initialize(): void
    {
        $this->setSource('m_Numbers');
        parent::initialize();
    }
}
"""

PHP_MESSAGES = """<?php
return [
    'BreadcrumbModuleTest' => '%s',
    'SubHeaderModuleTest' => 'A module for tests',
];
"""


def php_module(version: str = "1.0.0", *, column: str = "", **manifest: Any) -> bytes:
    """Return a module in PHP with a table, two languages and a script; ``column`` adds one."""
    extra = (
        f'    /**\n     * @Column(type="string", nullable=true)\n     */\n    public ${column};\n'
    )
    return mikopbx(
        "ModuleTest",
        version,
        {
            "Models/Numbers.php": PHP_MODEL % (extra if column else ""),
            "Messages/en.php": PHP_MESSAGES % "Test module",
            "Messages/ru.php": PHP_MESSAGES % "Тестовый модуль",
            "public/assets/js/module-test.js": "console.log('test');\n",
            "App/Controllers/ModuleTestController.php": "<?php\nclass ModuleTestController {}\n",
        },
        **manifest,
    )


def python_module(
    module_id: str = "ModulePy",
    version: str = "1.0.0",
    files: Mapping[str, str | bytes] | None = None,
    **manifest: Any,
) -> bytes:
    """Return a module in Python with an empty installer unless ``files`` brings one."""
    base = {
        "installer.py": (
            "from modules_app.sdk import PbxExtensionSetupBase\n\n\n"
            "class PbxExtensionSetup(PbxExtensionSetupBase):\n    pass\n"
        )
    }
    return mikopbx(module_id, version, {**base, **(files or {})}, **manifest)


def freepbx(
    raw_name: str,
    version: str = "1.0",
    *,
    needs: tuple[str, ...] = (),
    files: Mapping[str, str | bytes] | None = None,
    more: str = "",
) -> bytes:
    """Return a package of the FreePBX contract; ``needs`` are its ``<module>`` requirements."""
    depends = "".join(f"<module>{one}</module>" for one in needs)
    xml = (
        f"<module><rawname>{raw_name}</rawname><name>The {raw_name}</name>"
        f"<version>{version}</version><publisher>Test</publisher><license>GPLv3</license>"
        f"<category>Admin</category><depends>{depends}</depends>{more}</module>"
    )
    return zip_of({"module.xml": xml, **(files or {})})


def freepbx_python(
    raw_name: str, version: str = "1.0", *, body: str = "pass", **more: Any
) -> bytes:
    """Return such a package with a class in Python; ``body`` are its methods."""
    code = (
        "from modules_app.sdk import FreePbxModule\n\n\n"
        f"class {raw_name.capitalize()}(FreePbxModule):\n    {body}\n"
    )
    return freepbx(raw_name, version, files={"module.py": code}, **more)
