"""The map of a plan as a picture: valid by itself, a class for each level, in colours of the palette."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import torch

from tamis.attention import selector
from tamis.io.page import PALETTE

SVG = "{http://www.w3.org/2000/svg}"


def test_a_plan_is_a_picture_in_light_and_dark():

    generator = torch.Generator().manual_seed(0)
    q, k = torch.randn(1, 2, 640, 16, generator=generator), torch.randn(1, 2, 640, 16, generator=generator)
    plan = selector("a_shape", n_sink=64, n_local=128, block=64)(q, k)
    root = ET.fromstring(plan.svg())
    classes = {rect.get("class") for rect in root.iter(f"{SVG}rect")}
    assert classes == {"tamis-unseen", "tamis-touched"}  # sinks and a window: nothing is listed
    style = "".join(root.find(f"{SVG}style").itertext())
    for name in classes:
        assert f".{name}{{" in style
    assert all(colour in style for colour in PALETTE["level-2"])
