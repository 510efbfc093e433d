"""Published GUI-Actor checkpoints, on tiny random ones: arithmetic, batches, answers, errors."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("PIL")

import torch
from safetensors.torch import load_file, save_file

from tamis.errors import ModelCorrupt, ModelNotFound, UnsupportedModel
from tamis.image import Point
from tamis.models.gui_actor.actor import open_actor
from tamis.models.gui_actor.head import NAME, ActionHead, pointer_loss
from tamis.models.gui_actor.patches import Patching
from tamis.models.gui_actor.prompts import CLICK, END, IMAGE, PAD, PROMPTS, QUESTION, START, VERIFY, VISION
from tamis.models.gui_actor.verifier import CircleMark, marked_crop, open_verifier
from tamis.models.gui_actor.vision import positions
from tests.models import tiny_actors

FAMILIES = ("qwen2_vl", "qwen2_5_vl")
PIXELS = np.random.default_rng(0).integers(0, 256, (150, 260, 3), dtype=np.uint8)
INSTRUCTIONS = ["the Save button", "a", "close the window that is at the top right corner", "the <|im_end|> icon"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {family: tiny_actors.saved(tmp_path_factory.mktemp(family), family) for family in FAMILIES}


@pytest.fixture(params=FAMILIES)
def folder(request, folders):
    return folders[request.param]


@pytest.fixture
def actor(folder):
    return open_actor(str(folder), device="cpu", dtype="float32")


def whole(actor, instruction, answer=None):
    """The same answer by transformers' own forward over the whole text, without any cache of ours."""
    vision = actor.vision
    patches, grid = vision.patching(PIXELS)
    before = vision.ids(actor.prompt.before + VISION[0])
    cells = [vision.token(IMAGE)] * (grid[0] * grid[1])
    after = vision.ids(VISION[1]) + vision.ids(instruction, special=False) + vision.ids(actor.prompt.after)
    after += vision.ids(CLICK) if answer is None else answer
    ids = torch.tensor([[*before, *cells, *after]])
    with torch.inference_mode():
        output = vision.model(
            input_ids=ids,
            pixel_values=torch.from_numpy(patches),
            image_grid_thw=torch.tensor([[1, 2 * grid[0], 2 * grid[1]]]),
            mm_token_type_ids=(ids == cells[0]).int(),
            output_hidden_states=True,
        )
    tokens = output.hidden_states[0][0][ids[0] == cells[0]]
    states = output.hidden_states[-1][0][ids[0] == vision.token(PAD)]
    tensors = {name: value.numpy() for name, value in actor.head.state_dict().items()}
    return tiny_actors.published_attention(tensors, tokens.numpy(), states.numpy()), output.logits[0]


def test_attention_is_the_published_formula_over_the_whole_text(actor):
    view = actor.view(PIXELS)
    for text in INSTRUCTIONS:
        got = actor.points(view, [text])[0].attention[0]
        expected = whole(actor, text)[0][0]
        assert np.abs(got.ravel() - expected).max() < 1e-5
        assert got.sum() == pytest.approx(1, abs=1e-5)
    assert np.ptp(expected) > 1e-3  # (attention that is flat would prove nothing)


def test_a_batch_answers_as_each_alone_and_instructions_matter(actor):
    view = actor.view(PIXELS)
    together = [one.attention for one in actor.points(view, INSTRUCTIONS, batch=3)]
    for text, grid in zip(INSTRUCTIONS, together, strict=True):
        assert np.abs(actor.points(view, [text])[0].attention - grid).max() < 1e-6
    assert np.abs(together[0] - together[2]).max() > 1e-4


def test_the_head_alone_is_the_published_formula():
    torch.manual_seed(2)
    head = ActionHead(16).eval()
    tokens, states = torch.randn(11, 16), torch.randn(3, 16)
    tensors = {name: value.numpy() for name, value in head.state_dict().items()}
    with torch.inference_mode():
        got = head(tokens, states).numpy()
    assert np.abs(got - tiny_actors.published_attention(tensors, tokens.numpy(), states.numpy())).max() < 1e-6


