"""The table of languages: one code a line of data, its module imported when it is first asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from tamis.text.languages.language import Language

# ISO 639-1 codes; each is a module of this folder.
CODES = (
    *("en", "de", "fr", "es", "pt", "it", "ca", "nl", "ro", "sv", "da", "no", "fi", "hu", "pl", "cs", "sk", "hr"),
    *("tr", "vi", "id", "ru", "uk", "bg", "sr", "el", "ar", "fa", "ur", "he", "hi", "bn", "zh", "ja", "ko", "th"),
)


class _Table(Mapping[str, Language]):
    """Languages by code, each loaded by the first look at it."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        self._languages: dict[str, Language | None] = dict.fromkeys(codes)

    def __getitem__(self, code: str) -> Language:
        language = self._languages[code]
        if language is None:
            module = importlib.import_module(f"tamis.text.languages.{code}")
            language = self._languages[code] = module.LANGUAGE
        return language

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)


LANGUAGES: Mapping[str, Language] = _Table(CODES)
