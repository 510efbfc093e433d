"""The argument `style` of `compress`, where this version of it has one."""

from __future__ import annotations

import inspect
from typing import Any

import tamis
from tamis.errors import InvalidInput


def style_settings(style: str | None) -> dict[str, Any]:
    """The settings of `compress` that ask for a style; none for None.

    Raises:
        InvalidInput: a style, and a `compress` that knows none.
    """
    if style is None:
        return {}
    if "style" not in inspect.signature(tamis.compress).parameters:
        raise InvalidInput(f"Style {style!r}: this version of compress has no styles.", hint="Leave styles out.")
    return {"style": style}
