"""How the encoder of icons is made: names of packs, what people say, crops, both networks and their files."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("cv2")
from tamis.models.icons.canvas import SIDE, canvases
from tamis.models.icons.encoder import FOLDER
from tamis.models.icons.names import NameTower
from tamis.models.onnx import Graph
from tamis.models.tensors import read_tensors
from training.screen.icons.card import write_card
from training.screen.icons.concepts import Concept, Keys, concepts_of, read_said
from training.screen.icons.crops import crop_of
from training.screen.icons.measure import UNHEARD, _first, _rank
from training.screen.icons.model import NameNet, PictureNet, rows_of, save
from training.screen.icons.packs import Icon, read_packs, words_of
from training.screen.icons.render import Masks, render, svg
from training.screen.icons.sheets import crops
from training.screen.icons.texts import texts_of

LINE = '<path fill="currentColor" d="M2 11h20v2H2z"/>'
browser = pytest.mark.skipif(
    not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), reason="there is no browser"
)


def icon(name: str, *, pack: str = "lucide", role: str = "train") -> Icon:
    return Icon(pack, role, name, words_of(name), LINE, "0 0 24 24")


def concept(name: str, *, said: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> Concept:
    return Concept(name, name, (name,), said, tags, frozenset(["lucide"]), new=False)


def test_packs_have_roles_and_clear_licences():
    packs = read_packs()
    assert len([pack for pack in packs if pack.role == "train"]) >= 15
    assert len([pack for pack in packs if pack.role == "held-out"]) >= 3
    assert {pack.licence for pack in packs} <= {"MIT", "ISC", "Apache-2.0", "CC0-1.0", "CC-BY-4.0"}
    assert all(pack.root.startswith("npm:") and pack.root.count("@") == 2 for pack in packs)
    assert "ri" not in {pack.name for pack in packs}  # (Remix Icon: its licence contradicts itself)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("trash-2", "trash"), ("arrow-left-circle-fill", "arrow left circle"), ("baseline-delete", "delete"),
        ("settings-outline-rounded", "settings"), ("light-bulb", "light bulb"), ("bold", "bold"),
        ("bar-chart-20-filled", "bar chart"), ("outline", "outline"),
    ],
)  # fmt: skip
def test_names_without_their_styles(name, words):
    assert " ".join(words_of(name)) == words


def test_names_of_one_thing_are_one_concept():
    keys = Keys([(["trash", "delete", "waste bin"], ["remove", "throw away"])])
    icons = [icon("trash-2"), icon("delete-outline", pack="mdi"), icon("circle-plus"), icon("plus-circle", pack="bi")]
    merged = concepts_of(icons, [("trash", ("garbage", "bin outline"))], keys)
    assert len(merged) == 2
    trash = merged["trash"]
    assert (trash.name, trash.said, trash.tags) == ("trash", ("remove", "throw away"), ("garbage",))
    assert trash.packs == {"lucide", "mdi"}
    assert not trash.new  # what is listed by hand is always trained on


def test_the_table_by_hand():
    lines = read_said()
    assert len(lines) >= 250
    assert all(part for names, said in lines for part in (*names, *said))
    keys = Keys(lines)
    for names, word in (("trash-2", "delete"), ("cog-outline", "preferences"), ("bars", "menu"), ("floppy", "save")):
        assert word in keys.said[keys(words_of(names))]


def test_words_for_measurement_are_not_trained_on():
    keys = Keys(read_said())
    heard = {word for names, said in read_said() for word in (*names, *said)}
    for names, words in read_said(UNHEARD):
        assert keys(names[0].split()) in keys.said, names
        assert not heard & set(words)


def test_a_line_without_a_bar_is_refused(tmp_path):
    (tmp_path / "said.txt").write_text("trash, delete\n")
    with pytest.raises(ValueError, match="not NAMES"):
        read_said(tmp_path / "said.txt")


@given(st.integers(0, 2**32 - 1))
def test_a_crop_shows_what_its_mask_draws(seed):
    rng = np.random.default_rng(seed)
    mask = np.zeros((24, 24), np.uint8)
    mask[4:20, 10:14] = mask[10:14, 4:20] = 255
    crop = crop_of(mask, rng, lambda: mask)
    assert crop.dtype == np.uint8
    assert crop.shape[2] == 3
    assert np.ptp(crop.reshape(-1, 3).astype(int), axis=0).max() >= 20
    assert canvases([crop]).max() > 0.9


def test_which_texts_fit_which_concepts():
    some = [concept("trash", said=("delete",), tags=("bin",)), concept("minus", tags=("delete",)), concept("star")]
    texts = texts_of(some, np.random.default_rng(0))
    number = {text: n for n, text in enumerate(texts.plain)}
    fits = texts.fits([number[t] for t in ("delete", "star", "bin")], [0, 1, 2, 0])
    assert fits.tolist() == [[True, False, True], [True, False, False], [False, True, False], [True, False, True]]
    drawn = {texts.plain[texts.draw(0, np.random.default_rng(seed))] for seed in range(60)}
    assert drawn == {"trash", "delete", "bin"}


def test_files_give_what_the_networks_give(tmp_path):
    torch.manual_seed(0)
    pictures, names = PictureNet((4, 6, 8, 10), (1, 0, 1), 16), NameNet(16)
    canvas = torch.rand(5, 2, SIDE, SIDE)
    pictures(canvas)  # (moves the means of the normalisation)
    save(pictures, names, tmp_path)
    with torch.no_grad():
        expected = pictures.eval()(canvas).numpy()
    (seen,) = Graph(tmp_path / "pictures.onnx")(["vector"], {"canvas": canvas.numpy()})
    assert seen == pytest.approx(expected, abs=5e-3)  # weights of 16 bits
    texts = ["the trash can", "search", ""]
    sentences = np.random.default_rng(0).normal(size=(3, 384)).astype(np.float32)
    rows = rows_of(texts)
    starts = torch.tensor([0, len(rows[0]), len(rows[0]) + len(rows[1])])
    with torch.no_grad():
        called = names.eval()(torch.from_numpy(sentences), torch.from_numpy(np.concatenate(rows)), starts).numpy()
    tower = NameTower.of(read_tensors(tmp_path / "names.safetensors"))
    assert tower(texts, sentences) == pytest.approx(called, abs=5e-3)


def test_the_card_names_every_pack(tmp_path):
    for file in FOLDER.glob("*.*n*"):
        shutil.copy(file, tmp_path)
    write_card(tmp_path)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(pack.name in (FOLDER / "README.md").read_text(encoding="utf-8") for pack in read_packs())


def test_ranks_by_hand():
    scores = np.array([0.5, 0.9, 0.7, 0.1], np.float32)
    assert _rank(scores, [False, False, True, True]) == 1  # one wrong one is before the first right one
    rng = np.random.default_rng(0)
    assert _first(scores, 2, [True, False, False, True], rng)  # its rival at 0.9 is right too
    assert not _first(scores, 2, [True, True, False, True], rng)


def test_masks_are_kept_in_a_file(tmp_path):
    masks = Masks(np.arange(13, dtype=np.uint8), np.array([2, 3]), np.array([0, 4]), np.array([7, 8]))
    masks.save(tmp_path / "masks.npz")
    again = Masks.load(tmp_path / "masks.npz")
    assert len(again) == 2
    assert again[1].tolist() == [[4, 5, 6], [7, 8, 9], [10, 11, 12]]


@browser
def test_a_browser_draws_icons():
    masks = render([icon("line"), icon("line", pack="bi")], np.random.default_rng(0))
    assert len(masks) == 6
    for mask in (masks[index] for index in range(6)):
        rows = np.flatnonzero(mask.max(1) > 60)
        assert abs(rows.mean() - len(mask) / 2) < 2  # a line across the middle
    (crop,) = crops([icon("line")], 24, np.random.default_rng(1))
    assert canvases([crop]).max() == 1


def test_identifiers_of_a_drawing_are_its_own():
    body = '<mask id="a"><path/></mask><g mask="url(#a)"/><use href="#a"/>'
    drawn = svg(Icon("p", "train", "n", ("n",), body, "0 0 1 1"), 16, "")
    assert drawn.count("p-n-16-a") == 3


def test_figures_stand_on_the_card_of_their_own_weights_alone(tmp_path):
    save(PictureNet((4, 6, 8, 10), (1, 0, 1), 16), NameNet(16), tmp_path)
    write_card(tmp_path)
    assert "## Limits" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "## Measured" not in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "## Measured" in (FOLDER / "README.md").read_text(encoding="utf-8")
