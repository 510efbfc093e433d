"""The arguments of `tamis.compress` as fields of a pydantic model: what the document adapters are configured by."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from tamis.edge.adapters.excerpts import settings_of


class CompressFields(BaseModel):
    """Fields with the names, the meaning and the defaults of the arguments of `tamis.compress`.

    Kinds (code, JSON, ...) are looked up in the documents unless `options` say otherwise, and nothing is put into a
    text unless `ellipsis` or `options` ask for it.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    rate: float | None = None
    tokens: int | None = None
    threshold: float | None = None
    min_relevance: float | None = None
    keep: tuple[Any, ...] = ()
    tokenizer: Any = "o200k_base"
    method: Any = "auto"
    model: str | None = None
    options: Any = None  # `tamis.Options`
    style: str | None = None
    ellipsis: str = ""

    def model_post_init(self, context: Any, /) -> None:
        """Refuse what cannot be used, before there are documents."""
        super().model_post_init(context)
        self.compress_settings()

    def compress_settings(self) -> dict[str, Any]:
        """The arguments of `tamis.compress`, checked."""
        return settings_of(**{name: getattr(self, name) for name in CompressFields.model_fields})