def test_the_loss_is_the_divergence_from_equal_shares():
    logits, cells = torch.tensor([[0.0, 1.0, 2.0], [1.0, 1.0, 1.0]]), torch.tensor([[0, 1, 1], [1, 0, 0]])
    log = logits.log_softmax(-1)
    first = 0.5 * (np.log(0.5) - log[0, 1]) + 0.5 * (np.log(0.5) - log[0, 2])
    assert float(pointer_loss(logits, cells)) == pytest.approx(float(first - log[1, 0]) / 2, abs=1e-6)


@pytest.mark.parametrize("grid", [(3, 5), (4, 2), (1, 1)])
def test_positions_are_those_of_transformers(actor, grid):
    rows, columns = grid
    image = actor.vision.token(IMAGE)
    ids = torch.tensor([[1] * 4 + [image] * (rows * columns) + [2] * 3])
    expected, _ = actor.vision.model.model.get_rope_index(
        ids, (ids == image).int(), image_grid_thw=torch.tensor([[1, 2 * rows, 2 * columns]])
    )
    assert torch.equal(positions(4, grid, 3), expected[:, 0])


@pytest.mark.parametrize("shape", [(150, 260), (20, 300), (700, 900)])
def test_patches_are_those_of_transformers(shape):
    processing = pytest.importorskip("transformers.models.qwen2_vl.image_processing_pil_qwen2_vl")
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    theirs = processing.Qwen2VLImageProcessorPil(min_pixels=3136, max_pixels=28 * 28 * 100)(
        [pixels], return_tensors="np", input_data_format="channels_last"
    )
    patches, (rows, columns) = Patching(most=28 * 28 * 100)(pixels)
    assert theirs["image_grid_thw"].tolist() == [[1, 2 * rows, 2 * columns]]
    assert np.abs(theirs["pixel_values"] - patches).max() < 1e-4


def test_settings_are_read_in_the_spelling_of_any_version():
    old = Patching.of({"min_pixels": 10, "max_pixels": 5000, "image_mean": [0.5, 0.5, 0.5]})
    new = Patching.of({"size": {"shortest_edge": 10, "longest_edge": 5000}, "image_mean": [0.5, 0.5, 0.5]})
    assert old == new
    assert old.mean == (0.5, 0.5, 0.5)
    assert Patching.of({"max_pixels": 5000}, most=4000) == Patching(least=3136, most=4000)


def greedy(actor, instruction, most):
    """What the model writes, by transformers' forward over the whole text for each token; a pointer is closed."""
    pad, end = actor.vision.token(PAD), actor.vision.token(END)
    tokens: list[int] = []
    for _ in range(most):
        best = end if tokens and tokens[-1] == pad else int(whole(actor, instruction, tokens)[1][-1].argmax())
        if best in (actor.vision.token("<|im_end|>"), actor.vision.token("<|diff_marker|>")):
            break
        tokens.append(best)
    return tokens


def biased(actor, *tokens):
    """Make the model like to write some tokens."""
    bias = torch.zeros(actor.vision.model.lm_head.weight.shape[0])
    bias[[actor.vision.token(token) for token in tokens]] = 6.0
    actor.vision.model.lm_head.bias = torch.nn.Parameter(bias)


def test_what_is_written_is_greedy_and_its_pointers_are_closed(actor):
    biased(actor, START, PAD)
    view = actor.view(PIXELS)
    answers = actor.answers(view, INSTRUCTIONS[:3], most=6)
    assert any(len(one.attention) for one in answers)
    for text, answer in zip(INSTRUCTIONS, answers, strict=False):
        tokens = greedy(actor, text, 6)
        assert answer.text == actor.vision.marked.decode(tokens, skip_special_tokens=False)
        assert len(answer.attention) == tokens.count(actor.vision.token(PAD))
        expected = whole(actor, text, tokens)[0]
        assert np.allclose(answer.attention.reshape(expected.shape), expected, rtol=0, atol=1e-5)


