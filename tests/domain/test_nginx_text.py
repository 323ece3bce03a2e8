"""Text for nginx: read as nginx reads it, refused where it leaves its place."""

from __future__ import annotations

import pytest

from modules_app.domain.nginx_text import LOCATIONS, SERVERS, NginxFault, directives, refuse_faults


def words(text: str) -> list[str]:
    return [" ".join(found.words) or "}" for found in directives(text)]


def test_quotes_comments_escapes_and_variables_are_read() -> None:
    text = (
        "location /a { # } not the end\n"
        '  return 200 "a } ; { # \\" b"; set $y \'}\';\n'
        '  if ($x = "}") { rewrite ^ /${y}z break; }\n'
        "  add_header X a\\;b;\n"
        "}\n"
    )
    assert words(text) == [
        "location /a",
        'return 200 a } ; { # " b',
        "set $y }",
        "if ($x = } )",
        "rewrite ^ /${y}z break",
        "}",
        "add_header X a\\;b",
        "}",
    ]
    refuse_faults(text, LOCATIONS)


@pytest.mark.parametrize(
    "text",
    [
        "location /a { return 204; }",
        "location = /a { alias /srv/x; access_log off; }\nlocation /b { return 204; }",
        "# only a comment",
        "",
    ],
)
def test_blocks_of_locations_are_taken(text: str) -> None:
    refuse_faults(text, LOCATIONS)


def test_whole_servers_are_taken() -> None:
    refuse_faults("upstream x { server 127.0.0.1:9; }\nserver { listen 8099; }", SERVERS)


@pytest.mark.parametrize(
    ("text", "slug", "line"),
    [
        ("} location /login { return 204;", "nginx-closes", 1),
        ("location /a { return 204; }\n}\nserver {\nlisten 99;", "nginx-closes", 2),
        ("location /a { return 204; }}", "nginx-closes", 1),
        ("location /a {\nreturn 204;\n", "nginx-open", 2),
        ("location /a { return 204; } server { }", "nginx-place", 1),
        ("client_max_body_size 9g;", "nginx-place", 1),
        ("'server' {}", "nginx-place", 1),
        ("\nlocation /a {\nreturn 204", "nginx-end", 3),
        ('location /a { return 200 "x; }', "nginx-end", 1),
        ("location /a { return 204\\", "nginx-end", 1),
        ('location /a { return "x"y; }', "nginx-sign", 1),
        ("location /a { ; }", "nginx-sign", 1),
        ("location /a { return 204 }", "nginx-sign", 1),
        ("{ }", "nginx-sign", 1),
        ("location /a {\n include /etc/shadow; }", "nginx-directive", 2),
        ('location /a { "include" /etc/shadow; }', "nginx-directive", 1),
        ("location /a { access_log /etc/cron.d/x; }", "nginx-directive", 1),
        ("location /a { access_log off x; }", "nginx-directive", 1),
        ("location /a { error_log /x; }", "nginx-directive", 1),
        ("location /a { client_body_temp_path /x; }", "nginx-directive", 1),
        ("location /a { content_by_lua_block { os.execute('x') } }", "nginx-directive", 1),
        ("location /a { dav_methods PUT; }", "nginx-directive", 1),
        ("# x\\\nlocation /a { #\\\n include x; }", "nginx-directive", 3),
    ],
)
def test_what_leaves_its_place_is_refused_with_its_line(text: str, slug: str, line: int) -> None:
    with pytest.raises(NginxFault) as caught:
        refuse_faults(text, LOCATIONS)
    assert (caught.value.slug, caught.value.context["line"]) == (slug, line)
    assert "{name}" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "server { ssl_certificate_key engine:/tmp/evil.so:x; }",
        "server { location / { proxy_ssl_certificate_key $arg_key; } }",
        'server { ssl_certificate_key "store:x"; }',
        "server { ssl_conf_command Options x; }",
        "server { listen unix:/run/x.sock; }",
        "server { opentracing_load_tracer /tmp/evil.so x; }",
        "server { passenger_root /tmp; }",
        "server { modsecurity_rules 'SecAuditLog /etc/cron.d/x'; }",
        "server { location / { scgi_store_access all:rw; } }",
        "geo $x { include /etc/shadow; }",
    ],
)
def test_nothing_that_could_run_code_or_open_files_as_root_is_said(text: str) -> None:
    with pytest.raises(NginxFault) as caught:
        refuse_faults(text, SERVERS)
    assert caught.value.slug == "nginx-directive"


def test_values_in_a_map_are_no_directives() -> None:
    refuse_faults("map $arg_who $who { user 1; env 2; default 0; } geo $x { default 0; }", SERVERS)
