"""Pictures of screens: where things are on them, in which numbers that is said, and how it is drawn.

Inside of tamis a `Point` or a `Box` is always in device pixels of one screenshot, from its top left corner. Numbers of
any other convention (CSS pixels, shares, thousandths, a resized or cropped copy) are no points: they come in by
`space.point(x, y)` and leave by `space.coordinates(point)` of the `Space` that says what they mean.

Reading and drawing pictures needs Pillow (extra `screen`); boxes and spaces need NumPy only.
"""

from tamis.image.boxes import deduplicated, iou, suppressed, within
from tamis.image.draw import Mark, heat, marked, png
from tamis.image.geometry import Box, Point, Transform
from tamis.image.screenshot import Screenshot, screenshot_of
from tamis.image.spaces import (
    DIALECTS,
    Space,
    crop_space,
    css_space,
    device_space,
    dialect_space,
    fitted_space,
    grid_space,
    resized_space,
    share_space,
    smart_size,
)

__all__ = [
    "DIALECTS",
    "Box",
    "Mark",
    "Point",
    "Screenshot",
    "Space",
    "Transform",
    "crop_space",
    "css_space",
    "deduplicated",
    "device_space",
    "dialect_space",
    "fitted_space",
    "grid_space",
    "heat",
    "iou",
    "marked",
    "png",
    "resized_space",
    "screenshot_of",
    "share_space",
    "smart_size",
    "suppressed",
    "within",
]
