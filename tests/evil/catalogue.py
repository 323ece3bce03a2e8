"""One hostile package for each rule, to be sent through every door."""

from __future__ import annotations

import gzip
import io
import json
import stat
import zipfile

from tests.builders import mikopbx, module_json, zip_of
from tests.evil import tars, zips
from tests.evil.tars import T
from tests.evil.zips import Z

_ZEROS = bytes(12 * 1024 * 1024)


def _xml(text: str) -> bytes:
    return zip_of({"module.xml": text})


def _json(text: str | bytes) -> bytes:
    return zip_of({"module.json": text})


def _nested(depth: int) -> str:
    return "<module>" + "<a>" * depth + "</a>" * depth + "</module>"


def _module(body: str, rawname: str = "okay") -> bytes:
    return _xml(f"<module><rawname>{rawname}</rawname><version>1.0</version>{body}</module>")


ARCHIVES: dict[str, bytes] = {
    "A01": zips.package(Z("a/../../x")),
    "A01-prefix": zips.package(Z("../ModuleEvil-evil/x")),
    "A03": zips.package(Z("/etc/passwd")),
    "A04": zips.package(Z("AUX.txt")),
    "A05": zips.package(Z("link", b"/etc/passwd", external=(stat.S_IFLNK | 0o777) << 16)),
    "A06": tars.package(T("hard", b"", kind=b"1", link=b"module.json")),
    "A07": zips.package(Z("twice", b"1"), Z("twice", b"2")),
    "A08": zips.package(Z("Case.py"), Z("case.py")),
    "A09": zips.package(Z("caf\u0065\u0301.txt")),
    "A10": zips.package(Z(b"x\0.py")),
    "A11": zips.package(Z(b"\xff\xfe.txt", flags=zips.UTF8)),
    "A12": zips.package(Z("a", b"file"), Z("a/b", b"below")),
    "A13": zips.package(Z("bomb", _ZEROS)),
    "A14": zips.package(Z("one", b"x" * 50), Z("two", b"x" * 50, offset=0)),
    "A16": zips.package(*(Z(f"f{number}", b"") for number in range(5001))),
    "A17": zips.package(Z("secret", flags=1)),
    "A18": zips.package(Z("packed", method=12)),
    "A19": zips.package(Z("lie", b"data", size=99, local_size=99)),
    "A20": zips.package(Z("shown", local_name=b"other")),
    "A21": zips.package(Z("x", before=b"hidden")),
    "A22": zips.package(Z("x"), zip64=True, zip64_changes={"disks": 2}),
    "A24": tars.package(T("fifo", b"", kind=b"6")),
    "A25": tars.package(T("x")) + gzip.compress(b"second member"),
    "A26": zips.package(Z("d/" * 40 + "x")),
    "A27": b"%PDF-1.7 this is no package",
    "A28": zips.package(Z("evil.pth")),
    "A29": zips.package(Z(".git/config")),
    "A30": b"",
}
"""Packages that the archive reader refuses (reference R2.2)."""

MANIFESTS: dict[str, bytes] = {
    "M01": _xml('<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><module>&x;</module>'),
    "M02": _xml('<!DOCTYPE m [<!ENTITY a "aaaa">]><module><name>&a;</name></module>'),
    "M03": _xml(_nested(5000)),
    "M04": _json(module_json("ModuleEvil").encode("utf-16")),
    "M05": _json('{"moduleUniqueID": "ModuleOne", "moduleUniqueID": "ModuleTwo"}'),
    "M06": _json("[" * 20000),
    "M07": _json('{"moduleUniqueID": "ModuleEvil", "lic_product_id": NaN}'),
    "M08": _json('{"moduleUniqueID": "ModuleEvil", "developer": "\\ud800"}'),
    "M11": _json(json.dumps({"moduleUniqueID": "../evil", "version": "1"})),
    "M15": _json(json.dumps({"moduleUniqueID": "ModuleEvil", "version": "9" * 1000})),
    "M17": _module(
        '<database><table name="x&quot;; DROP TABLE y"><field name="id" type="integer"/></table>'
        "</database>"
    ),
}
"""Packages whose manifest is refused (reference R2.3)."""


def both_manifests() -> bytes:
    """Return a package that speaks both contracts at once (M09)."""
    xml = "<module><rawname>evil</rawname><version>1</version></module>"
    return mikopbx("ModuleEvil", files={"module.xml": xml})


def cut_off() -> bytes:
    """Return a package whose second half never came (A30)."""
    whole = mikopbx("ModuleEvil", files={"data.bin": bytes(range(256)) * 64})
    return whole[: len(whole) // 2]


def renamed_picture() -> bytes:
    """Return something that is no archive whatever its name says (A27)."""
    return b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def stored_zip_inside() -> bytes:
    """Return a package with another archive in it, which is only data (A15)."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../evil", "never unpacked")
    return mikopbx("ModuleInner", files={"inner.zip": inner.getvalue()})
