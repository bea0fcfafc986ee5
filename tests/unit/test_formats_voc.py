"""VOC label files: what is written comes back, and what is no label file is refused."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as PilImage

from seglib.errors import FormatError, LabelError, SeglibError, ShapeError
from seglib.formats import voc
from seglib.images import Limits
from seglib.labels import ALL, CAMVID_11, VOC_21, Label, LabelSet

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=30)
LABELS = np.array([[0, 1, 255], [8, 10, 3]], np.uint8)


def saved(picture: PilImage.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png(rows: list[bytes], *, width: int, bits: int, colour: int, chunks: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checksum

    header = struct.pack(">IIBBBBB", width, len(rows), bits, colour, 0, 0, 0)
    body = zlib.compress(b"".join(b"\x00" + row for row in rows))
    palette = chunk(b"PLTE", bytes(range(48))) if colour == 3 else b""
    parts = chunk(b"IHDR", header) + palette + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@settings(max_examples=80, deadline=None)
@given(data=st.data(), shape=SHAPES, label_set=st.sampled_from(ALL))
def test_what_is_written_comes_back(data, shape, label_set) -> None:
    ids = [label.id for label in label_set]
    if label_set.ignore is not None:
        ids.append(label_set.ignore)
    labels = data.draw(hnp.arrays(np.uint8, shape, elements=st.sampled_from(ids)))
    size = (shape[1], shape[0])
    restored = voc.read(voc.write(labels, label_set), label_set=label_set, expect_size=size)
    np.testing.assert_array_equal(restored, labels)
    assert restored.dtype == np.uint8


def test_the_file_is_indexed_with_the_whole_palette() -> None:
    picture = PilImage.open(io.BytesIO(voc.write(LABELS, CAMVID_11)))
    assert picture.mode == "P"
    np.testing.assert_array_equal(np.array(picture), LABELS)
    palette = np.array(picture.getpalette()).reshape(-1, 3)
    np.testing.assert_array_equal(palette, CAMVID_11.palette)
    np.testing.assert_array_equal(palette[255], (224, 224, 192))
    np.testing.assert_array_equal(np.array(picture.convert("RGB"))[1, 0], (64, 0, 128))


def test_another_ignore_label_is_255_in_the_file() -> None:
    labels = (Label(0, "cell", (9, 9, 9)), Label(1, "border", (1, 1, 1)))
    for ignore in (2, 300):
        label_set = LabelSet("cells", "Cells", labels, ignore=ignore)
        map_ = np.array([[0, 1, ignore]], np.uint16)
        np.testing.assert_array_equal(voc.read(voc.write(map_, label_set)), [[0, 1, 255]])
    restored = voc.read(
        voc.write(np.array([[0, 1, 2]], np.uint8), LabelSet("c", "C", labels, ignore=2)),
        label_set=LabelSet("c", "C", labels, ignore=2),
    )
    np.testing.assert_array_equal(restored, [[0, 1, 2]])


def test_ids_come_from_indices_not_from_colours() -> None:
    # Two classes of one colour, and a palette of another label set, change nothing.
    picture = PilImage.fromarray(LABELS)
    picture.putpalette([7, 7, 7] * 256)
    np.testing.assert_array_equal(voc.read(saved(picture)), LABELS)
    np.testing.assert_array_equal(voc.read(saved(picture, transparency=0)), LABELS)


def test_grey_8_bit_files_hold_ids() -> None:
    np.testing.assert_array_equal(voc.read(saved(PilImage.fromarray(LABELS))), LABELS)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_indices_of_few_bits(bits: int) -> None:
    row = bytes([1 << (8 - 2 * bits)]) if bits < 8 else bytes([0, 1])
    data = png([row], width=2, bits=bits, colour=3)
    np.testing.assert_array_equal(voc.read(data), [[0, 1]])


def test_orientation_is_not_applied() -> None:
    exif = PilImage.Exif()
    exif[0x0112] = 6
    picture = PilImage.fromarray(LABELS)
    picture.putpalette(VOC_21.palette.tobytes())
    np.testing.assert_array_equal(voc.read(saved(picture, exif=exif)), LABELS)


def test_reads_a_path(tmp_path) -> None:
    path = tmp_path / "labels.png"
    path.write_bytes(voc.write(LABELS, CAMVID_11))
    np.testing.assert_array_equal(voc.read(path), LABELS)
    np.testing.assert_array_equal(voc.read(str(path)), LABELS)


RGB = PilImage.new("RGB", (3, 2), (128, 0, 0))

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "RGB": (lambda: saved(RGB), "got 8-bit RGB: class ids cannot be read from colours"),
    "RGBA": (lambda: saved(RGB.convert("RGBA")), "RGB with alpha"),
    "grey with alpha": (lambda: saved(RGB.convert("LA")), "grey with alpha"),
    "16-bit grey": (
        lambda: saved(PilImage.fromarray(LABELS.astype(np.uint16))),
        "16-bit grey",
    ),
    "1-bit grey": (lambda: saved(RGB.convert("1")), "1-bit grey"),
    "4-bit grey": (lambda: png([b"\x12"], width=2, bits=4, colour=0), "4-bit grey"),
    "JPEG": (lambda: saved(RGB, "JPEG"), "expected a PNG picture, got a JPEG picture"),
    "indexed GIF": (lambda: saved(RGB.convert("P"), "GIF"), "got a GIF picture"),
    "text": (lambda: b"0 1 2 3", "text file"),
    "SVG": (lambda: b"<svg xmlns='x'/>", "save it as PNG"),
    "cut off": (
        lambda: voc.write(
            np.random.default_rng(0).integers(0, 11, (90, 90), dtype=np.uint8), CAMVID_11
        )[:-900],
        "cut off",
    ),
    "header of 50,000 x 50,000": (
        lambda: (
            png([], width=50_000, bits=8, colour=3)[:16]
            + struct.pack(">II", 50_000, 50_000)
            + bytes(50)
        ),
        "50,000",
    ),
    "300 MB": (lambda: bytes(300_000_000), "at most 40 MiB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_label_file_is_refused(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(FormatError, match=words) as caught:
        voc.read(make())
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 160


def test_ids_outside_the_set_are_listed() -> None:
    data = saved(PilImage.fromarray(np.array([[0, 11, 99, 255]], np.uint8)))
    with pytest.raises(LabelError, match=r"CamVid \(11 classes\), got 11, 99 as well"):
        voc.read(data, label_set=CAMVID_11)
    np.testing.assert_array_equal(voc.read(data), [[0, 11, 99, 255]])


def test_another_size_than_expected_names_both() -> None:
    data = voc.write(LABELS, CAMVID_11)
    with pytest.raises(FormatError, match="size 2 × 3, got 3 × 2"):
        voc.read(data, expect_size=(2, 3))
    assert voc.read(data, expect_size=(3, 2)).shape == (2, 3)


def test_errors_of_files_name_the_file_and_not_its_folder(tmp_path) -> None:
    (tmp_path / "mask.png").write_bytes(saved(RGB))
    (tmp_path / "ids.png").write_bytes(saved(PilImage.fromarray(LABELS + 20)))
    for name in ("mask.png", "ids.png", "missing.png"):
        with pytest.raises(SeglibError) as caught:
            voc.read(tmp_path / name, label_set=CAMVID_11)
        assert str(caught.value).startswith(name)
        assert str(tmp_path) not in str(caught.value)
        assert isinstance(caught.value, FormatError | LabelError)


def test_limits_hold() -> None:
    data = voc.write(LABELS, CAMVID_11)
    for limits in (Limits(max_pixels=5), Limits(max_side=2), Limits(max_bytes=20)):
        with pytest.raises(FormatError, match="at most"):
            voc.read(data, limits=limits)


def test_write_refuses_what_a_byte_cannot_hold() -> None:
    with pytest.raises(LabelError, match="11"):
        voc.write(np.array([[11]], np.uint8), CAMVID_11)
    many = LabelSet("many", "Many", tuple(Label(i, str(i), (0, 0, 0)) for i in range(301)), None)
    for class_id in (255, 300):
        with pytest.raises(FormatError, match=f"up to 254 in a VOC file, got {class_id}"):
            voc.write(np.array([[class_id]], np.uint16), many)
    assert voc.read(voc.write(np.array([[254]], np.uint16), many)) == 254


@pytest.mark.parametrize(
    "labels",
    [np.zeros((2, 2), np.int64), np.zeros((1, 2, 2), np.uint8), np.zeros((0, 2), np.uint8)],
)
def test_write_refuses_other_arrays(labels: np.ndarray) -> None:
    with pytest.raises(ShapeError, match=r"expected labels \(H, W\)"):
        voc.write(labels, CAMVID_11)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_broken_bytes_read_or_raise_format_error(data: st.DataObject) -> None:
    broken = bytearray(voc.write(LABELS, CAMVID_11))
    for place in data.draw(st.lists(st.integers(0, len(broken) - 1), max_size=6)):
        broken[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(broken)))
    try:
        labels = voc.read(bytes(broken[:end]), limits=Limits(max_pixels=100_000, max_side=2_000))
    except FormatError:
        return
    assert labels.ndim == 2
