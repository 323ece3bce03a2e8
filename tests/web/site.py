"""A real server with a module that means harm, and requests that no browser would send."""

from __future__ import annotations

import socket
from contextlib import suppress

from tests.e2e.site import Site

HOSTILE = "ModuleHostile"


def cookies_of(site: Site) -> str:
    """Return the Cookie header of the administrator."""
    return "; ".join(f"{name}={value}" for name, value in site.client.cookies.items())


def raw(site: Site, request: bytes, *, seconds: float = 30) -> bytes:
    """Send these bytes and return everything that comes back."""
    said = b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=seconds) as line:
        with suppress(ConnectionError):
            line.sendall(request)
        with suppress(ConnectionError, TimeoutError):
            while more := line.recv(65536):
                said += more
    return said


def raw_get(site: Site, target: str, *headers: str, login: bool = True) -> tuple[int, str]:
    """Ask for a target exactly as it is written; return status and everything else."""
    lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{site.port}", "Connection: close"]
    lines += [f"Cookie: {cookies_of(site)}"] if login else []
    answer = raw(site, "\r\n".join([*lines, *headers, "", ""]).encode("latin-1", "replace"))
    status = answer.split(b" ", 2)[1:2]
    return int(status[0]) if status else 0, answer.decode("utf-8", "replace")


def headers_in(answer: str) -> dict[str, str]:
    """Return the headers of a raw answer."""
    lines = answer.partition("\r\n\r\n")[0].split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _colon, value in pairs}


def digest_of(site: Site, module_id: str = HOSTILE) -> str:
    """Return the digest that addresses of the module's assets hold."""
    query = "SELECT digest FROM modules_app_module WHERE id = ?"
    return str(site.rows(query, module_id)[0][0])[:12]


def asset(site: Site, name: str) -> str:
    """Return the address of an asset of the hostile module."""
    return f"/assets/{HOSTILE}/{digest_of(site)}/js/{name}"
