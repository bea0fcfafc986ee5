"""Everything the page says of one scene under one judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seglib.metrics import AveragePrecision, Curve, ImageObjects, average_precision
from seglib.ui.average_precision.scene import Case, JudgeOptions

Outcome = Literal["tp", "fp", "ignored"]


@dataclass(frozen=True)
class Row:
    """One detection, in the order of the scores.

    Parameters
    ----------
    detection : int
        Its number in the case.
    score : float
        As judged.
    class_name : str
        What it is called.
    iou : float
        Best IoU with an object of the class.
    outcomes : tuple of str
        At each threshold.
    match : int or None
        Object that it matches at the chosen threshold.
    precision, recall : float
        After it, at the chosen threshold.
    """

    detection: int
    score: float
    class_name: str
    iou: float
    outcomes: tuple[Outcome, ...]
    match: int | None
    precision: float
    recall: float


@dataclass(frozen=True, eq=False)
class Facts:
    """Numbers of the page.

    Parameters
    ----------
    case : Case
        Picture, truth and detections.
    judge : JudgeOptions
        How it was judged.
    class_id : int or None
        The class looked at; ``None`` for all as one.
    whole : AveragePrecision
        All classes apart, as COCO does.
    view : AveragePrecision
        The class alone, or all as one.
    curve : Curve or None
        At the chosen threshold and size; ``None`` without an object to find.
    rows : tuple of Row
        Detections in the order of their scores.
    truth : ndarray
        ``(G,) int64`` numbers of the objects looked at.
    counts : ndarray
        ``(G,) bool``: those that count.
    """

    case: Case
    judge: JudgeOptions
    class_id: int | None
    whole: AveragePrecision
    view: AveragePrecision
    curve: Curve | None
    rows: tuple[Row, ...]
    truth: NDArray[np.int64]
    counts: NDArray[np.bool_]

    @property
    def at(self) -> int:
        """Index of the chosen threshold."""
        return int(np.argmin(np.abs(self.view.thresholds - self.judge.threshold)))

    def tally(self, steps: int) -> tuple[int, int, int]:
        """Right, wrong and still missed after so many detections."""
        outcomes = [row.outcomes[self.at] for row in self.rows[:steps]]
        right = outcomes.count("tp")
        return right, outcomes.count("fp"), int(self.counts.sum()) - right


def judge(
    case: Case, options: JudgeOptions, *, class_id: int | None, scores: dict[int, float]
) -> Facts:
    """Measure a case; ``scores`` replaces the detector's."""
    given = case.found.scores.astype(np.float64).round(3)
    for index, score in scores.items():
        if index < given.size:
            given[index] = score
    kept = np.flatnonzero(given >= options.floor)
    crowd = np.zeros(len(case.truth), bool)
    if options.crowd and crowd.size:
        crowd[int(np.argmax(case.truth.areas))] = True
    mine, theirs = np.arange(len(case.truth)), kept
    whole = _measure(case, mine, theirs, given, crowd, as_one=False)
    if class_id is not None:
        mine = mine[case.truth.class_ids == class_id]
        theirs = theirs[case.found.class_ids[theirs] == class_id]
    view = _measure(case, mine, theirs, given, crowd, as_one=True)
    area = [each.name for each in view.areas].index(options.area)
    counts = ~view.matches.truth_ignored[area]
    curve = None
    if counts.any():
        curve = view.curve(1, threshold=options.threshold, area=options.area)
    return Facts(
        case, options, class_id, whole, view, curve,
        _rows(case, options, view, curve, area, theirs, mine, given), mine, counts,
    )  # fmt: skip


def _measure(
    case: Case,
    mine: NDArray[np.int64],
    theirs: NDArray[np.int64],
    scores: NDArray[np.float64],
    crowd: NDArray[np.bool_],
    *,
    as_one: bool,
) -> AveragePrecision:
    def objects(rows: NDArray[np.int64], *, true: bool) -> ImageObjects:
        source = case.truth if true else case.found
        picked = source.select(rows)
        return ImageObjects(
            picked.size,
            picked.packed,
            np.ones(rows.size, np.int64) if as_one else picked.class_ids,
            scores=None if true else scores[rows],
            crowd=crowd[rows] if true else None,
        )

    return average_precision([objects(mine, true=True)], [objects(theirs, true=False)])


def _rows(
    case: Case,
    options: JudgeOptions,
    view: AveragePrecision,
    curve: Curve | None,
    area: int,
    theirs: NDArray[np.int64],
    mine: NDArray[np.int64],
    scores: NDArray[np.float64],
) -> tuple[Row, ...]:
    matches = view.matches
    at = int(np.argmin(np.abs(view.thresholds - options.threshold)))
    order = np.argsort(-matches.scores, kind="stable")
    names = {label.id: label.name for label in case.truth.label_set}
    rows = []
    for place, row in enumerate(order.tolist()):
        detection = int(theirs[matches.index[row]])
        match = int(matches.truth[at, area, row])
        outcomes: list[Outcome] = []
        for step in range(len(view.thresholds)):
            if matches.ignored[step, area, row]:
                outcomes.append("ignored")
            else:
                outcomes.append("tp" if matches.truth[step, area, row] >= 0 else "fp")
        rows.append(
            Row(
                detection=detection,
                score=float(scores[detection]),
                class_name=names[int(case.found.class_ids[detection])],
                iou=float(case.ious[detection, mine].max(initial=0.0)),
                outcomes=tuple(outcomes),
                match=None if match < 0 else int(mine[matches.truth_index[match]]),
                precision=float("nan") if curve is None else float(curve.precision[place]),
                recall=float("nan") if curve is None else float(curve.recall[place]),
            )
        )
    return tuple(rows)
