"""JSON that says what it is: the name of a schema and its version, written and read with one kind of error.

Formats as such are in the modules that own them; here is only the frame around them. A text that is no JSON, of another
schema, of a later version, or not made as its reader expects raises the error that the schema names, nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tamis.errors import TamisError

_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Schema:
    """A format of JSON objects.

    Attributes:
        name: as it stands in the text: "tamis.attention.plan".
        version: that is written; earlier ones are read, too.
        error: what is raised for a text that cannot be read.
        message: of that error, with "{}" for the beginning of the text: "No plan: {}.".
        hint: what to do about it.
    """

    name: str
    version: int
    error: type[TamisError]
    message: str
    hint: str

    @property
    def stamp(self) -> dict[str, Any]:
        """The two members that say what an object is."""
        return {"schema": self.name, "version": self.version}

    def dumps(self, data: Mapping[str, Any], **options: Any) -> str:
        """The object as JSON, stamped; `options` are those of `json.dumps`."""
        return json.dumps({**self.stamp, **data}, **options)

    def loads(self, text: str, source: str = "") -> dict[str, Any]:
        """The object that a text holds.

        source -- what it was read from, for the error

        Raises:
            `error`: no JSON object, another schema, or a later version.
        """
        with self.reading(text):
            data = json.loads(text)
            self._check(data, source)
            return dict(data)

    def check(self, data: Mapping[str, Any], source: str = "") -> None:
        """Make sure that an object is of this schema, and not of a later version.

        source -- what it was read from, for the error

        Raises:
            `error`: it is not.
        """
        with self.reading(data):
            self._check(data, source)

    def _check(self, data: Mapping[str, Any], source: str) -> None:
        name, version = data["schema"], data["version"]
        other = name != self.name
        if not other and 1 <= int(version) <= self.version:
            return
        if not source:
            raise self.error(f"Schema {name!r}, version {version!r}.", hint=f"{self.name}, {self.version}.")
        if other:
            raise self.error(f"{source} holds {name!r}, not {self.name!r}.")
        raise self.error(f"{source} is of version {version}; this tamis reads {self.version}.", hint="Update tamis.")

    @contextmanager
    def reading(self, source: object) -> Iterator[None]:
        """Turn what reading a malformed object raises into the schema's error, which quotes the beginning of `source`.

        Raises:
            `error`: the block met something else than it expects.
        """
        try:
            yield
        except TamisError:
            raise
        except _MALFORMED as error:
            raise self.error(self.message.replace("{}", repr(str(source)[:60])), hint=self.hint) from error
