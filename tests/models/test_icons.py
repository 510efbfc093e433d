"""Icons and names in one space: what a crop is seen as, vectors, real icons, files that are broken."""

from __future__ import annotations

import importlib.machinery
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("cv2")
pytest.importorskip("PIL")
from PIL import Image

from tamis.errors import InvalidInput, MissingExtra, ModelCorrupt
from tamis.models.icons import IconEncoder
from tamis.models.icons.canvas import SIDE, canvases
from tamis.models.icons.encoder import FOLDER
from tamis.models.icons.names import NameTower, buckets, grams
from tamis.models.tensors import read_tensors

PICTURES = {path.stem: path for path in sorted((Path(__file__).parent / "icons").glob("*.png"))}
NAMES = {
    "lucide-search": "search", "lucide-trash": "trash can", "lucide-settings": "settings", "lucide-house": "home",
    "lucide-user": "user", "lucide-mail": "email", "lucide-calendar": "calendar", "lucide-lock": "lock",
    "lucide-download": "download", "lucide-star": "star", "bi-heart-fill": "like", "bi-bell": "notifications",
    "bi-cart": "shopping cart", "bi-printer": "print", "bi-pencil": "edit", "bi-camera-video": "video camera",
    "bi-chat": "chat", "bi-x-lg": "close", "bi-list": "hamburger menu", "bi-floppy": "save",
}  # fmt: skip


@pytest.fixture(scope="module")
def encoder() -> IconEncoder:
    return IconEncoder.pretrained()


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    return [np.asarray(Image.open(PICTURES[name]).convert("RGB")) for name in NAMES]


@st.composite
def crops(draw) -> np.ndarray:
    height, width, seed = draw(st.integers(1, 60)), draw(st.integers(1, 60)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    few = rng.integers(0, 256, (draw(st.integers(1, 4)), 3), dtype=np.uint8)
    return few[rng.integers(len(few), size=(height, width))]


def test_a_cross_by_hand():
    # grey on white, 9 x 9 with two pixels of ground around: what is drawn fills the planes, whatever its contrast
    crop = np.full((13, 13, 3), 255, np.uint8)
    crop[6, 2:11] = crop[2:11, 6] = 200
    (first, second) = canvases([crop])[0]
    assert first[SIDE // 2, SIDE // 2] > 0.9
    rows = np.flatnonzero(first.max(1) > 0.5)
    assert rows[0] <= 4
    assert rows[-1] >= SIDE - 5
    assert np.array_equal(first, second)  # its middle has more ground than cross


def test_in_a_button_the_second_plane_shows_what_is_on_it():
    crop = np.full((40, 40, 3), 255, np.uint8)
    crop[5:35, 5:35] = (0, 90, 200)
    crop[15:25, 18:22] = 255
    first, second = canvases([crop])[0]
    assert (first > 0.5).mean() > 0.6  # the button
    ((top, left), (bottom, right)) = (np.argwhere(second > 0.5).min(0), np.argwhere(second > 0.5).max(0))
    assert bottom - top > 0.8 * SIDE  # the mark on it, 10 x 4, fills the plane
    assert (right - left) / (bottom - top) == pytest.approx(0.4, abs=0.1)


@given(crops())
def test_polarity_and_order_of_colours_change_nothing(crop):
    seen = canvases([crop, 255 - crop, crop[..., ::-1]])
    assert np.allclose(seen[0], seen[1], atol=1e-6)
    assert np.allclose(seen[0], seen[2], atol=1e-6)


@given(crops())
def test_planes_are_shares(crop):
    plane = canvases([crop])
    assert plane.shape == (1, 2, SIDE, SIDE)
    assert 0 <= plane.min() <= plane.max() <= 1


@given(crops(), st.floats(0.3, 1))
def test_contrast_changes_little(crop, share):
    faint = np.round(crop * share).astype(np.uint8)
    if np.ptp(faint.reshape(-1, 3).astype(int), axis=0).max() >= 100:
        assert np.abs(canvases([crop]) - canvases([faint])).mean() < 0.25


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2), (20, 500), (500, 20), (900, 700)])
def test_crops_of_any_size(encoder, size):
    rng = np.random.default_rng(0)
    for crop in (rng.integers(0, 256, (*size, 3), dtype=np.uint8), np.full((*size, 3), 7, np.uint8)):
        (vector,) = encoder.images([crop])
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


