"""Ask the teacher about every chunk: many questions at a time, each answer paid for once and kept for good.

An answer is in the journal before anything else happens to it. Between the moment when a server has answered and the
moment when the line is on the disk there is nothing but reading the response and one fsync; what a kill hits in that
window, or on the wire, is asked again (with the same idempotency key). That is at most `together` questions a kill.

Ctrl-C sends no further question, waits for the answers that are on their way, and then interrupts; a second Ctrl-C
does not wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tamis.distill.chunk import Chunk
from tamis.distill.cost import Price
from tamis.distill.journal import AnswerJournal, TeacherAnswer
from tamis.distill.limiter import RateLimiter
from tamis.distill.teacher import Gate, Hopeless, Stopped, Teacher
from tamis.errors import InvalidInput, RemoteError
from tamis.io.http import AsyncClient

IN_A_ROW = 10  # failures without an answer between them: something is wrong with more than a chunk


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast and for how much a teacher is asked.

    Attributes:
        together: questions at a time.
        requests: a minute; None = no limit.
        tokens: a minute, of questions with the longest answer that they allow; None = no limit.
        budget: money for this work folder, what was paid before included; None = no limit.
        price: of the teacher's tokens.
    """

    together: int = 8
    requests: float | None = None
    tokens: float | None = None
    budget: float | None = None
    price: Price = field(default_factory=Price)

    def __post_init__(self) -> None:
        limits = {"--together": self.together, "--rpm": self.requests, "--tpm": self.tokens, "--budget": self.budget}
        for name, value in limits.items():
            if value is not None and not 0 < value < float("inf"):
                raise InvalidInput(f"{name} must be a number above 0, got {value}.")
        if self.budget is not None and not (self.price.per_in or self.price.per_out):
            hint = "Say what the teacher costs: --price-in and --price-out, for a million tokens."
            raise InvalidInput(f"--budget {self.budget:g} means nothing without a price.", hint=hint)


@dataclass
class Tally:
    """How far the asking is.

    Attributes:
        total: chunks that need an answer; `before` of them had one when this run began, `paid` came since.
        tokens_in, tokens_out: of all answers, also those from before.
        money: for these, at the given price.
        reserved: money that the questions on their way may cost at most.
        failures: (chunk id, why) of those that were given up.
        stopped: why the asking ended early; empty if it did not.
    """

    total: int
    before: int = 0
    paid: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    money: float = 0.0
    reserved: float = 0.0
    retries: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    stopped: str = ""
    interrupted: bool = False

    @property
    def open(self) -> int:
        """Chunks that still have no answer."""
        return self.total - self.before - self.paid

    def add(self, answer: TeacherAnswer, price: Price) -> None:
        """Count an answer."""
        self.tokens_in += answer.tokens_in
        self.tokens_out += answer.tokens_out
        self.money += price.of(answer.tokens_in, answer.tokens_out)


Report = Callable[[Tally], None]


def pending(chunks: Sequence[Chunk], teacher: Teacher, answers: dict[str, TeacherAnswer]) -> list[Chunk]:
    """The chunks without an answer to this wording, in order."""
    return [chunk for chunk in chunks if teacher.meter.wording.key(chunk) not in answers]


def ask(
    chunks: Sequence[Chunk],
    teacher: Teacher,
    *,
    journal: AnswerJournal,
    limits: Limits,
    report: Report = lambda _: None,
) -> Tally:
    """Fill the journal with an answer for every chunk; return what came of it.

    `report` is called after each answer and each failure. A chunk that fails for itself (the server refuses it, all
    tries are used up) is left out, and asked again by the next run.

    Raises:
        RemoteError: the teacher cannot be asked at all; all that was answered is in the journal.
        OutputError: the journal cannot be written.
        KeyboardInterrupt: Ctrl-C; all that was answered is in the journal.
    """
    tally = Tally(len(chunks))
    keys = {teacher.meter.wording.key(chunk) for chunk in chunks}
    for key, answer in journal.answers.items():
        tally.before += key in keys
        tally.add(answer, limits.price)
    waiting = pending(chunks, teacher, journal.answers)
    if waiting:
        asyncio.run(_Asking(teacher, journal, limits, tally, report).run(waiting))
    if tally.interrupted:
        raise KeyboardInterrupt
    return tally


@dataclass
class _Asking:
    """One run of askers over a queue of chunks."""

    teacher: Teacher
    journal: AnswerJournal
    limits: Limits
    tally: Tally
    report: Report
    row: int = 0  # failures since the last answer

    async def run(self, waiting: Sequence[Chunk]) -> None:
        pace = RateLimiter(self.limits.requests, self.limits.tokens)
        gate = Gate(pace, random.Random(0))
        queue = iter(waiting)
        async with self.teacher.client(self.limits.together) as client:
            askers = [asyncio.ensure_future(self._asker(queue, client, gate)) for _ in range(self.limits.together)]
            with self._interruptible(gate, askers):
                done = await asyncio.gather(*askers, return_exceptions=True)
        errors = [e for e in done if isinstance(e, BaseException) and not isinstance(e, asyncio.CancelledError)]
        if errors:
            raise errors[0]

    async def _asker(self, queue: Iterator[Chunk], client: AsyncClient, gate: Gate) -> None:
        """Take chunks until there are none, or there is a reason to stop; a fatal error stops all others, too."""
        with contextlib.suppress(Stopped):
            while not gate.stop.is_set() and (chunk := next(queue, None)) is not None:
                if not self._affordable(chunk):
                    self.tally.stopped = f"the budget of {self.limits.budget:g} is used up"
                    gate.stop.set()
                    return
                try:
                    await self._one(chunk, client, gate)
                except Exception:
                    gate.stop.set()
                    raise

    def _affordable(self, chunk: Chunk) -> bool:
        if self.limits.budget is None:
            return True
        most = self.teacher.meter.reserve(chunk, self.limits.price)
        return self.tally.money + self.tally.reserved + most <= self.limits.budget

    async def _one(self, chunk: Chunk, client: AsyncClient, gate: Gate) -> None:
        most = self.teacher.meter.reserve(chunk, self.limits.price)
        self.tally.reserved += most
        try:
            answer = await self.teacher.ask(chunk, client, gate)
            self.journal.append(answer)  # at once: no other asker runs in between
        except Hopeless:
            raise
        except RemoteError as error:
            self._failed(chunk, error)
        else:
            self.row = 0
            self.tally.paid += 1
            self.tally.add(answer, self.limits.price)
        finally:
            self.tally.reserved -= most
        self.tally.retries = gate.retries
        self.report(self.tally)

    def _failed(self, chunk: Chunk, error: RemoteError) -> None:
        self.tally.failures.append((chunk.id, str(error)))
        self.row += 1
        if self.row >= IN_A_ROW:
            hint = f"{self.row} chunks in a row were not answered. Run again to go on: nothing is paid twice."
            raise Hopeless(str(error), status=error.status, hint=hint) from error

    @contextlib.contextmanager
    def _interruptible(self, gate: Gate, askers: Sequence[asyncio.Future[None]]) -> Iterator[None]:
        """While this holds, Ctrl-C (or SIGTERM) closes the gate, and a second one cancels what is on its way."""
        loop = asyncio.get_running_loop()

        def on_signal() -> None:
            if self.tally.interrupted:
                for asker in askers:
                    asker.cancel()
            self.tally.interrupted = True
            gate.stop.set()
            self.report(self.tally)

        heard = []
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
                loop.add_signal_handler(number, on_signal)
                heard.append(number)
        try:
            yield
        finally:
            for number in heard:
                loop.remove_signal_handler(number)