def test_an_answer_that_ends_at_once_has_no_pointer(actor):
    biased(actor, "<|im_end|>")
    actor.vision.model.lm_head.bias.data *= 100
    answer = actor.answers(actor.view(PIXELS), ["x"])[0]
    assert (answer.text, len(answer.attention)) == ("", 0)


def test_the_prompts_are_the_published_ones():
    assert PROMPTS["qwen2_vl"].before.startswith("<|im_start|>system\nYou are a GUI agent. You are given a task and")
    assert PROMPTS["qwen2_5_vl"].before.endswith(
        "pyautogui.click(<your_special_token_here>).<|im_end|>\n<|im_start|>user\n"
    )
    assert PROMPTS["qwen2_vl"].after == "<|im_end|>\n<|im_start|>assistant<|recipient|>os\n"
    assert PROMPTS["qwen2_vl"].click == "pyautogui.click(<|pointer_start|><|pointer_pad|><|pointer_end|>)"


def test_a_head_in_a_file_of_its_own_is_read_through_the_index(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "split")
    tensors = load_file(tmp_path / "split" / "model.safetensors")
    parts = {
        "model-00001-of-00002.safetensors": {key: t for key, t in tensors.items() if not key.startswith(NAME)},
        "model-00002-of-00002.safetensors": {key: t for key, t in tensors.items() if key.startswith(NAME)},
    }
    (tmp_path / "split" / "model.safetensors").unlink()
    for name, part in parts.items():
        save_file(part, tmp_path / "split" / name, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {key: name for name, part in parts.items() for key in part}}
    (tmp_path / "split" / "model.safetensors.index.json").write_text(json.dumps(index))
    one, other = (open_actor(str(path), device="cpu", dtype="float32") for path in (folder, tmp_path / "split"))
    got, expected = (each.points(each.view(PIXELS), ["x"])[0].attention for each in (one, other))
    assert np.array_equal(got, expected)


@pytest.mark.parametrize("tied", [False, True])
def test_the_flat_configuration_of_the_hub_is_read(folder, tmp_path, tied):
    """As transformers 4 wrote it: sizes of the language model at the top, `rope_scaling`, the tokenizer's class."""
    shutil.copytree(folder, tmp_path / "flat")
    config = json.loads((tmp_path / "flat" / "config.json").read_text())
    text = config.pop("text_config")
    rotary = text.pop("rope_parameters")
    text = {name: value for name, value in text.items() if name not in ("model_type", "layer_types")}
    scaling = {"type": "mrope", "mrope_section": rotary["mrope_section"]}
    more = {"rope_theta": rotary["rope_theta"], "rope_scaling": scaling, "tie_word_embeddings": tied}
    more |= {
        "torch_dtype": "bfloat16",
        "pointer_pad_token_id": 11,
        "architectures": ["ForConditionalGenerationWithPointer"],
    }
    (tmp_path / "flat" / "config.json").write_text(json.dumps({**text, **config, **more}))
    words = json.loads((tmp_path / "flat" / "tokenizer_config.json").read_text())
    (tmp_path / "flat" / "tokenizer_config.json").write_text(json.dumps({**words, "tokenizer_class": "Qwen2Tokenizer"}))
    if tied:
        tensors = load_file(tmp_path / "flat" / "model.safetensors")
        tensors.pop("lm_head.weight")
        save_file(tensors, tmp_path / "flat" / "model.safetensors", metadata={"format": "pt"})
    one, other = (open_actor(str(path), device="cpu", dtype="float32") for path in (folder, tmp_path / "flat"))
    got, expected = (each.points(each.view(PIXELS), ["x"])[0].attention for each in (one, other))
    assert np.array_equal(got, expected)


