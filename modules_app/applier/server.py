"""The applier's socket: who may ask, one request per connection, one at a time."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

from modules_app.applier.peers import peer_of
from modules_app.applier.verbs import answer_to
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.processes import sockets, wire

log = logging.getLogger("pbxadmin.applier")

LARGEST_REQUEST = 4 * 1024 * 1024
REQUEST_SECONDS = 10.0
AT_ONCE = 8
"""Connections that may wait; a peer that says nothing holds one of them for some seconds."""


class Server:
    """Listens at ``path`` until `stop`; only ``users`` (numbers) are answered."""

    def __init__(self, path: Path, *, users: Collection[int]) -> None:
        self._users = frozenset(users)
        self._path = path
        # Another user's programs can only connect to a socket that everybody may use; the kernel
        # says who they are, and the folder around is private anyway.
        mode = 0o600 if self._users <= {os.geteuid(), 0} else 0o666
        self._sock = sockets.bind(path, socket.SOCK_STREAM, mode=mode)
        self._sock.listen(AT_ONCE)
        self._sock.settimeout(0.5)
        self._one_at_a_time = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Take no more requests."""
        self._stopping.set()

    def serve(self) -> None:
        """Answer until `stop` was called; the request under way is finished."""
        while not self._stopping.is_set():
            try:
                peer, _address = self._sock.accept()
            except TimeoutError:
                continue
            self._places.acquire()
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()
        self._sock.close()
        with self._one_at_a_time:
            log.info("stopped")

    def _answer(self, peer: socket.socket) -> None:
        try:
            with peer:
                peer.settimeout(REQUEST_SECONDS)
                wire.send(peer, self._reply(peer))
        except OSError as error:
            log.info("the asking side is gone: %s", error)
        finally:
            self._places.release()

    def _reply(self, peer: socket.socket) -> dict[str, Any]:
        try:
            # Read first: an answer to what was not read yet can get lost.
            request = wire.receive(peer, largest=LARGEST_REQUEST)
            self._require_known(peer)
            if not isinstance(request, dict):
                raise Refused("applier-request-wrong", _("This is no request."))
            with self._one_at_a_time:
                return {"answer": answer_to(request)}
        except ModuleError as error:
            log.warning("refused: %s", error)
            return {"error": error.as_dict()}
        except ValueError as error:
            log.warning("no request: %s", error)
            return {"error": Refused("applier-request-wrong", _("This is no request.")).as_dict()}
        except Exception as error:  # the boundary: one request must not end the process
            log.exception("unexpected error")
            return {"error": _failed(error).as_dict()}

    def _require_known(self, peer: socket.socket) -> None:
        _process, user = peer_of(peer)
        if user not in self._users:
            raise Refused(
                "applier-peer-wrong",
                _("The applier does not answer the user with the number {user}."),
                context={"user": user},
            )


def allowed_users(data_dir: Path) -> set[int]:
    """Return who may ask: root, the applier's own user and the owner of the data folder."""
    return {0, os.geteuid(), data_dir.stat().st_uid}


def _failed(error: Exception) -> ModuleError:
    return ModuleError(
        "applier-failed",
        _("The applier could not do it: {reason}"),
        context={"reason": f"{type(error).__name__}: {error}"},
        hint=_("Its log says more."),
    )
