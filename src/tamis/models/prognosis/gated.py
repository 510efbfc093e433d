"""A transformer behind a gated convolution (Mo et al., J. Intell. Manuf. 32, 2021): what is left, by the last steps.

Attention weighs steps against one another and is blind to what surrounds each; so a gated convolutional unit first
writes the surroundings of a step into it. h = convolution over three steps; r, u = sigmoid of linear maps of h and x;
e = W (u h + r x). Then positions, an encoder, and a head over all steps. Windows that reach before the start of a
series begin with its first row, repeated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tamis.core import Floats, Ints


@dataclass(frozen=True, slots=True)
class GatedSettings:
    """Shape and training, after the paper's public re-implementations; smaller, for a processor.

    Attributes:
        window: steps that are seen.
        smoothing: weight of the newest row in the running mean that stands for each.
        width, heads, layers: of the encoder.
        dropout: everywhere.
        steps, batch: of training; a batch of windows drawn over lives of equal weight.
        rate: of Adam, falling to 0 along a half cosine.
    """

    window: int = 30
    smoothing: float = 0.2
    width: int = 64
    heads: int = 4
    layers: int = 1
    dropout: float = 0.1
    steps: int = 600
    batch: int = 64
    rate: float = 1e-3


class GatedUnit(nn.Module):
    """Writes its surroundings into each step."""

    def __init__(self, values: int, width: int) -> None:
        super().__init__()
        self.around = nn.Conv1d(values, width, 3, padding=1)
        self.itself = nn.Linear(values, width)
        self.gates = nn.Linear(2 * width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, steps: Tensor) -> Tensor:
        """(b, t, d) -> (b, t, width)."""
        around, itself = self.around(steps.transpose(1, 2)).transpose(1, 2), self.itself(steps)
        update, reset = torch.sigmoid(self.gates(torch.cat([around, itself], dim=-1))).chunk(2, dim=-1)
        return torch.as_tensor(self.out(update * around + reset * itself))


class GatedTransformer(nn.Module):
    """What is left after a window, by a scale."""

    def __init__(self, values: int, settings: GatedSettings) -> None:
        super().__init__()
        width, window = settings.width, settings.window
        self.unit = GatedUnit(values, width)
        self.register_buffer("places", _places(window, width))
        layer = nn.TransformerEncoderLayer(width, settings.heads, 2 * width, settings.dropout, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, settings.layers, enable_nested_tensor=False)
        head = (nn.Linear(window * width, 50), nn.ReLU(), nn.Dropout(settings.dropout), nn.Linear(50, 10), nn.ReLU())
        self.head = nn.Sequential(nn.Flatten(), *head, nn.Linear(10, 1))

    def forward(self, windows: Tensor) -> Tensor:
        """(b, window, d) -> (b,)."""
        return torch.as_tensor(self.head(self.encoder(self.unit(windows) + self.places))[:, 0])


@dataclass(frozen=True, eq=False)
class GatedForecaster:
    """A trained network; a `Forecaster`."""

    network: GatedTransformer
    settings: GatedSettings
    scale: float

    @staticmethod
    def fit(
        histories: Sequence[Floats], targets: Sequence[Floats], seed: int, settings: GatedSettings | None = None
    ) -> GatedForecaster:
        """Train on whole lives: histories (t, d), what was left at each row (t,)."""
        chosen, rng = settings or GatedSettings(), np.random.default_rng(seed)
        lives = [smooth(history, chosen.smoothing) for history in histories]
        scale = max(1.0, *(float(target.max()) for target in targets))
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = GatedTransformer(lives[0].shape[1], chosen)
            optimiser = torch.optim.Adam(network.parameters(), lr=chosen.rate)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, chosen.steps)
            for _ in range(chosen.steps):
                rows = rng.integers(len(lives), size=chosen.batch)
                picks = [(row, int(rng.integers(len(lives[row])))) for row in rows]
                seen = np.stack([windows(lives[row], np.array([at]), chosen.window)[0] for row, at in picks])
                wanted = torch.tensor([targets[row][at] / scale for row, at in picks], dtype=torch.float32)
                loss = nn.functional.mse_loss(network(torch.from_numpy(seen)), wanted)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
        return GatedForecaster(network.eval(), chosen, scale)

    @torch.inference_mode()
    def predict(self, history: Floats, moments: Ints) -> Floats:
        """(m,) steps left after each of the rows `moments`."""
        seen = windows(smooth(history, self.settings.smoothing), moments, self.settings.window)
        return np.asarray(self.scale * self.network(torch.from_numpy(seen)).double().numpy())


def smooth(history: Floats, weight: float) -> Floats:
    """(t, d) running means: a row counts `weight`, what was before it the rest; without a bias at the start."""
    total, mass, rows = np.zeros(history.shape[1]), 0.0, np.empty_like(history)
    for at, row in enumerate(history):
        total, mass = (1 - weight) * total + weight * row, (1 - weight) * mass + weight
        rows[at] = total / mass
    return rows


def windows(history: Floats, moments: Ints, window: int) -> NDArray[np.float32]:
    """(m, window, d) the rows that end with each moment; the first row stands for those before it."""
    rows = np.maximum(moments[:, None] - np.arange(window - 1, -1, -1), 0)
    return np.asarray(history[rows], np.float32)


def _places(window: int, width: int) -> Tensor:
    """(window, width) sines and cosines of the step (Vaswani et al. 2017)."""
    angles = torch.arange(window)[:, None] * torch.exp(torch.arange(0, width, 2) * (-math.log(1e4) / width))
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :width]