def test_what_is_no_checkpoint_of_this_kind_is_refused_by_what_is_wrong(tmp_path):
    plain = tiny_actors.saved(tmp_path / "plain", "qwen2_vl", head=False)
    with pytest.raises(ModelCorrupt, match="no action head"):
        open_actor(str(plain))
    words = tiny_actors.tokenizer(special=tiny_actors.QWEN)
    with pytest.raises(ModelCorrupt, match=r"no token '<\|recipient\|>'"):
        open_actor(str(tiny_actors.saved(tmp_path / "words", "qwen2_vl", words=words)))
    with pytest.raises(ModelNotFound, match="nowhere"):
        open_actor(str(tmp_path / "nowhere"))


def test_a_head_of_another_width_and_missing_weights_are_refused(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "wide")
    tiny_actors.add_head(tmp_path / "wide", ActionHead(16))
    with pytest.raises(ModelCorrupt, match="action head cannot be loaded"):
        open_actor(str(tmp_path / "wide"))
    shutil.copytree(folder, tmp_path / "short")
    tensors = load_file(tmp_path / "short" / "model.safetensors")
    tensors.pop("model.layers.1.mlp.up_proj.weight")
    save_file(tensors, tmp_path / "short" / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelCorrupt, match="lacks 1 tensors"):
        open_actor(str(tmp_path / "short"))


@pytest.mark.parametrize("name", ["preprocessor_config.json", "processor_config.json"])
def test_settings_of_pictures_are_read_from_either_file_or_refused(folder, tmp_path, name):
    shutil.copytree(folder, tmp_path / "x")
    (tmp_path / "x" / "preprocessor_config.json").unlink()
    assert open_actor(str(tmp_path / "x")).vision.patching == Patching()
    settings = {"size": {"shortest_edge": 3136, "longest_edge": 9408}}
    inner = settings if name.startswith("pre") else {"image_processor": settings}
    (tmp_path / "x" / name).write_text(json.dumps(inner))
    assert open_actor(str(tmp_path / "x")).vision.patching.most == 9408
    (tmp_path / "x" / name).write_text("{")
    with pytest.raises(ModelCorrupt, match=f"{name} of .* is no JSON"):
        open_actor(str(tmp_path / "x"))


def test_another_architecture_is_named(tmp_path):
    from transformers import GPT2Config

    GPT2Config(n_layer=1).save_pretrained(tmp_path)
    with pytest.raises(UnsupportedModel, match="'gpt2'"):
        open_actor(str(tmp_path))


def test_the_verifier_compares_true_with_false(tmp_path):
    folder = tiny_actors.saved(tmp_path, "qwen2_vl", head=False)
    verifier = open_verifier(str(folder), device="cpu", dtype="float32")
    vision, text, point = verifier.vision, "the Save button", Point(40, 30)
    crop = marked_crop(PIXELS, point, CircleMark())
    picture = vision.picture(crop, VERIFY.before)
    row = vision.ids(QUESTION[0] + text + QUESTION[1] + VERIFY.after)
    with torch.inference_mode():
        shares = vision.model.lm_head(vision.read(picture, [row]).states[0, -1]).softmax(-1)
    true, false = (float(shares[vision.ids(word)[0]]) for word in ("True", "False"))
    assert verifier.scores(PIXELS, text, [point, Point(200, 100)])[0] == pytest.approx(true / (true + false), abs=1e-5)


def test_a_crop_has_a_hollow_red_circle_and_ends_at_the_screen():
    grey = np.full((300, 400, 3), 128, np.uint8)
    crop = marked_crop(grey, Point(50, 200), CircleMark(reach=100))
    assert crop.shape == (200, 150, 3)
    red = (crop == [255, 0, 0]).all(-1)
    rows, columns = np.nonzero(red)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (93, 107, 43, 57)
    assert not red[100, 50]
    assert (grey == 128).all()
