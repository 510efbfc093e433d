"""LiteLLM: `TamisCallback` shortens the chats that its proxy, and the asynchronous calls of its SDK, send.

The proxy calls `async_pre_call_hook`, before a deployment is chosen; the SDK `async_pre_call_deployment_hook`, which
the proxy reaches too and which then leaves alone what is short already.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from tamis.edge.adapters.sent import SentChats, SentLedger
from tamis.errors import needs

needs("litellm", "litellm")

from litellm.integrations.custom_logger import CustomLogger  # noqa: E402

__all__ = ["TamisCallback"]

CALLS = {  # by LiteLLM's names: what their list of messages is called (embeddings have an `input` that is no chat)
    **dict.fromkeys(("completion", "acompletion", "anthropic_messages"), "messages"),
    **dict.fromkeys(("responses", "aresponses"), "input"),
}
PATHS = {"messages": "/messages", "input": "/responses"}
REMEMBERED = 4_096  # calls that the proxy has made and the deployment is still to see


class TamisCallback(CustomLogger):
    """Shortens chats, as `tamis.wrap` does; see there for the settings.

    Attributes:
        chats: what shortens them.

    Example: litellm.callbacks = [TamisCallback(rate=0.3)]
    """

    def __init__(self, *, on_error: str = "send", **settings: Any) -> None:
        super().__init__()
        self.chats = SentChats(on_error=on_error, **settings)
        self._short: deque[str] = deque(maxlen=REMEMBERED)

    @property
    def ledger(self) -> SentLedger:
        """What was sent."""
        return self.chats.ledger

    def __call__(self, messages: list[Any]) -> list[Any]:
        """The messages, shortened; for calls that LiteLLM shows to no hook."""
        return self.chats(messages)

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str
    ) -> dict[str, Any]:
        """What the proxy sends in place of a request; see LiteLLM."""
        short = await self._request(data, call_type)
        if ident := data.get("litellm_call_id"):
            self._short.append(ident)
        return short

    async def async_pre_call_deployment_hook(self, kwargs: dict[str, Any], call_type: Any) -> dict[str, Any]:
        """What the SDK sends in place of a request; see LiteLLM."""
        if kwargs.get("litellm_call_id") in self._short:
            return kwargs
        return await self._request(kwargs, getattr(call_type, "value", call_type))

    async def _request(self, data: dict[str, Any], call_type: Any) -> dict[str, Any]:
        name = CALLS.get(call_type)
        if name is None or not isinstance(data.get(name), (list, str)):
            return data
        short = await asyncio.to_thread(self.chats.request, PATHS[name], {name: data[name]})
        return {**data, **short}
