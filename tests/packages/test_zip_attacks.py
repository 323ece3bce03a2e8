"""Hostile zip files, by the ids of reference R2.2: each is refused whole and leaves nothing."""

from __future__ import annotations

import hashlib
import io
import random
import resource
import stat
import struct
import sys
import zipfile
import zlib

import pytest

from modules_app.packages.archive import open_archive
from modules_app.packages.errors import ArchiveRefused
from modules_app.packages.limits import ArchiveLimits
from modules_app.packages.store import generation_name
from tests.evil.zips import (
    DESCRIPTOR,
    MANIFEST,
    REGULAR,
    UTF8,
    Z,
    Zip,
    deflate,
    package,
    streamed,
    unicode_path,
)

# More than the reader takes at one go, packed and unpacked.
LARGE = random.Random(1).randbytes(3 << 19) + bytes(1 << 19)


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/", "..", "./x", "a//b", "a/..", "a/.", ".", "../", "a/../b", "a/./b",
     "../../etc/passwd", "x/../../../y", "a/b/../../..", "./", "a//", "../foo-evil/x",
     "a/b//c", "../module.json", "./module.json"],
)  # fmt: skip
def test_a01_a02_names_that_lead_elsewhere_are_refused(refuse, name):
    refuse(package(Z(name, b"")), "archive-name-relative")


@pytest.mark.parametrize("name", ["/x", "C:/x", "C:x", "//srv/s", "c:\\x", "\\\\srv\\s"])
def test_a03_absolute_names_are_refused(refuse, name):
    refuse(package(Z(name, b"")), "archive-name-absolute")


def test_a03_a_backslash_is_refused(refuse):
    refuse(package(Z("a\\b")), "archive-name-character")


@pytest.mark.parametrize(
    "name",
    ["CON", "NUL", "AUX.txt", "aux", "lib/com1", "COM1 .x", "COM¹", "prn.tar.gz", "LPT9.php",
     "conin$", "nul/x.php"],
)  # fmt: skip
def test_a04_device_names_are_refused(refuse, name):
    refuse(package(Z(name)), "archive-name-device", "archive-name-character")


@pytest.mark.parametrize("name", ["a.", "a ", "dir./x", "dir /x", "...", "COM1 "])
def test_a04_names_that_end_in_dot_or_space_are_refused(refuse, name):
    refuse(package(Z(name)), "archive-name-ending")


def test_a04_alternate_streams_are_refused(refuse):
    refuse(package(Z("file.php:stream")), "archive-name-character")


def test_a05_symbolic_links_are_refused(refuse):
    refuse(package(Z("link", b"/etc/passwd", external=0o120777 << 16)), "archive-link")


