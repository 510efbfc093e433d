"""The steps of the pointer: fit it, calibrate it on sources left out, write it with its card."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from string import Template
from time import process_time

import numpy as np
from safetensors.numpy import save

from tamis.bench.paired import difference
from tamis.io.files import write
from tamis.models.pointer import FORMAT
from tamis.screen.pointer import Calibration
from tamis.screen.pointer_ask import COLUMNS as ASKS
from tamis.screen.pointer_candidates import CLICK, HEAD
from tamis.screen.pointer_looks import COLUMNS as LOOKS
from tamis.screen.pointer_match import COLUMNS as MATCHES
from training.screen.pointer_ablation import compare
from training.screen.pointer_calibrate import calibrated, calibration_from, evidence_of, folds, left_out, report
from training.screen.pointer_data import View, read_views
from training.screen.pointer_fit import Recipe, fit
from training.screen.pointer_head import PointerModule
from training.screen.pointer_second import Seconds, second_look, widths

LOG = logging.getLogger(__name__)
CARD = Path(__file__).with_name("pointer_card.md")


def make(views: Path, out: Path, recipe: Recipe, *, parts: int) -> None:
    """Train a head and the trees of its second look on all views, and write them.

    parts -- how many heads are trained without some sources each: for the trees, and for the calibration
    """
    every = list(read_views(views))
    heads = list(folds(every, recipe, parts))
    alone = calibrated(heads)
    LOG.info("the head alone\n%s", report(evidence_of(heads, alone.temperature), alone))
    second = second_look(heads)
    calibration = calibration_from(second.evidence)
    LOG.info("after a second look: %s\n%s", calibration, report(second.evidence, calibration))
    started = process_time()
    module = fit(every, recipe)
    _write(module, second, calibration, out)
    write(out / "README.md", _card(module, every, calibration, recipe, process_time() - started).encode())


def _write(module: PointerModule, second: Seconds, calibration: Calibration, out: Path) -> None:
    weights = {name: value.detach().numpy().astype(np.float16) for name, value in module.state_dict().items()}
    trees = {**second.choice.tensors("choice"), **second.click.tensors("click")}
    files = {"pointer.safetensors": save(weights), "trees.safetensors": save(trees)}
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        write(out / name, data)
    settings = {
        "format": FORMAT, "outputs": ["point"],
        "licence": "Apache-2.0 (what it was trained on: see the card)",
        "note": "mini-screen: where on a screenshot an instruction points, among the elements that are seen",
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "calibration": {
            "temperature": calibration.temperature, "weights": calibration.weights, "absent": calibration.absent,
        },
        "looks": LOOKS, "asks": ASKS, "matches": MATCHES, "head": HEAD, "click": CLICK, "forests": widths(),
    }  # fmt: skip
    write(out / "config.json", (json.dumps(settings, indent=1) + "\n").encode())


def _card(
    module: PointerModule, views: Sequence[View], calibration: Calibration, recipe: Recipe, seconds: float
) -> str:
    sources = sorted({view.source for view in views})
    fields = {
        "parameters": f"{sum(weight.numel() for weight in module.parameters()):,}", "views": f"{len(views):,}",
        "instructions": f"{sum(len(view.instructions) for view in views):,}", "sources": len(sources),
        "names": ", ".join(sources), "seconds": round(seconds), "seed": recipe.seed,
        "temperature": calibration.temperature, "absent": calibration.absent,
    }  # fmt: skip
    return Template(CARD.read_text(encoding="utf-8")).substitute(fields)


def comparison(views: Path, recipe: Recipe, *, parts: int) -> str:
    """A table of ways to answer, on the first of so many parts of the sources, which none of them was trained on."""
    every = list(read_views(views))
    out = set(left_out(every, parts)[0])
    train, test = ([view for view in every if (view.source in out) == held] for held in (False, True))
    pages = [view.name for view in test if view.seen for one in view.instructions if one.boxes]
    results = compare(train, test, recipe)
    first = next(iter(results.values())).astype(float)
    lines = [
        f"{len(pages)} instructions of {', '.join(sorted(out))}",
        "| answer | hit, % | minus the first |",
        "|---|--:|--:|",
    ]
    for name, hits in results.items():
        gain = difference(hits.astype(float), first, groups=pages)
        low, mean, high = (100 * value for value in (gain.low, gain.mean, gain.high))
        lines.append(f"| {name} | {100 * hits.mean():.1f} | {mean:+.1f} ({low:+.1f} to {high:+.1f}) |")
    return "\n".join(lines)
