"""nginx: for each module a file of locations and one of servers, and one around them (M6.7).

A production nginx includes the files of modules (docs/guides/production-files.md); the file around
them is for the test of each change, and for an nginx of PBX Admin's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from modules_app.applier import nginx
from modules_app.domain.nginx_text import NginxFault
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.text import Piece, wrap
from modules_app.selectors.answers import Answer, answers_to
from modules_app.surfaces.base import (
    CORE,
    CUSTOM,
    Block,
    Complaint,
    GeneratedFile,
    Rendering,
    Surface,
    join_blocks,
)
from modules_app.surfaces.programs import tested, told

HOOKS = {"create_nginx_locations": "modules_locations", "create_nginx_servers": "modules_servers"}
MAIN = f"nginx/{nginx.MAIN}"
DEFAULT_PORT = 8081
"""What the file says while no nginx of our own runs."""

_BEFORE = 1
"""Lines that stand before the text of a module in its file."""

_WHERE = re.compile(r" in \S*/nginx/[0-9a-f]{64}/(\S+):(\d+)")
_TEXT = """\
# Written by PBX Admin from its records; what is changed here is lost.
worker_processes 1;
pid {run}/nginx.pid;
error_log {run}/error.log notice;
events {{
    worker_connections 512;
}}
http {{
    access_log off;
    default_type application/octet-stream;
    client_body_temp_path {run}/body;
    proxy_temp_path {run}/proxy;
    fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi;
    scgi_temp_path {run}/scgi;
    client_max_body_size 110m;
    server {{
        listen {address}:{port};
        server_name _;
        location / {{
            proxy_pass http://{address}:{web};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_read_timeout 60s;
        }}
        include modules_locations/*.conf;
    }}
    include modules_servers/*.conf;
}}
"""


class NginxSurface(Surface):
    """The files of modules, and one that includes them."""

    name = "nginx"
    hooks = tuple(HOOKS)
    by_file = True

    def render(self, left_out: frozenset[str]) -> Rendering:
        """Write a file for each answer; one that breaks out of its place is left out and blamed."""
        files, complaints = [_main()], []
        for hook, folder in HOOKS.items():
            for answer in answers_to(hook):
                file = _file(folder, answer)
                if left_out & {answer.module_id, file.path}:
                    continue
                if (fault := _fault(file)) is None:
                    files.append(file)
                else:
                    complaints.append(fault)
        return Rendering(tuple(files), tuple(complaints))

    def check(self, draft: Path, rendering: Rendering) -> list[Complaint]:
        """Let nginx read all files; it names the file and the line that it does not take."""
        if faults := [one for file in rendering.files if (one := _fault(file))]:
            return faults
        report = tested(self.name, rendering.texts)
        if report.ok:
            return []
        blamed = _blamed(rendering, report.output)
        if blamed is None:
            return [*_refused_alone(rendering)] or [_complaint(CORE, MAIN, 0, report.output)]
        return [blamed]

    def reload(self) -> None:
        """Let nginx read its files."""
        told(self.name)


def _main() -> GeneratedFile:
    text = _TEXT.format(
        run=nginx.own_dir(),
        address="127.0.0.1",
        port=settings.PBX_NGINX_PORT or DEFAULT_PORT,
        web=settings.PBX_PORT,
    )
    return join_blocks(MAIN, [(CORE, text)])


def _file(folder: str, answer: Answer) -> GeneratedFile:
    text = str(answer.value).replace("\r\n", "\n")
    wrapped = wrap(Piece(answer.module_id, answer.priority, text), comment="#").lstrip("\n")
    return join_blocks(f"nginx/{folder}/{answer.module_id}.conf", [(answer.module_id, wrapped)])


def _fault(file: GeneratedFile) -> Complaint | None:
    """Read one file as if it stood alone: no block of others can be closed or left open."""
    try:
        nginx.refuse_faults_of(file.path.partition("/")[2], file.text)
    except NginxFault as error:
        owner, line = _own_line(file, error.context["line"])
        context = {**error.context, "line": line}
        return Complaint(owner, file.path, line, error.slug, error.message, context)
    return None


def _own_line(file: GeneratedFile, line: int) -> tuple[str, int]:
    """Return who wrote a line, and its number in what they wrote."""
    owner = file.owner_of(line)
    if owner in (CORE, CUSTOM):
        return owner, line
    last = _block_of(file, owner).last_line - 1
    return owner, max(1, min(line, last) - _BEFORE)


def _block_of(file: GeneratedFile, owner: str) -> Block:
    return next(block for block in file.blocks if block.owner == owner)


def _blamed(rendering: Rendering, said: str) -> Complaint | None:
    """Return whom nginx names; None when it names no file that a module or a person wrote."""
    for found in _WHERE.finditer(said):
        file = rendering.file(f"nginx/{found[1]}")
        if file is not None:
            owner, line = _own_line(file, int(found[2]))
            if owner != CORE:
                return _complaint(owner, file.path, line, said)
    return None


def _refused_alone(rendering: Rendering) -> Iterator[Complaint]:
    """Try the files of each module without those of all others."""
    for owner in sorted(_owners(rendering.files)):
        texts = {f.path: f.text for f in rendering.files if _owners([f]) <= {owner}}
        report = tested("nginx", texts)
        if not report.ok:
            path = next(f.path for f in rendering.files if owner in _owners([f]))
            yield _complaint(owner, path, 0, report.output)


def _owners(files: Iterable[GeneratedFile]) -> set[str]:
    return {block.owner for file in files for block in file.blocks} - {CORE, CUSTOM}


def _complaint(owner: str, path: str, line: int, said: str) -> Complaint:
    shown = re.sub(r"^nginx: ", "", said.strip().split("\n")[0])
    shown = _WHERE.sub("", shown).strip()[:500]
    return Complaint(
        owner, path, line, "nginx-refused", _("nginx says: {output}"), {"output": shown}
    )
