"""The view of four ways to see many scales, with what each costs on the street model's encoder."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import streamlit as st

from seglib.concepts import cost
from seglib.ui import frame, layers, lesson
from seglib.ui.atrous import ideas
from seglib.ui.layers import Named
from seglib.ui.numbers import milliseconds, sig3

SCALES = (0.5, 0.75, 1.0)
COPIES = 3


@dataclass(frozen=True)
class Strategy:
    """One way.

    Parameters
    ----------
    key, title : str
    drawing : str
        HTML.
    text : str
        One or two sentences.
    adds : float
        Multiply-adds, in all.
    how : str
        What was counted.
    """

    key: str
    title: str
    drawing: str
    text: str
    adds: float
    how: str


def multiply_adds(found: tuple[Named, ...]) -> float:
    """Return the multiply-adds of layers."""
    return float(
        sum(
            layer.layer.window.weights * layer.layer.shape[1] * layer.layer.shape[2]
            for layer in found
            if layer.layer.window is not None
        )
    )


def strategies() -> tuple[Strategy, ...]:
    """Count the four ways on the street model's own layers."""
    found = layers.listing()
    encoder = tuple(one for one in found if one.stage.startswith("Encoder"))
    pyramid = tuple(one for one in found if one.stage.startswith("Atrous"))
    decoder = tuple(one for one in found if one.stage.startswith("Decoder"))
    block = tuple(one for one in found if one.unit == "Block 15")
    base = multiply_adds(encoder)
    return (
        Strategy(
            "image",
            "Image pyramid",
            _pyramid(),
            "The whole network runs on several sizes of the picture; the answers are merged. "
            "Simple, but everything is paid several times.",
            cost.image_pyramid(base, SCALES),
            "the encoder at 0.5, 0.75 and 1 of the size",
        ),
        Strategy(
            "decoder",
            "Encoder and decoder",
            _bars([6, 4.6, 3.2, 2, 1.2]) + "<em>→</em>" + _bars([2, 3.2, 4.6], "dec"),
            "Scale comes from depth; a decoder brings the details of early layers back.",
            base + multiply_adds(decoder),
            "the encoder and the street model's decoder",
        ),
        Strategy(
            "deeper",
            "Deeper with atrous",
            _bars([6, 4.6, 3.2]) + _bars([3.2, 3.2, 3.2], "hole"),
            "More layers at growing rates instead of more strides: the resolution stays, the field "
            "grows.",
            base + COPIES * multiply_adds(block),
            f"the encoder and {COPIES} more copies of block 15 at rates 4, 8, 16",
        ),
        Strategy(
            "spatial",
            "Spatial pyramid pooling",
            _bars([6, 4.6, 3.2]) + f"<em>→</em>{_stack()}<em>→</em>" + _bars([3.2]),
            "Side by side on one map: several rates and the mean of the picture. This is what the "
            "street model has, with a decoder behind it.",
            base + multiply_adds(pyramid),
            "the encoder and the street model's atrous pyramid",
        ),
    )


