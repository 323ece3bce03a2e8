"""An address where nobody can listen is said before anything starts."""

from __future__ import annotations

import socket

from modules_app.processes.server import port_problem


def test_an_occupied_port_is_said_before_anything_starts() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert f"port {port}: Address already in use" in port_problem("127.0.0.1", port)
    assert port_problem("127.0.0.1", port) == ""
    assert "port 99999" in port_problem("127.0.0.1", 99999)