@pytest.mark.parametrize("kind", [stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_a05_special_files_are_refused(refuse, kind):
    refuse(package(Z("pipe", b"", external=(kind | 0o644) << 16)), "archive-special-file")


@pytest.mark.parametrize("second", [b"data\n", b"other"])
def test_a07_duplicates_are_refused_whatever_they_hold(refuse, second):
    refuse(package(Z("x.php"), Z("x.php", second)), "archive-duplicate")


def test_a07_a_second_manifest_does_not_replace_the_first(refuse):
    refuse(package(Z("module.json", b'{"moduleUniqueID": "Other"}')), "archive-duplicate")


@pytest.mark.parametrize(
    ("one", "other"),
    [("A.py", "a.py"), ("Lib/x.php", "lib/y.php"), ("Module.json", "module2.json"),
     ("straße.txt", "STRASSE.txt"), ("Ä.txt", "ä.txt")],
)  # fmt: skip
def test_a08_names_that_differ_only_in_case_are_refused(refuse, one, other):
    refuse(package(Z(one), Z(other)), "archive-collision")


@pytest.mark.parametrize("name", ["Module.json", "MODULE.XML", "module.JSON"])
def test_a08_the_manifest_has_exactly_its_name(refuse, name):
    refuse(Zip([Z(name, MANIFEST)]).build(), "archive-no-manifest")


def test_a08_a_manifest_deeper_than_one_folder_is_not_found(refuse):
    refuse(Zip([Z("a/b/module.json", MANIFEST)]).build(), "archive-no-manifest")
    refuse(Zip([Z("a/module.json", MANIFEST), Z("b/x")]).build(), "archive-no-manifest")


def test_m09_two_manifests_are_refused(refuse):
    refuse(package(Z("module.xml", b"<module/>")), "archive-two-manifests")


@pytest.mark.parametrize(
    "name",
    ["e\u0301.txt", "ﬁle.txt", "a／b.txt", "a\u202egpj.exe", "a\u200bb", "a\u2060b", "\ufeffx",
     "a\u3164b", "a\u00adb", "№.txt", "x\u0085", "tab\tx", "line\nx", "a*b", "a?b", 'a"b', "a<b",
     "a>b", "a|b", "😀.txt", "a\u00a0b", "a\x7fb"],
)  # fmt: skip
def test_a09_unclear_characters_are_refused(refuse, name):
    refuse(package(Z(name)), "archive-name-character", "archive-name-encoding")


def test_a10_a_zero_byte_in_a_name_is_refused(refuse):
    refuse(package(Z(b"x\0.py")), "archive-name-nul")


@pytest.mark.parametrize(
    "entry",
    [Z(b"\xff.txt", flags=UTF8), Z(b"\x81.txt"), Z(b"\xc3\xa9.txt", made=20),
     Z(b"\xed\xa0\x80.txt", flags=UTF8), Z(b"\xc0\xaf.txt", flags=UTF8),
     Z("a.txt", extra=unicode_path(b"a.txt", b"../b.txt")),
     Z("a.txt", local_extra=unicode_path(b"a.txt", b"b.txt")),
     Z("a.txt", extra=unicode_path(b"other", b"a.txt"))],
)  # fmt: skip
def test_a11_names_without_one_clear_encoding_are_refused(refuse, entry):
    refuse(package(entry), "archive-name-encoding")


@pytest.mark.parametrize(
    "entries",
    [[Z("a"), Z("a/b")], [Z("a/b"), Z("a")], [Z("a"), Z("a/", b"")], [Z("a/", b""), Z("a")],
     [Z("d/", b"data")], [Z("d", b"", external=0o040755 << 16)], [Z("d", b"", external=0x10)],
     [Z("d/", b"", external=REGULAR)], [Z("d/", b""), Z("d/x"), Z("d")]],
)  # fmt: skip
def test_a12_a_file_that_is_also_a_folder_is_refused(refuse, entries):
    refuse(package(*entries), "archive-file-and-folder")


def test_a12_a_folder_with_hidden_content_is_refused(refuse):
    hidden = Z("d/", b"", external=0x10, method=0, body=b"hidden")
    refuse(package(hidden), "archive-size-lies")


def test_a13_a_bomb_is_stopped_without_using_memory(refuse):
    zeros = zlib_zeros(1 << 30)
    lying = Z("bomb", b"", body=zeros, size=1000, local_size=1000)
    honest = Z("bomb", b"", body=zeros, size=1 << 30, local_size=1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refuse(package(lying), "archive-size-lies")
    refuse(package(honest), "archive-file-too-large")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 20 * 1024 * 1024


def test_a13_each_limit_refuses(refuse):
    data = package(Z("a.php", bytes(3000)), Z("b.php", bytes(3000)))
    for slug, limits in {
        "archive-file-too-large": ArchiveLimits(file_bytes=2999),
        "archive-content-too-large": ArchiveLimits(unpacked_bytes=5000),
        "archive-too-large": ArchiveLimits(packed_bytes=100),
        "archive-bomb": ArchiveLimits(ratio=2, ratio_from=1000),
    }.items():
        refuse(data, slug, limits=limits)
    refuse(data, "archive-too-slow", limits=ArchiveLimits(seconds=-1))


def test_a14_entries_that_share_their_bytes_are_refused(refuse):
    first = Z("module.json", MANIFEST)
    kernel = Z("a", b"x" * 100, method=0)
    start = len(Zip([first]).build()) - len(_directory_of([first]))
    full = [first, kernel, Z("b", b"x" * 100, method=0, offset=start)]
    refuse(Zip(full).build(), "archive-overlap", "archive-stray-data")


def test_a14_quoted_overlap_is_refused(refuse):
    quoted = Z("a", b"x" * 500, method=0, packed=600, size=600, local_packed=600, local_size=600)
    refuse(package(quoted, Z("b", b"y" * 500, method=0)), "archive-overlap")


def test_a15_inner_archives_are_only_data(install):
    inner = package(Z("inner.php"))
    record = install(package(Z("inner.zip", inner, method=0)))
    assert set(record.files) == {"module.json", "inner.zip"}


def test_a16_too_many_entries_are_refused_by_the_count_alone(refuse):
    many = Zip([Z(f"f{number}", b"", method=0) for number in range(5001)]).build()
    error = refuse(many, "archive-too-many")
    assert error.context["actual"] == 5001
    claimed = Zip([Z("module.json")], zip64=True, zip64_changes={"count": 70000, "here": 70000})
    refuse(claimed.build(), "archive-too-many")


@pytest.mark.parametrize(
    "entry",
    [Z("x", flags=1), Z("x", flags=0x41), Z("x", method=99), Z("x", flags=0x2000),
     Z("x", extra=struct.pack("<HH", 0x9901, 0))],
)  # fmt: skip
def test_a17_encrypted_entries_are_refused(refuse, entry):
    refuse(package(entry), "archive-encrypted")


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 95, 98])
def test_a18_other_methods_are_refused(refuse, method):
    refuse(package(Z("x", method=method)), "archive-method")


@pytest.mark.parametrize(
    ("entry", "slug"),
    [
        (Z("x", size=4, local_size=4), "archive-size-lies"),
        (Z("x", size=6, local_size=6), "archive-size-lies"),
        (Z("x", local_size=6), "archive-size-lies"),
        (Z("x", local_packed=1), "archive-size-lies"),
        (Z("x", local_crc=1), "archive-size-lies"),
        (Z("x", crc=1, local_crc=1), "archive-checksum"),
        (Z("x", method=0, size=4, local_size=4), "archive-size-lies"),
        (Z("x", body=b"\xff\xff\xff"), "archive-checksum"),
        (Z("x", body=deflate(b"data\n") + b"hidden"), "archive-size-lies"),
        (Z("x", body=deflate(b"data\n")[:-1]), "archive-size-lies"),
        (Z("big", LARGE, crc=1, local_crc=1), "archive-checksum"),
        (Z("big", LARGE, size=9 << 19, local_size=9 << 19), "archive-size-lies"),
        (Z("big", LARGE, size=3 << 19, local_size=3 << 19), "archive-size-lies"),
        (Z("big", LARGE, body=deflate(LARGE) + b"hidden"), "archive-size-lies"),
    ],
)  # fmt: skip
def test_a19_sizes_and_checksums_must_be_true(refuse, entry, slug):
    refuse(package(entry), slug)


@pytest.mark.parametrize("position", range(16))
def test_a19_a_descriptor_must_agree_in_every_byte(refuse, position):
    entry = streamed("x")
    wrong = bytearray(entry.descriptor)
    wrong[position] ^= 1
    entry.descriptor = bytes(wrong)
    refuse(package(entry), "archive-size-lies", "archive-stray-data")


@pytest.mark.parametrize(
    "entry",
    [Z("x", local_name=b"y"), Z("x", local_name=b"xx"), Z("x", local_flags=UTF8),
     Z("x", local_method=0), Z("x", local_flags=DESCRIPTOR)],
)  # fmt: skip
def test_a20_local_header_and_directory_must_agree(refuse, entry):
    refuse(package(entry), "archive-headers-differ", "archive-overlap")


@pytest.mark.parametrize(
    "changes",
    [{"before": b"GIF89a"}, {"before_directory": b"hidden"}, {"in_directory": b"hidden"},
     {"after_directory": b"hidden"}, {"after": b"hidden"}, {"after": b"\0"},
     {"comment": b"x", "comment_length": 0}, {"comment_length": 5},
     {"directory_offset": 0}, {"count": 1}, {"count": 3}],
)  # fmt: skip
def test_a21_bytes_that_belong_to_no_entry_are_refused(refuse, changes):
    data = package(Z("x"), **changes)
    refuse(data, "archive-stray-data", "archive-structure", "archive-cut-off",
           "archive-unknown-type", "archive-overlap")  # fmt: skip


def test_a21_data_between_entries_is_refused(refuse):
    refuse(package(Z("x"), Z("y", before=b"hidden")), "archive-stray-data")
    refuse(package(Z("x", descriptor=b"h" * 16)), "archive-stray-data")


def test_a21_two_archives_in_one_file_are_refused(refuse):
    one, other = package(Z("good.php")), package(Z("evil.php"))
    refuse(one + other, "archive-stray-data")
    refuse(package(Z("good.php"), comment=other), "archive-stray-data")


def test_a21_a_comment_without_an_end_record_is_accepted(install):
    assert install(package(Z("x"), comment=b"0123456789abcdef" * 2)).count == 2


@pytest.mark.parametrize(
    "changes",
    [{"size": 60}, {"disk": 1}, {"here": 1}, {"start": 1}, {"length": 1}, {"at": 1}, {"disks": 2},
     {"count": 1, "here": 1}],
)  # fmt: skip
def test_a22_zip64_records_must_be_consistent(refuse, changes):
    data = Zip([Z("module.json", MANIFEST), Z("x")], zip64=True, zip64_changes=changes).build()
    refuse(data, "archive-zip64", "archive-stray-data", "archive-structure")


def test_a22_other_disks_and_missing_zip64_records_are_refused(refuse):
    refuse(package(Z("x"), disk=1), "archive-zip64")
    refuse(package(Z("x", disk=1)), "archive-zip64")
    refuse(package(Z("x"), count=0xFFFF), "archive-zip64")
    refuse(package(Z("x", size=0xFFFFFFFF)), "archive-zip64")
    field = struct.pack("<HHQ", 1, 8, 5)
    refuse(package(Z("x", extra=field)), "archive-zip64")


@pytest.mark.parametrize(("size", "packed", "fine"), [(5, 5, True), (0, 0, True), (6, 5, False),
                                                     (5, 6, False)])  # fmt: skip
def test_a22_a_local_zip64_field_that_is_not_needed_must_still_agree(
    install, refuse, size, packed, fine
):
    field = struct.pack("<HH2Q", 1, 16, size, packed)
    data = package(Z("x", b"12345", method=0, local_extra=field))
    if fine:
        assert install(data).count == 2
    else:
        refuse(data, "archive-zip64")


def test_a22_consistent_zip64_is_accepted(install):
    assert install(Zip([Z("module.json", MANIFEST), Z("x")], zip64=True).build()).count == 2


@pytest.mark.parametrize("mode", [0o4755, 0o2755, 0o1777, 0o000, 0o666])
def test_a23_modes_of_the_archive_are_ignored(install, data_dir, mode):
    data = package(Z("bin/run", external=(0o100000 | mode) << 16))
    install(data)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (data_dir.store / "ModuleEvil").rglob("*")
    }
    assert modes["run"] == modes["module.json"] == modes["record.json"] == 0o644
    assert modes["bin"] == modes["code"] == 0o755


