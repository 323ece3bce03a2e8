"""Hostile tar.gz files, by the ids of reference R2.2 (A24, A25 and the tar side of the others)."""

from __future__ import annotations

import gzip
import io
import random
import resource
import subprocess
import tarfile

import pytest

from modules_app.packages.archive import open_archive
from modules_app.packages.errors import ArchiveRefused
from modules_app.packages.limits import ArchiveLimits
from tests.evil.tars import GNU, MANIFEST, T, long_name, pack, package, pax, pax_line, tar

# More than the reader takes at one go, packed and unpacked.
LARGE = random.Random(1).randbytes(3 << 19) + bytes(1 << 19)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("../x", "archive-name-relative"),
        ("a/../../x", "archive-name-relative"),
        ("./x", "archive-name-relative"),
        ("/etc/x", "archive-name-absolute"),
        ("C:/x", "archive-name-absolute"),
        ("a\\b", "archive-name-character"),
        ("aux.php", "archive-name-device"),
        ("x.", "archive-name-ending"),
        (b"\xff", "archive-name-encoding"),
        ("ﬁ", "archive-name-character"),
        ("module.json", "archive-duplicate"),
        ("MODULE.json", "archive-collision"),
        ("module.json/x", "archive-file-and-folder"),
        ("x.pth", "archive-python-startup"),
        (".git/config", "archive-git"),
        (b"x\0hidden", "archive-name-nul"),
        ("d/" * 24 + "x", "archive-too-deep"),
    ],
)
def test_a01_to_a29_names_obey_the_same_rules_as_in_zip(refuse, name, slug):
    refuse(package(T(name)), slug)


def test_a05_symbolic_links_are_refused(refuse):
    refuse(package(T("x", b"", kind=b"2", link=b"/etc/passwd")), "archive-link")
    refuse(package(T("x", b"", kind=b"2", link=b"module.json")), "archive-link")
    refuse(package(T("././@LongLink", b"/etc/passwd\0", kind=b"K", magic=GNU)), "archive-link")


@pytest.mark.parametrize("target", [b"module.json", b"/etc/shadow", b"link"])
def test_a06_hard_links_are_refused(refuse, target):
    refuse(package(T("x", b"", kind=b"1", link=target)), "archive-hard-link")


def test_a06_a_hard_link_to_a_link_is_refused(refuse):
    link = T("link", b"", kind=b"2", link=b"/etc/shadow")
    refuse(package(link, T("x", b"", kind=b"1", link=b"link")), "archive-link")


def test_a06_a_file_with_a_link_name_is_refused(refuse):
    refuse(package(T("x", link=b"/etc/passwd")), "archive-tar-header")


@pytest.mark.parametrize("kind", [b"3", b"4", b"6", b"7", b"S", b"D", b"M", b"V", b"A", b"Z"])
def test_a24_special_types_are_refused(refuse, kind):
    refuse(package(T("x", b"", kind=kind)), "archive-special-file")


def test_a24_long_names_in_both_dialects_are_accepted(install):
    name = "folder/" + "n" * 150
    assert name in install(package(long_name(name.encode()), T("cut", magic=GNU))).files
    assert name in install(package(pax({"path": name, "mtime": "1.5"}), T("cut"))).files
    assert "p/x" in install(package(T("x", prefix=b"p"))).files


@pytest.mark.parametrize(
    "entries",
    [
        [long_name(b"a"), long_name(b"b"), T("x", magic=GNU)],
        [long_name(b"a"), pax({"path": "b"}), T("x")],
        [pax({"path": "a"}), pax({"path": "b"}), T("x")],
        [pax({"path": "a"})],
        [pax({"size": "1"}), T("x")],
        [pax({"size": "-1"}), T("x")],
        [pax({"path": "a"}, kind=b"g"), T("x")],
        [pax({"size": "5"}, kind=b"g"), T("x")],
        [pax({"linkpath": "/etc/passwd"}), T("x")],
        [pax({"GNU.sparse.major": "1"}), T("x")],
        [pax({"SCHILY.xattr.security.capability": "x"}), T("x")],
        [T("pax", pax_line("path", "a") * 2, kind=b"x"), T("x")],
        [T("pax", b"99 path=a\n", kind=b"x"), T("x")],
        [T("pax", b"0 path=a\n", kind=b"x"), T("x")],
        [T("pax", b"11 path=a\n", kind=b"x"), T("x")],
        [T("pax", b"9 path=ab", kind=b"x"), T("x")],
        [T("pax", b"7 path\n", kind=b"x"), T("x")],
        [T("././@LongLink", b"a" * 70000, kind=b"L", magic=GNU), T("x", magic=GNU)],
        [T("x", checksum=b"0000000\0")],
        [T("x", magic=b"ustar\x0001")],
        [T("x", magic=bytes(8))],
        [T("x", magic=GNU, prefix=b"hidden")],
        [T("x/")],
        [T("x/", b"", kind=b"\0")],
    ],
)
def test_a24_what_readers_disagree_about_is_refused(refuse, entries):
    refuse(package(*entries), "archive-tar-header")


