"""One module changes what all share: it is not loaded, and the others do not notice (B10, B12)."""

from __future__ import annotations

import pytest

from modules_app.host.shared import kept
from tests import broken_modules as broken
from tests.workbench import Workbench

GOOD = """
import json, os, signal, socket, sys
from django.contrib import auth
from django.http import JsonResponse
from django.urls import path

def page(request):
    umask = os.umask(0o077)
    os.umask(umask)
    return JsonResponse({
        "auth": auth.__name__,
        "length": len([1, 2]),
        "umask": umask,
        "folder": os.getcwd(),
        "timeout": socket.getdefaulttimeout(),
        "term": signal.getsignal(signal.SIGTERM) is signal.SIG_IGN,
        "first": sys.path[0],
    })

urlpatterns = [path("", page)]
"""


def replies(bench: Workbench, body: str) -> tuple[dict[str, object], dict[str, object]]:
    """Load a module with ``body`` before a good one and return the answers of both."""
    bad = bench.module(broken.at_import(body), "ModuleBad")
    good = bench.module({"urls.py": GOOD}, "ModuleGood")
    first, second = bench.ask(
        [bad, good],
        {"path": "/m/ModuleBad/"},
        {"path": "/m/ModuleGood/"},
        rights=("view", "install"),
    )
    return first, second


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("import json\njson.dumps = None", "json.dumps"),
        ("import builtins\nbuiltins.len = lambda one: 7", "builtins.len"),
        (
            "from django.db.models import Model\nModel.save = lambda self: None",
            "django.db.models.base.Model.save",
        ),
        ("import html\nhtml.escape = lambda text: text", "html.escape"),
        ("import sys\nsys.modules['django.contrib.auth'] = 7", "django.contrib.auth"),
        ("from modules_app.host import loader\nloader.load = None", "modules_app.host.loader.load"),
        ("import json\ndel json.dumps\nraise OSError('no')", ""),
    ],
)
def test_b10_whoever_replaces_what_others_use_is_not_loaded(
    bench: Workbench, body: str, name: str
) -> None:
    bad, good = replies(bench, body)

    assert bad["status"] == 503
    assert name in str(bad["text"])
    assert good["status"] == 200
    assert '"auth": "django.contrib.auth", "length": 2' in str(good["text"])


def test_b10_what_cannot_be_blamed_on_anybody_is_put_back_all_the_same(bench: Workbench) -> None:
    bad, good = replies(bench, "from django.http import HttpResponse\nHttpResponse.__init__ = None")

    assert (bad["status"], good["status"]) == (200, 200)


B12 = """
import faulthandler, locale, os, signal, socket, sys
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGABRT):
    signal.signal(number, signal.SIG_IGN)
faulthandler.enable()
os.chdir("/")
os.umask(0)
locale.setlocale(locale.LC_ALL, "C")
socket.setdefaulttimeout(0.001)
sys.path.insert(0, "/tmp")
"""


def test_b12_what_a_module_wants_of_the_process_is_put_back(bench: Workbench) -> None:
    _bad, before = replies(bench, "")
    bad, good = replies(bench, B12)

    assert bad["status"] == 200
    assert good["text"] == before["text"]


def test_importing_more_of_the_libraries_is_no_change() -> None:
    with kept():
        import colorsys  # noqa: F401, PLC0415
        import xmlrpc.client  # noqa: F401, PLC0415