@pytest.mark.parametrize("name", ["a" * 201, "a/" * 100 + "b", "é" * 101, "d" * 2000])
def test_a26_long_names_are_refused_early(refuse, name):
    refuse(package(Z(name)), "archive-name-too-long")


def test_a26_a_name_of_64_kilobytes_is_refused(refuse):
    refuse(package(Z("d" * 65535)), "archive-structure")


def test_a26_deep_folders_are_refused(refuse, install):
    assert install(package(Z("d/" * 11 + "x"))).count == 2
    refuse(package(Z("d/" * 24 + "x")), "archive-too-deep")


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"\x89PNG\r\n\x1a\n", "PNG"), (b"%PDF-1.7", "PDF"), (b"7z\xbc\xaf\x27\x1c", "7z"),
     (b"\xfd7zXZ\0", "xz"), (b"<html>", "HTML/XML"), (b"just text", "—"), (b"P", "—")],
)  # fmt: skip
def test_a27_only_the_first_bytes_decide_what_a_file_is(refuse, data, found):
    assert refuse(data, "archive-unknown-type").context["found"] == found


@pytest.mark.parametrize(
    "name",
    ["evil.PTH", "evil.pth", "lib/evil.pth",
     "sitecustomize.py", "usercustomize.py", "SiteCustomize.py"],
)  # fmt: skip
def test_a28_files_that_python_would_run_unseen_are_refused(refuse, name):
    refuse(package(Z(name)), "archive-python-startup")


