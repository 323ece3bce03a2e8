"""Hooks of the system (reference M6.3)."""

from __future__ import annotations

from typing import Any

from modules_app.sdk.core_refs import answer_core_references


class SystemHooks:
    """Hooks of the system (reference M6.3)."""

    def on_before_module_enable(self) -> bool | None:
        """Return False to refuse that the module is enabled, with the reason in ``messages``."""
        return None

    def on_after_module_enable(self) -> None:
        """Do what follows once the module is enabled; it may be called twice."""

    def on_before_module_disable(self) -> bool | None:
        """Return False to refuse that the module is disabled, with the reason in ``messages``."""
        return None

    def on_after_module_disable(self) -> None:
        """Do what follows once the module is disabled; it may be called twice."""

    def models_event_change_data(self, data: dict[str, Any]) -> None:
        """Be told of each change of a core record, in order and at least once.

        ``data`` has the seeds' keys: "source" ("models_changed"), "model" (such as "PbxSettings"),
        "recordId", "action" ("afterSave" or "afterDelete") and "changedFields", the names of
        columns; for settings a map ``{"value": {"old": …, "new": …}}``. An exception lets the same
        event come again later, so doing it twice must do no harm.
        """

    def models_event_need_reload(self, planned_actions: dict[str, Any]) -> None:
        """Be told which parts are made anew, after a series of changes has ended.

        ``planned_actions`` maps actions, such as "Firewall", to ``{"parameters": {hash: data}}``
        in the order in which they run; ``data`` is that of `models_event_change_data`. It comes
        when nothing has changed for 5 seconds, after 30 at the latest.
        """

    def core_references(self, question: dict[str, Any]) -> list[Any] | None:
        """Name the rows that protect a core record; `CoreRef` fields answer by themselves.

        Extend it for references that are stored in other ways. ``question`` is ``{"ask":
        "protect", "kind", "id"}``, to be answered with ``[{"model", "text"}]``, or an event as
        `models_event_change_data` gets it, after which rows may be let go.
        """
        return answer_core_references(question)

    def get_module_workers(self) -> list[dict[str, Any]] | None:
        """Name the programs that must run as long as the module is enabled.

        Each entry has "worker", a class of workers.py (or a dotted path below the module), and
        "type", how PBX Admin sees that it lives: "check_worker_heartbeat", "check_worker_queue"
        or "check_pid_not_alert". Optional: "instances", "interval" and "alive_seconds". See
        `sdk.LoopWorker` and `sdk.QueueWorker`.
        """
        return None

    def get_default_firewall_rules(self) -> dict[str, Any] | None:
        """Name the ports that the module needs, by category (reference M3.3).

        Such as ``{"Panel": {"rules": [...], "action": "allow", "shortName": "Panel"}}``, where a
        rule has ``name``, ``protocol`` (tcp, udp or icmp), ``portfrom`` and ``portto``. Every
        category counts, its name is upper-cased. ``action`` is allow or block and holds for
        networks until somebody decides otherwise. A rule whose name, ``portFromKey`` or
        ``portToKey`` is a setting of PBX Admin follows that setting.
        """
        return None

    def on_after_iptables_reload(self) -> str | list[Any] | None:
        """Add lines to the firewall, after the networks and before those that hold everybody.

        A list, or a text with a line each. An item is a map such as ``{"action": "drop", "sources":
        ["203.0.113.0/24"], "protocol": "tcp", "ports": "80,443"}``, of which only the action is
        needed, or one statement of nftables that ends with a verdict and does nothing but judge.
        """
        return None

    def on_after_network_configured(self) -> None:
        """Be told after the network interfaces were set up."""

    def create_nginx_locations(self) -> str | None:
        """Return location blocks for the site of PBX Admin; each module has its own file.

        Outside of blocks only ``location`` may stand. nginx tests the file before it is used; one
        that it refuses is left out with its line, and the files of all others stay.
        """
        return None

    def create_nginx_servers(self) -> str | None:
        """Return whole server blocks; each module has its own file.

        Outside of blocks ``server``, ``upstream``, ``map``, ``geo``, ``split_clients`` and the
        zones of limits may stand.
        """
        return None

    def generate_fail2ban_jails(self) -> str | None:
        """Return the jails of the module; a single # asks for the default jail (reference M6.7).

        Each is called module_x or begins with module_x_, for the id ModuleX. A jail names logs, a
        filter, ports and numbers; what it says about actions gives its ports only.
        """
        return None

    def generate_fail2ban_filters(self) -> str | None:
        """Return the filter of the module, by which its jail finds the lines of a log.

        It is stored as ``filter.d/module_x.conf``; it may include ``common.conf`` and nothing else.
        """
        return None

    def create_cron_tasks(self, tasks: list[str]) -> list[Any] | None:
        """Append lines to ``tasks``, or return a list of them: five fields or @daily, a command.

        PBX Admin writes the user's field itself; write ``\\%`` for a percent sign. A wrong line is
        left out and blamed on the module, its other lines stay.
        """
        return None

    def on_after_pbx_started(self) -> None:
        """Be told after Asterisk has started."""

    def on_extension_status_change(self, changes: list[dict[str, Any]]) -> None:
        """Be told when telephones change their state."""

    def on_provider_status_change(self, changes: list[dict[str, Any]]) -> None:
        """Be told when providers change their state."""

    def get_waf_exemptions(self) -> dict[str, Any] | None:
        """Name addresses that a web application firewall must let through."""
        return None
