"""Pictures of every kind that a user has: read as RGB, or refused with what to do."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from tamis.errors import InvalidInput, UnreadableImage, UnreadableInput
from tamis.image import Box, screenshot_of

Image = pytest.importorskip("PIL.Image")
RED = (200, 30, 40)


def saved(image, kind: str, **settings) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **settings)
    return buffer.getvalue()


def red(mode: str = "RGB", size=(30, 20)):
    image = Image.new("RGB", size, RED)
    return image.quantize(4) if mode == "P" else image.convert(mode)


@pytest.mark.parametrize(
    ("image", "kind", "note"),
    [
        (red(), "PNG", ()),
        (red("P"), "PNG", ("palette",)),
        (red("CMYK"), "TIFF", ("CMYK",)),
        (red("CMYK"), "JPEG", ("CMYK",)),
        (red(), "WEBP", ()),
        (red(), "BMP", ()),
        (red("P"), "GIF", ("palette",)),
    ],
)
def test_colours_survive_every_kind_of_file(image, kind, note):
    shot = screenshot_of(saved(image, kind))
    assert shot.size == (30, 20)
    assert shot.notes == note
    assert np.abs(shot.pixels[10, 15].astype(int) - RED).max() < 12  # (JPEG and WebP round)


def test_what_is_transparent_lies_on_white():
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    shot = screenshot_of(saved(image, "PNG"))
    assert shot.notes == ("transparent",)
    assert (shot.pixels == 255).all()


def test_of_an_animation_the_first_frame_is_read():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    shot = screenshot_of(data)
    assert shot.notes[0] == "frame 1 of 3"
    assert tuple(shot.pixels[0, 0]) == (255, 0, 0)


def test_grey_of_16_bits_keeps_its_range():
    array = np.array([[0, 32768, 65535]], dtype=np.uint16)
    shot = screenshot_of(saved(Image.fromarray(array), "PNG"))
    assert shot.pixels[0, :, 0].tolist() == [0, 127, 255]


def test_a_picture_turned_by_its_camera_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert screenshot_of(saved(red(), "JPEG", exif=exif)).size == (20, 30)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95])
def test_a_file_that_is_cut_short_is_refused(share, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    data = saved(Image.fromarray(noise), "PNG")
    path = tmp_path / "shot.png"
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(UnreadableImage, match=r"shot\.png"):
        screenshot_of(path)


@pytest.mark.parametrize("at", range(8, 400, 23))
def test_damaged_bytes_give_a_picture_or_the_typed_error(at):
    data = bytearray(saved(red(size=(64, 64)), "PNG") + b"\0" * 300)
    data[at % len(data)] ^= 0xFF
    with contextlib.suppress(UnreadableImage):
        assert screenshot_of(bytes(data)).size == (64, 64)


def test_more_than_8k_is_refused_before_it_is_decoded():
    data = saved(Image.new("1", (20_000, 5_000)), "PNG")  # a few kB in the file
    with pytest.raises(UnreadableImage, match="20000 x 5000 pixels"):
        screenshot_of(data)


def test_8k_is_read():
    assert screenshot_of(saved(Image.new("1", (7680, 4320)), "PNG")).size == (7680, 4320)


def test_text_and_missing_files_are_refused(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("no picture")
    with pytest.raises(UnreadableImage, match=r"notes\.txt' is no picture"):
        screenshot_of(text)
    with pytest.raises(UnreadableInput, match=r"missing\.png"):
        screenshot_of(tmp_path / "missing.png")
    with pytest.raises(InvalidInput, match="No screenshot: int"):
        screenshot_of(3)
    with pytest.raises(InvalidInput, match="float64"):
        screenshot_of(np.zeros((4, 4, 3)))
    with pytest.raises(InvalidInput, match="at least one pixel"):
        screenshot_of(np.zeros((0, 4, 3), dtype=np.uint8))


def test_arrays_and_images_are_taken_as_they_are():
    array = np.zeros((5, 7), dtype=np.uint8)
    shot = screenshot_of(array, ratio=2)
    assert shot.size == (7, 5)
    assert shot.css.width == 3.5
    assert screenshot_of(shot) is shot
    assert screenshot_of(red()).size == (30, 20)
    assert screenshot_of(np.full((2, 2, 4), 100, dtype=np.uint8)).pixels[0, 0, 0] == (100 * 100 + 255 * 155) // 255


def test_a_crop_holds_every_pixel_that_the_box_touches():
    array = np.arange(100, dtype=np.uint8).reshape(10, 10)
    shot = screenshot_of(array)
    assert shot.crop(Box(1.5, 2, 3.2, 4))[..., 0].tolist() == [[21, 22, 23], [31, 32, 33]]
    assert shot.crop(Box(20, 20, 30, 30)).size == 0
