"""What modules send for pages of ours comes out balanced and harmless (reference W13, M6.5)."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules_app.services.block_html import clean_block

OWN = "/m/ModuleX/"


def cleaned(text: str, **options: object) -> str:
    return clean_block(text, module_id="ModuleX", token="T", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='JaVa\tScript:alert(1)'>x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<style>body{display:none}</style>",
        "<p style='position:fixed'>x</p>",
        "<iframe src='//evil.example'></iframe>",
        "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
        "<button formaction='/modules/ModuleX/remove/' form='act'>x</button>",
        "<input type=submit formaction='/logout/' form=act>",
        "<div hx-post='/modules/ModuleX/remove/' hx-trigger='load'>x</div>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<!--><script>alert(1)</script-->",
        "<base href='//evil.example'><link rel=stylesheet href='/x.css'>",
        "<img src='https://evil.example/pixel.gif'>",
    ],
)
def test_nothing_that_acts_is_left(text: str) -> None:
    result = cleaned(text).lower()
    for part in ("script", "onerror", "style", "hx-", "formaction", "form=", "evil", "<iframe"):
        assert part not in result


@pytest.mark.parametrize(
    ("action", "kept"),
    [
        (f"{OWN}save/", f"{OWN}save/"),
        (f"{OWN}save/?a=1", f"{OWN}save/?a=1"),
        ("/modules/ModuleX/remove/", OWN),
        ("https://evil.example/m/ModuleX/", OWN),
        (f"{OWN}../../modules/", OWN),
        (f"{OWN}%2e%2e/", OWN),
        ("//evil.example/", OWN),
        ("", OWN),
    ],
)
def test_forms_lead_to_the_modules_own_pages(action: str, kept: str) -> None:
    form = lxml.html.fromstring(cleaned(f'<form method="POST" action="{action}"><input name=a>'))
    assert (form.action, form.method) == (kept, "POST")
    assert form.fields["csrfmiddlewaretoken"] == "T"


def test_a_form_by_get_carries_no_token() -> None:
    assert "csrf" not in cleaned(f'<form action="{OWN}"><input name="q"></form>')


def test_names_of_elements_meet_none_of_ours() -> None:
    text = '<p id="act">a</p><label for="problem">b</label><a href="#act">c</a>'
    result = cleaned(text)
    assert 'id="ModuleX-act"' in result and 'for="ModuleX-problem"' in result
    assert 'href="#ModuleX-act"' in result


def test_inside_a_form_of_ours_there_are_no_fields() -> None:
    text = '<p>hello</p><form><input name="PBXLicense" value="x"><button>x</button></form>'
    result = cleaned(text, controls=False)
    assert "hello" in result and "<input" not in result and "<form" not in result


def test_a_password_field_becomes_a_plain_one() -> None:
    assert 'type="text"' in cleaned('<input type="password" name="p">')


@given(st.text(alphabet="<>/=\"' abdifmnoprstuv#!-", max_size=200))
def test_whatever_comes_ends_where_it_began(text: str) -> None:
    inside = cleaned(text)
    page = lxml.html.fromstring(f"<main><div class='box'>{inside}</div><p id='after'></p></main>")
    box = page.find_class("box")[0]
    assert box.getnext().get("id") == "after"
    assert cleaned(inside).replace('ModuleX-ModuleX-', 'ModuleX-').count("<p") == inside.count("<p")
