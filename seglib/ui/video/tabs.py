"""The tabs: numbers, how it works with this run's own times, the code."""

from __future__ import annotations

import math
from html import escape

import streamlit as st

from seglib.render import instance_color
from seglib.ui import frame, knobs, plots
from seglib.ui.numbers import milliseconds, percent, sig3
from seglib.ui.video import diagram, state
from seglib.ui.video.state import Run
from seglib.video.background import BackgroundSubtractor
from seglib.video.pipeline import in_order
from seglib.video.smoothing import MatteSmoother, SmoothOptions
from seglib.video.tracker import Tracker, best_pairs, packed_iou

_ROWS = 60


def numbers(now: Run | None) -> None:
    """Draw the facts of the clip, the IoU of each frame and the objects that were followed."""
    if now is None or not now.job.facts:
        st.markdown("No frame is done yet: press **Start**.")
        return
    job, info = now.job, now.job.clip.info
    known = "unknown" if info.frames is None else f"{info.frames:,}"
    seconds = "unknown" if info.seconds is None else f"{sig3(info.seconds)} s"
    facts = [
        ("Frames in the clip", known),
        ("Frames done", f"{len(job.facts):,}"),
        ("Size", f"{info.size[0]} × {info.size[1]} px"),
        ("Worked on at", f"{job.size[0]} × {job.size[1]} px"),
        ("Frame rate", f"{sig3(float(info.rate))} a second"),
        ("Length", seconds),
        ("Coding of the source", escape(info.codec)),
        ("Frames in work at once", str(job.workers)),
        ("Real time", f"{sig3(job.seconds)} s"),
        ("Frames a second", sig3(job.per_second)),
        ("Work done in a second", f"{sig3(job.gain)} s"),
    ]
    if job.switches is not None:
        facts.append(("Identity switches", str(job.switches.count)))
    rows = "".join(f'<tr><th scope="row">{a}</th><td>{b}</td></tr>' for a, b in facts)
    left, right = st.columns(2, gap="large")
    with left:
        st.html(
            f'<div class="seg-table" data-testid="vi-facts"><table><tbody>{rows}</tbody></table>'
            "</div>"
        )
    with right:
        if job.finished:
            _charts(now)
        else:
            st.html('<p class="seg-note">Charts come when the run ends.</p>')
    _tracks(now)


def _charts(now: Run) -> None:
    facts = now.job.facts
    judged = [f for f in facts if f.iou is not None and not math.isnan(f.iou)]
    if judged and now.model != state.TRUTH_MODEL:
        name = "IoU of what moves" if now.model == state.MOTION_MODEL else "Mean IoU"
        plots.line(
            {name: ([f.index + 1 for f in judged], [float(f.iou or 0) for f in judged])},
            x="Frame",
            y=name,
            key="vi_iou",
            markers=len(judged) < 60,
            alt=f"{name} of each frame",
        )
        worst = min(judged, key=lambda f: float(f.iou or 0))
        st.html(
            f'<p class="seg-note" data-testid="vi-worst">Lowest in frame {worst.index + 1}: '
            f"{sig3(worst.iou)}.</p>"
        )
    elif any(f.subject is not None for f in facts):
        plots.line(
            {"Subject": ([f.index + 1 for f in facts], [float(f.subject or 0) for f in facts])},
            x="Frame",
            y="Share of the picture",
            key="vi_subject",
            markers=len(facts) < 60,
            alt="Share of each frame that is its subject",
        )
    elif now.job.tracks:
        plots.line(
            {"Objects": ([f.index + 1 for f in facts], [float(f.objects) for f in facts])},
            x="Frame",
            y="Objects",
            key="vi_objects",
            alt="Objects found in each frame",
        )
    else:
        st.html(
            '<p class="seg-note">No metrics: this clip has no ground truth for this model. '
            "Generated street clips have it for the street model, to the pixel.</p>"
        )