@pytest.mark.parametrize(
    "size", [b"\xff" * 12, b"\x80" + b"\0" * 10 + b"\x05", b"-0000000005\0", b"", b"0000000000x\0",
             b"5 5\0", b"0x5\0"],
)  # fmt: skip
def test_a24_sizes_that_are_negative_or_not_octal_are_refused(refuse, size):
    refuse(package(T("x", size=size)), "archive-tar-header")


def test_a24_a_pax_path_obeys_the_rules_for_names(refuse):
    refuse(package(pax({"path": "../x"}), T("x")), "archive-name-relative")
    refuse(package(T("pax", pax_line("path", "a\0b"), kind=b"x"), T("x")), "archive-name-nul")
    refuse(package(T("pax", b"10 path=\xff\n", kind=b"x"), T("x")), "archive-name-encoding",
           "archive-tar-header")  # fmt: skip


def test_a12_a_folder_with_content_is_refused(refuse):
    refuse(package(T("d/", b"data", kind=b"5")), "archive-file-and-folder")


def test_a21_hidden_bytes_are_refused(refuse):
    refuse(package(T("x", padding=b"h" * 507)), "archive-stray-data")
    refuse(package(T("x"), end=bytes(1024) + b"hidden" + bytes(506)), "archive-stray-data")
    refuse(package(T("x"), end=bytes(1024) + T("evil").build()), "archive-stray-data")
    refuse(package(T("x"), end=bytes(512) + T("evil").build()), "archive-tar-header")
    refuse(package(T("x"), end=bytes(1030)), "archive-stray-data")
    refuse(package(T("x"), end=bytes(3 << 20)), "archive-stray-data")


@pytest.mark.parametrize("end", [b"", bytes(512)])
def test_a30_an_archive_without_its_end_mark_is_refused(refuse, end):
    refuse(package(T("x"), end=end), "archive-cut-off")


def test_a25_one_gzip_member_and_nothing_behind_it(refuse, install):
    data = package(T("x"))
    refuse(data + b"garbage", "archive-gzip")
    refuse(data + package(T("y")), "archive-gzip")
    refuse(data + bytes(9) + b"x", "archive-gzip")
    assert install(data + bytes(4096)).count == 2


def test_a25_two_members_that_together_are_one_archive_are_refused(refuse):
    plain = tar(T("module.json", MANIFEST), T("x"))
    refuse(pack(plain[:1024]) + pack(plain[1024:]), "archive-cut-off")


def test_a25_checksums_of_gzip_must_be_true(refuse):
    data = package(T("x"))
    for position in (-1, -5):
        wrong = bytearray(data)
        wrong[position] ^= 1
        refuse(bytes(wrong), "archive-gzip")


def test_a25_the_name_in_the_gzip_header_means_nothing(install):
    buffer = io.BytesIO()
    with gzip.GzipFile("../../evil.tar", "wb", fileobj=buffer) as packed:
        packed.write(tar(T("module.json", MANIFEST)))
    assert set(install(buffer.getvalue()).files) == {"module.json"}


def test_a13_a_bomb_is_stopped_without_using_memory(refuse):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refuse(zeros(1 << 30), "archive-file-too-large")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 20 * 1024 * 1024


