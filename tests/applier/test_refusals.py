"""What the applier does not do, whoever asks and whatever lies in the draft folder."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from modules_app.applier import client, places
from modules_app.applier.server import LARGEST_REQUEST, Server
from modules_app.applier.verbs import VERBS, answer_to
from modules_app.exceptions import ModuleError, Refused
from modules_app.processes import wire

PATH = "nginx/modules_locations/ModuleX.conf"
TEXT = "location /x { return 204; }\n"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.fixture
def site(tmp_path: Path, settings: Settings) -> Path:
    settings.PBX_DATA_DIR = tmp_path
    settings.PBX_ETC_DIR = str(tmp_path / "etc")
    draft = tmp_path / "run" / "drafts" / PATH
    draft.parent.mkdir(parents=True)
    draft.write_text(TEXT)
    return tmp_path


@contextmanager
def serving(path: Path, users: set[int]) -> Iterator[None]:
    server = Server(path, users=users)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join()


def install(files: dict[str, Any], surface: str = "nginx") -> dict[str, Any]:
    return answer_to({"verb": "install-files", "surface": surface, "files": files})


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        action()
    return caught.value.slug


def nothing_was_installed(site: Path) -> bool:
    return not any(path.is_file() for path in (site / "etc").rglob("*"))


def test_a_verified_file_is_installed(site: Path) -> None:
    install({PATH: DIGEST})
    assert (site / "etc" / PATH).read_text() == TEXT
    assert answer_to({"verb": "list-files", "surface": "nginx"})["files"] == {PATH: DIGEST}


@pytest.mark.parametrize(
    "path",
    [
        "nginx/../../shadow",
        "../etc/passwd",
        "/etc/passwd",
        "nginx",
        "nginx/",
        "nginx//x",
        "nginx/./x",
        "cron/pbxadmin",
        "nginx/.hidden",
        "nginx/a\nb",
        "nginx/a b",
        "nginx/a\0",
        "nginx/" + "a/" * 9 + "b",
        "nginx/" + "a" * 101,
        "nginx/é",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(site: Path, path: str) -> None:
    assert refusal(lambda: install({path: DIGEST})) == "applier-path-wrong"
    assert nothing_was_installed(site)


@pytest.mark.parametrize("digest", ["", "0" * 63, "G" * 64, None, 5, DIGEST.upper()])
def test_a_file_without_a_digest_is_refused(site: Path, digest: object) -> None:
    assert refusal(lambda: install({PATH: digest})) == "applier-digest-wrong"


def test_a_file_that_is_not_what_its_digest_says_is_refused(site: Path) -> None:
    assert refusal(lambda: install({PATH: "0" * 64})) == "applier-digest-differs"
    assert nothing_was_installed(site)


@pytest.mark.parametrize("part", ["file", "folder", "surface", "drafts"])
def test_no_symbolic_link_of_the_draft_is_followed(site: Path, part: str) -> None:
    elsewhere = site / "elsewhere"
    victim = {
        "file": site / "run" / "drafts" / PATH,
        "folder": site / "run" / "drafts" / "nginx" / "modules_locations",
        "surface": site / "run" / "drafts" / "nginx",
        "drafts": site / "run" / "drafts",
    }[part]
    victim.rename(elsewhere)
    victim.symlink_to(elsewhere)
    with pytest.raises(OSError, match="Too many levels|Not a directory"):
        install({PATH: DIGEST})
    assert nothing_was_installed(site)


def test_a_pipe_in_the_draft_neither_hangs_nor_is_installed(site: Path) -> None:
    draft = site / "run" / "drafts" / PATH
    draft.unlink()
    os.mkfifo(draft)
    assert refusal(lambda: install({PATH: DIGEST})) == "applier-file-wrong"


def test_a_file_that_is_too_large_is_refused(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LARGEST_FILE", len(TEXT) - 1)
    assert refusal(lambda: install({PATH: DIGEST})) == "applier-file-wrong"


@pytest.mark.parametrize("verb", ["", "run", "exec", "install_files", "__init__", "CHECK"])
def test_an_unknown_verb_is_refused(site: Path, verb: str) -> None:
    request = {"verb": verb, "surface": "nginx", "command": "id"}
    assert refusal(lambda: answer_to(request)) == "applier-verb-unknown"


@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize("surface", ["", "shadow", "../cron", None, ["cron"], "CRON"])
def test_an_unknown_surface_is_refused(site: Path, verb: str, surface: object) -> None:
    request = {"verb": verb, "surface": surface, "files": {}}
    assert refusal(lambda: answer_to(request)) == "applier-surface-unknown"


@pytest.mark.parametrize("digest", ["../../x", "a" * 63, 7, None])
def test_only_a_former_set_can_be_restored(site: Path, digest: object) -> None:
    request = {"verb": "restore-files", "surface": "nginx", "digest": digest}
    assert refusal(lambda: answer_to(request)) == "applier-digest-wrong"
    request["digest"] = "0" * 64
    assert refusal(lambda: answer_to(request)) == "applier-set-lost"


@pytest.mark.parametrize("files", [None, [], "x", {5: DIGEST}])
def test_a_list_of_files_must_be_one(site: Path, files: Any) -> None:
    assert refusal(lambda: install(files)).startswith("applier-")


def test_what_somebody_else_put_in_the_place_of_the_files_stays(site: Path) -> None:
    foreign = site / "etc" / "nginx" / "own.conf"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("mine")
    with pytest.raises(ModuleError) as caught:
        install({PATH: DIGEST})
    assert caught.value.slug == "applier-in-the-way"
    assert foreign.read_text() == "mine"


def test_the_kernel_says_who_asks(site: Path) -> None:
    with serving(client.socket_path(), users={os.geteuid() + 1}):
        with pytest.raises(ModuleError) as caught:
            client.installed("nginx")
        assert caught.value.slug == "applier-peer-wrong"
    with serving(client.socket_path(), users={os.geteuid()}):
        assert client.installed("nginx") == {}
        assert client.process() == (os.getpid(), os.geteuid())


def test_another_user_is_not_answered(
    site: Path, as_nobody: Callable[[Callable[[], object]], str]
) -> None:
    folder = os.open(site / "run", os.O_RDONLY)

    def call() -> str:
        os.fchdir(folder)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(30)
            sock.connect(client.SOCKET)
            wire.send(sock, {"verb": "list-files", "surface": "nginx"})
            answer = wire.receive(sock) or {}
        return str(answer["error"]["slug"])

    (site / "run").chmod(0o755)
    with serving(client.socket_path(), users={0, os.geteuid(), 4242} - {65534}):
        answer = as_nobody(call)
    with serving(client.socket_path(), users={os.geteuid()}):
        alone = as_nobody(call)
    os.close(folder)
    if os.geteuid() == 0:
        assert answer == "'applier-peer-wrong'"
        assert alone == "PermissionError"
    else:
        assert answer == "KeyError"


@pytest.mark.parametrize("largest", [LARGEST_REQUEST + 1, 2**32 - 1])
def test_a_huge_frame_is_not_read(site: Path, largest: int) -> None:
    with (
        serving(client.socket_path(), users={os.geteuid()}),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock,
    ):
        sock.settimeout(30)
        sock.connect(str(client.socket_path()))
        sock.sendall(struct.pack("!I", largest))
        answer = wire.receive(sock) or {}
        assert answer["error"]["slug"] == "applier-request-wrong"


@pytest.mark.parametrize("body", [b"{", b"[]", b"5", b"null", b"\xff\xfe"])
def test_what_is_no_request_is_answered_with_an_error(site: Path, body: bytes) -> None:
    with serving(client.socket_path(), users={os.geteuid()}):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(30)
            sock.connect(str(client.socket_path()))
            sock.sendall(struct.pack("!I", len(body)) + body)
            answer = wire.receive(sock) or {}
        assert answer["error"]["slug"] == "applier-request-wrong"
        assert client.installed("nginx") == {}


def test_an_unexpected_error_ends_one_request_only(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("oops")

    with serving(client.socket_path(), users={os.geteuid()}):
        with monkeypatch.context() as patch:
            patch.setitem(VERBS, "list-files", fail)
            with pytest.raises(ModuleError) as caught:
                client.installed("nginx")
        assert caught.value.slug == "applier-failed"
        assert client.installed("nginx") == {}