def _tracks(now: Run) -> None:
    tracks = sorted(now.job.tracks.values(), key=lambda t: (-t.frames, t.number))
    if not tracks:
        return
    total = max(1, len(now.job.facts))
    rows = []
    for track in tracks[:_ROWS]:
        color = f"rgb{instance_color(track.number)}"
        name = "–" if now.labels is None else now.labels.label(track.class_id).name
        left, wide = 100 * track.first / total, 100 * (track.last - track.first + 1) / total
        rows.append(
            f'<tr data-track="{track.number}"><th scope="row"><i class="sw" style="background:'
            f'{color}"></i>{track.number}</th><td>{escape(name)}</td><td>{track.first + 1}</td>'
            f"<td>{track.last + 1}</td><td>{track.frames}</td><td>{percent(track.frames / total)}"
            f'<span class="meter" aria-hidden="true"><i style="margin-left:{left:.1f}%;'
            f'width:{wide:.1f}%;background:{color}"></i></span></td></tr>'
        )
    more = len(tracks) - _ROWS
    note = f'<p class="seg-note">And {more} more, seen in fewer frames.</p>' if more > 0 else ""
    st.html(
        '<div class="seg-table" data-testid="vi-tracks"><table><thead><tr><th>Number</th>'
        "<th>Class</th><th>First frame</th><th>Last frame</th><th>Seen in</th><th>Share of the "
        f"clip</th></tr></thead><tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def how(now: Run | None) -> None:
    """Draw the pipeline with its times, and the formulas of tracking and of the background."""
    st.markdown("#### Several frames at once, results in order")
    if now is None or not now.job.facts:
        st.markdown("Press **Start**, and the lanes of the run are drawn here.")
    else:
        st.html(diagram.html(tuple(now.job.spans)))
        st.html(
            '<p class="seg-note">A colour and a number are one frame, on its way from top to '
            "bottom. Gaps are waits, for another lane or for this page to be drawn.</p>"
        )
    st.markdown(
        "Workers segment; one thread reads and tracks, one draws, one encodes, because order "
        "matters there. Answers are handed on in the order of the frames, and a new frame is "
        "read only when one is handed on: memory does not grow with the clip."
    )
    st.latex(
        r"\begin{gathered}t_\text{one by one}=\sum_s t_s\\t_\text{pipeline}\ge\max\Big("
        r"t_\text{read}+t_\text{track},\ \tfrac{1}{W}(t_\text{pre}+t_\text{infer}"
        r"+t_\text{post}),\ t_\text{draw},\ t_\text{encode}\Big)\end{gathered}"
    )
    if now is not None and now.job.facts:
        _substituted(now)
    left, right = st.columns(2, gap="large")
    with left:
        if state.task() == "matte":
            _steady()
        else:
            _who()
    with right:
        _moves()


def _who() -> None:
    st.markdown("#### Who is who: tracking as an assignment")
    st.latex(
        r"\begin{gathered}\max_{x}\sum_{i,j}x_{ij}\,\mathrm{IoU}(m_i,\,m'_j)\\"
        r"\sum_i x_{ij}\le1,\ \sum_j x_{ij}\le1,\ x_{ij}\in\{0,1\}\end{gathered}"
    )
    st.markdown(
        "Masks $m_i$ of this frame, $m'_j$ of the objects remembered; pairs under the bar "
        "count 0. Suppose"
    )
    st.latex(
        r"\begin{gathered}\mathrm{IoU}=\begin{pmatrix}\tfrac{12}{28}&\tfrac{16}{24}\\[2pt]"
        r"0&\tfrac{14}{26}\end{pmatrix}\\[4pt]\begin{aligned}\text{greedy: }&0.667+0=0.667\\"
        r"\text{optimal: }&0.429+0.538=\mathbf{0.967}\end{aligned}\end{gathered}"
    )
    st.markdown(
        "Greed takes the best pair and loses an object; the best sum keeps both "
        "([Kuhn 1955](https://doi.org/10.1002/nav.3800020109)). A number is never used twice."
    )


def _moves() -> None:
    st.markdown("#### What moves: a memory for each pixel")
    st.latex(
        r"\begin{gathered}\hat p(x)=\sum_{m=1}^{M}\pi_m\,\mathcal N(x;\mu_m,\sigma_m^2 I)\\"
        r"\text{ground if } \lVert x-\mu_m\rVert^2<\tau^2\sigma_m^2\end{gathered}"
    )
    st.markdown(
        "with a tolerance $\\tau$ in standard deviations, for a component that belongs to the "
        "ground ([Zivkovic 2004](https://doi.org/10.1109/ICPR.2004.1333992)). Or count "
        "the nearest of the last colours ([Zivkovic and van der Heijden 2006]"
        "(https://doi.org/10.1016/j.patrec.2005.11.005)). The ground's colour made darker is "
        "a shadow. Whoever stays becomes ground; whoever was there at the start leaves a ghost."
    )


def _steady() -> None:
    steadiness = knobs.read(SmoothOptions, "vis").steadiness
    st.markdown("#### A steady matte: an average that gives way to motion")
    st.latex(
        r"\begin{gathered}\alpha_t=k\,\alpha_{t-1}+(1-k)\,m_t\\"
        r"k=s\,e^{-(d/6)^2}\end{gathered}"
    )
    st.markdown(
        "$m_t$ is the network's matte, $s$ the steadiness, $d$ by how many grey levels the picture "
        "changed here since the last frame (5 × 5 mean). Where it stands still, flicker of "
        "variance $\\sigma^2$ is left with"
    )
    left = (1 - steadiness) / (1 + steadiness)
    st.latex(
        rf"\frac{{1-s}}{{1+s}}\,\sigma^2=\frac{{1-{sig3(steadiness)}}}{{1+{sig3(steadiness)}}}"
        rf"\,\sigma^2={sig3(left)}\,\sigma^2"
    )
    moved = steadiness * math.exp(-4)
    st.markdown(
        f"Where it changed by 12 levels, $k={sig3(steadiness)}\\,e^{{-4}}={sig3(moved)}$: judged "
        "anew, so that nothing drags behind."
    )


def _substituted(now: Run) -> None:
    job, ms = now.job, now.job.mean_ms
    main = ms["decode_ms"] + ms["track_ms"]
    inner = ms["preprocess_ms"] + ms["infer_ms"] + ms["postprocess_ms"]
    total = main + inner + ms["render_ms"] + ms["encode_ms"]
    bound = max(main, inner / job.workers, ms["render_ms"], ms["encode_ms"])
    st.latex(
        rf"\begin{{gathered}}t_\text{{one by one}}={_tex(total)}\text{{ ms}}\\"
        rf"t_\text{{pipeline}}\ge\max\big("
        rf"{_tex(main)},\ \tfrac{{1}}{{{job.workers}}}\cdot{_tex(inner)},\ "
        rf"{_tex(ms['render_ms'])},\ {_tex(ms['encode_ms'])}\big)={_tex(bound)}\text{{ ms}}"
        r"\end{gathered}"
    )
    real = 1e3 / job.per_second if job.per_second else None
    st.markdown(
        f"Measured: {milliseconds(real)} a frame in real time, all pauses included. "
        "The bound holds for as many cores as lanes; fewer cores share."
    )


def _tex(value: float) -> str:
    return sig3(value).replace(",", "{,}")


def code() -> None:
    """Draw the same as a script, and what ran."""
    st.markdown("The same in a notebook or a script:")
    st.code(
        "from pathlib import Path\n\n"
        "from seglib.video.engine import clip_segmenter\n"
        "from seglib.video.job import ClipJob\n"
        "from seglib.video.reader import ClipReader\n"
        "from seglib.video.tracker import Tracker\n\n"
        'model = clip_segmenter("street")\n'
        'clip = ClipReader(Path("drive.mp4").read_bytes())\n'
        "job = ClipJob(clip, lambda frame: model.segment(frame.image), tracker=Tracker())\n"
        'Path("segmented.mp4").write_bytes(job.finish())\n'
        "print(job.per_second, job.mean_ms)",
        language="python",
    )
    frame.show_code(
        in_order,
        Tracker.update,
        best_pairs,
        packed_iou,
        MatteSmoother.update,
        BackgroundSubtractor.segment,
        intro="What ran for this page, word for word:",
    )
