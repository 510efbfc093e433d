"""What lines of text say: batches of one width through the recogniser, decoded by its best path (CTC).

A line is padded to the next step of its own width and no further, so that what it says never depends on the lines that
are read with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from tamis.models.onnx import Graph

Pixels = NDArray[np.uint8]
Line = tuple[str, float, tuple[float, ...]]  # text, how sure, where each letter's middle is (0 left, 1 right)
HEIGHT = 48  # that the model reads
_STEP = 32  # widths are rounded up to a multiple: what is padded costs as much as what is read
_WIDEST = 2400
_BATCH = 1600  # pixels of width in one batch: memory grows with it, speed no more


def recognise(graph: Graph, letters: Sequence[str], crops: Sequence[Pixels], *, threads: int) -> list[Line]:
    """The text of each crop and how sure the model is, in their order."""
    widths = [min(_WIDEST, max(_STEP, round(crop.shape[1] * HEIGHT / crop.shape[0]))) for crop in crops]
    lines: list[Line] = [("", 0.0, ())] * len(crops)
    groups = list(_batches(widths))
    with ThreadPoolExecutor(max(1, threads)) as pool:
        results = pool.map(
            lambda group: _read(graph, letters, [crops[i] for i in group], [widths[i] for i in group]), groups
        )
        for group, result in zip(groups, results, strict=True):
            for index, line in zip(group, result, strict=True):
                lines[index] = line
    return lines


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Indexes of crops of one width, when rounded up, no more of them than a batch holds; the widest first."""
    groups: dict[int, list[int]] = defaultdict(list)
    for index, width in enumerate(widths):
        groups[_padded(width)].append(index)
    for width, group in sorted(groups.items(), reverse=True):
        most = max(1, _BATCH // width)
        yield from (group[start : start + most] for start in range(0, len(group), most))


def _padded(width: int) -> int:
    return -(-width // _STEP) * _STEP


def _read(graph: Graph, letters: Sequence[str], crops: Sequence[Pixels], widths: Sequence[int]) -> list[Line]:
    import cv2

    width = _padded(max(widths))
    batch = np.zeros((len(crops), 3, HEIGHT, width), dtype=np.float32)
    for row, crop, wide in zip(batch, crops, widths, strict=True):
        small = cv2.resize(crop, (wide, HEIGHT), interpolation=cv2.INTER_LINEAR)
        row[:, :, :wide] = small[..., ::-1].transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
    (output,) = graph(list(graph.outputs), {"x": batch})
    best = output.argmax(-1)
    sure = np.take_along_axis(output, best[..., None], -1)[..., 0]
    shares = (np.arange(best.shape[1]) + 0.5) * width / best.shape[1]
    rows = zip(best, sure, widths, strict=True)
    return [_decoded(path, chances, shares / wide, letters) for path, chances, wide in rows]


def _decoded(
    best: NDArray[np.int64], sure: NDArray[np.float32], shares: NDArray[np.float64], letters: Sequence[str]
) -> Line:
    """The best path without repeats and blanks (0), the mean of its chances, and where each letter is."""
    keep = (best != 0) & np.append(True, best[1:] != best[:-1])
    text = "".join(letters[index] for index in best[keep])
    return text, float(sure[keep].mean()) if keep.any() else 0.0, tuple(shares[keep].clip(0, 1).tolist())
