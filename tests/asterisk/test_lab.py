"""The laboratory itself: where Asterisk's files come from, and instances side by side."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from telephony_app.ami import AmiAccount, AmiClient
from tests.asterisk.lab import root as root_module
from tests.asterisk.lab.instance import AsteriskLab, Ports
from tests.asterisk.lab.root import LabError, ensure_root, mirror
from tests.asterisk.minimal import SECRETS, write_etc
from tests.asterisk.phones import Phone

ROOT = Path(__file__).parents[2]

ONE_LINE = """\
# deb https://mirror.example/comment main
deb-src https://mirror.example/sources main
deb [signed-by=/x.gpg arch=amd64] https://tools.example/apt stable main
deb https://mirror.example/debian-security bookworm-security main
deb https://mirror.example/debian bookworm main
"""

STANZAS = """\
Types: deb
URIs: https://mirror.example/debian-security
Suites: bookworm-security

Types: deb
URIs: https://tools.example/apt https://mirror.example/debian/
Suites: bookworm
"""


def script(*words: str, **places: str) -> subprocess.CompletedProcess[str]:
    """Run script/asterisk with these variables of the environment."""
    return subprocess.run(
        [str(ROOT / "script/asterisk"), *words],
        env={**os.environ, **places},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "text", "address"),
    [
        ("sources.list", ONE_LINE, "https://mirror.example/debian"),
        ("sources.list.d/debian.sources", STANZAS, "https://mirror.example/debian/"),
    ],
)
def test_the_mirror_is_the_one_that_apt_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, address: str
) -> None:
    monkeypatch.delenv("PBX_DEBIAN_MIRROR", raising=False)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert mirror(tmp_path) == address
    monkeypatch.setenv("PBX_DEBIAN_MIRROR", "https://other.example/debian")
    assert mirror(tmp_path) == "https://other.example/debian"


def test_without_a_mirror_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PBX_DEBIAN_MIRROR", raising=False)
    with pytest.raises(LabError, match="set PBX_DEBIAN_MIRROR"):
        mirror(tmp_path)


def test_without_debootstrap_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root_module.shutil, "which", lambda *_, **__: None)
    with pytest.raises(LabError, match="apt-get install debootstrap"):
        ensure_root(tmp_path / "root")


def test_an_ordinary_user_is_told_to_ask_root_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root_module.shutil, "which", lambda *_, **__: "/usr/sbin/debootstrap")
    monkeypatch.setattr(root_module.os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="sudo env PBX_ASTERISK_ROOT"):
        ensure_root(tmp_path / "root")


def test_a_fetch_that_fails_leaves_nothing_that_looks_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "debootstrap"
    fake.write_text('#!/bin/sh\nfor word; do last=$folder; folder=$word; done\n'
                    'mkdir -p "$last/usr/sbin"; echo "no such package"; exit 1\n')  # fmt: skip
    fake.chmod(0o755)
    monkeypatch.setattr(root_module.shutil, "which", lambda *_, **__: str(fake))
    monkeypatch.setattr(root_module.os, "geteuid", lambda: 0)
    monkeypatch.setattr(root_module, "KEYRING", fake)
    monkeypatch.setattr(root_module, "_proxy", dict)
    monkeypatch.setenv("PBX_DEBIAN_MIRROR", "https://mirror.example/debian")
    with pytest.raises(LabError, match="no such package"):
        ensure_root(tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_two_instances_know_nothing_of_each_other(lab: AsteriskLab, tmp_path: Path) -> None:
    instances = []
    for name in ("one", "two"):
        ports = Ports.free()
        write_etc(tmp_path / name, ports)
        instances.append(lab.start(tmp_path / name, ports))
    one, two = instances
    anna = Phone(one, "201", SECRETS["201"])
    assert anna.register() == 200
    anna.close()
    assert "sip:201@" in one.cli("pjsip show contacts")
    assert "sip:201@" not in two.cli("pjsip show contacts")
    one.stop()
    assert one.pid() is None
    with pytest.raises(LabError, match="does not answer"):
        one.cli("core show version")
    assert "Asterisk 2" in two.cli("core show version")


def test_what_listens_is_on_the_loopback_only(lab: AsteriskLab, tmp_path: Path) -> None:
    ports = Ports.free()
    write_etc(tmp_path, ports)
    instance = lab.start(tmp_path, ports)
    inodes = {
        found[1]
        for link in Path(f"/proc/{instance.pid()}/fd").iterdir()
        if (found := re.match(r"socket:\[(\d+)\]", str(link.readlink())))
    }
    listening = [
        words[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if (words := line.split())[9] in inodes and words[3] == "0A"
    ]
    assert listening
    assert {address.partition(":")[0] for address in listening} == {"0100007F"}


def test_broken_configuration_is_told_with_the_log(lab: AsteriskLab, tmp_path: Path) -> None:
    (tmp_path / "modules.conf").write_text("[modules]\nrequire = no_such_module.so\n")
    with pytest.raises(LabError, match="Asterisk did not start"):
        lab.start(tmp_path, Ports.free())


def test_the_script_starts_once_and_stops(asterisk_root: Path, lab: AsteriskLab) -> None:
    ports, folder = Ports.free(), lab.folder / "development"
    places = {
        "PBX_ASTERISK_ROOT": str(asterisk_root),
        "PBX_ASTERISK_LAB_DIR": str(folder),
        "PBX_ASTERISK_LAB_PORT": str(ports.first),
    }
    try:
        assert script("status", **places).returncode == 3
        first = script("start", **places)
        assert first.returncode == 0
        assert script("start", **places).stdout == first.stdout
        assert f"127.0.0.1:{ports.ami}" in first.stdout
        assert f"127.0.0.1:{ports.sip}" in first.stdout
        secret = re.search(r"secret = (\S+)", (folder / "etc/manager.conf").read_text())
        assert secret
        with AmiClient(AmiAccount("127.0.0.1", ports.ami, "pbxadmin", secret[1])) as client:
            assert client.action("Ping").success
        assert "0 active calls" in script("cli", "core", "show", "channels", **places).stdout
    finally:
        assert script("stop", **places).returncode == 0
        ports.release()
    assert script("status", **places).returncode == 3


def test_a_configuration_folder_that_was_named_is_only_read(
    asterisk_root: Path, lab: AsteriskLab, tmp_path: Path
) -> None:
    ended = script(
        "start",
        PBX_ASTERISK_ROOT=str(asterisk_root),
        PBX_ASTERISK_LAB_DIR=str(lab.folder / "reading"),
        PBX_ASTERISK_LAB_ETC_DIR=str(tmp_path),
    )
    assert ended.returncode == 1
    assert "holds no modules.conf" in ended.stderr
    assert list(tmp_path.iterdir()) == []
