"""The networks of prognosis: they learn what is plain to see, see no future, and generate until the end."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tamis.models.prognosis.gated import (  # noqa: E402
    GatedForecaster,
    GatedSettings,
    GatedTransformer,
    smooth,
    windows,
)
from tamis.models.prognosis.generator import Generator, GeneratorSettings, MixtureLstm  # noqa: E402
from tamis.novelty.prognosis import Prognosis  # noqa: E402

GATED = GatedSettings(window=8, width=16, heads=2, steps=120, batch=32, rate=3e-3, smoothing=0.5)
GENERATOR = GeneratorSettings(hidden=16, mixture=2, components=1, steps=150, batch=8, draws=24, rate=1e-2)


def counting(life):
    """A clock that runs down to 0 with the process."""
    return np.arange(life - 1, -1, -1.0)[:, None] / 10 - 1


@pytest.fixture(scope="module")
def lives():
    rng = np.random.default_rng(0)
    return [counting(int(life)) + rng.normal(0, 0.02, (life, 1)) for life in rng.integers(15, 35, 20)]


@pytest.fixture(scope="module")
def left(lives):
    return [np.arange(len(life) - 1, -1, -1.0) for life in lives]


def test_the_gated_transformer_learns_a_clock(lives, left):
    model = GatedForecaster.fit(lives, left, 0, GATED)
    guess = model.predict(counting(25), np.array([5, 12, 20]))
    assert guess == pytest.approx([19, 12, 4], abs=5)


def test_it_sees_no_future(lives, left):
    model = GatedForecaster.fit(lives[:4], left[:4], 0, GatedSettings(window=8, width=16, heads=2, steps=2))
    whole = model.predict(lives[0], np.array([9]))
    assert np.array_equal(whole, model.predict(lives[0][:10], np.array([9])))


def test_positions_tell_steps_apart():
    torch.manual_seed(0)
    network = GatedTransformer(2, GatedSettings(window=6, width=8, heads=2, dropout=0)).eval()
    steps = torch.randn(1, 6, 2)
    assert not torch.allclose(network.unit(steps) + network.places, network.unit(steps.flip(1)) + network.places)
    assert network(steps).shape == (1,)


def test_windows_and_running_means_by_hand():
    rows = np.array([[2.0], [4.0], [8.0]])
    # (2 + 0) / 1; (.5 * 2 + 4) / 1.5; (.25 * 2 + .5 * 4 + 8) / 1.75
    assert smooth(rows, 0.5)[:, 0] == pytest.approx([2, 10 / 3, 6])
    assert windows(rows, np.array([0, 2]), 2)[:, :, 0].tolist() == [[2, 2], [4, 8]]


def test_the_generator_runs_the_clock_down(lives, left):
    model = Generator.fit(lives, left, 0, GENERATOR)
    lengths = model.lengths(counting(25), np.array([10, 20]))
    assert lengths.shape == (2, 24)
    assert np.median(lengths, axis=1) == pytest.approx([14, 4], abs=6)
    assert np.array_equal(lengths, model.lengths(counting(25), np.array([10, 20])))


def test_its_surprisal_is_that_of_a_mixture():
    network = MixtureLstm(1, GeneratorSettings(hidden=4, mixture=2))
    parameters = torch.tensor([[[[0.0, -1, 0.3], [0.0, 2, 1.0]]]])
    _, means, spreads = network.parts(parameters)
    x = 0.7
    density = sum(
        0.5 * np.exp(-((x - m) ** 2) / (2 * s * s)) / (s * np.sqrt(2 * np.pi))
        for m, s in zip(means.flatten().tolist(), spreads.flatten().tolist(), strict=True)
    )
    assert network.surprisal(parameters, torch.tensor([[[x]]])).item() == pytest.approx(-np.log(density), rel=1e-5)


def test_a_random_state_elsewhere_stays(lives, left):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    GatedForecaster.fit(lives[:4], left[:4], 0, GatedSettings(window=4, width=8, heads=2, steps=1))
    assert torch.equal(before, torch.get_rng_state())


def test_by_name(lives, monkeypatch):
    from tamis.models.prognosis import gated

    monkeypatch.setattr(gated, "GatedSettings", lambda: GatedSettings(window=8, width=16, heads=2, steps=20))
    result = Prognosis.fit([life[:, 0] for life in lives[:8]], method="transformer").remaining(lives[9][:10, 0])
    assert 0 <= result.at_least <= result.median
