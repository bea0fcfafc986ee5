"""The tabs: numbers with the curve over thresholds, formulas with numbers put in, the code."""

from __future__ import annotations

import math

import streamlit as st

from seglib.concepts.saliency import classical, cut, spectral_residual, tight_box
from seglib.metrics import (
    SaliencyScores,
    adaptive_threshold,
    f_beta,
    mean_absolute_error,
    saliency_curve,
)
from seglib.ui import frame, plots
from seglib.ui.numbers import milliseconds, percent, pixels, sig3
from seglib.ui.salient import state
from seglib.ui.salient.state import METHODS, Work


def numbers(done: Work) -> None:
    """Draw the figures; where truth is known, the judgement and its curve."""
    box = done.cut.box
    shown = [
        ("Salient", percent(done.share), pixels(int(done.cut.mask.sum()))),
        ("Pieces", f"{done.cut.pieces:,}", "Connected, 8 neighbours"),
        ("Box", "undefined" if box is None else f"{box[2]} × {box[3]} px", _where(done)),
        ("Mean of the map", sig3(float(done.map.values.mean())), "All pixels"),
        ("Time", milliseconds(done.map.ms), "From the decoded picture to the map"),
    ]
    _cells(shown)
    scores = done.scores()
    if scores is None or done.truth is None:
        st.html(
            '<p class="seg-note" data-testid="sal-no-truth">No precision and recall: the truth of '
            "this picture is not known. For a generated street it is, to the pixel.</p>"
        )
        return
    _cells(
        [
            ("Precision", sig3(scores.precision), "Share of the salient pixels that are right"),
            ("Recall", sig3(scores.recall), "Share of the true pixels that are found"),
            ("F, β² = 0.3", sig3(scores.f_beta), "Precision weighs more than recall"),
            ("Mean absolute error", sig3(done.error()), "Needs no threshold"),
        ]
    )
    st.html(
        f'<p class="seg-note" data-testid="sal-truth">Truth means here: every pixel of a thing ('
        f"{', '.join(done.truth.names)}), {percent(float(done.truth.mask.mean()))} of the picture. "
        "People who are asked what stands out may answer otherwise: they name one or two "
        "objects, not all.</p>"
    )
    _curves(done)


def _where(done: Work) -> str:
    box = done.cut.box
    if box is None:
        return "Nothing reaches the threshold"
    return f"Upper left corner at x {box[0]}, y {box[1]}; {state.PIECES[done.options.pieces]}"


def _cells(shown: list[tuple[str, str, str]]) -> None:
    with st.grid(len(shown), min_column_width=140, gap="small"):
        for label, value, text in shown:
            st.metric(label, value, help=text, border=True)


def _curves(done: Work) -> None:
    if done.truth is None:
        return
    curve = saliency_curve(done.truth.mask, done.map.values)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Over all thresholds**")
        ts = curve.thresholds.tolist()
        series = {
            title: _defined(ts, values.tolist())
            for title, values in (
                ("precision", curve.precision),
                ("recall", curve.recall),
                ("F", curve.f_beta),
            )
        }
        plots.line(
            series,
            x="Threshold",
            y="Score",
            key="sal_curve",
            at=done.options.threshold,
            alt="Precision, recall and F over the threshold",
        )
        if curve.best is not None:
            best = float(curve.thresholds[curve.best])
            st.html(
                f'<p class="seg-note" data-testid="sal-best">Highest F '
                f"{sig3(float(curve.f_beta[curve.best]))} at threshold {sig3(best)}; twice the "
                f"mean of the map would be {sig3(adaptive_threshold(done.map.values))}.</p>"
            )
    with right:
        st.markdown("**Precision over recall**")
        lines = {METHODS[done.options.method]: _pairs(curve.recall, curve.precision)}
        if done.other is not None and done.other[0].method != done.options.method:
            second = saliency_curve(done.truth.mask, done.other[0].values)
            lines[METHODS[done.other[0].method]] = _pairs(second.recall, second.precision)
        plots.line(
            lines, x="Recall", y="Precision", key="sal_pr", alt="Precision over recall, each method"
        )


def _defined(xs: list[float], ys: list[float]) -> tuple[list[float], list[float]]:
    kept = [(x, y) for x, y in zip(xs, ys, strict=True) if not math.isnan(y)]
    return [x for x, _ in kept], [y for _, y in kept]


def _pairs(recall, precision) -> tuple[list[float], list[float]]:  # type: ignore[no-untyped-def]
    return _defined(recall.tolist(), precision.tolist())


def how(done: Work) -> None:
    """Draw the formulas."""
    left, right = st.columns(2, gap="large")
    with left:
        if done.options.method == "network":
            _network(done)
        elif done.options.method == "spectral":
            _spectral()
        else:
            _fine()
    with right:
        _cut(done)
        scores = done.scores()
        if scores is not None:
            _f(scores)


def _network(done: Work) -> None:
    values = done.map.values
    top = int(values.argmax())
    s = min(max(float(values.flat[top]), 1e-7), 1 - 1e-7)
    z = math.log(s / (1 - s))
    st.markdown("#### A network: one number for every pixel")
    st.latex(r"S(x)=\sigma(z(x))=\frac{1}{1+e^{-z(x)}}")
    st.latex(rf"S=\frac{{1}}{{1+e^{{{sig3(-z)}}}}}={sig3(s)}")
    height, width = values.shape
    st.markdown(
        f"$z$ is the network's answer, learned from pictures with masks; here the most salient "
        f"pixel, x {top % width}, y {top // width} of {width} × {height}. The same network makes "
        "the matte of the page Background removal: the architecture type that other tools call "
        "`salient_object_detection`."
    )


