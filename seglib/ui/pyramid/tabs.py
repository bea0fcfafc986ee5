"""The tabs: Numbers, How it works, Try this, Code."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import pyramid, pyramid_graph
from seglib.concepts.pyramid_options import PyramidOptions
from seglib.ui import frame, knobs, lesson, tries
from seglib.ui.numbers import percent, sig3
from seglib.ui.pyramid.held import Held
from seglib.ui.tries import Try

PAGE = "pages/pyramid.py"
PREFIX = "pyramid"
PAPER_CHANNELS, PAPER_SIZE, PAPER_OUTPUTS = 2048, (60, 60), 512
"""ResNet's last layer for a crop of 473 px at stride 8, and what the next convolution gives."""

IDEAS: tuple[Try, ...] = (
    Try(
        "Do bins overlap?",
        "23 rows do not divide by 6: neighbouring bins share a row. 30 columns do: none share.",
        knobs.query(PyramidOptions, PREFIX, bins=6) | {"pyramid_bin": "13"},
    ),
    Try(
        "What does one bin know?",
        "A single bin is the mean of the whole picture: the same value everywhere, a summary of "
        "the scene.",
        knobs.query(PyramidOptions, PREFIX, bins=1) | {"pyramid_bin": "0"},
    ),
    Try(
        "How dear is it?",
        "The 1×1 convolutions run on 50 bins in all, so they cost next to nothing; the "
        "convolution that reads twice the channels costs more.",
        knobs.query(PyramidOptions, PREFIX, width="paper") | {"tab": "Numbers"},
    ),
)
"""The three."""


def show(options: PyramidOptions, found: Held) -> None:
    """Draw the tabs; only the open one is computed."""
    lesson.tabs(
        numbers=lambda: _numbers(options, found),
        how=_how,
        tries=lambda: tries.show(PAGE, IDEAS),
        code=_code,
    )


def _numbers(options: PyramidOptions, found: Held) -> None:
    knobs.show(
        PyramidOptions,
        PREFIX,
        only=["width"],
        titles={"width": {"street": "this layer (320)", "paper": "the paper (2048)"}},
    )
    paper = options.width == "paper"
    channels = PAPER_CHANNELS if paper else len(found.features)
    size = PAPER_SIZE if paper else found.size
    rows = []
    levels = len(pyramid.BINS)
    total = pyramid.Cost(0, 0)
    for bins in pyramid.BINS:
        cost = pyramid.level_cost(channels, bins, levels)
        total = pyramid.Cost(
            total.parameters + cost.parameters, total.multiply_adds + cost.multiply_adds
        )
        rows.append((f"level {bins} × {bins}, 1×1 to {channels // levels}", cost))
    rows.append(("the four levels", total))
    outputs = PAPER_OUTPUTS if paper else 128
    plain = pyramid.head_cost(channels, size, outputs)
    double = pyramid.head_cost(2 * channels, size, outputs)
    rows += [
        (f"3×3 convolution after it, {2 * channels} to {outputs}", double),
        (f"the same without the module, {channels} to {outputs}", plain),
    ]
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{cost.parameters:,}</td>'
        f"<td>{cost.multiply_adds:,}</td></tr>"
        for name, cost in rows
    )
    heads = ("Part", "Parameters", "Multiply-adds")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    st.html(
        f'<div class="seg-table" data-testid="pyramid-cost"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    st.markdown(
        f"The levels themselves take {percent(total.multiply_adds / double.multiply_adds)} of the "
        f"multiply-adds of the convolution that reads them; that one doubles to "
        f"{sig3(double.multiply_adds / 1e6)} million. Without biases and batch norm."
    )
    st.html(
        '<p class="seg-note" data-testid="pyramid-agreement">Shown: computed by OpenVINO '
        "(AdaptiveAvgPool, Convolution, Interpolate, Concat). Largest difference from the numpy "
        f"reference: {found.apart:.1e}.</p>"
    )


def _how() -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Pool, reduce, bring back, put side by side")
        st.latex(
            r"\begin{aligned} p_n &= \operatorname{avg}_{n \times n}(f) && n \times n \times C \\ "
            r"r_n &= W_n\,p_n && n \times n \times C/N \\ "
            r"u_n &= \operatorname{upsample}(r_n) && h \times w \times C/N \\ "
            r"y &= [f, u_1, u_2, u_3, u_6] && h \times w \times 2C \end{aligned}"
        )
        st.markdown(
            "[Zhao et al. 2017, PSPNet](https://arxiv.org/abs/1612.01105), section 3.2. There "
            "W is learned; the street model has no such module, so here it is stated: each reduced "
            "channel is the mean of four neighbouring ones. Upsampling is bilinear with half-pixel "
            "centres."
        )
    with right:
        st.markdown("#### Why so coarse?")
        st.markdown(
            "A deep network could see the whole picture in theory, but what really weighs in is "
            "much smaller. An average over a sixth of the picture needs no depth. What it loses is "
            "where things are: that stays in the features beside it. The paper reports, on ADE20K "
            "with ResNet-50, a mean IoU of 37.2 without the module and 41.7 with it (table 1)."
        )


def _code() -> None:
    frame.show_code(
        pyramid.spans,
        pyramid.adaptive_average,
        pyramid.pyramid,
        intro="The reference in numpy, word for word:",
    )
    frame.show_code(pyramid_graph.pyramid, intro="What ran for this page, on OpenVINO:")
