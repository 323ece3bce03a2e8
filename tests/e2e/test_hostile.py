"""Hostile packages and half-sent uploads through the real form: refused, with nothing left."""

from __future__ import annotations

import html
import re
import socket

import pytest

from modules_app.packages.refusals import REFUSALS
from tests.e2e.packages import black_list
from tests.e2e.site import Site, leftovers, multipart, upload, upload_headers
from tests.evil import catalogue
from tests.server.running import Answer

pytestmark = pytest.mark.browser


def refused(site: Site, package: bytes, name: str = "evil.zip") -> tuple[str, str]:
    """Upload; return the sentence that the person reads and the page's text."""
    answer: Answer = upload(site.client, name, package)
    assert 400 <= answer.status < 500
    shown = re.search(r'<p class="problem-title"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert shown is not None
    sentence = html.unescape(shown[1])
    assert sentence.endswith((".", "!")) and "{" not in sentence
    site.wait_for(lambda: leftovers(site) == [])
    assert site.rows("SELECT * FROM modules_app_upload") == []
    return sentence, html.unescape(answer.text)


@pytest.mark.parametrize("case", sorted(catalogue.ARCHIVES))
def test_a_hostile_archive_is_refused_by_its_rule(site: Site, case: str) -> None:
    _sentence, text = refused(site, catalogue.ARCHIVES[case])
    slug = re.search(r'<pre id="problem-details"[^>]*>([a-z0-9-]+)', text)[1]
    assert REFUSALS[slug].rule == case.partition("-")[0]


@pytest.mark.parametrize("case", sorted(catalogue.MANIFESTS))
def test_a_hostile_manifest_is_refused_with_its_faults(site: Site, case: str) -> None:
    _sentence, text = refused(site, catalogue.MANIFESTS[case])
    assert 'findings-danger" aria-label="Errors"' in text


def test_other_packages_that_are_none(site: Site) -> None:
    for package in (
        catalogue.both_manifests(),
        catalogue.cut_off(),
        catalogue.renamed_picture(),
    ):
        refused(site, package)


def test_the_name_of_the_file_is_only_shown(site: Site) -> None:
    for name in ("../../../../tmp/evil.zip", "x\u202e.zip", "a" * 300 + ".zip", "<b>.zip"):
        refused(site, b"nothing", name)
    assert not (site.data_dir.parent / "evil.zip").exists()


def start(site: Site, length: int) -> socket.socket:
    """Send the head of an upload that says it has ``length`` bytes."""
    headers = {
        "Host": f"127.0.0.1:{site.port}",
        "Cookie": "; ".join(f"{name}={value}" for name, value in site.client.cookies.items()),
        "Content-Length": str(length),
        **upload_headers(site.client),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    line = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    line.sendall(f"POST /modules/upload/ HTTP/1.1\r\n{lines}\r\n".encode())
    return line


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a30_an_upload_that_dies_leaves_nothing(site: Site, share: float) -> None:
    body = multipart("cut.zip", black_list(**{"sounds/x.bin": bytes(300_000)}) + bytes(200_000))
    with start(site, len(body)) as line:
        line.sendall(body[: int(len(body) * share)])
    site.wait_for(lambda: leftovers(site) == [])
    assert site.rows("SELECT * FROM modules_app_upload") == []
    assert site.client.get("/modules/upload/").status == 200


def test_a_body_announced_as_4_gb_is_refused_before_it_comes(site: Site) -> None:
    with start(site, 4 * 1024**3) as line:
        status = line.recv(100).split(b" ")[1]
    assert status == b"413"
    assert leftovers(site) == []
