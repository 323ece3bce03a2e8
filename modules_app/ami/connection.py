"""One connection to the manager interface, spoken by panoramisk's protocol.

Only the protocol and the messages of panoramisk are used, not its Manager: that one connects again
by itself and repeats what was not answered, so a call would be made twice. Here a lost connection
is an error, and who asked decides.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Callable, Mapping
from typing import Any

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from modules_app.ami.values import AmiEvent, AmiResponse


class ListAction(Action):
    """An action whose answer is one message, or a list that Asterisk itself marks as one."""

    @property
    def multi(self) -> bool:
        """Tell whether items follow the first message (panoramisk guesses from its wording)."""
        return bool(self.responses[0].eventlist.lower() == "start")

    @property
    def completed(self) -> bool:
        """Tell whether the last message is the end."""
        return not self.multi or self.responses[-1].eventlist.lower() in ("complete", "cancelled")


class Connection(AMIProtocol):
    """Matches answers to actions; gives what else comes to ``on_event``.

    Everything happens in the event loop that made it. ``on_lost`` is called once.
    """

    encoding = "utf-8"

    def __init__(self, on_event: Callable[[AmiEvent], None], on_lost: Callable[[], None]) -> None:
        self._on_event = on_event
        self._on_lost = on_lost
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.factory = self

    def data_received(self, data: bytes) -> None:
        # A letter may be cut in two by the network; panoramisk would drop both halves.
        super().data_received(self._decoder.decode(data).encode())

    def dispatch(self, message: Message) -> None:
        """Pass on a message that answers nobody."""
        self._on_event(event_of(message))

    def connection_lost(self, exc: object) -> None:
        """Tell everybody who waits for an answer that none will come."""
        if self.is_lost:
            return
        self.is_lost = self.closed = True
        self.transport.close()
        waiting = {action.future for action in self.responses.values()}
        self.responses.clear()
        for future in waiting:
            if not future.done():
                future.set_exception(ConnectionResetError())
        self._on_lost()

    async def ask(self, fields: Mapping[str, Any], seconds: float) -> AmiResponse:
        """Send an action and return its answer.

        Raises TimeoutError, and ConnectionResetError when the connection is lost meanwhile.
        """
        if self.is_lost:
            raise ConnectionResetError
        action = ListAction(fields)
        try:
            answer = await asyncio.wait_for(self.send(action), seconds)
        finally:
            self.responses.pop(action.id, None)
        first, *items = answer if isinstance(answer, list) else [answer]
        return AmiResponse(
            success=bool(first.success),
            message=first.message,
            fields=fields_of(first),
            events=tuple(event_of(item) for item in items[:-1]),
        )


def event_of(message: Message) -> AmiEvent:
    """Return a message of panoramisk as ours."""
    return AmiEvent(name=message.event, fields=fields_of(message))


def fields_of(message: Message) -> dict[str, str]:
    """Return the fields of a message; one that came several times has a line for each."""
    return {
        name: "\n".join(value) if isinstance(value, list) else value
        for name, value in message.items()
        if name != "content"  # panoramisk's own
    }
