"""Steps of a process generated until its state flips (Huang et al., J. Intell. Manuf., 2018): no failure threshold.

An LSTM reads what was measured, and whether the process runs or has ended, as two further inputs. From its state come
the parameters of a mixture of Gaussians over the next row, and the odds that the next step is the end. Trajectories are
drawn from there on until they end; their lengths are the distribution of what is left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tamis.core import Floats, Ints

RUNS, ENDED = 0, 1


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """Shape, training and drawing.

    Attributes:
        hidden: width of the LSTM.
        mixture: Gaussians, of a diagonal covariance.
        components: directions of the values, those of most variance, that are read and generated.
        steps, batch: of training; a batch of lives.
        stretch: rows of a life at most, those before its end; shorter ones are read from their start.
        rate: of Adam, falling to 0 along a half cosine.
        end: weight of the next state's loss beside the next row's.
        draws: trajectories of a moment.
        horizon: steps of a trajectory at most, in longest lives learnt.
    """

    hidden: int = 48
    mixture: int = 3
    components: int = 4
    steps: int = 800
    batch: int = 16
    stretch: int = 400
    rate: float = 3e-3
    end: float = 5.0
    draws: int = 48
    horizon: float = 1.5


class MixtureLstm(nn.Module):
    """The next row's distribution and the odds of the end, by all rows before."""

    def __init__(self, values: int, settings: GeneratorSettings) -> None:
        super().__init__()
        self.values, self.mixture = values, settings.mixture
        self.lstm = nn.LSTM(values + 2, settings.hidden, batch_first=True)
        self.rows = nn.Linear(settings.hidden, settings.mixture * (2 * values + 1))
        self.state = nn.Linear(settings.hidden, 2)

    def forward(self, rows: Tensor, memory: Memory | None = None) -> tuple[Tensor, Tensor, Memory]:
        """(b, t, values), all running -> parameters (b, t, mixture, 2 values + 1), states (b, t, 2), memory."""
        running = functional.one_hot(torch.full(rows.shape[:2], RUNS), 2).to(rows.dtype)
        hidden, memory = self.lstm(torch.cat([rows, running], dim=-1), memory)
        return self.rows(hidden).unflatten(-1, (self.mixture, -1)), self.state(hidden), memory

    def surprisal(self, parameters: Tensor, rows: Tensor) -> Tensor:
        """(b, t) of rows (b, t, values) under the mixtures."""
        shares, means, spreads = self.parts(parameters)
        far = (rows.unsqueeze(-2) - means) / spreads
        normal = (-0.5 * far**2 - spreads.log() - 0.5 * math.log(2 * math.pi)).sum(dim=-1)
        return -torch.logsumexp(functional.log_softmax(shares, dim=-1) + normal, dim=-1)

    def draw(self, parameters: Tensor, dice: torch.Generator) -> Tensor:
        """(b, values) a row of each mixture (b, mixture, 2 values + 1)."""
        shares, means, spreads = self.parts(parameters)
        pick = torch.multinomial(shares.softmax(dim=-1), 1, generator=dice)[..., None].expand(-1, 1, self.values)
        mean, spread = (part.gather(1, pick)[:, 0] for part in (means, spreads))
        return mean + spread * torch.randn(mean.shape, generator=dice)

    def parts(self, parameters: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits (..., mixture), means and spreads (..., mixture, values)."""
        means, spreads = parameters[..., 1 : 1 + self.values], parameters[..., 1 + self.values :]
        return parameters[..., 0], means, functional.softplus(spreads) + 1e-2


Memory = tuple[Tensor, Tensor]


@dataclass(frozen=True, eq=False)
class Generator:
    """A trained network that generates; a `Forecaster`.

    Attributes:
        network: of the rows.
        axes: (d, components) of the values.
        low, high: (components,) between which lives have been; trajectories stay there.
        settings: with which it learnt.
        longest: steps of a trajectory at most.
        cap: what is left at most, as it was taught.
        seed: of the draws.
    """

    network: MixtureLstm
    axes: Floats
    low: Floats
    high: Floats
    settings: GeneratorSettings
    longest: int
    cap: float
    seed: int

    @staticmethod
    def fit(
        histories: Sequence[Floats], targets: Sequence[Floats], seed: int, settings: GeneratorSettings | None = None
    ) -> Generator:
        """Train on whole lives: histories (t, d); targets only say the cap."""
        chosen, rng = settings or GeneratorSettings(), np.random.default_rng(seed)
        axes = _axes(np.concatenate(list(histories)), chosen.components)
        lives = [history @ axes for history in histories]
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = MixtureLstm(axes.shape[1], chosen)
            optimiser = torch.optim.Adam(network.parameters(), lr=chosen.rate)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, chosen.steps)
            for _ in range(chosen.steps):
                loss = _loss(network, *_stretches(lives, chosen, rng), chosen.end)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimiser.step()
                schedule.step()
        longest = int(chosen.horizon * max(map(len, lives))) + 1
        low, high = (bound([bound(life, axis=0) for life in lives], axis=0) for bound in (np.min, np.max))
        cap = max(float(part.max()) for part in targets)
        return Generator(network.eval(), axes, low, high, chosen, longest, cap, seed)

    def predict(self, history: Floats, moments: Ints) -> Floats:
        """(m,) the mean length of trajectories after each of the rows `moments`, under the cap."""
        return np.asarray(np.minimum(self.lengths(history, moments), self.cap).mean(axis=1))

    @torch.inference_mode()
    def lengths(self, history: Floats, moments: Ints) -> Floats:
        """(m, draws) steps until the end of trajectories that go on from each of the rows `moments`, ascending.

        `longest` at most; 0 says that the row was the last one.
        """
        dice = torch.Generator().manual_seed(self.seed)
        parameters, states, memory = self._begun(history, moments)
        lengths, running = torch.zeros(len(states)), torch.ones(len(states), dtype=torch.bool)
        for _ in range(self.longest):
            running &= torch.rand(len(states), generator=dice) >= states.softmax(dim=-1)[:, ENDED]
            if not running.any():
                break
            lengths += running
            rows = self.network.draw(parameters, dice).clamp(*(torch.tensor(b).float() for b in (self.low, self.high)))
            parameters, states, memory = self.network(rows[:, None], memory)
            parameters, states = parameters[:, 0], states[:, 0]
        return np.asarray(lengths.double().numpy()).reshape(len(moments), -1)

    def _begun(self, history: Floats, moments: Ints) -> tuple[Tensor, Tensor, Memory]:
        """Parameters, states and memory after each moment, once for every draw."""
        rows, memory, after = torch.tensor(history @ self.axes, dtype=torch.float32)[None], None, []
        for start, end in zip([0, *(moments[:-1] + 1)], moments + 1, strict=True):
            parameters, states, memory = self.network(rows[:, start:end], memory)
            after.append((parameters[0, -1], states[0, -1], memory[0][:, 0], memory[1][:, 0]))
        parts = (torch.stack(part) for part in zip(*after, strict=True))
        parameters, states, hidden, cells = (part.repeat_interleave(self.settings.draws, 0) for part in parts)
        return parameters, states, (hidden.transpose(0, 1).contiguous(), cells.transpose(0, 1).contiguous())


def _loss(network: MixtureLstm, rows: Tensor, real: Tensor, ends: Tensor, weight: float) -> Tensor:
    """Mean surprisal of each next row, and of whether the step after a row is the end.

    rows -- (b, t, values); real, ends -- (b, t) bool: rows that are there, and last ones of a life
    """
    parameters, states, _ = network(rows)
    follows = real[:, 1:]
    surprise = (network.surprisal(parameters[:, :-1], rows[:, 1:]) * follows).sum() / follows.sum().clamp_min(1)
    state = functional.cross_entropy(states[real], ends[real].long())
    return torch.as_tensor(surprise + weight * state)


def _stretches(
    lives: Sequence[Floats], settings: GeneratorSettings, rng: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Random lives, filled up with zeros: rows, those that are there, last ones of a life."""
    picks = [lives[row][-settings.stretch :] for row in rng.integers(len(lives), size=settings.batch)]
    size = (settings.batch, max(map(len, picks)))
    rows, real, ends = np.zeros((*size, lives[0].shape[1]), np.float32), np.zeros(size, bool), np.zeros(size, bool)
    for at, part in enumerate(picks):
        rows[at, : len(part)], real[at, : len(part)], ends[at, len(part) - 1] = part, True, True
    return torch.from_numpy(rows), torch.from_numpy(real), torch.from_numpy(ends)


def _axes(values: Floats, count: int) -> Floats:
    """(d, count) directions of most variance, by their standard deviations."""
    squares, axes = np.linalg.eigh(np.atleast_2d(np.cov(values.T)))
    order = np.argsort(squares)[::-1][:count]
    return np.asarray(axes[:, order] / np.sqrt(np.maximum(squares[order], 1e-9)))
