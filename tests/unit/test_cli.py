"""The command line: what it writes, exit status, one line an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from seglib import cli, images, labels
from seglib.cli import output
from seglib.engine import process_registry
from seglib.errors import EngineBusyError
from tests.data.tiny_models import colour_net

CAMVID = labels.CAMVID_11


@pytest.fixture(autouse=True)
def assets(tmp_path_factory, monkeypatch):
    """In place of the street model: red is sky, green building, blue pole."""
    root = tmp_path_factory.mktemp("assets")
    colour_net(root / "models" / "street", height=360, width=480, name="street")
    monkeypatch.setenv("SEGLIB_ASSETS", str(root))
    monkeypatch.setenv("SEGLIB_CACHE", "off")
    yield root
    process_registry().clear()


@pytest.fixture
def picture(tmp_path):
    return write_picture(tmp_path / "in" / "flag.png")


def write_picture(path):
    pixels = np.zeros((64, 96, 3), np.uint8)
    for bar in range(3):
        pixels[:, bar * 32 : bar * 32 + 32, bar] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(images.encode_png(pixels))
    return path


BARS = np.repeat(np.arange(3, dtype=np.uint8), 32)[None].repeat(64, 0)


def run(capsys, *words):
    """Return exit status, standard output and the lines of standard error."""
    status = cli.main([str(word) for word in words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err.splitlines()


def test_models_lists_the_catalogue(capsys):
    status, out, errors = run(capsys, "models")
    assert (status, errors) == (0, [])
    assert out.splitlines()[1].startswith("street")
    status, out, _ = run(capsys, "models", "--json")
    assert status == 0
    card, *others = json.loads(out)
    assert card["name"] == "street"
    assert [other["name"] for other in others] == ["everyday", "foreground", "nuclei"]
    assert card["classes"] == list(CAMVID.names)
    assert card["size_bytes"] > 0


def test_segment_draws_on_the_picture(capsys, tmp_path, picture):
    out = tmp_path / "new" / "out"
    status, text, errors = run(capsys, "segment", picture, "--model", "street", "--out", out)
    assert (status, errors) == (0, [])
    assert "flag.png" in text
    with PilImage.open(out / "flag.png") as written:
        assert written.mode == "RGB"
        pixels = np.asarray(written).astype(int)
    blended = 0.6 * CAMVID.palette[BARS] + 0.4 * images.load(picture).pixels
    inside = np.abs(np.arange(96) % 32 - 15.5) < 12
    assert np.abs(pixels - blended)[:, inside].max() <= 1
    assert [path.name for path in out.iterdir()] == ["flag.png"]


def test_segment_writes_indexed_voc(capsys, tmp_path, picture):
    words = ("segment", picture, "--model", "street", "--out", tmp_path / "out", "--format", "voc")
    assert run(capsys, *words)[0] == 0
    with PilImage.open(tmp_path / "out" / "flag.png") as written:
        assert written.mode == "P"
        np.testing.assert_array_equal(np.asarray(written), BARS)


def test_one_broken_picture_does_not_stop_the_others(capsys, tmp_path, picture):
    broken = tmp_path / "in" / "broken.jpg"
    broken.write_text("this is text")
    missing = tmp_path / "in" / "missing.jpg"
    out = tmp_path / "out"
    words = ("segment", broken, picture, missing, "--model", "street", "--out", out)
    status, _, errors = run(capsys, *words)
    assert status == 1
    assert len(errors) == 2
    assert "broken.jpg" in errors[0]
    assert "missing.jpg" in errors[1]
    assert [path.name for path in out.iterdir()] == ["flag.png"]


def test_same_names_from_two_folders_do_not_overwrite(capsys, tmp_path, picture):
    other = write_picture(tmp_path / "other" / "flag.png")
    out = tmp_path / "out"
    assert run(capsys, "segment", picture, other, "--model", "street", "--out", out)[0] == 0
    assert sorted(path.name for path in out.iterdir()) == ["flag-2.png", "flag.png"]


def test_a_picture_is_never_overwritten(capsys, picture):
    before = picture.read_bytes()
    words = ("segment", picture, "--model", "street", "--out", picture.parent)
    status, _, errors = run(capsys, *words)
    assert status == 1
    assert "would overwrite a picture" in errors[0]
    assert picture.read_bytes() == before


def test_evaluate_prints_and_writes(capsys, tmp_path):
    root = tmp_path / "val"
    root.mkdir()
    picture = write_picture(tmp_path / "x.png")
    with PilImage.open(picture) as source:
        source.save(root / "a.jpg", quality=95)
    truth = BARS.copy()
    truth[:, [30, 31, 32, 33, 62, 63, 64, 65]] = 255
    PilImage.fromarray(truth).save(root / "a.png")
    report = tmp_path / "reports" / "r.json"
    words = ("evaluate", "--model", "street", "--dataset", "camvid", "--root", root)
    status, out, errors = run(capsys, *words, "--json", report, "--precision", "f32")
    assert status == 0
    assert errors == ["1/1 pictures, 0 s left"]
    lines = out.splitlines()
    assert lines[1].split() == ["sky", *("100.0", "%") * 3]
    assert lines[4].split() == ["road", *("undefined",) * 3]
    assert "mean IoU        100.0 %" in lines
    assert "street, 1 pictures, 480x360, f32, label 255 ignored" in lines
    written = json.loads(report.read_text())
    assert list(written) == [
        "model", "dataset", "split", "images", "size", "precision", "ignore", "mean_iou",
        "pixel_accuracy", "per_class", "method", "scores", "pooled", "per_image", "classes",
        "pictures", "confusion_matrix", "findings",
    ]  # fmt: skip
    assert written["mean_iou"] == 1.0
    assert written["per_class"]["road"] is None


def test_bench_prints_the_stages(capsys):
    status, out, errors = run(capsys, "bench", "--runs", 2, "--size", "160x120")
    assert (status, errors) == (0, [])
    titles = [line.split()[0] for line in out.splitlines()[:7]]
    assert titles == ["stage", "Decode", "Preprocess", "Queue", "Infer", "Postprocess", "Total"]
    assert "2 runs" in out


def test_fetch_checks_the_files(capsys, assets):
    status, out, _ = run(capsys, "fetch", "street")
    assert status == 0
    assert "complete" in out
    (assets / "models" / "street" / "street.bin").unlink()
    status, _, errors = run(capsys, "fetch", "street")
    assert status == 1
    assert errors == ["seglib: the model street is not complete: street.bin is missing"]


SEGMENT = ("segment", "x.png", "--model", "street", "--out", "o")
EVALUATE = ("evaluate", "--model", "street", "--dataset")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "arguments are required: COMMAND"),
        (("dance",), "invalid choice: 'dance'"),
        (("segment",), "required: IMAGE, --model, --out"),
        (("segment", "x.png", "--out", "o"), "required: --model"),
        ((*SEGMENT, "--format", "bmp"), "invalid choice: 'bmp'"),
        (
            ("segment", "x.png", "--model", "foreground", "--out", "o", "--format", "coco"),
            "foreground answers how much of each pixel is the subject; use --format cutout",
        ),
        ((*SEGMENT, "--format", "cutout"), "street only tells classes apart; use --format png"),
        ((*SEGMENT, "--precision", "i8"), "invalid choice: 'i8'"),
        (
            ("segment", "x.png", "--model", "stret", "--out", "o"),
            "no model is called 'stret'; did you mean street?",
        ),
        (("fetch", "streeet"), "did you mean street?"),
        (("bench", "--model", "nobody"), "no model is called 'nobody'"),
        (("bench", "--size", "big"), "expected a size like 1280x720, got 'big'"),
        (("bench", "--size", "1280x"), "expected sides of 32 to 4096 pixels"),
        (("bench", "--runs", "0"), "expected a number from 1 to 10000, got '0'"),
        ((*EVALUATE, "kitti", "--root", "r"), "invalid choice: 'kitti'"),
        ((*EVALUATE, "voc", "--root", "r"), "voc has the classes of voc-21"),
    ],
)
def test_bad_usage_is_2_and_one_line(capsys, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    status, out, errors = run(capsys, *words)
    assert status == 2
    assert out == ""
    assert len(errors) == 1
    assert message in errors[0]
    assert list(tmp_path.iterdir()) == []


def break_weights(assets):
    weights = assets / "models" / "street" / "street.bin"
    weights.write_bytes(weights.read_bytes()[:10])


def remove_weights(assets):
    (assets / "models" / "street" / "street.bin").unlink()


def break_description(assets):
    (assets / "models" / "street" / "street.xml").write_text("<net")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (break_weights, "street.bin is damaged"),
        (remove_weights, "street.bin is missing"),
        (break_description, "street.xml is damaged"),
    ],
)
@pytest.mark.parametrize("command", ["segment", "evaluate", "bench"])
def test_bad_model_files_are_1_and_one_line(
    capsys, tmp_path, assets, picture, spoil, message, command
):
    PilImage.fromarray(BARS).save(tmp_path / "a.png")
    (tmp_path / "a.jpg").write_bytes(images.encode_jpeg(np.zeros((64, 96, 3), np.uint8)))
    words = {
        "segment": ("segment", picture, "--model", "street", "--out", tmp_path / "out"),
        "evaluate": (*EVALUATE, "camvid", "--root", tmp_path),
        "bench": ("bench",),
    }
    spoil(assets)
    status, out, errors = run(capsys, *words[command])
    assert status == 1
    assert out == ""
    assert len(errors) == 1
    assert message in errors[0]


def test_folder_that_cannot_be_written(capsys, tmp_path, picture):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    words = ("segment", picture, "--model", "street", "--out", blocked / "out")
    status, _, errors = run(capsys, *words)
    assert status == 1
    assert len(errors) == 1
    assert errors[0].startswith(f"seglib: cannot write to {blocked / 'out'}: ")
    words = (*EVALUATE, "camvid", "--root", tmp_path, "--json", blocked / "r.json")
    status, _, errors = run(capsys, *words)
    assert (status, len(errors)) == (1, 1)
    assert "cannot write to" in errors[0]


def test_write_file_leaves_nothing_half_done(tmp_path):
    (tmp_path / "target").mkdir()
    with pytest.raises(output.OutputError, match=r"cannot write .*target"):
        output.write_file(tmp_path / "target", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_empty_data_set(capsys, tmp_path):
    status, _, errors = run(capsys, *EVALUATE, "camvid", "--root", tmp_path)
    assert (status, len(errors)) == (1, 1)
    assert "holds none" in errors[0]


def test_busy_engine(capsys, tmp_path, picture, monkeypatch):
    def busy(*_args, **_options):
        raise EngineBusyError("the server is busy")

    monkeypatch.setattr("seglib.engine.LocalEngine.infer", busy)
    words = ("segment", picture, "--model", "street", "--out", tmp_path / "out")
    status, _, errors = run(capsys, *words)
    assert status == 1
    assert errors == [f"seglib: {picture}: the server is busy"]


def test_bad_environment_is_bad_usage(capsys, monkeypatch):
    monkeypatch.setenv("SEGLIB_HINT", "FAST")
    status, _, errors = run(capsys, "bench")
    assert status == 2
    assert errors == ["seglib: expected SEGLIB_HINT to be one of LATENCY, THROUGHPUT, got 'FAST'"]


def test_interrupted(capsys, monkeypatch):
    def stop(_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("seglib.cli.listing.run_models", stop)
    assert run(capsys, "models") == (130, "", ["seglib: stopped"])


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (3900, "1 h 05 min")]
)
def test_duration(seconds, text):
    assert output.duration(seconds) == text


def test_progress_in_a_log_is_short(capsys):
    progress = output.Progress()
    for done in range(1, 201):
        progress(done, 200)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "200/200 pictures, 0 s left"


def test_as_a_process_from_another_folder(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).resolve().parents[2])}
    result = subprocess.run(
        [sys.executable, "-W", "error", "-m", "seglib", "fetch", "nothing-like-it"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr == "seglib: no model is called 'nothing-like-it'\n"