def test_a13_each_limit_refuses(refuse):
    data = package(T("a", bytes(3000)), T("b", bytes(3000)))
    for slug, limits in {
        "archive-file-too-large": ArchiveLimits(file_bytes=2999),
        "archive-content-too-large": ArchiveLimits(unpacked_bytes=5000),
        "archive-too-large": ArchiveLimits(packed_bytes=100),
        "archive-bomb": ArchiveLimits(ratio=2, ratio_from=1000),
    }.items():
        refuse(data, slug, limits=limits)
    refuse(data, "archive-too-slow", limits=ArchiveLimits(seconds=-1))


def test_a16_too_many_entries_are_refused(refuse):
    limits = ArchiveLimits(entries=3)
    refuse(package(T("a"), T("b"), T("c")), "archive-too-many", limits=limits)
    remarks = [pax({"comment": "x"}, kind=b"g")] * 4
    refuse(package(*remarks), "archive-too-many", limits=limits)


def test_a30_a_cut_off_archive_is_refused_at_every_length(opened):
    data = package(T("x"), T("y.php", random.Random(2).randbytes(600)))
    for length in range(1, len(data)):
        with pytest.raises(ArchiveRefused):
            open_archive(opened(data[:length]))


def test_a27_a_plain_tar_is_named_as_such(refuse):
    error = refuse(tar(T("module.json", MANIFEST)), "archive-unknown-type")
    assert error.context["found"] == "tar"


def test_large_files_and_small_reads_come_out_whole(install, opened):
    data = package(T("m.php", b"<?php"), T("large.bin", LARGE), T("other.bin", b"12345"))
    archive = open_archive(opened(data))
    assert archive.read("m.php", 100) == b"<?php"
    assert archive.read("large.bin", len(LARGE)) == LARGE
    assert archive.read("other.bin", 5) == b"12345"
    with pytest.raises(ArchiveRefused):
        archive.read("other.bin", 4)
    assert install(data).files["large.bin"].size == len(LARGE)


DIALECTS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]


def varied_package(dialect: int) -> bytes:
    """Return a package with long, deep, empty and non-ASCII names."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=dialect) as out:
        names = ["m/module.json", "m/" + "l" * 80 + "/" + "k" * 90, "m/empty", "m/Über/юникод.txt"]
        for name in names:
            info = tarfile.TarInfo(name)
            data = b"" if name.endswith("empty") else name.encode()
            info.size, info.mtime = len(data), 1.5 if dialect == tarfile.PAX_FORMAT else 1
            out.addfile(info, io.BytesIO(data))
        folder = tarfile.TarInfo("m/folder")
        folder.type = tarfile.DIRTYPE
        out.addfile(folder)
    return buffer.getvalue()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a24_tarfile_sees_the_same_as_we_do(opened, dialect):
    data = varied_package(dialect)
    archive = open_archive(opened(data))
    with tarfile.open(fileobj=io.BytesIO(data)) as other:
        theirs = {(info.name, info.size, info.isdir()) for info in other}
        contents = {
            entry.path: (b"".join(chunks), other.extractfile(f"m/{entry.path}").read())
            for entry, chunks in archive.files()
        }
    assert theirs == {(f"m/{entry.path}", entry.size, entry.is_dir) for entry in archive.entries}
    assert len(contents) == 4
    assert all(ours == theirs for ours, theirs in contents.values())


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("program", ["tar", "bsdtar"])
def test_a24_other_programs_list_the_same_as_we_do(opened, tmp_path, need_tool, dialect, program):
    need_tool(program)
    path = tmp_path / "package.tar.gz"
    path.write_bytes(varied_package(dialect))
    options = ["--quoting-style=literal"] if program == "tar" else []
    listed = subprocess.run(
        [program, *options, "-tzf", str(path)], capture_output=True, check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    ).stdout.decode()  # fmt: skip
    archive = open_archive(opened(path.read_bytes()))
    ours = {f"m/{entry.path}" + "/" * entry.is_dir for entry in archive.entries}
    assert set(listed.splitlines()) == ours


def zeros(length: int) -> bytes:
    """Return a tar.gz whose one file has that many zero bytes, made in little memory."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as packed:
        packed.write(T("module.json", MANIFEST).build())
        packed.write(T("bomb", b"", size=b"%011o\0" % length).build())
        for _number in range(length >> 20):
            packed.write(bytes(1 << 20))
    return buffer.getvalue()
