"""Each metric's formula, and under it the same with the numbers put in."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import groupby
from typing import Any

import numpy as np

from seglib.ui.numbers import sig3
from seglib.ui.playground.measures import Facts
from seglib.ui.playground.table import BY_KEY


def latex(key: str, found: Facts) -> str:
    """Return the formula of a metric with this pair's numbers, as LaTeX."""
    symbols, line, *notes = _FORMULAS[key](found)
    title = BY_KEY[key].title.replace("%", r"\%")
    # The strut keeps the top of the first fraction from being cut off.
    rows = [
        rf"\rule{{0pt}}{{1.9em}}\text{{{title}}} &= {symbols}",
        rf"&= {line} = {_result(key, found)}",
        *(rf"& {note}" for note in notes),
    ]
    body = " \\\\[0.7em]\n".join(rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


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


Formula = tuple[str, ...]
"""The symbols, the same with numbers, and what else there is to say."""


def _iou(found: Facts) -> Formula:
    tp, fp, fn = map(_int, (found.tp, found.fp, found.fn))
    return r"\frac{TP}{TP + FP + FN}", _fraction(tp, f"{tp} + {fp} + {fn}")


def _dice(found: Facts) -> Formula:
    tp, fp, fn = map(_int, (found.tp, found.fp, found.fn))
    return (
        r"\frac{2\,TP}{2\,TP + FP + FN}",
        _fraction(rf"2 \cdot {tp}", rf"2 \cdot {tp} + {fp} + {fn}"),
    )


def _precision(found: Facts) -> Formula:
    tp, fp = _int(found.tp), _int(found.fp)
    return r"\frac{TP}{TP + FP}", _fraction(tp, f"{tp} + {fp}")


def _recall(found: Facts) -> Formula:
    tp, fn = _int(found.tp), _int(found.fn)
    return r"\frac{TP}{TP + FN}", _fraction(tp, f"{tp} + {fn}")


def _accuracy(found: Facts) -> Formula:
    right = _int(found.counts.tp.sum())
    return r"\frac{\sum_c n_{cc}}{\sum_{cd} n_{cd}}", _fraction(right, _int(found.counts.total))


def _mean_iou(found: Facts) -> Formula:
    known = found.ious[~np.isnan(found.ious)].tolist()
    shown = " + ".join(map(_number, known[:6])) + (r" + \dots" if len(known) > 6 else "")
    return (
        r"\frac{1}{|C|} \sum_{c \in C} \text{IoU}_c",
        _fraction(shown or "0", str(len(known))),
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
    return r"\sum_c \frac{n_c}{n}\, \text{IoU}_c", shown or r"\tfrac{0}{0}"


def _boundary_iou(found: Facts) -> Formula:
    truth, prediction = found.rings
    both = _int(np.count_nonzero(truth & prediction))
    either = _int(np.count_nonzero(truth | prediction))
    return (
        r"\frac{|G_r \cap P_r|}{|G_r \cup P_r|}",
        _fraction(both, either),
        rf"r = {found.judge.radius}\ \text{{px}}",
    )


def _boundary_f(found: Facts) -> Formula:
    match = found.contours
    counts = [
        _int(np.count_nonzero(each))
        for each in (match.prediction_matched, match.prediction, match.truth_matched, match.truth)
    ]
    p, r = _number(match.precision), _number(match.recall)
    line = _fraction(rf"2 \cdot {p} \cdot {r}", f"{p} + {r}")
    if math.isnan(match.precision) != math.isnan(match.recall):
        line = r"\text{one contour is missing}"
    return (
        r"\frac{2\,p\,r}{p + r}",
        line,
        rf"p = \tfrac{{{counts[0]}}}{{{counts[1]}}} = {p}, \quad "
        rf"r = \tfrac{{{counts[2]}}}{{{counts[3]}}} = {r}",
        rf"\text{{contour pixels within }} {found.judge.tolerance}\ \text{{px of the other}}",
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
        r"\max\bigl(h(G, P),\ h(P, G)\bigr)",
        rf"\max({first},\ {second})",
        r"h(A, B) = \max_{a \in \partial A} d(a, \partial B)",
    )


def _hausdorff_95(found: Facts) -> Formula:
    first, second = _far(found, 95)
    return (
        r"\max\bigl(h_{95}(G, P),\ h_{95}(P, G)\bigr)",
        rf"\max({first},\ {second})",
        r"h_{95}: \text{only 5 % of } d(a, \partial B) \text{ are larger}".replace("%", r"\%"),
    )


def _asd(found: Facts) -> Formula:
    lists = (found.distances.from_truth, found.distances.from_prediction)
    sums = [_number(float(each.sum())) for each in lists]
    return (
        r"\frac{\sum_{g} d(g, \partial P) + \sum_{p} d(p, \partial G)}"
        r"{|\partial G| + |\partial P|}",
        _fraction(" + ".join(sums), " + ".join(_int(each.size) for each in lists)),
    )


def _nsd(found: Facts) -> Formula:
    lists = (found.distances.from_truth, found.distances.from_prediction)
    near = [_int(np.count_nonzero(each <= found.judge.tolerance)) for each in lists]
    return (
        r"\frac{|\partial G_{\tau}| + |\partial P_{\tau}|}{|\partial G| + |\partial P|}",
        _fraction(" + ".join(near), " + ".join(_int(each.size) for each in lists)),
        rf"\partial A_{{\tau}}: d \le \tau = {found.judge.tolerance}\ \text{{px}}",
    )


def _ap(found: Facts) -> Formula:
    parts = found.precision.per_threshold()
    known = [_number(float(value)) for value in parts] if found.precision.positives.any() else []
    runs = [(text, len(list(run))) for text, run in groupby(known)]
    terms = [text if count == 1 else rf"{count} \cdot {text}" for text, count in runs]
    return (
        r"\frac{1}{10} \sum_{t = 0.50, 0.55, \dots}^{0.95} \text{AP}_t",
        _fraction(" + ".join(terms) or "0", "10" if known else "0"),
    )


def _ap50(found: Facts) -> Formula:
    curve = found.precision.precision[0]
    known = curve[~np.isnan(curve)]
    return (
        r"\frac{1}{101} \sum_{r = 0, 0.01, \dots}^{1} \max_{r' \ge r} p(r')",
        _fraction(_number(float(known.sum())), str(known.size)),
    )


def _halves(found: Facts) -> tuple[str, str]:
    row = found.quality
    return str(row.tp), rf"{row.tp} + \tfrac12 \cdot {row.fp} + \tfrac12 \cdot {row.fn}"


def _pq(found: Facts) -> Formula:
    row, (_, bottom) = found.quality, _halves(found)
    return (
        r"\frac{\sum_{(g, p) \in TP} \text{IoU}(g, p)}{|TP| + \tfrac12 |FP| + \tfrac12 |FN|}",
        _fraction(_number(row.iou_sum), bottom),
        rf"\text{{SQ}} \cdot \text{{RQ}} = {_number(row.sq)} \cdot {_number(row.rq)}",
    )


def _sq(found: Facts) -> Formula:
    row = found.quality
    return (
        r"\frac{\sum_{(g, p) \in TP} \text{IoU}(g, p)}{|TP|}",
        _fraction(_number(row.iou_sum), str(row.tp)),
    )


def _rq(found: Facts) -> Formula:
    top, bottom = _halves(found)
    return (
        r"\frac{|TP|}{|TP| + \tfrac12 |FP| + \tfrac12 |FN|}",
        _fraction(top, bottom),
    )


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
    "ap": _ap,
    "ap50": _ap50,
    "pq": _pq,
    "sq": _sq,
    "rq": _rq,
}