@settings(deadline=None, max_examples=20)
@given(st.lists(crops(), min_size=1, max_size=5))
def test_a_batch_gives_what_each_gives_alone(some):
    encoder = IconEncoder.pretrained()
    together = encoder.images(some)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    assert np.allclose(together, np.concatenate([encoder.images([crop]) for crop in some]), atol=1e-4)
    assert np.array_equal(together, encoder.images(some))


def test_nothing_in_nothing_out(encoder):
    assert encoder.images([]).shape == (0, encoder.dimension)
    assert encoder.names([]).shape == (0, encoder.dimension)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
@settings(deadline=None, max_examples=30)
def test_names_are_unit_vectors_of_their_own(texts):
    encoder = IconEncoder.pretrained()
    together = encoder.names(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    assert np.allclose(together, np.concatenate([encoder.names([text]) for text in texts]), atol=1e-4)


def test_real_icons_have_their_names(encoder, pictures):
    cosines = encoder.names(list(NAMES.values())) @ encoder.images(pictures).T
    assert (cosines.argmax(1) == np.arange(len(NAMES))).mean() >= 0.9  # each name its picture among 20
    assert (cosines.argmax(0) == np.arange(len(NAMES))).mean() >= 0.9  # each picture its name


def test_real_icons_turned_dark_are_the_same(encoder, pictures):
    light, dark = encoder.images(pictures), encoder.images([255 - picture for picture in pictures])
    assert (light * dark).sum(1).min() > 0.999


OTHERS = [((4, 4), np.uint8), ((4, 4, 4), np.uint8), ((0, 4, 3), np.uint8), ((4, 4, 3), np.float32)]


@pytest.mark.parametrize(("shape", "kind"), OTHERS)
def test_other_arrays_are_refused(encoder, shape, kind):
    crop = np.zeros(shape, kind)
    with pytest.raises(InvalidInput, match=r"Crop 1 is .* it must be uint8 \(height, width, 3\)"):
        encoder.images([np.zeros((2, 2, 3), np.uint8), crop])


def test_words_and_their_letters():
    # "a-b": two words of one letter; an edge on each side makes one gram of three letters of each
    assert grams("A-b") == [b"=a", b"=b", b" a ", b" b "]
    assert list(buckets("...", 100)) == [0]


def test_the_tower_of_names_by_hand():
    # one row, scale 2: the bag is (2 * 3,); hidden = relu(1 + 10 * 1 + 1 * 6) = 17; last = (17, 0) -> (1, 0)
    tower = NameTower(
        np.array([[3]], np.int8), np.array([[2]], np.float32), np.array([[1], [10], [1]], np.float32),
        np.array([[0, 0], [1, 0]], np.float32),
    )  # fmt: skip
    assert tower(["x"], np.array([[1]], np.float32)) == pytest.approx(np.array([[1.0, 0.0]]))


@pytest.mark.parametrize("name", ["pictures.onnx", "names.safetensors"])
@pytest.mark.parametrize("left", [0, 100])
def test_files_that_are_broken(tmp_path, name, left):
    folder = shutil.copytree(FOLDER, tmp_path / "icons")
    (folder / name).write_bytes((folder / name).read_bytes()[:left])
    with pytest.raises(ModelCorrupt, match=name):
        IconEncoder.pretrained(folder)
    (folder / name).unlink()
    with pytest.raises(ModelCorrupt, match=name):
        IconEncoder.pretrained(folder)


def test_tensors_that_do_not_fit():
    tensors = read_tensors(FOLDER / "names.safetensors")
    with pytest.raises(ModelCorrupt, match="no tensor 'last'"):
        NameTower.of({name: tensor for name, tensor in tensors.items() if name != "last"})
    with pytest.raises(ModelCorrupt, match="do not fit each other"):
        NameTower.of({**tensors, "last": tensors["last"][1:]})


def test_without_the_extra(monkeypatch):
    spec = importlib.util.find_spec
    monkeypatch.setattr("tamis.errors.find_spec", lambda name: None if name == "cv2" else spec(name))
    with pytest.raises(MissingExtra, match=r"pip install 'tamis\[screen\]'"):
        IconEncoder.pretrained()
