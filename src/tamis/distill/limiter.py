"""Limits of requests and tokens a minute, shared by all who ask. Knows nothing of HTTP."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE = 60.0


@dataclass
class RateLimiter:
    """When the next request may start. Requests are spaced evenly: no minute, wherever it begins, holds too many.

    Of tokens a minute may hold one request more, as the tokens of each are spread over the time behind it.

    Attributes:
        requests: a minute; None = no limit.
        tokens: a minute, of requests and answers together; None = no limit.
    """

    requests: float | None = None
    tokens: float | None = None
    _free: float = 0.0  # when the next request may start
    _paused: float = 0.0  # nothing starts before: a server asked for it

    def book(self, now: float, tokens: int) -> float:
        """Seconds to wait before a request of so many tokens; the place is taken."""
        start = max(now, self._free, self._paused)
        gaps = [MINUTE / self.requests] if self.requests else []
        gaps += [MINUTE * tokens / self.tokens] if self.tokens else []
        self._free = start + max(gaps, default=0.0)
        return start - now

    def pause(self, now: float, seconds: float) -> None:
        """Let no request start for a while."""
        self._paused = max(self._paused, now + seconds)

    def paused(self, now: float) -> float:
        """Seconds that are left of a pause: for who has booked before it began."""
        return max(0.0, self._paused - now)
