"""What a view looks at. A `Compression` has it, and shows itself by views: so views do not import it."""

from __future__ import annotations

from typing import Protocol

from tamis.prompt.selection import Piece, Selection
from tamis.text.protect import Detection


class Viewed(Protocol):
    """A compressed text that can be shown; see `Compression` for what the names mean."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def tokens(self) -> int: ...  # noqa: D102
    @property
    def original_tokens(self) -> int: ...  # noqa: D102
    @property
    def rate(self) -> float: ...  # noqa: D102
    @property
    def tokenizer(self) -> str: ...  # noqa: D102
    @property
    def method(self) -> str: ...  # noqa: D102
    @property
    def model(self) -> str | None: ...  # noqa: D102
    @property
    def budget(self) -> str: ...  # noqa: D102
    @property
    def question(self) -> str | None: ...  # noqa: D102
    @property
    def relevance(self) -> float | None: ...  # noqa: D102
    @property
    def warnings(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def protected(self) -> tuple[Detection, ...]: ...  # noqa: D102
    @property
    def sacrificed(self) -> tuple[Detection, ...]: ...  # noqa: D102
    @property
    def selection(self) -> Selection: ...  # noqa: D102
    @property
    def kept(self) -> tuple[Piece, ...]: ...  # noqa: D102
    @property
    def dropped(self) -> tuple[Piece, ...]: ...  # noqa: D102