def _spectral() -> None:
    st.markdown("#### No network: the spectral residual")
    st.latex(
        r"\begin{aligned}A&=\lvert\mathcal F(I)\rvert,\quad P=\arg\mathcal F(I)\\"
        r"R&=\log A-h_{3\times3}*\log A\\"
        r"S&=\big\lvert g*\mathcal F^{-1}\big(e^{R+iP}\big)\big\rvert^2\end{aligned}"
    )
    st.markdown(
        "Pictures of the world have amplitudes that fall smoothly with frequency. What a "
        "neighbourhood of the log spectrum does not explain, $R$, belongs to something unusual; "
        "turned back into a picture, at 64 × 64, it shows where "
        "([Hou and Zhang 2007](https://doi.org/10.1109/CVPR.2007.383267)). It knows nothing of "
        "objects: edges and small things win."
    )


def _fine() -> None:
    st.markdown("#### No network: centre against surround")
    st.latex(r"S(x)=\sum_{s}\max\big(0,\ I(x)-\bar I_s(x)\big)+\max\big(0,\ \bar I_s(x)-I(x)\big)")
    st.markdown(
        "Each pixel against the mean $\\bar I_s$ of its surround at several sizes $s$, brighter "
        "(on) and darker (off), from integral images at full size "
        "([Montabone and Soto 2010](https://doi.org/10.1016/j.imavis.2009.06.006)). Outlines come "
        "out fine; the inside of a large object stays dark."
    )


def _cut(done: Work) -> None:
    st.markdown("#### Threshold and box")
    st.latex(
        r"\begin{aligned}M&=\{x : S(x)\ge t\}\\"
        r"\text{box}&=\big[\min_M x,\ \max_M x\big]\times\big[\min_M y,\ \max_M y\big]\end{aligned}"
    )
    box = done.cut.box
    count = f"{int(done.cut.mask.sum()):,}".replace(",", "{,}")
    if box is None:
        st.latex(rf"t={sig3(done.options.threshold)}:\quad\lvert M\rvert=0")
    else:
        x, y, width, height = box
        st.latex(
            rf"\begin{{aligned}}t={sig3(done.options.threshold)}:\quad\lvert M\rvert&={count}\\"
            rf"\text{{box}}&=[{x},\,{x + width - 1}]\times[{y},\,{y + height - 1}]\end{{aligned}}"
        )
    mean = float(done.map.values.mean())
    st.latex(
        rf"t_a=\min(1,\,2\,\bar S)=\min(1,\,2\cdot{sig3(mean)})="
        rf"{sig3(adaptive_threshold(done.map.values))}"
    )
    st.markdown(
        "The last line is the adaptive threshold of [Achanta et al. 2009]"
        "(https://doi.org/10.1109/CVPR.2009.5206596): twice the mean of the map."
    )


def _f(scores: SaliencyScores) -> None:
    st.markdown("#### F with β² = 0.3")
    st.latex(r"F_\beta=\frac{(1+\beta^2)\,P\,R}{\beta^2P+R}")
    st.latex(
        rf"P={_ratio(scores.true_positives, scores.predicted)},\quad "
        rf"R={_ratio(scores.true_positives, scores.truth)}"
    )
    if math.isnan(scores.f_beta):
        st.markdown("Undefined here: there is nothing to divide by.")
        return
    p, r = sig3(scores.precision), sig3(scores.recall)
    st.latex(rf"F_\beta=\frac{{1.3\cdot{p}\cdot{r}}}{{0.3\cdot{p}+{r}}}={sig3(scores.f_beta)}")
    st.markdown(
        "Precision weighs more: to mark everything would give full recall for nothing. Over "
        "all thresholds, see Numbers."
    )


def _ratio(top: int, bottom: int) -> str:
    a, b = (f"{value:,}".replace(",", "{,}") for value in (top, bottom))
    value = sig3(top / bottom) if bottom else r"\text{undefined}"
    return rf"\frac{{{a}}}{{{b}}}={value}"


def code(done: Work) -> None:
    """Draw the same as a script, and what ran."""
    st.markdown("The same in a notebook or a script:")
    st.code(program(done), language="python")
    frame.show_code(
        cut,
        tight_box,
        classical,
        spectral_residual,
        saliency_curve,
        f_beta,
        mean_absolute_error,
        intro="What ran for this page, word for word (the spectral residual in NumPy, to be read):",
    )


def program(done: Work) -> str:
    """Return the library calls that give the mask and the box."""
    now = done.options
    if now.method == "network":
        first = (
            "from seglib import images, models\nfrom seglib.concepts.saliency import cut\n\n"
            'picture = images.load("picture.png")\n'
            f'matte, times = models.load("{state.MODEL}").segment(picture)\n'
            "saliency = matte.alpha\n"
        )
    else:
        first = (
            "from seglib import images\nfrom seglib.concepts.saliency import classical, cut\n\n"
            'picture = images.load("picture.png")\n'
            f'saliency = classical(picture.pixels, "{now.method}")\n'
        )
    return (
        f'{first}found = cut(saliency, {now.threshold!r}, pieces="{now.pieces}")\n'
        "print(found.box, found.pieces, found.mask.mean())\n"
    )
