"""REST of a loaded module: resources, routes, the callback, hooks around, replies (M6.4, M11)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modules_app.bridge.hook_faults import take_faults
from modules_app.bridge.registry import RegistryModule
from modules_app.domain.rest import read_description
from tests.api.module import ID, ROOT, files
from tests.workbench import Workbench

KEY = {"channel": "key", "username": "key:till"}
NOBODY = {"channel": "public", "username": "", "permissions": [], "covered": True}


@pytest.fixture
def book(bench: Workbench) -> RegistryModule:
    module = bench.module(files(), ID)
    assert bench.run(module)["ok"]
    return module


def asked(path: str, method: str = "GET", data: Any = None, **more: Any) -> dict[str, Any]:
    """Return a request of a program with a key."""
    sent = "" if data is None else data if isinstance(data, str) else json.dumps(data)
    request = {"path": ROOT + path, "method": method, "data": sent, "type": "application/json"}
    return {"statement": KEY, **request, **more}


def told(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer["text"])
    return found


def test_a_record_is_made_shown_changed_and_deleted(
    bench: Workbench, book: RegistryModule
) -> None:
    made, again, patched, shown, put, listed, deleted, gone = bench.ask(
        [book],
        asked("entries", "POST", {"number": " +4930123 ", "name": "Ann", "calls": 99}),
        asked("entries", "POST", {"number": "+4930123"}),
        asked("entries/1", "PATCH", {"name": "Anna"}),
        asked("entries/1"),
        asked("entries/1", "PUT", {"number": "4930123", "blocked": "on"}),
        asked("entries?limit=5&search=ann&order=-number"),
        asked("entries/1", "DELETE"),
        asked("entries/1"),
    )
    assert made["status"] == 201
    assert told(made)["data"] == {
        "id": 1, "number": "+4930123", "name": "Ann", "kind": "work", "blocked": False, "calls": 0
    }  # fmt: skip
    assert again["status"] in (409, 422) and told(again)["result"] is False
    assert patched["status"] == 200 and told(patched)["data"]["number"] == "+4930123"
    assert told(shown)["data"]["name"] == "Anna"
    assert told(put)["data"] == {**told(shown)["data"], "number": "4930123", "blocked": True}
    assert told(listed)["pagination"] == {"total": 1, "limit": 5, "offset": 0, "hasMore": False}
    assert (deleted["status"], gone["status"]) == (200, 404)


def test_the_envelope_is_the_seeds_one(bench: Workbench, book: RegistryModule) -> None:
    one, other = bench.ask([book], asked("entries:count"), asked("entries:count"))
    found = told(one)
    assert found["data"] == {"count": 0}
    assert (found["result"], found["function"], found["processor"]) == (True, "count", "Entries")
    assert found["messages"] == {} and found["httpCode"] == 200
    assert found["meta"]["hash"] == told(other)["meta"]["hash"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "field"),
    [
        ("POST", "entries", {}, "number"),
        ("POST", "entries", {"number": "abc"}, "number"),
        ("POST", "entries", {"number": ["1"]}, "number"),
        ("POST", "entries", {"number": "1234", "kind": "sea"}, "kind"),
        ("POST", "entries", {"number": "1234", "surprise": 1}, "surprise"),
        ("POST", "entries", {"number": None}, "number"),
        ("POST", "entries", {"number": "12\u0000"}, "number"),
        ("PUT", "entries/1", {"name": "x"}, "number"),
        ("PATCH", "entries/1", {"number": ""}, "number"),
        ("PATCH", "entries/1", {"name": "x" * 101}, "name"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_saved(
    bench: Workbench, book: RegistryModule, method: str, path: str, sent: Any, field: str
) -> None:
    first, answer, after = bench.ask(
        [book],
        asked("entries", "POST", {"number": "555"}),
        asked(path, method, sent),
        asked("entries"),
    )
    assert answer["status"] == 422
    assert list(told(answer)["data"]["fields"]) == [field]
    assert told(after)["data"] == [told(first)["data"]]


def test_values_that_do_not_go_together_are_refused(
    bench: Workbench, book: RegistryModule
) -> None:
    [answer] = bench.ask(
        [book], asked("entries", "POST", {"number": "555", "kind": "home", "blocked": True})
    )
    assert told(answer)["messages"]["error"] == ["Numbers at home are never blocked."]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("[" * 5000 + "]" * 5000, 400),
        ('{"a":' * 50 + "1" + "}" * 50, 400),
        ("no json", 400),
        ("[]", 400),
        ('{"number": NaN}', 400),
        ('{"number": "' + "1" * 3_000_000 + '"}', 413),
    ],
)
def test_a_hostile_body_is_refused(
    bench: Workbench, book: RegistryModule, sent: str, status: int
) -> None:
    [answer] = bench.ask([book], asked("entries", "POST", sent))
    assert answer["status"] == status
    assert told(answer)["result"] is False


def test_methods_of_a_resource_beyond_the_usual_ones(
    bench: Workbench, book: RegistryModule
) -> None:
    _made, blocked, wrong, missing = bench.ask(
        [book],
        asked("entries", "POST", {"number": "555"}),
        asked("entries/1:block", "POST", {}),
        asked("entries/1:block"),
        asked("entries/7:block", "POST", {}),
    )
    assert told(blocked)["data"]["blocked"] is True
    assert (wrong["status"], wrong["headers"]["Allow"]) == (405, "POST")
    assert missing["status"] == 404


def test_routes_that_the_configuration_class_names(
    bench: Workbench, book: RegistryModule
) -> None:
    _made, found, fell, unknown, post = bench.ask(
        [book],
        asked("entries", "POST", {"number": "555", "name": "Ann"}),
        asked("lookup/555"),
        asked("fall", "POST", {}),
        asked("nowhere"),
        asked("lookup/555", "POST", {}),
    )
    assert told(found)["data"] == {"name": "Ann", "who": "key:till"}
    assert told(found)["processor"] == "Lookup"
    assert fell["status"] == 500 and "fell" not in fell["text"]
    assert (unknown["status"], post["status"]) == (404, 405)


def test_the_callback_gets_what_the_seeds_modules_get(
    bench: Workbench, book: RegistryModule
) -> None:
    check, unknown, echo = bench.ask(
        [book],
        asked("callback/CHECK"),
        asked("callback/dance"),
        asked("callback/echo?a=1", "POST", {"b": 2}),
    )
    assert told(check)["result"] is True
    assert unknown["status"] == 404 and told(unknown)["messages"] == {"error": ["action not found"]}
    assert told(echo)["data"] == {"a": "1", "b": 2}
    assert told(echo)["messages"] == {"info": ["Said."]} and told(echo)["function"] == "echo"


def test_special_replies_of_the_callback(
    bench: Workbench, book: RegistryModule, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    own = f"{book.code}/conf.py"
    link = Path(book.database).with_name("link")
    link.symlink_to(tmp_path / "secret")
    outside = [str(tmp_path / "secret"), f"{book.code}/../../../../secret", "/dev/zero", str(link)]
    html, redirect, away, echo, file, *refused = bench.ask(
        [book],
        asked("callback/reply", "POST", {"html": "<p>x"}),
        asked("callback/reply", "POST", {"redirect": "/m/ModulePhoneBook/"}),
        asked("callback/reply", "POST", {"redirect": "//elsewhere.example/"}),
        asked("callback/reply", "POST", {"echo": "text", "headers": {"X-A": "b"}}),
        asked("callback/reply", "POST", {"fpassthru": {"filename": own, "download_name": "a/b"}}),
        *(asked("callback/reply", "POST", {"echo_file": {"filename": one}}) for one in outside),
        asked("callback/reply", "POST", {"fpassthru": {"filename": f"{book.code}/nothing"}}),
    )
    assert html["text"] == "<p>x"
    assert (redirect["status"], redirect["headers"]["Location"]) == (302, "/m/ModulePhoneBook/")
    assert away["status"] == 500 and "Location" not in away["headers"]
    assert (echo["text"], echo["headers"]["X-A"]) == ("text", "b")
    assert "class PhoneBookConf" in file["text"]
    assert file["headers"]["Content-Disposition"] == 'attachment; filename="b"'
    assert [one["status"] for one in refused] == [403, 403, 403, 403, 404]
    assert not [one for one in refused if "secret" in one["text"]]


def test_the_hook_before_refuses_once_and_the_hook_after_sees_every_answer(
    bench: Workbench, book: RegistryModule
) -> None:
    refused, fine, fell = bench.ask(
        [book],
        asked("entries", headers={"If-Match": "refuse"}),
        asked("entries"),
        asked("fall", "POST", {}),
    )
    assert refused["status"] == 403
    assert told(refused)["messages"]["error"] == ["Not today."]
    assert [one["headers"].get("ETag") for one in (refused, fine, fell)] == ["seen"] * 3


def test_hooks_around_requests_leave_how_they_ran(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    breaks = {
        **files(),
        "conf.py": files()["conf.py"].replace(
            "        response[", '        if request.method == "POST":\n'
            '            raise ValueError("no such book")\n        response['
        ),
    }  # fmt: skip
    book = bench.module(breaks, ID)
    assert bench.run(book)["ok"]
    fine, fell = bench.ask(
        [book], asked("entries"), asked("entries", "POST", {"number": "1"}), data_dir=tmp_path
    )
    assert (fine["status"], fell["status"]) == (200, 500)
    found = {fault.hook: fault.traceback for fault in take_faults(tmp_path)}
    assert found["on_before_execute_rest_api_route"] == ""
    assert found["on_after_execute_rest_api_route"].strip().endswith("ValueError: no such book")


def test_nobody_reaches_what_is_public_and_nothing_else(
    bench: Workbench, book: RegistryModule
) -> None:
    def nobody(path: str, method: str = "GET", data: Any = None) -> dict[str, Any]:
        return {**asked(path, method, data), "statement": NOBODY}

    status, ping, entries, callback, page = bench.ask(
        [book],
        nobody("status"),
        nobody("entries:ping", "POST", {"say": "hi"}),
        nobody("entries"),
        nobody("callback/CHECK"),
        {**nobody(""), "path": f"/m/{ID}/"},
    )
    assert told(status)["data"] == {"status": "well", "who": ""}
    assert told(ping)["data"] == {"pong": "hi", "who": ""}
    assert (entries["status"], callback["status"], page["status"]) == (401, 404, 403)


def test_a_person_needs_the_token_and_a_key_needs_none(
    bench: Workbench, book: RegistryModule
) -> None:
    sent = asked("entries", "POST", {"number": "555"})
    person = {**sent, "statement": {}}
    token = {"headers": {"X-CSRFToken": "a" * 32}, "cookies": {"csrftoken": "a" * 32}}
    without, by_key, with_token = bench.ask(
        [book], person, sent, {**person, **token, "data": '{"number": "556"}'}
    )
    assert (without["status"], by_key["status"], with_token["status"]) == (403, 201, 201)


def test_whoever_may_only_look_changes_nothing(bench: Workbench, book: RegistryModule) -> None:
    sent, looked = bench.ask(
        [book], asked("entries", "POST", {"number": "555"}), asked("entries"), rights=["view"]
    )
    assert (sent["status"], looked["status"]) == (403, 200)


def test_the_module_says_what_it_answers(bench: Workbench, book: RegistryModule) -> None:
    installed = bench.run(book)
    assert "get_pbxcore_rest_additional_routes" in installed["hooks"]
    hooks = ["get_pbxcore_rest_additional_routes"]
    answer = bench.run(book, "collect", hooks=hooks)["answers"][hooks[0]]
    found = read_description(answer["value"])
    assert found.resources[0].fields["number"]["maxLength"] == 20
    assert found.resources[0].required == ("number",)
    public = [route.path for route in found.in_order if route.public]
    assert public == ["entries:ping", "status"]
    assert found.find("GET", "lookup/555") is not None


def test_resources_need_no_configuration_class(bench: Workbench) -> None:
    module = bench.module({"rest.py": files()["rest.py"], "models.py": files()["models.py"]}, ID)
    installed = bench.run(module)
    assert installed["hooks"] == ["get_pbxcore_rest_additional_routes"]
    count, check = bench.ask([module], asked("entries:count"), asked("callback/check"))
    assert told(count)["data"] == {"count": 0}
    assert told(check)["result"] is True
