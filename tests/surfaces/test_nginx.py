"""The files for nginx, up to the real nginx."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from modules_app.applier import nginx, report
from modules_app.applier.places import etc_dir
from modules_app.domain.nginx_text import LOCATIONS, NginxFault, refuse_faults
from modules_app.models import CustomFile, SurfaceState
from modules_app.operator.surfaces import refresh
from tests.lifecycle import Life
from tests.surfaces.rows import answering

HELLO = "location = /hello {\n    return 200 'hello from a';\n}\n"


@pytest.fixture(autouse=True)
def _real(need_tool: Callable[[str], str]) -> None:
    need_tool("nginx")


def names(folder: str) -> list[str]:
    return sorted(path.name for path in (etc_dir() / "nginx" / folder).glob("*"))


def state() -> SurfaceState:
    return SurfaceState.objects.get(name="nginx")


def complaints() -> list[tuple[str, str, int, str]]:
    return [
        (one["owner"], one["path"].rsplit("/", 2)[1], one["line"], one["slug"])
        for one in state().complaints
    ]


def test_each_module_has_its_files(life: Life) -> None:
    answering("ModuleA", create_nginx_locations=HELLO)
    answering("ModuleB", create_nginx_servers="server { listen 127.0.0.1:1; }")
    refresh(life.tools, ["nginx"])
    assert names("modules_locations") == ["ModuleA.conf"]
    assert names("modules_servers") == ["ModuleB.conf"]
    assert state().problem is None
    assert (etc_dir() / "nginx/modules_locations/ModuleA.conf").read_text() == (
        f"# ***** BEGIN BY ModuleA\n{HELLO}# ***** END BY ModuleA\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "slug"),
    [
        ("location /x {\n    proxy_no_such_directive 1;\n}", 2, "nginx-refused"),
        ("\n\nlocation /x {\n    proxy_pass nonsense;\n}", 4, "nginx-refused"),
        ("location / { return 204; }", 1, "nginx-refused"),
        ("}\nserver { listen 99; location / { return 204; }", 1, "nginx-closes"),
        ("location /x {", 1, "nginx-open"),
        ("location /x { include /etc/passwd; }", 1, "nginx-directive"),
    ],
)
def test_a_failing_file_is_left_out_and_blamed_and_the_others_stay(
    life: Life, text: str, line: int, slug: str
) -> None:
    answering("ModuleA", create_nginx_locations=HELLO)
    answering("ModuleBad", create_nginx_locations=text)
    answering("ModuleC", create_nginx_locations=HELLO.replace("hello", "c"))
    refresh(life.tools, ["nginx"])
    assert names("modules_locations") == ["ModuleA.conf", "ModuleC.conf"]
    assert complaints() == [("ModuleBad", "modules_locations", line, slug)]
    assert state().problem is None


def test_the_other_file_of_the_module_stays(life: Life) -> None:
    for wrong in ("server {\n    nonsense 1;\n}", "}"):
        answering("ModuleA", create_nginx_locations=HELLO, create_nginx_servers=wrong)
        refresh(life.tools, ["nginx"])
        assert names("modules_locations") == ["ModuleA.conf"]
        assert names("modules_servers") == []
        assert [one[:2] for one in complaints()] == [("ModuleA", "modules_servers")]


def test_of_two_modules_with_one_location_the_later_is_blamed(life: Life) -> None:
    answering("ModuleA", create_nginx_locations=HELLO)
    answering("ModuleB", create_nginx_locations=HELLO)
    refresh(life.tools, ["nginx"])
    assert names("modules_locations") == ["ModuleA.conf"]
    assert complaints() == [("ModuleB", "modules_locations", 1, "nginx-refused")]


def test_a_faulty_custom_text_is_left_out_alone(life: Life) -> None:
    answering("ModuleA", create_nginx_locations=HELLO)
    path = "nginx/modules_locations/ModuleA.conf"
    for text in ("}", "location /x { nonsense 1; }"):
        CustomFile.objects.update_or_create(path=path, defaults={"mode": "append", "text": text})
        refresh(life.tools, ["nginx"])
        assert (etc_dir() / path).read_text().endswith("# ***** END BY ModuleA\n")
        assert [one[0] for one in complaints()] == ["custom"]


def test_a_faulty_text_in_the_main_file_takes_no_module_out(life: Life) -> None:
    answering("ModuleA", create_nginx_locations=HELLO)
    refresh(life.tools, ["nginx"])
    before = (etc_dir() / "nginx/nginx.conf").read_text()
    CustomFile.objects.create(path="nginx/nginx.conf", mode="append", text="nonsense here")
    refresh(life.tools, ["nginx"])
    assert state().problem is None
    assert names("modules_locations") == ["ModuleA.conf"]
    assert {one[0] for one in complaints()} == {"custom"}
    assert (etc_dir() / "nginx/nginx.conf").read_text() == before


def test_without_nginx_the_files_are_there_and_the_state_says_so(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report.shutil, "which", lambda *_arguments, **_more: None)
    answering("ModuleA", create_nginx_locations=HELLO)
    refresh(life.tools, ["nginx"])
    assert names("modules_locations") == ["ModuleA.conf"]
    assert [note["slug"] for note in state().notes] == [
        "surface-not-checked",
        "surface-not-reloaded",
    ]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@contextmanager
def running_nginx() -> Iterator[None]:
    """Our own nginx, as the server starts it."""
    with subprocess.Popen(nginx.command()) as process:
        deadline = time.monotonic() + 60
        while not nginx.is_running() and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.05)
        try:
            yield
        finally:
            process.terminate()


def wait_for(condition: Callable[[], bool]) -> None:
    """nginx lets old workers finish: what it says may be of before for a moment."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_real_nginx_serves_what_a_module_asks_for(life: Life, settings: Settings) -> None:
    port, second, taken = free_port(), free_port(), socket.socket()
    settings.PBX_NGINX_PORT = port
    answering("ModuleA", create_nginx_locations=HELLO)
    refresh(life.tools, ["nginx"])
    with running_nginx():
        wait_for(lambda: get(port, "/hello") == (200, "hello from a"))
        server = f"server {{ listen 127.0.0.1:{second}; return 200 'own server'; }}"
        answering("ModuleB", create_nginx_servers=server)
        refresh(life.tools, ["nginx"])
        assert state().notes == []
        wait_for(lambda: get(second, "/") == (200, "own server"))
        with taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            answering("ModuleC", create_nginx_servers=f"server {{ listen {address}; }}")
            refresh(life.tools, ["nginx"])
        assert state().problem["slug"] == "surface-reload-failed"
        assert address in state().problem["context"]["output"]
        assert names("modules_servers") == ["ModuleB.conf"]
        assert get(port, "/hello") == (200, "hello from a")
        refresh(life.tools, ["nginx"], again=True)
        assert names("modules_servers") == ["ModuleB.conf", "ModuleC.conf"]


