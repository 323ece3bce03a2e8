"""Collected hooks: asked in one child, answered as JSON; one that fails stops no other."""

from __future__ import annotations

from tests.workbench import Workbench

CONF = """
import time
from modules_app.sdk import ConfigClass

class BrokenConf(ConfigClass):
    def create_nginx_locations(self):
        return "location /x {}"

    def create_cron_tasks(self, tasks):
        tasks.append("* * * * * true")

    def get_module_workers(self):
        raise ValueError("no workers today")

    def generate_fail2ban_jails(self):
        return 7

    def on_before_header_menu_show(self, menu):
        menu.add("Reports", href="reports/")

    def get_method_priority(self, hook):
        return 50 if hook == "create_nginx_locations" else 10000
"""
HOOKS = [
    "create_nginx_locations",
    "create_cron_tasks",
    "get_module_workers",
    "generate_fail2ban_jails",
    "on_before_header_menu_show",
]


def collected(bench: Workbench, code: str = CONF, hooks: list[str] = HOOKS) -> dict:
    answer = bench.run(bench.module({"conf.py": code}), "collect", hooks=hooks)
    assert answer["ok"], answer
    return answer["answers"]


def test_each_hook_answers_by_itself(bench: Workbench) -> None:
    answers = collected(bench)
    assert answers["create_nginx_locations"]["value"] == "location /x {}"
    assert answers["create_nginx_locations"]["priority"] == 50
    assert answers["create_cron_tasks"]["value"] == ["* * * * * true"]
    assert answers["create_cron_tasks"]["priority"] == 10000
    assert answers["on_before_header_menu_show"]["value"][0]["href"] == "/m/ModuleBroken/reports/"


def test_what_raises_or_has_a_wrong_shape_is_told_beside_the_others(bench: Workbench) -> None:
    answers = collected(bench)
    assert not answers["get_module_workers"]["ok"]
    assert "ValueError: no workers today" in answers["get_module_workers"]["error"]
    assert "generate_fail2ban_jails returned int" in answers["generate_fail2ban_jails"]["error"]


def test_a_list_that_is_returned_counts_like_one_that_is_added_to(bench: Workbench) -> None:
    code = (
        "from modules_app.sdk import ConfigClass\n"
        "class BrokenConf(ConfigClass):\n"
        "    def create_cron_tasks(self, tasks):\n"
        "        return [*tasks, '@daily true']\n"
    )
    answers = collected(bench, code, ["create_cron_tasks"])
    assert answers["create_cron_tasks"]["value"] == ["@daily true"]
