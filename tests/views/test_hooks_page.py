"""The page of all hooks, and the hooks on a module's page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from modules_app.models import HookResult, Module
from tests.pages import module as make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def module() -> Module:
    hooks = ["create_cron_tasks", "on_after_network_configured", "get_module_workers"]
    found = make_module("ModuleOne", wanted="on", facts={"hooks": hooks})
    HookResult.objects.create(
        module_id="ModuleOne",
        id_fold="moduleone",
        hook="create_cron_tasks",
        at=timezone.now(),
        seconds=0.25,
        priority=77,
        ok=False,
        error="ValueError: <b>no tasks</b>",
        failed_at=timezone.now(),
        answer=["* * * * * /bin/true"],
    )
    return found


def test_an_empty_system_says_what_will_stand_here(admin_client: Client) -> None:
    assert "No enabled module has a hook" in admin_client.get("/hooks/").content.decode()


@pytest.mark.parametrize("path", ["/hooks/", "/modules/ModuleOne/"])
def test_a_hook_shows_how_it_ran_and_what_it_answered(
    admin_client: Client, module: Module, path: str
) -> None:
    text = admin_client.get(path).content.decode()
    assert "create_cron_tasks" in text and "77" in text and "0.250" in text
    assert "&lt;b&gt;no tasks" in text and "<b>no tasks" not in text
    assert "* * * * * /bin/true" in text


def test_what_is_not_called_here_says_why(admin_client: Client, module: Module) -> None:
    text = admin_client.get("/hooks/").content.decode()
    assert "Not called here" in text
    assert "does not set up network interfaces" in text
    assert "Never ran" in text


def test_the_page_of_a_module_names_its_hooks_in_one_place_that_is_folded(
    admin_client: Client, module: Module
) -> None:
    module.facts = {
        "hooks": ["create_cron_tasks", "on_after_pbx_started"],
        "works": [
            {
                "slug": "works-hooks",
                "message": "Hooks: {names}.",
                "context": {"names": "on_after_pbx_started"},
            }
        ],
    }
    module.save()
    text = admin_client.get("/modules/ModuleOne/").content.decode()
    assert text.count("<code>on_after_pbx_started</code>") == 1
    assert text.count("on_after_pbx_started") == 1
    assert 'href="#hooks-title"' in text
    assert '<details class="fold card card-body" open>' in text, "one failed"
    HookResult.objects.update(ok=True)
    text = admin_client.get("/modules/ModuleOne/").content.decode()
    assert '<details class="fold card card-body">' in text and "2 hooks" in text