def test_a28_files_that_shadow_nothing_here_are_data(install):
    names = {"json.py", "django/__init__.py", "lib/sitecustomize.py", "bin/x.so", "x.node"}
    record = install(package(*(Z(name) for name in names)))
    assert set(record.files) == names | {"module.json"}
    assert "ModuleEvil" not in sys.modules["json"].__file__


@pytest.mark.parametrize("name", [".git/config", "lib/.git/HEAD", ".GIT/x", ".git"])
def test_a29_a_git_repository_is_refused(refuse, name):
    refuse(package(Z(name)), "archive-git")


def test_a29_other_dotfiles_are_data(install):
    names = {".gitignore", ".gitkeep", ".env", ".htaccess", ".github/x.yml", "..hidden"}
    assert set(install(package(*(Z(name) for name in names))).files) == names | {"module.json"}


def test_a30_an_empty_file_is_refused(refuse):
    refuse(b"", "archive-empty")


def test_a30_a_cut_off_archive_is_refused_at_every_length(opened):
    data = package(Z("x"), Z("y.php", b"text " * 50))
    for length in range(1, len(data)):
        with pytest.raises(ArchiveRefused):
            open_archive(opened(data[:length])).verify()


@pytest.mark.parametrize("signature", [True, False])
@pytest.mark.parametrize("wide", [True, False])
def test_descriptors_of_all_four_shapes_are_accepted(install, signature, wide):
    entry = streamed("x", b"content", signature=signature, wide=wide)
    assert install(package(entry, Z("y"))).files["x"].size == 7


def test_every_field_of_the_record_describes_what_was_written(install, data_dir):
    data = package(Z("sub/x", b"content"), Z("big.bin", b"0123456789abcdef" * 200_000, method=0))
    record = install(data)
    digest = hashlib.sha256(data).hexdigest()
    code = data_dir.generation("ModuleEvil", generation_name(1, digest)) / "code"
    for path, file in record.files.items():
        content = (code / path).read_bytes()
        assert file.size == len(content)
        assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert record.size == len(MANIFEST) + 7 + 3_200_000


def test_what_zipfile_reads_from_an_accepted_archive_is_the_same(opened):
    data = package(Z("a/b.php", b"one"), Z("c", LARGE), Z("d/", b""))
    archive = open_archive(opened(data))
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        for entry, chunks in archive.files():
            assert b"".join(chunks) == other.read(entry.path)


def zlib_zeros(length: int) -> bytes:
    """Return raw deflate data of that many zero bytes, made in little memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(1 << 20)
    parts = [packer.compress(block) for _number in range(length >> 20)]
    return b"".join([*parts, packer.flush()])


def _directory_of(entries: list[Z]) -> bytes:
    data = Zip(entries).build()
    return data[data.rindex(b"PK\1\2") :]
