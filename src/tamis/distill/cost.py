"""What asking costs: before (estimated, and called so) and while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tamis.distill.chunk import Chunk
from tamis.distill.wording import TeacherPrompt, most
from tamis.errors import InvalidInput
from tamis.text.counting import NamedCounter

FRAME = 12  # tokens of a chat format around two messages
USUAL = 0.4  # share of a chunk that a teacher keeps: 1,415 of 3,635 tokens in the paper
MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens of requests, and of answers; in whatever currency it was given."""

    per_in: float = 0.0
    per_out: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("--price-in", self.per_in), ("--price-out", self.per_out)):
            if not 0 <= value < float("inf"):
                raise InvalidInput(f"{name} must be a price of at least 0, got {value}.")

    def of(self, tokens_in: float, tokens_out: float) -> float:
        """The money for so many tokens."""
        return (self.per_in * tokens_in + self.per_out * tokens_out) / MILLION


@dataclass(frozen=True, slots=True)
class Estimate:
    """What asking about some chunks will take.

    Attributes:
        requests: how many answers are still to be paid for.
        tokens_in: of these requests, by our count.
        usual_out: of the answers if the teacher keeps what the paper's did.
        most_out: of the answers if all are as long as they may be.
    """

    requests: int
    tokens_in: int
    usual_out: int
    most_out: int
    price: Price

    @property
    def usual(self) -> float:
        """Money, if all goes as usual."""
        return self.price.of(self.tokens_in, self.usual_out)

    @property
    def most(self) -> float:
        """Money that it cannot exceed if the server counts tokens as we do and bills no failed request."""
        return self.price.of(self.tokens_in, self.most_out)


@dataclass(frozen=True)
class Meter:
    """Counts the tokens of single requests."""

    wording: TeacherPrompt
    count: NamedCounter

    @cached_property
    def frame(self) -> int:
        """Tokens of a request besides the chunk's."""
        return self.count(self.wording.instruction) + FRAME

    def tokens_in(self, chunk: Chunk) -> int:
        """Tokens of the request about a chunk."""
        return self.frame + chunk.tokens

    def reserve(self, chunk: Chunk, price: Price) -> float:
        """Money that the request may cost at most."""
        return price.of(self.tokens_in(chunk), most(chunk))

    def estimate(self, chunks: Sequence[Chunk], price: Price) -> Estimate:
        """What asking about these chunks takes."""
        own = sum(chunk.tokens for chunk in chunks)
        longest = sum(map(most, chunks))
        return Estimate(len(chunks), self.frame * len(chunks) + own, round(USUAL * own), longest, price)
