"""Text on pictures: what is decoded, how lines are batched, and what a page says."""

from __future__ import annotations

import importlib.machinery
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import MissingExtra, ModelCorrupt, ModelNotFound
from tamis.models.ocr import reading
from tamis.models.ocr.detect import _islands
from tamis.models.ocr.reading import OcrReader, reader
from tamis.models.ocr.recognise import _BATCH, _batches, _decoded, recognise

PICTURE = Path(__file__).resolve().parents[2] / "examples" / "settings.png"
LETTERS = ("", "a", "b", " ")


def test_the_best_path_by_hand():
    # blank, a, a, blank, a, space, b: "aa b"; letters stand at the first step of their run
    best = np.array([0, 1, 1, 0, 1, 3, 2])
    sure = np.array([0.5, 0.9, 0.8, 0.5, 0.7, 1.0, 0.6], dtype=np.float32)
    text, confidence, middles = _decoded(best, sure, (np.arange(7) + 0.5) / 7, LETTERS)
    assert text == "aa b"
    assert confidence == pytest.approx((0.9 + 0.7 + 1.0 + 0.6) / 4)
    assert middles == pytest.approx([1.5 / 7, 4.5 / 7, 5.5 / 7, 6.5 / 7])
    assert _decoded(np.zeros(3, int), np.ones(3, np.float32), np.ones(3), LETTERS) == ("", 0.0, ())


@given(st.lists(st.integers(32, 2400), max_size=60))
def test_every_line_is_in_one_batch_of_its_own_width(widths):
    batches = list(_batches(widths))
    assert sorted(index for batch in batches for index in batch) == list(range(len(widths)))
    for batch in batches:
        assert len({-(-widths[index] // 32) for index in batch}) == 1
        assert len(batch) == 1 or len(batch) * max(widths[index] for index in batch) <= _BATCH


def test_a_line_says_the_same_alone_and_among_others():
    pytest.importorskip("rapidocr")
    from tamis.image import screenshot_of

    shot = screenshot_of(PICTURE)
    own = reader()
    crops = [np.ascontiguousarray(shot.crop(line.box)) for line in own(shot)][:6]
    together = recognise(own._recogniser, own._letters, crops, threads=2)
    alone = [recognise(own._recogniser, own._letters, [crop], threads=1)[0] for crop in crops]
    assert [line[0] for line in together] == [line[0] for line in alone]
    assert [line[1] for line in together] == pytest.approx([line[1] for line in alone], abs=1e-4)


def test_an_island_is_grown_by_area_over_perimeter():
    pytest.importorskip("cv2")
    likely = np.zeros((40, 60), dtype=np.float32)
    likely[10:18, 10:50] = 0.9
    likely[30, 30] = 1.0  # too small
    likely[30:38, 5:25] = 0.35  # not sure enough
    ((left, top, right, bottom, sure),) = _islands(likely)
    width, height = 41, 9  # (dilated by a pixel)
    grow = width * height * 1.6 / (2 * (width + height))
    assert (right - left, bottom - top) == pytest.approx((width + 2 * grow, height + 2 * grow))
    assert 0.75 < sure <= 0.9
    assert (top < 10, bottom > 18) == (True, True)


def test_a_page_is_read():
    pytest.importorskip("rapidocr")
    from tamis.image import screenshot_of

    lines = reader()(screenshot_of(PICTURE))
    texts = {line.text for line in lines}
    assert texts >= {"Account settings", "Email address", "ada@example.org", "Save changes", "Send me news", "Revoke"}
    assert [line.box.top for line in lines] == sorted(line.box.top for line in lines)
    for line in lines:
        assert len(line.middles) == len(line.text)
        assert list(line.middles) == sorted(line.middles)
        assert 0.5 <= line.confidence <= 1


def test_without_the_package_the_error_says_how_to_install_it(monkeypatch):
    reader.close()
    monkeypatch.setattr("tamis.errors.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'tamis\[screen\]'"):
        reader()


def test_a_package_without_its_models_is_named(monkeypatch, tmp_path):
    pytest.importorskip("cv2")
    reader.close()
    spec = importlib.machinery.ModuleSpec("rapidocr", None)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr("tamis.errors.find_spec", lambda name: spec)
    monkeypatch.setattr(reading, "find_spec", lambda name: spec)
    with pytest.raises(ModelNotFound, match=r"without PP-OCRv6_det_small\.onnx"):
        reader()


def test_a_model_that_is_none_is_corrupt(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no graph")
    with pytest.raises(ModelCorrupt, match="cannot be opened"):
        OcrReader(path, path)


def test_a_page_without_text_is_no_line_of_text():
    """Three empty fields on white: the map of the model is one island then."""
    pytest.importorskip("rapidocr")
    from tamis.image import screenshot_of

    pixels = np.full((630, 480, 3), 255, np.uint8)
    for left, top in ((32, 200), (59, 296), (44, 410)):
        pixels[top : top + 65, left : left + 386] = 128
        pixels[top + 3 : top + 62, left + 3 : left + 383] = 255
    assert reader()(screenshot_of(pixels)) == ()
    shot = screenshot_of(PICTURE)
    line = next(one for one in reader()(shot) if one.text == "Account settings")  # a strip that is one line stays one
    assert [one.text for one in reader()(screenshot_of(np.ascontiguousarray(shot.crop(line.box))))] == [line.text]
