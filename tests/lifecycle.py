"""Running operations inside a test, as the operator does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules_app.models import Batch, Module, Operation, Upload
from modules_app.operator.host_link import HostLink
from modules_app.operator.protection import look_after_attack_log
from modules_app.operator.together import run_claimed
from modules_app.operator.tools import Tools
from modules_app.operator.turns import claim, ready_operations
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.permissions import Actor
from modules_app.processes.zygote import Zygote
from modules_app.selectors.batches import BatchPage, get_batch
from modules_app.services import lifecycle, uploads

ACTOR = Actor.system(channel="cli", name="tester")


@dataclass(slots=True)
class Life:
    """One installation in a folder of its own; every verb runs to its end."""

    tools: Tools

    @property
    def data_dir(self) -> DataDir:
        return self.tools.data_dir

    def upload(self, package: bytes, filename: str = "package.zip") -> Upload:
        return uploads.receive_upload(actor=ACTOR, chunks=[package], filename=filename)

    def install(self, package: bytes, **options: Any) -> Operation:
        upload = self.upload(package)
        return self.run(lifecycle.install_module(actor=ACTOR, upload_id=upload.pk, **options))

    def enable(self, module_id: str) -> Operation:
        return self.run(lifecycle.enable_module(actor=ACTOR, module_id=module_id))

    def disable(self, module_id: str, **options: Any) -> Operation:
        return self.run(lifecycle.disable_module(actor=ACTOR, module_id=module_id, **options))

    def remove(self, module_id: str, **options: Any) -> Operation:
        return self.run(lifecycle.remove_module(actor=ACTOR, module_id=module_id, **options))

    def rollback(self, module_id: str) -> Operation:
        return self.run(lifecycle.rollback_module(actor=ACTOR, module_id=module_id))

    def repair(self, module_id: str) -> Operation:
        return self.run(lifecycle.repair_module(actor=ACTOR, module_id=module_id))

    def run(self, operation: Operation) -> Operation:
        claimed = claim(operation.pk)
        assert claimed is not None
        run_claimed(claimed, self.tools)
        following = claimed.result.get("next_operation")
        if following:
            self.run(Operation.objects.get(pk=following))
        claimed.refresh_from_db()
        return claimed

    def run_batch(self, batch: Batch) -> BatchPage:
        """Run a batch to its end as the operator does, one turn after the other."""
        while ready := list(ready_operations().filter(batch=batch)):
            claimed = claim(ready[0].pk)
            if claimed is not None:
                run_claimed(claimed, self.tools)
        return get_batch(batch.pk)

    def database(self, module_id: str) -> Path:
        module = Module.objects.get(pk=module_id)
        return self.data_dir.epoch(module_id, module.epoch) / "module.db"

    def residue(self) -> list[str]:
        """Return every name below store, data and uploads."""
        roots = (self.data_dir.store, self.data_dir.data, self.data_dir.uploads)
        return sorted(str(p.relative_to(self.data_dir.root)) for r in roots for p in r.rglob("*"))


@contextmanager
def life_in(folder: Path, zygote: Zygote) -> Iterator[Life]:
    """Yield an installation below ``folder``."""
    data_dir = DataDir(folder)
    fsops = FsOps()
    data_dir.prepare(fsops)
    tools = Tools(fsops, data_dir, zygote, HostLink(data_dir))
    look_after_attack_log(tools)
    yield Life(tools)
