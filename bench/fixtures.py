"""``python -m bench.fixtures NUMBER``: that many small modules, installed as rows and files.

Every second one is enabled. They hold no code, as most packages that exist today.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import django
from django.db import transaction
from django.utils import timezone

django.setup()

from modules_app.domain.ids import fold_id  # noqa: E402
from modules_app.models import MenuItem, Module, RegistrySequence  # noqa: E402
from modules_app.packages.records import FileRecord, record_of  # noqa: E402
from modules_app.selectors.registry import data_dir  # noqa: E402

_DIGEST = "0" * 64


def main(count: int) -> None:
    """Write rows and files for ``count`` modules."""
    with transaction.atomic():
        modules = [_module(number) for number in range(count)]
        Module.objects.bulk_create(modules)
        MenuItem.objects.bulk_create(_item(module) for module in modules)
        RegistrySequence.objects.update_or_create(pk=1, defaults={"number": 1})


def _module(number: int) -> Module:
    module_id = f"ModuleFixture{number:04}"
    generation, epoch = f"{number + 1_000_000}-00000000", str(number + 1_000_000)
    digest = _files(module_id, generation, epoch)
    return Module(
        id=module_id,
        id_fold=fold_id(module_id),
        contract="mikopbx",
        language="php",
        version="1.0.0",
        publisher="Bench",
        titles={"en": f"Fixture {number}", "ru": f"Образец {number}"},
        descriptions={"en": "One of many modules", "ru": "Один из многих"},
        facts={"id": module_id, "language": "php", "hooks": [], "menu": [], "tables": []},
        generation=generation,
        epoch=epoch,
        digest=digest,
        package_sha256=_DIGEST,
        file_count=1,
        file_bytes=2,
        wanted="on" if number % 2 else "off",
        phase="ready",
        fault="none",
        installed_at=timezone.now(),
        changed_at=timezone.now(),
    )


def _files(module_id: str, generation: str, epoch: str) -> str:
    folder = data_dir().generation(module_id, generation)
    _write(folder / "code" / "module.json", b"{}")
    record, text = record_of({"module.json": FileRecord(_DIGEST, 2)})
    _write(folder / "record.json", text)
    database = data_dir().epoch(module_id, epoch) / "module.db"
    database.parent.mkdir(parents=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return record.digest


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _item(module: Module) -> MenuItem:
    return MenuItem(
        module=module, key=module.id, group="modules", caption=module.id, captions=module.titles
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
    print(json.dumps({"modules": int(sys.argv[1])}))
