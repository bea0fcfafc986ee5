"""Label files of strangers: each mistake is one finding with its place, and nothing crashes."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PilImage

from seglib.errors import FormatError
from seglib.formats import archive, coco, safe_json, validate, voc, voc_inside
from seglib.formats.findings import Findings, errors, summary
from seglib.labels import CAMVID_11, VOC_21
from tests.files import _chunk, bomb
from tests.unit.test_formats_coco import small

NAN = float("nan")


def encoded(content):
    return json.dumps(content).encode()


def polygon(points):
    return small(segmentation=points)


def without(key, of="annotations"):
    content = small()
    del content[of][0][key]
    return content


def runs(**changes):
    return small(segmentation={"size": [4, 6], "counts": [5, 2, 2, 2, 13], **changes})


def twice(key):
    content = small()
    content[key].append(dict(content[key][0]))
    return content


SQUARE = [1, 1, 3, 1, 3, 3, 1, 3]
CASES = {
    "no images": (lambda: {k: v for k, v in small().items() if k != "images"}, "images",
                  "error", "the key 'images' is missing"),
    "images no list": (lambda: small() | {"images": {}}, "images", "error",
                       "expected a list, got an object"),
    "a list": (lambda: [1, 2], "", "error", "expected an object with images, .* a list of 2"),
    "detections": (lambda: [{"image_id": 1, "score": 0.5}], "", "error",
                   "a file of detections, which is read beside its ground truth"),
    "a number": (lambda: 7, "", "error", "expected an object with .*, got 7"),
    "row no object": (lambda: small() | {"annotations": [3]}, "annotations[0]", "error",
                      "expected an object, got 3"),
    "image twice": (lambda: twice("images"), "images[1].id", "error",
                    r"the id 7 is already that of images\[0\]"),
    "annotation twice": (lambda: twice("annotations"), "annotations[2].id", "error",
                         r"the id 1 is already that of annotations\[0\]"),
    "category twice": (lambda: twice("categories"), "categories[1].id", "error", "the id 3 is"),
    "no id": (lambda: without("id"), "annotations[0]", "error", "the key 'id' is missing"),
    "no image_id": (lambda: without("image_id"), "annotations[0]", "error",
                    "the key 'image_id' is missing"),
    "unknown image": (lambda: small(image_id=8), "annotations[0].image_id", "error",
                      "no picture has the id 8"),
    "unknown category": (lambda: small(category_id=1), "annotations[0].category_id", "error",
                         "no category has the id 1"),
    "id is text": (lambda: small(id="1"), "annotations[0].id", "error",
                   "expected a whole number, got '1'"),
    "id is true": (lambda: small(id=True), "annotations[0].id", "error", "got true"),
    "id is huge": (lambda: small(id=10**30), "annotations[0].id", "error", "got a huge number"),
    "no width": (lambda: without("width", "images"), "images[0]", "error",
                 "the key 'width' is missing"),
    "no segmentation": (lambda: without("segmentation"), "annotations[0]", "error",
                        "the key 'segmentation' is missing"),
    "no area": (lambda: without("area"), "annotations[0]", "error", "the key 'area' is missing"),
    "no bbox": (lambda: without("bbox"), "annotations[0]", "warning", "the key 'bbox' is missing"),
    "no iscrowd": (lambda: without("iscrowd"), "annotations[0]", "warning", "'iscrowd' is missing"),
    "one point": (lambda: polygon([[1, 1]]), "annotations[0].segmentation[0]", "error",
                  "at least 3 points, got 1"),
    "two points": (lambda: polygon([[1, 1, 3, 3]]), "annotations[0].segmentation[0]", "error",
                   "at least 3 points, got 2: pycocotools would take the 4 numbers for a box"),
    "odd": (lambda: polygon([SQUARE[:-1]]), "annotations[0].segmentation[0]", "error",
            "expected pairs of x and y, got 7 numbers"),
    "nan": (lambda: polygon([[1, 1, NAN, 1, 3, 3]]), "annotations[0].segmentation[0]", "error",
            r"expected finite coordinates, got \(nan, 1\) at point 1"),
    "infinite": (lambda: polygon([[1, 1, float("inf"), 1, 3, 3]]),
                 "annotations[0].segmentation[0]", "error", r"got \(inf, 1\)"),
    "text": (lambda: polygon([[1, "1", 3, 1, 3, 3]]), "annotations[0].segmentation[0][1]",
             "error", "expected a number, got '1'"),
    "huge": (lambda: polygon([[1, 1, 10**400, 1, 3, 3]]), "annotations[0].segmentation[0]",
             "error", "a huge number"),
    "far away": (lambda: polygon([[1, 1, 1e9, 1, 3, 3]]), "annotations[0].segmentation[0]",
                 "error", "outline of at most 1,000,000 pixels"),
    "outside": (lambda: small(segmentation=[[1, 1, 8, 1, 8, 3, 1, 3]], area=10, bbox=[1, 1, 5, 2]),
                "annotations[0].segmentation[0]", "warning",
                "expected points inside 6 × 4 pixels, got one 2 px outside"),
    "negative points": (lambda: small(segmentation=[[-3, 1, 3, 1, 3, 3, -3, 3]], area=6,
                                      bbox=[0, 1, 3, 2]),
                        "annotations[0].segmentation[0]", "warning", "got one 3 px outside"),
    "no polygon": (lambda: polygon([]), "annotations[0].segmentation", "error",
                   "expected at least one polygon, got an empty list"),
    "flat polygon": (lambda: polygon(SQUARE), "annotations[0].segmentation", "error",
                     "the numbers of one without its list"),
    "null": (lambda: polygon(None), "annotations[0].segmentation", "error",
             "expected polygons .* or run lengths .*, got null"),
    "negative area": (lambda: small(area=-4), "annotations[0].area", "error",
                      "expected pixels from 0, got -4"),
    "nan area": (lambda: small(area=NAN), "annotations[0].area", "error",
                 "expected pixels, got nan"),
    "wrong area": (lambda: small(area=400), "annotations[0].area", "warning",
                   "expected about 4 px, the area of the mask, got 400"),
    "three numbers": (lambda: small(bbox=[1, 1, 2]), "annotations[0].bbox", "error",
                      "expected 4 numbers x, y, width, height, got a list of 3"),
    "negative box": (lambda: small(bbox=[1, 1, -2, 2]), "annotations[0].bbox", "error",
                     "width and height from 0, got -2 × 2"),
    "nan box": (lambda: small(bbox=[1, 1, NAN, 2]), "annotations[0].bbox", "error",
                "got one that is no number"),
    "wrong box": (lambda: small(bbox=[0, 0, 6, 4]), "annotations[0].bbox", "warning",
                  r"about \[1, 1, 2, 2\], the box of the mask, got \[0, 0, 6, 4\]"),
    "bad crowd": (lambda: small(iscrowd=2), "annotations[0].iscrowd", "error",
                  "expected 0 or 1, got 2"),
    "crowd of polygons": (lambda: small(iscrowd=1), "annotations[0].segmentation", "warning",
                          "expected run lengths for a crowd"),
    "runs too long": (lambda: runs(counts=[5, 2, 2, 2, 14]),
                      "annotations[0].segmentation.counts", "error",
                      "sum to 6 × 4 = 24 pixels, got 25: the code is longer than the picture"),
    "runs too short": (lambda: runs(counts=[5, 2]), "annotations[0].segmentation.counts", "error",
                       "got 7: the code is shorter than the picture"),
    "runs negative": (lambda: runs(counts=[26, -2]), "annotations[0].segmentation.counts",
                      "error", "run lengths from 0, got -2 at place 1"),
    "runs broken": (lambda: runs(counts=[5.5, 18.5]), "annotations[0].segmentation.counts",
                    "error", "whole run lengths, got 5.5"),
    "string too long": (lambda: runs(counts="04"), "annotations[0].segmentation.counts", "error",
                        "shorter than the picture"),
    "string cut": (lambda: runs(counts="T"), "annotations[0].segmentation.counts", "error",
                   "cut off in the middle"),
    "runs of another size": (lambda: runs(size=[4, 7]), "annotations[0].segmentation.size",
                             "error", r"\[height, width\] = \[4, 6\] of the picture, got \[4, 7\]"),
    "runs turned": (lambda: runs(size=[6, 4]), "annotations[0].segmentation.size", "error",
                    "width and height are swapped"),
    "runs without size": (lambda: small(segmentation={"counts": [24]}),
                          "annotations[0].segmentation", "error", "the key 'size' is missing"),
    "empty mask": (lambda: runs(counts=[24]) , "annotations[0].segmentation", "warning",
                   "the mask covers no pixel"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_mistake_has_its_place(case):
    make, place, severity, sentence = case
    data = encoded(make())
    found = validate.coco(data)
    matching = [each for each in found if each.place == place and each.severity == severity]
    assert any(re.search(sentence, each.sentence) for each in matching), found
    assert not any("\n" in each.sentence for each in found)
    if severity == "error":
        with pytest.raises(FormatError) as caught:
            coco.read(data)
        assert str(caught.value).startswith(str(errors(found)[0]))
    else:
        coco.read(data)


@pytest.mark.parametrize("width", [0, -5, 20_001, 1.5, "6", None])
def test_sizes_of_pictures(width):
    content = small()
    content["images"][0]["width"] = width
    (first, *others) = validate.coco(encoded(content))
    assert first.place == "images[0].width"
    assert first.severity == "error"
    # Its annotations have no picture then.
    assert {each.sentence for each in others} == {"no picture has the id 7"}


def test_a_picture_of_too_many_pixels():
    content = small()
    content["images"][0] |= {"width": 20_000, "height": 20_000}
    assert "at most 50,000,000 pixels" in validate.coco(encoded(content))[0].sentence


def test_the_good_rows_of_a_bad_file_are_kept():
    content = small(area=-1)
    content["annotations"].append({"id": 5})
    file, found = coco.inspect(encoded(content))
    assert [row.id for row in file.annotations] == [1, 2]
    assert file.annotations[0].area == 4
    assert summary(found) == "2 errors"


def test_box_as_two_corners_is_recognised():
    content = small(bbox=[9, 8, 20, 18], segmentation=[[9, 8, 20, 8, 20, 18, 9, 18]], area=110)
    content["images"][0] |= {"width": 40, "height": 30}
    content["annotations"].pop()
    (found,) = validate.coco(encoded(content))
    assert "it holds x1, y1, x2, y2 instead" in found.sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", r"the file is empty"),
        (b"{", r"expected JSON, got something else in line 1, column 2"),
        (b"\xff\xfe\x00", "no text|something else"),
        (b"\x80abc", "bytes that are no text"),
        (b"[" * 100_000, "at most 32 levels"),
        (b"[" * 20 + b"]" * 20, "expected an object"),
        (b"7" * 5000, "a number of thousands of digits"),
        (b"\x89PNG\r\n\x1a\n", "no text|something else"),
    ],
)
def test_what_is_no_json_is_one_error(data, sentence):
    (found,) = validate.coco(data)
    assert found.severity == "error"
    assert re.search(sentence, found.sentence)


def test_200_mb_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)  # sparse: no byte is written
    (found,) = validate.coco(path)
    assert found.sentence == "expected a file of at most 40 MiB, got 200 MiB"
    with pytest.raises(FormatError, match=r"^huge.json: expected a file of at most 40 MiB"):
        coco.read(path)


def test_limits_on_bytes_rows_and_points():
    data = encoded(small())
    for limits, sentence in (
        (coco.CocoLimits(max_bytes=100), "expected a file of at most"),
        (coco.CocoLimits(max_annotations=1), "expected at most 1 entries, got 2"),
        (coco.CocoLimits(max_points=3), "expected at most 3 points and runs"),
        (coco.CocoLimits(max_depth=2), "at most 2 levels"),
    ):
        assert sentence in validate.coco(data, limits=limits)[0].sentence


def test_brackets_in_texts_are_no_nesting():
    content = small()
    content["info"] = {"text": '[[[[{{{{"\\' * 20}
    assert validate.coco(encoded(content), limits=coco.CocoLimits(max_depth=6)) == ()


def test_a_file_with_a_thousand_mistakes_lists_two_hundred():
    content = small()
    content["annotations"] = [{"id": number} for number in range(1000)]
    found = validate.coco(encoded(content))
    assert len(found) == 201
    assert found[-1].sentence == "and 800 errors more, not listed"


def test_names_of_strangers_can_be_shown():
    content = small()
    content["images"][0]["file_name"] = "\ud800<b>\n" + "x" * 999
    content["categories"][0]["name"] = "\x00car"
    file, found = coco.inspect(encoded(content))
    name = file.images[0].file_name
    name.encode()
    assert len(name) == 200
    assert "\n" not in name
    assert file.categories[0].name == "\N{REPLACEMENT CHARACTER}car"
    assert found == ()


def test_a_path_in_a_file_name_is_only_a_text():
    content = small()
    content["images"][0]["file_name"] = "../../etc/passwd"
    file = coco.read(encoded(content))
    assert file.images[0].file_name == "../../etc/passwd"


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4)
    | st.sampled_from([0, 1, 7, 3, -1, 10**40, "", "04", NAN, [], {}]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "image_id", "width", "size", "counts", "segmentation"]), inner
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=60)
@given(VALUES)
def test_any_json_gives_findings_and_no_crash(content):
    data = json.dumps(content).encode()
    for each in validate.coco(data):
        str(each).encode()


@settings(max_examples=150)
@given(
    st.sampled_from(["images", "annotations", "categories"]),
    st.sampled_from([
        "id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd", "width",
        "height", "file_name", "name", "supercategory", "score",
    ]),
    VALUES,
)  # fmt: skip
def test_any_value_at_any_place_gives_findings_and_no_crash(where, key, value):
    content = small()
    content[where][0][key] = value
    file, found = coco.inspect(encoded(content), masks=True)
    assert file is not None
    for each in found:
        str(each).encode()
    for row in file.annotations:
        assert row.mask(file.image(row.image_id).size).ndim == 2
    coco.read(coco.write(file))


def png(array, mode=None):
    stream = io.BytesIO()
    PilImage.fromarray(array, mode).save(stream, "PNG")
    return stream.getvalue()


def sentences(found, severity="error"):
    return [str(each) for each in found if each.severity == severity]


def test_a_good_voc_file_has_only_a_note():
    labels = np.array([[0, 1], [20, 255]], np.uint8)
    inside, found = voc_inside.inspect(voc.write(labels, VOC_21))
    assert found == ()
    assert (inside.indices == labels).all()
    assert inside.palette.shape == (256, 3)
    assert (inside.bits, inside.size) == (8, (2, 2))
    (note,) = validate.voc(voc.write(np.zeros((2, 2), np.uint8), VOC_21))
    assert note.severity == "note"
    assert "no pixel is void (255)" in note.sentence


def test_rgb_instead_of_indexed():
    colours = VOC_21.palette[np.array([[0, 1], [2, 3]])]
    assert sentences(validate.voc(png(colours))) == [
        "expected an indexed PNG, got 8-bit RGB: class ids cannot be read from colours"
    ]


def test_ids_outside_the_list():
    found = validate.voc(png(np.array([[0, 0], [77, 21]], np.uint8)))
    assert sentences(found) == [
        f"pixel (1, 1): expected ids of {VOC_21.title} or 255, got 21 at 1 pixels, first here",
        f"pixel (0, 1): expected ids of {VOC_21.title} or 255, got 77 at 1 pixels, first here",
    ]
    assert sentences(found, "note")[0].startswith("palette: the file is grey")


def test_another_palette():
    data = voc.write(np.array([[0, 255]], np.uint8), CAMVID_11)
    (found,) = validate.voc(data)
    assert found.place == "palette[0]"
    assert found.severity == "warning"
    assert "got others for 20 of 21 ids, first (128, 128, 128) instead of (0, 0, 0)" in str(found)


def test_a_palette_that_is_too_short():
    # Made by hand: Pillow would pack two colours into one bit a pixel.
    data = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", bytes([0, 0, 0, 128, 0, 0]))
        + _chunk(b"IDAT", zlib.compress(b"\0\0\1\0\2\3"))
        + _chunk(b"IEND", b"")
    )
    inside, found = voc_inside.inspect(data)
    assert inside.indices.tolist() == [[0, 1], [2, 3]]
    assert sentences(found) == [
        "palette[2]: expected a colour for every index, got 2 colours and index 2, 3"
    ]


def test_size_and_void_of_voc():
    data = png(np.full((2, 3), 255, np.uint8))
    found = validate.voc(data, expect_size=(4, 4))
    assert sentences(found) == ["size: expected 4 × 4 pixels, the picture's size, got 3 × 2"]
    assert "every pixel is void (255): nothing is judged" in sentences(found, "warning")[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"text", bomb(), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + bytes(99), bytes(500)],
)
def test_what_is_no_png_is_one_error(data):
    (found,) = validate.voc(data)
    assert found.severity == "error"


@settings(max_examples=60)
@given(st.integers(0, 199), st.binary(min_size=1, max_size=9))
def test_damaged_png_gives_findings_and_no_crash(place, patch):
    data = bytearray(voc.write(np.arange(16, dtype=np.uint8).reshape(4, 4), VOC_21))
    data[place : place + len(patch)] = patch
    validate.voc(bytes(data))


def packed(files, *, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, content in files.items():
            entry = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            entry.compress_type = method
            made.writestr(entry, content)
    return stream.getvalue()


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = 0o120777 << 16
    return entry


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../evil.png", "climbs out of it: not read"),
        ("a/../../evil.png", "climbs out of it"),
        ("..\\evil.png", "climbs out of it"),
        ("/etc/passwd", "got an absolute one: not read"),
        ("\\evil.png", "got an absolute one"),
        ("C:\\evil.png", "got an absolute one"),
        ("c:evil.png", "got an absolute one"),
        (link("link.png"), "got a symbolic link: not followed"),
        ("more.zip", "an archive inside the archive is not opened"),
        ("more.tar.gz", "an archive inside the archive is not opened"),
    ],
)
def test_entries_that_are_left_out(tmp_path, monkeypatch, name, sentence):
    monkeypatch.chdir(tmp_path)
    found = archive.open_zip(packed({name: b"/etc/passwd", "good/a.png": b"fine"}))
    (finding,) = found.findings
    assert finding.place == (name if isinstance(name, str) else name.filename)
    assert sentence in finding.sentence
    assert found.names() == ("good/a.png",)
    assert found.read("good/a.png") == b"fine"
    with pytest.raises(FormatError, match="the archive holds no"):
        found.read("../evil.png")
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "evil.png").exists()


def test_a_bomb_is_not_unpacked():
    zeros = bytes(20 * 2**20)
    data = packed({"bomb.json": zeros, "a.png": b"fine"})
    assert len(data) < 100_000
    found = archive.open_zip(data)
    assert found.names() == ("a.png",)
    assert "expected at most 200 bytes from one" in found.findings[0].sentence
    huge = archive.open_zip(data, limits=archive.ArchiveLimits(max_file=2**20))
    assert "expected a file of at most 1 MiB, got one that claims 20 MiB" in str(huge.findings[0])


def test_many_entries_or_bytes_are_refused_as_a_whole():
    files = {f"{number}.png": bytes(1000) for number in range(20)}
    data = packed(files, method=zipfile.ZIP_STORED)
    for limits, message in (
        (archive.ArchiveLimits(max_files=19), "at most 19 files"),
        (archive.ArchiveLimits(max_total=19_000), "unpacks to at most 0 MiB"),
        (archive.ArchiveLimits(max_bytes=100), "expected a file of at most 0 MiB"),
    ):
        with pytest.raises(FormatError, match=message):
            archive.open_zip(data, limits=limits)


def test_an_entry_that_lies_about_its_size():
    data = bytearray(packed({"a.png": b"x" * 1000}, method=zipfile.ZIP_STORED))
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 500)
    found = archive.open_zip(bytes(data))
    with pytest.raises(FormatError, match=r"damaged in the archive|not of the size"):
        found.read("a.png")


def test_entries_that_share_their_bytes():
    stream = packed(
        {f"{number}.png": bytes(5000) for number in range(3)}, method=zipfile.ZIP_STORED
    )
    data = bytearray(stream)
    at = data.find(b"PK\x01\x02")
    for _ in range(3):
        struct.pack_into("<I", data, at + 20, 14_000)
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(FormatError, match="overlap: it is forged"):
        archive.open_zip(bytes(data))


def test_encrypted_and_strangely_packed_entries():
    data = bytearray(packed({"a.png": b"x" * 100, "b.png": b"y"}))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    found = archive.open_zip(bytes(data))
    assert str(found.findings[0]) == "a.png: it is encrypted: not read"
    lzma = archive.open_zip(packed({"a.png": b"x"}, method=zipfile.ZIP_LZMA))
    assert "another kind of compression" in lzma.findings[0].sentence


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a.png", b"1")
        made.writestr("a.png", b"2")
    found = archive.open_zip(stream.getvalue())
    assert found.findings[0].sentence == "its name is there twice"
    assert found.read("a.png") == b"1"


def test_what_systems_leave_behind_is_no_finding():
    found = archive.open_zip(packed({"__MACOSX/a.png": b"", "x/.DS_Store": b"", "a.png": b"1"}))
    assert found.names() == ("a.png",)
    assert found.findings == ()


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(100), b"text"])
def test_what_is_no_archive(data):
    with pytest.raises(FormatError):
        archive.open_zip(data)


@settings(max_examples=60)
@given(st.integers(0, 260), st.binary(min_size=1, max_size=6))
def test_damaged_archives_do_not_crash(place, patch):
    data = bytearray(packed({"a.png": b"x" * 60, "b/c.jpg": bytes(range(90))}))
    data[place : place + len(patch)] = patch
    try:
        found = archive.open_zip(bytes(data))
        for name in found.names():
            found.read(name)
    except FormatError as error:
        str(error).encode()


def test_findings_count_what_they_do_not_keep():
    found = Findings(kept=1)
    found.note("a", "first")
    found.error("b", "second")
    found.warning("c", "third")
    assert [str(each) for each in found.all()] == [
        "a: first",
        "and 1 error, 1 warning more, not listed",
    ]
    assert summary(()) == "no findings"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"), (True, "true"), (3, "3"), (10**20, "a huge number"), (0.5, "0.5"),
        ([1, 2], "a list of 2"), ({}, "an object"), ("x" * 99, repr("x" * 29 + "…")),
    ],
)  # fmt: skip
def test_values_in_messages_are_short(value, text):
    assert safe_json.shown(value) == text
