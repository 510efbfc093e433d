"""`tamis.wrap`: a client of `openai` or `anthropic` that shortens the chats it sends. Imports neither.

What both have in common, and all that is relied upon: every call, streamed or not, ends in the client's own `request`,
which gets the path and the body. The wrapped client is a copy with another `request`; its class, its resources and the
package stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tamis.edge.adapters.sent import SentChats
from tamis.errors import InvalidInput

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from tamis.edge.adapters.settings import ChatSettings

C = TypeVar("C")
BASES = ("SyncAPIClient", "AsyncAPIClient")
SUPPORTED = "OpenAI, AsyncOpenAI, AzureOpenAI, AsyncAzureOpenAI; Anthropic, AsyncAnthropic and their kin"
"""Clients that can be wrapped, for people."""


def wrap(client: C, *, on_error: str = "send", **settings: Unpack[ChatSettings]) -> C:
    """A copy of an `openai` or `anthropic` client that shortens the chats it sends; nothing else about it changes.

    Each result of a tool is shortened once, when it first is in a chat, so that a provider's prompt cache goes on (see
    `compress_messages`). Chat completions, responses, messages and the counting of their tokens are shortened,
    synchronous or not, streamed or not, also through `with_options`, `with_raw_response` and the helpers; what comes
    back, and every error, is the provider's own. `client.tamis.ledger` counts. The client that is given stays as it is.

    Args:
        client: an instance. Batches, embeddings, web sockets and all else are sent as they are.
        on_error: where a chat cannot be shortened, "send" it as it is and note why in the ledger, or "raise".
        settings: those of `compress_messages`: rate, tokens, limit, question, policy, store, on_risk, tokenizer,
            method, model, options, style.

    Raises:
        InvalidInput: no such client, or a setting that cannot be used.
        StoreError: the store cannot be opened.

    Example: client = tamis.wrap(OpenAI(), rate=0.3, store="originals.db")
    """
    _check(client)
    chats = SentChats(on_error=on_error, **settings)
    twin: C = _wired(cast(Any, client).copy(), chats)
    return twin


def _check(client: object) -> None:
    """Raise `InvalidInput` for what cannot be wrapped."""
    homes = {base.__module__.partition(".")[0] for base in type(client).__mro__ if base.__name__ in BASES}
    if homes & {"openai", "anthropic"} and all(callable(getattr(client, name, None)) for name in ("request", "copy")):
        return
    what = f"The class {client.__name__}" if isinstance(client, type) else f"A {type(client).__name__}"
    raise InvalidInput(f"{what} cannot be wrapped.", hint=f"Give an instance of one of these: {SUPPORTED}.")


def _wired(twin: Any, chats: SentChats) -> Any:
    """A client of our own (a fresh copy) that sends through `chats`, as its copies will."""
    kind = type(twin)
    request, copy = kind.request.__get__(twin), kind.copy.__get__(twin)
    shorten = partial(_shortened, chats)
    twin.request = _async_request(request, shorten) if iscoroutinefunction(kind.request) else _request(request, shorten)

    def copied(*args: Any, **options: Any) -> Any:
        return _wired(copy(*args, **options), chats)

    twin.copy = twin.with_options = copied
    twin.tamis = chats
    return twin


def _request(request: Callable[..., Any], shorten: Callable[[Any], Any]) -> Callable[..., Any]:
    def wrapped(cast_to: Any, options: Any, **more: Any) -> Any:
        return request(cast_to, shorten(options), **more)

    return wrapped


def _async_request(request: Callable[..., Any], shorten: Callable[[Any], Any]) -> Callable[..., Any]:
    async def wrapped(cast_to: Any, options: Any, **more: Any) -> Any:
        from anyio import to_thread  # (both packages bring it; their loop may be asyncio's or trio's)

        return await request(cast_to, await to_thread.run_sync(shorten, options), **more)

    return wrapped


def _shortened(chats: SentChats, options: Any) -> Any:
    """The options of a request, with another body where it holds a chat; those that are given stay as they are."""
    body = getattr(options, "json_data", None)
    short = chats.request(str(getattr(options, "url", "")), body)
    if short is body:
        return options
    other = options.copy() if not hasattr(options, "model_copy") else options.model_copy()
    other.json_data = short
    return other
