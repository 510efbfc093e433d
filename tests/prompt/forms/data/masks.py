"""Random masks over the units of a form, and what the form makes of them."""

from __future__ import annotations

import numpy as np


def renderings(form, text, seed, count=4):
    """Some texts that a form renders, each with the share of its units that was drawn."""
    units = form.parse(text)
    rng = np.random.default_rng(seed)
    for share in (0.02, 0.1, 0.3, 0.7)[:count]:
        mask = units.closed(rng.random(len(units)) < share)
        edits = form.render(units, mask)
        assert (edits.mask[mask] | (units.company is not None and ~units.company.core[mask])).all()
        assert (edits.starts[1:] > edits.ends[:-1]).all()
        yield edits.of(text)


def everything(form, text):
    """The text that a form renders of all units."""
    units = form.parse(text)
    bounds = np.stack([units.starts, units.ends]).T.ravel()
    assert (np.diff(bounds) >= 0).all()
    assert (units.ends > units.starts).all()
    return form.render(units, np.ones(len(units), bool)).of(text)
