"""Intents as a table of routes: JSON that a gateway can follow. Schema `tamis.routes`, version 1."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tamis.errors import InvalidInput, UnreadableInput
from tamis.io.schema import Schema
from tamis.models.protocols import Encoder
from tamis.novelty.calibration import HeldOut
from tamis.novelty.detector import open_encoder
from tamis.novelty.intents import RATE, Intents

SCHEMA = Schema("tamis.routes", 1, UnreadableInput, "No table of routes: {}.", "Export it again: route_table.")
DIGITS = 6


def route_table(
    intents: Intents, targets: Mapping[str, str] | None = None, *, otherwise: str = "", rate: float = RATE
) -> str:
    """The intents as JSON: for each its prototype and where it goes, and beyond which distance it is none of them.

    targets -- intent -> where it goes, for instance a model; those that are not named go to their own name
    otherwise -- where a request goes that is none of the intents
    rate -- how often a request of a known intent may be called none of them

    Raises:
        InvalidInput: a target of an intent that is not there, or a rate not between 0 and 1.
    """
    goals = dict(targets or {})
    if strangers := goals.keys() - set(intents.names):
        raise InvalidInput(f"There is no intent {min(strangers)!r}.", hint=f"Known: {', '.join(intents.names)}.")
    promise = intents.promise(rate)
    threshold = intents.calibration.threshold(rate)
    return SCHEMA.dumps(
        {
            "encoder": intents.encoder_name,
            "rate": rate,
            "kept": promise.kept,
            "threshold": round(threshold, DIGITS) if np.isfinite(threshold) else None,
            "otherwise": otherwise,
            "label_weight": intents.label_weight,
            "routes": [
                {"intent": name, "target": goals.get(name, name), "prototype": [round(float(x), DIGITS) for x in row]}
                for name, row in zip(intents.names, intents.prototypes, strict=True)
            ],
            "calibration": [round(float(score), DIGITS) for score in intents.calibration.scores],
        }
    )


def read_routes(text: str, *, encoder: Encoder | None = None) -> tuple[Intents, dict[str, str]]:
    """The intents of a table, and where each goes.

    encoder -- that the table was made with, where it has no name

    Raises:
        UnreadableInput: no table of routes.
        InvalidInput: it was made with an encoder of the caller's, and none is given.
    """
    data = SCHEMA.loads(text)
    with SCHEMA.reading(text):
        names = tuple(str(route["intent"]) for route in data["routes"])
        targets = {str(route["intent"]): str(route["target"]) for route in data["routes"]}
        prototypes = np.array([route["prototype"] for route in data["routes"]], np.float32)
        calibration, weight = HeldOut.of(np.array(data["calibration"], np.float64)), float(data["label_weight"])
        name = str(data["encoder"])
    if encoder is None and not name:
        raise InvalidInput("The table was made with an encoder of your own.", hint="Give it: encoder=...")
    return Intents(names, prototypes, weight, calibration, encoder or open_encoder(name), name), targets
