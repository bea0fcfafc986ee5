"""Evaluation of folders: hand-worked numbers, and one clear line for every bad folder."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as PilImage

from seglib import evaluate, images, models
from seglib.engine import process_registry
from seglib.errors import DatasetError, UsageError
from tests.data.tiny_models import colour_net

VOID = 255


@pytest.fixture(autouse=True, scope="module")
def street_of_colours(tmp_path_factory):
    """In place of the street model: red is sky, green building, blue pole."""
    root = tmp_path_factory.mktemp("assets")
    colour_net(root / "models" / "street", height=360, width=480, name="street")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGLIB_ASSETS", str(root))
        patch.setenv("SEGLIB_CACHE", "off")
        yield
    process_registry().clear()


def bars():
    """(64, 96) truth: 32 columns each of 0, 1, 2, with the columns around the edges void."""
    truth = np.repeat(np.arange(3, dtype=np.uint8), 32)[None].repeat(64, 0)
    truth[:, [30, 31, 32, 33, 62, 63, 64, 65]] = VOID
    return truth


def add_pair(folder, name, truth, *, palette=False):
    folder.mkdir(exist_ok=True)
    pixels = np.zeros((64, 96, 3), np.uint8)
    for bar in range(3):
        pixels[:, bar * 32 : bar * 32 + 32, bar] = 255
    (folder / f"{name}.jpg").write_bytes(images.encode_jpeg(pixels, quality=95))
    picture = PilImage.fromarray(truth)
    if palette:
        picture.putpalette([0, 0, 0] * 256)
    picture.save(folder / f"{name}.png")


def test_hand_worked_numbers(tmp_path):
    folder = tmp_path / "val"
    add_pair(folder, "a", bars())
    swapped = bars()
    swapped[swapped == 1] = 2  # this truth calls the green bar a pole: 28 x 64 pixels wrong
    add_pair(folder, "b", swapped, palette=True)
    told = []
    found = evaluate.evaluate_folder(
        "street", "camvid", folder, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 2), (2, 2)]
    # columns judged: sky 30 + 30, building 28 (+ 28 answered and wrong), pole 30 + 30 (+ 28 missed)
    assert found.per_class["sky"] == 1.0
    assert found.per_class["building"] == pytest.approx(28 / (28 + 28))
    assert found.per_class["pole"] == pytest.approx(60 / (60 + 28))
    assert found.per_class["car"] is None
    assert list(found.per_class) == list(models.find("street").labels.names)
    assert found.mean_iou == pytest.approx((1 + 1 / 2 + 60 / 88) / 3)
    assert found.pixel_accuracy == pytest.approx(1 - 28 / 176)
    assert (found.dataset, found.split, found.images, found.size) == (
        "camvid",
        "val",
        2,
        (480, 360),
    )
    assert found.ignore == VOID
    assert found.precision == models.load("street").info.precision
    assert "pooled" in found.method


def test_pooled_is_not_the_mean_of_pictures(tmp_path):
    small, large = bars(), bars()
    small[:, 2:] = VOID  # two columns, right
    large[large == 0] = 1  # thirty columns of sky called building
    add_pair(tmp_path, "a", small)
    add_pair(tmp_path, "b", large)
    found = evaluate.evaluate_folder("street", "camvid", tmp_path)
    assert found.per_class["sky"] == pytest.approx(2 / 32)


def test_precision_and_split_are_recorded(tmp_path):
    add_pair(tmp_path, "a", bars())
    found = evaluate.evaluate_folder("street", "camvid", tmp_path, split="test", precision="f32")
    assert (found.precision, found.split) == ("f32", "test")


def without_labels(folder):
    (folder / "a.png").unlink()


def without_picture(folder):
    (folder / "a.jpg").unlink()


def emptied(folder):
    without_labels(folder)
    without_picture(folder)


def other_size(folder):
    PilImage.fromarray(bars()[:32, :48]).save(folder / "a.png")


def rgb_labels(folder):
    PilImage.fromarray(np.zeros((64, 96, 3), np.uint8)).save(folder / "a.png")


def strange_ids(folder):
    PilImage.fromarray(np.full((64, 96), 77, np.uint8)).save(folder / "a.png")


def all_void(folder):
    PilImage.fromarray(np.full((64, 96), VOID, np.uint8)).save(folder / "a.png")


def text_labels(folder):
    (folder / "a.png").write_text("no picture")


def cut_labels(folder):
    PilImage.fromarray(np.random.default_rng(0).integers(0, 11, (64, 96), np.uint8)).save(
        folder / "a.png"
    )
    (folder / "a.png").write_bytes((folder / "a.png").read_bytes()[:2000])


def text_picture(folder):
    (folder / "a.jpg").write_text("no picture")


def many_missing(folder):
    for number in range(5):
        (folder / f"m{number}.jpg").write_bytes(b"x")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without_labels, r"^a\.jpg in .* without a label map NAME\.png$"),
        (without_picture, r"^a\.png in .* without a picture NAME\.jpg$"),
        (many_missing, r"^m0\.jpg, m1\.jpg, m2\.jpg and 2 more in .* without a label map"),
        (emptied, r"expected pairs NAME\.jpg \+ NAME\.png, .* holds none"),
        (other_size, r"^a\.png: expected labels of the picture's size 96 × 64, got 48 × 32$"),
        (rgb_labels, r"^a\.png: expected an indexed PNG .*, got 8-bit RGB: "),
        (strange_ids, r"^a\.png: expected class ids of CamVid .*, got 77"),
        (all_void, r"every pixel of every label map is ignored"),
        (text_labels, r"^a\.png: expected a PNG picture, got a text file$"),
        (cut_labels, r"^a\.png: the PNG picture is cut off before its end"),
        (text_picture, r"^a\.jpg: "),
    ],
)
def test_bad_folders_get_one_sentence(tmp_path, spoil, message):
    add_pair(tmp_path, "a", bars())
    spoil(tmp_path)
    with pytest.raises(DatasetError, match=message) as caught:
        evaluate.evaluate_folder("street", "camvid", tmp_path)
    assert "\n" not in str(caught.value)


def test_a_file_is_no_folder(tmp_path):
    with pytest.raises(DatasetError, match="expected a folder of pictures"):
        evaluate.evaluate_folder("street", "camvid", tmp_path / "nothing")


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ("voc", "voc has the classes of voc-21, street answers camvid-11"),
        ("kitti", "expected a dataset among camvid, voc, coco, got 'kitti'"),
    ],
)
def test_data_sets_the_model_cannot_be_judged_on(tmp_path, dataset, message):
    with pytest.raises(UsageError, match=message):
        evaluate.evaluate_folder("street", dataset, tmp_path)
