"""Label files of strangers: each mistake is one finding with its place, and nothing crashes."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seglib.errors import FormatError
from seglib.formats import coco, safe_json, validate
from seglib.formats.findings import Findings, errors, summary
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
