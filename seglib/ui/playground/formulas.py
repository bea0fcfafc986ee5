"""Each metric's formula, and under it the same with the numbers put in."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from seglib.ui.numbers import sig3
from seglib.ui.playground.measures import Facts
from seglib.ui.playground.table import BY_KEY


def latex(key: str, found: Facts) -> str:
    """Return the formula of a metric with this pair's numbers, as LaTeX."""
    symbols, lines = _FORMULAS[key](found)
    result = _result(key, found)
    steps = [rf"&= {line} \\" for line in lines]
    body = "\n".join([rf"\text{{{BY_KEY[key].title.replace('%', chr(92) + '%')}}} &= {symbols} \\"])
    steps[-1] = rf"&= {lines[-1]} = {result}"
    return "\\begin{aligned}\n" + body + "\n" + "\n".join(steps) + "\n\\end{aligned}"


def _result(key: str, found: Facts) -> str:
    value = found.values[key]
    if math.isnan(value):
        return r"\text{undefined}"
    if math.isinf(value):
        return r"\infty\ \text{px}"
    unit = r"\ \text{px}" if BY_KEY[key].pixels else ""
    return f"{_number(value)}{unit}"


def _number(value: float) -> str:
    if math.isinf(value):
        return r"\infty"
    if math.isnan(value):
        return r"\text{undefined}"
    return sig3(value).replace(",", r"{,}")


def _int(value: float | np.integer[Any]) -> str:
    return f"{int(value):,}".replace(",", r"{,}")


def _fraction(top: str, bottom: str) -> str:
    return rf"\frac{{{top}}}{{{bottom}}}"


Formula = tuple[str, list[str]]


def _iou(found: Facts) -> Formula:
    tp, fp, fn = map(_int, (found.tp, found.fp, found.fn))
    return r"\frac{TP}{TP + FP + FN}", [_fraction(tp, f"{tp} + {fp} + {fn}")]


def _dice(found: Facts) -> Formula:
    tp, fp, fn = map(_int, (found.tp, found.fp, found.fn))
    return (
        r"\frac{2\,TP}{2\,TP + FP + FN}",
        [_fraction(rf"2 \cdot {tp}", rf"2 \cdot {tp} + {fp} + {fn}")],
    )


def _precision(found: Facts) -> Formula:
    tp, fp = _int(found.tp), _int(found.fp)
    return r"\frac{TP}{TP + FP}", [_fraction(tp, f"{tp} + {fp}")]


def _recall(found: Facts) -> Formula:
    tp, fn = _int(found.tp), _int(found.fn)
    return r"\frac{TP}{TP + FN}", [_fraction(tp, f"{tp} + {fn}")]


def _accuracy(found: Facts) -> Formula:
    right = _int(found.counts.tp.sum())
    return r"\frac{\sum_c n_{cc}}{\sum_{cd} n_{cd}}", [_fraction(right, _int(found.counts.total))]


def _mean_iou(found: Facts) -> Formula:
    known = found.ious[~np.isnan(found.ious)].tolist()
    shown = " + ".join(map(_number, known[:6])) + (r" + \dots" if len(known) > 6 else "")
    return (
        r"\frac{1}{|C|} \sum_{c \in C} \text{IoU}_c",
        [_fraction(shown or "0", str(len(known)))],
    )


def _fw_iou(found: Facts) -> Formula:
    truth = found.counts.truth
    present = [int(i) for i in np.argsort(-truth, kind="stable") if truth[i]]
    total = _int(found.counts.total)
    terms = [
        rf"\tfrac{{{_int(truth[i])}}}{{{total}}} \cdot {_number(float(found.ious[i]))}"
        for i in present[:3]
    ]
    shown = " + ".join(terms) + (r" + \dots" if len(present) > 3 else "")
    return r"\sum_c \frac{n_c}{n}\, \text{IoU}_c", [shown or r"\tfrac{0}{0}"]


def _boundary_iou(found: Facts) -> Formula:
    truth, prediction = found.rings
    both = _int(np.count_nonzero(truth & prediction))
    either = _int(np.count_nonzero(truth | prediction))
    return (
        r"\frac{|G_r \cap P_r|}{|G_r \cup P_r|}, \quad r = "
        rf"{found.judge.radius}\ \text{{px}}",
        [_fraction(both, either)],
    )


def _boundary_f(found: Facts) -> Formula:
    match = found.contours
    counts = [
        _int(np.count_nonzero(each))
        for each in (match.prediction_matched, match.prediction, match.truth_matched, match.truth)
    ]
    p, r = _number(match.precision), _number(match.recall)
    return (
        r"\frac{2\,P\,R}{P + R}",
        [
            rf"\frac{{2PR}}{{P + R}},\; P = \tfrac{{{counts[0]}}}{{{counts[1]}}} = {p},\; "
            rf"R = \tfrac{{{counts[2]}}}{{{counts[3]}}} = {r}",
            _fraction(rf"2 \cdot {p} \cdot {r}", f"{p} + {r}"),
        ],
    )


def _far(found: Facts, percentile: float) -> list[str]:
    lists = (found.distances.from_truth, found.distances.from_prediction)
    return [
        _number(float(np.percentile(each, percentile)) if each.size else math.nan)
        if not (each.size and np.isinf(each[0]))
        else r"\infty"
        for each in lists
    ]


def _hausdorff(found: Facts) -> Formula:
    first, second = _far(found, 100)
    return (
        r"\max\Bigl(\max_{g \in \partial G} d(g, \partial P),\ "
        r"\max_{p \in \partial P} d(p, \partial G)\Bigr)",
        [rf"\max({first},\ {second})"],
    )


def _hausdorff_95(found: Facts) -> Formula:
    first, second = _far(found, 95)
    return (
        r"\max\Bigl(Q_{95}\, d(g, \partial P),\ Q_{95}\, d(p, \partial G)\Bigr)",
        [rf"\max({first},\ {second})"],
    )


def _asd(found: Facts) -> Formula:
    lists = (found.distances.from_truth, found.distances.from_prediction)
    sums = [_number(float(each.sum())) for each in lists]
    return (
        r"\frac{\sum_{g} d(g, \partial P) + \sum_{p} d(p, \partial G)}"
        r"{|\partial G| + |\partial P|}",
        [_fraction(" + ".join(sums), " + ".join(_int(each.size) for each in lists))],
    )


def _nsd(found: Facts) -> Formula:
    lists = (found.distances.from_truth, found.distances.from_prediction)
    near = [_int(np.count_nonzero(each <= found.judge.tolerance)) for each in lists]
    return (
        r"\frac{|\{g: d(g, \partial P) \le \tau\}| + |\{p: d(p, \partial G) \le \tau\}|}"
        r"{|\partial G| + |\partial P|}, \quad \tau = "
        rf"{found.judge.tolerance}\ \text{{px}}",
        [_fraction(" + ".join(near), " + ".join(_int(each.size) for each in lists))],
    )


def _later(found: Facts) -> Formula:
    return "?", ["?"]


_FORMULAS: dict[str, Callable[[Facts], Formula]] = {
    "iou": _iou,
    "dice": _dice,
    "precision": _precision,
    "recall": _recall,
    "pixel_accuracy": _accuracy,
    "mean_iou": _mean_iou,
    "fw_iou": _fw_iou,
    "boundary_iou": _boundary_iou,
    "boundary_f": _boundary_f,
    "hausdorff": _hausdorff,
    "hausdorff_95": _hausdorff_95,
    "asd": _asd,
    "nsd": _nsd,
    "ap": _later,
    "ap50": _later,
    "pq": _later,
    "sq": _later,
    "rq": _later,
}
