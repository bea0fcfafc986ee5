"""What the browser paints: taken where it is right, refused in one sentence where it is forged."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import zlib
from typing import Any

import numpy as np
import pytest

from seglib.errors import FormatError
from seglib.formats import voc
from seglib.labels import CAMVID_11, VOC_21
from seglib.ui.playground import (
    board,
    downloads,
    edits,
    scenes,
    tiles,
)
from seglib.ui.playground.scenes import HEIGHT, WIDTH
from seglib.ui.playground.state import MOST_CHANGES, Layer, Session
from seglib.ui.playground.table import METRICS
from tests.pages.conftest import Open
from tests.pages.test_playground import facts, same, shown


def packed(labels: np.ndarray) -> str:
    return base64.b64encode(zlib.compress(labels.tobytes())).decode()


def report(nonce: str, truth: np.ndarray, prediction: np.ndarray) -> dict[str, Any]:
    return {"nonce": nonce, "truth": packed(truth), "prediction": packed(prediction)}


def test_paint_counts_stays_under_a_slider_and_comes_off(open_page: Open) -> None:
    app = open_page("playground", pg_scene="imbalance")
    own: Session = app.session_state["_playground"]
    truth, prediction = (np.array(labels) for labels in scenes.maps("imbalance"))
    prediction[58:70, 100:108] = VOC_21.id_of("bus")
    own.take(report(own.nonce, truth, prediction))
    app.run()
    # Half of the bus.
    assert shown(app)["iou"] == 0.5
    assert own.painted() == 96
    nonce = own.nonce
    app.slider(key="knob_pg_dx").set_value(1).run()
    assert shown(app)["iou"] == 0.5
    assert own.nonce != nonce
    # Painting void on the truth takes pixels out of the judgement.
    truth[58:70, 108:] = 255
    own.take(report(own.nonce, truth, prediction))
    app.run()
    assert shown(app)["iou"] == 1
    app.button(key="pg_clear").click().run()
    assert shown(app)["iou"] == 0
    assert own.painted() == 0
    assert [round(state["iou"], 3) for state in own.history] == [0, 0.5, 1, 0]


def test_paint_goes_with_its_situation(open_page: Open) -> None:
    app = open_page("playground", pg_scene="imbalance")
    own: Session = app.session_state["_playground"]
    truth, prediction = scenes.maps("imbalance")
    own.take(report(own.nonce, truth, prediction + np.uint8(6)))
    app.run()
    assert own.painted() == WIDTH * HEIGHT
    app.button_group(key="pg_scene").set_value("split").run()
    assert own.painted() == 0
    assert shown(app)["iou"] == pytest.approx(61 / 62)


GOOD = packed(np.zeros((HEIGHT, WIDTH), np.uint8))
FORGED: dict[str, Any] = {
    "no report": None,
    "text": "paint",
    "a list": [1, 2],
    "no nonce": {"truth": GOOD, "prediction": GOOD},
    "nonce of another kind": {"nonce": 7, "truth": GOOD, "prediction": GOOD},
    "a map missing": {"nonce": "n", "truth": GOOD},
    "numbers": {"nonce": "n", "truth": [0] * 5, "prediction": GOOD},
    "not base64": {"nonce": "n", "truth": "§$%", "prediction": GOOD},
    "base64 of nothing": {"nonce": "n", "truth": "", "prediction": GOOD},
    "not deflated": {"nonce": "n", "truth": "AAAA", "prediction": GOOD},
    "cut off": {"nonce": "n", "truth": GOOD[:12], "prediction": GOOD},
    "too short": {"nonce": "n", "truth": packed(np.zeros(19, np.uint8)), "prediction": GOOD},
    "too long": {
        "nonce": "n", "truth": GOOD, "prediction": packed(np.zeros(WIDTH * HEIGHT + 1, np.uint8)),
    },
    "more after the end": {
        "nonce": "n",
        "truth": base64.b64encode(base64.b64decode(GOOD) + b"more").decode(),
        "prediction": GOOD,
    },
    "a bomb": {"nonce": "n", "truth": packed(np.zeros(50_000_000, np.uint8)), "prediction": GOOD},
    "huge": {"nonce": "n", "truth": "A" * 10_000_000, "prediction": GOOD},
    "a stranger's id": {
        "nonce": "n", "truth": GOOD, "prediction": packed(np.full((HEIGHT, WIDTH), 21, np.uint8)),
    },
    "void predicted": {
        "nonce": "n", "truth": GOOD, "prediction": packed(np.full((HEIGHT, WIDTH), 255, np.uint8)),
    },
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_forged_paint_is_refused_in_one_sentence(what: str) -> None:
    with pytest.raises(FormatError, match="expected"):
        edits.read(FORGED[what], nonce="n", size=(WIDTH, HEIGHT), classes=range(21), ignore=255)


def test_paint_of_earlier_maps_is_no_fault() -> None:
    late = {"nonce": "old", "truth": "§", "prediction": None}
    assert edits.read(late, nonce="n", size=(WIDTH, HEIGHT), classes=[0], ignore=255) is None


def test_a_refusal_keeps_the_maps_and_says_so(open_page: Open) -> None:
    app = open_page("playground", pg_scene="imbalance")
    own: Session = app.session_state["_playground"]
    before = shown(app)
    for forged in FORGED.values():
        if isinstance(forged, dict) and forged.get("nonce") == "n":
            forged = {**forged, "nonce": own.nonce}
        own.take(forged)
    app.run()
    assert not app.exception
    assert not app.error
    assert "Your maps are as they were." in app.warning[0].value
    assert same(shown(app), before)
    truth, prediction = scenes.maps("imbalance")
    own.take(report(own.nonce, truth, prediction))
    app.run()
    assert not app.warning


def test_the_session_without_maps_takes_nothing() -> None:
    own = Session()
    own.take({"nonce": "x"})
    assert own.problem == ""


def test_a_layer_covers_only_what_was_painted() -> None:
    base = np.array([[0, 1], [2, 3]], np.uint8)
    layer = Layer(np.array([[True, False], [False, True]]), np.full((2, 2), 9, np.uint8))
    assert layer.over(base).tolist() == [[9, 1], [2, 9]]
    assert not layer.over(base).flags.writeable


def test_the_history_is_short_and_about_one_thing() -> None:
    own = Session()
    for step in range(40):
        own.remember("a", step, {"iou": step / 40})
    own.remember("a", 39, {"iou": 0.5})
    assert len(own.history) == MOST_CHANGES
    assert own.history[-1]["iou"] == 39 / 40
    own.remember("b", 0, {"iou": 0.1})
    assert own.history == [{"iou": 0.1}]


def test_a_sparkline_leaves_gaps_where_nothing_is_defined() -> None:
    assert tiles.spark([0.5], pixels=False) == ""
    assert tiles.spark([math.nan, math.inf], pixels=True) == ""
    line = tiles.spark_svg([0.0, 0.5, math.nan, 1.0, 1.0], pixels=False)
    assert line.count("<polyline") == 2
    assert "nan" not in line
    # 0 at the bottom, 1 at the top.
    assert "3.0,11.0" in line
    assert line.count(",3.0") >= 2


def test_the_block_for_the_browser_holds_the_exact_ids() -> None:
    found = facts("town")
    blob = board.pack(
        found.truth, found.prediction, found.ring_map(), nonce="n", label_set=CAMVID_11,
        classes=found.present, focus=found.focus, cell=None, backdrop=3, radius=4, alt="a",
    )  # fmt: skip
    length = int.from_bytes(blob[:4], "little")
    head = json.loads(blob[4 : 4 + length])
    for name, labels in (("truth", found.truth), ("prediction", found.prediction)):
        at, size = head["parts"][name]
        data = zlib.decompress(blob[4 + length + at : 4 + length + at + size])
        assert (np.frombuffer(data, np.uint8).reshape(HEIGHT, WIDTH) == labels).all()
    assert {item["id"] for item in head["classes"]} == set(found.present)


def test_downloads_hold_the_maps_and_the_numbers() -> None:
    found = facts("imbalance")
    assert (voc.read(voc.write(found.truth, VOC_21), label_set=VOC_21) == found.truth).all()
    data = json.loads(downloads.numbers_json(found, scene="imbalance"))
    assert data["metrics"]["pixel_accuracy"] == 0.99
    assert data["metrics"]["precision"] is None
    assert data["metrics"]["hausdorff"] == "inf"
    assert data["confusion_matrix"] == found.matrix.tolist()
    rows = list(csv.DictReader(io.StringIO(downloads.numbers_csv(found).decode())))
    assert [row["metric"] for row in rows] == [metric.key for metric in METRICS]
    assert float(rows[4]["value"]) == 0.99
    assert rows[2]["value"] == ""