_TOKENS = st.lists(
    st.sampled_from(
        ["location /a ", "{", "}", ";", " ", "\n", '"', "'", "\\", "$x", "${x}", "#", "return 204",
         "set $y 1", "(", ")", "a", "if ($y) "]
    ),
    max_size=14,
).map("".join)  # fmt: skip


def test_what_we_call_whole_never_closes_a_block_of_others(tmp_path: Path) -> None:
    """nginx reads each text between two blocks; where we see no fault, it sees no stray brace."""
    (tmp_path / "logs").mkdir()
    main = tmp_path / "nginx.conf"
    texts: set[str] = set()

    @limits(max_examples=3000, database=None, suppress_health_check=list(HealthCheck))
    @given(text=_TOKENS)
    def collect(text: str) -> None:
        try:
            refuse_faults(text, LOCATIONS)
        except NginxFault:
            return
        texts.add(text)

    collect()
    interesting = sorted((text for text in texts if "{" in text), key=len)[-40:]
    assert len(interesting) > 10
    for text in interesting:
        text = text.replace("location /a", "if ($x)")
        main.write_text(
            f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ server {{ set $x 1;\n{text}\n}}\n"
            "server { end_marker 1; } }\n"
        )
        command = ["nginx", "-t", "-q", "-p", str(tmp_path), "-c", str(main)]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
        for stray in ('unexpected "}"', 'unexpected "{"', "unexpected end of file"):
            assert stray not in said, text