def _bars(heights: list[float], kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return "".join(f'<i{mark} style="height:{height}rem"></i>' for height in heights)


def _pyramid() -> str:
    rows = "".join(
        f"<div>{_bars([scale * height for height in (2.6, 2, 1.4, 0.9)])}</div>"
        for scale in (0.45, 0.7, 1)
    )
    return f'<div class="rows">{rows}</div><em>→ Σ</em>'


def _stack() -> str:
    return '<div class="stack"><i></i>' + '<i class="hole"></i>' * 3 + '<i class="pool"></i></div>'


def draw() -> None:
    """Draw the view."""
    found = strategies()
    base = multiply_adds(tuple(one for one in layers.listing() if one.stage.startswith("Encoder")))
    place = st.container()
    if st.button("Time them here", icon=":material/timer:", key="atr_time_four"):
        st.session_state["_atr_strategies"] = _time()
    timed: dict[str, float] = st.session_state.get("_atr_strategies", {})
    with place:
        _cards(found, base, timed)
    lesson.tabs(
        numbers=lambda: _numbers(found, base, timed),
        how=_how,
        tries=ideas.show,
        code=lambda: frame.show_code(
            strategies, multiply_adds, cost.image_pyramid, intro="What was counted, and how:"
        ),
    )


def _cards(found: tuple[Strategy, ...], base: float, timed: dict[str, float]) -> None:
    cards = []
    for one in found:
        ms = f"; <b>{milliseconds(timed[one.key])}</b> here" if one.key in timed else ""
        cards.append(
            f'<div class="seg-strategy" data-testid="atr-{one.key}"><h4>{one.title}</h4>'
            f'<div class="seg-net" aria-hidden="true">{one.drawing}</div><p>{one.text}</p>'
            f"<p><b>{sig3(one.adds / 1e9)} billion</b> multiply-adds, {sig3(one.adds / base)} × "
            f"the encoder{ms}. <span style='opacity:.75'>Counted: {one.how}.</span></p></div>"
        )
    st.html(f'<div class="seg-strategies">{"".join(cards)}</div>')
    st.html(
        '<p class="seg-caption" style="margin-top:0.6rem">Blue: encoder. Green: decoder. Striped: '
        "atrous. Pink: image pooling. After Chen et al. 2017, figure 2.</p>"
    )


def _time() -> dict[str, float]:
    """Run the parts of the street model, with a progress bar; milliseconds by strategy."""
    from seglib.models import find

    card = find("street")
    encoder_end = layers.named("block-16").name
    wide, high = card.input_size
    # even sides: the strides of the encoder halve them four times
    sizes = {
        scale: (round(wide * scale / 16) * 16, round(high * scale / 8) * 8) for scale in SCALES
    }
    bar = st.progress(0.0, "Compiling and timing")
    steps = [(encoder_end, sizes[scale]) for scale in SCALES]
    steps += [
        (layers.named(slug).name, card.input_size)
        for slug in ("block-14", "block-15", "pyramid-merged", "class-scores")
    ]
    taken = []
    start = time.perf_counter()
    for place, (name, size) in enumerate(steps):
        taken.append(_median(name, size))
        done = (place + 1) / len(steps)
        left = (time.perf_counter() - start) * (1 - done) / done
        bar.progress(done, f"Compiling and timing, {sig3(left)} s left")
    bar.empty()
    encoder = taken[2]
    before, after, pyramid, whole = taken[3:]
    return {
        "image": sum(taken[:3]),
        "decoder": encoder + max(whole - pyramid, 0.0),
        "deeper": encoder + COPIES * max(after - before, 0.0),
        "spatial": pyramid,
    }


def _median(name: str, size: tuple[int, int], rounds: int = 9) -> float:
    """Return the median milliseconds of the network up to a layer, at an input size."""
    import numpy as np

    from seglib.models import find
    from seglib.models.layers import engine_up_to

    engine = engine_up_to(find("street"), (name,), size=size)
    shape = engine.input_shapes["image"]
    inputs = {"image": np.zeros(shape, np.uint8)}
    engine.infer(inputs)
    return statistics.median(engine.infer(inputs).infer_ms for _ in range(rounds))


def _numbers(found: tuple[Strategy, ...], base: float, timed: dict[str, float]) -> None:
    rows = "".join(
        f'<tr><th scope="row">{one.title}</th><td>{sig3(one.adds / 1e9)}</td>'
        f"<td>{sig3(one.adds / base)} ×</td>"
        f"<td>{milliseconds(timed[one.key]) if one.key in timed else 'not timed'}</td></tr>"
        for one in found
    )
    st.html(
        '<div class="seg-table" data-testid="atr-table"><table><thead><tr><th>Strategy</th>'
        "<th>Billion multiply-adds</th><th>Against the encoder</th><th>Here</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )
    st.html(
        '<p class="seg-note">Times: median of 9 runs of the cut network in its usual precision; '
        "decoder and copies by difference. The published networks differ in size; the shape of "
        "the comparison is the point.</p>"
    )


def _how() -> None:
    st.markdown("#### Objects come in many sizes")
    st.latex(
        r"\begin{aligned} \text{image pyramid} &= E \textstyle\sum_s s^2 = "
        + rf"{sum(scale**2 for scale in SCALES):.4g}\,E \\ "
        + r"\text{encoder, decoder} &= E + D \\ \text{deeper} &= E + "
        + rf"{COPIES}\,B \\ "
        + r"\text{pyramid pooling} &= E + P \end{aligned}"
    )
    st.markdown(
        "A network sees one scale well: that of its receptive field. All four ways widen the "
        "choice; they differ in what is paid and in what is kept. DeepLabv3 compares them and "
        "takes the last two ([Chen et al. 2017](https://arxiv.org/abs/1706.05587), section 2); "
        "DeepLabv3+ adds the decoder ([Chen et al. 2018](https://arxiv.org/abs/1802.02611))."
    )
