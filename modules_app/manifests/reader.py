"""One entrance for both contracts: a file's name and bytes in, a Manifest or the reasons out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules_app.domain.findings import Finding, Severity
from modules_app.domain.manifest import Contract, Manifest
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests.faults import Faults
from modules_app.manifests.module_json import read_module_json
from modules_app.manifests.module_xml import read_module_xml
from modules_app.manifests.xml_loader import load_xml

CONTRACTS = {"module.json": Contract.MIKOPBX, "module.xml": Contract.FREEPBX}
"""The exact file name of a manifest decides which contract it speaks (design 6)."""

_USABLE = (
    "id",
    "version",
    "name",
    "publisher",
    "description",
    "license",
    "category",
    "min_pbx_version",
)


@dataclass(frozen=True, slots=True)
class ManifestReading:
    """What reading a manifest gave.

    ``manifest`` is None exactly when there is an error; then ``usable`` holds, for the report
    only, what could still be read: texts by field name, and the names of tables and menu items.
    """

    manifest: Manifest | None
    findings: tuple[Finding, ...]
    usable: Mapping[str, Any] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse the package."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)


def read_manifest(name: str, data: bytes) -> ManifestReading:
    """Read ``data`` as the manifest file ``name``; folders before the name do not matter.

    Never raises for any bytes: every fault is a finding with its line or path, all of them are
    collected, and hostile ones carry the id of the rule (R2.3) in ``context["rule"]``.
    """
    file = name.rpartition("/")[2]
    contract = CONTRACTS.get(file)
    faults = Faults(file)
    if contract is None:
        faults.at().error(
            "manifest-unknown-name",
            _("{file} is neither module.json nor module.xml."),
            file=file[:80],
        )
        return ManifestReading(None, faults.findings)
    read = read_module_json if contract is Contract.MIKOPBX else _read_xml
    fields = read(data, faults)
    if faults.has_errors:
        return ManifestReading(None, faults.findings, _usable(fields))
    return ManifestReading(Manifest(contract=contract, **fields), faults.findings)


def _read_xml(data: bytes, faults: Faults) -> dict[str, Any]:
    root = load_xml(data, faults)
    return {} if root is None else read_module_xml(root)


def _usable(fields: Mapping[str, Any]) -> dict[str, Any]:
    usable = {key: fields[key] for key in _USABLE if fields.get(key)}
    if fields.get("tables"):
        usable["tables"] = [table.name for table in fields["tables"]]
    if fields.get("menu"):
        usable["menu"] = [entry.caption for entry in fields["menu"]]
    return usable
