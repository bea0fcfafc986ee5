"""One pixel: its scores, softmax, one-hot label and loss, with the formula; and the cube."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.concepts import loss, one_hot
from seglib.concepts.loss_options import LossOptions
from seglib.ui import picker, stepper
from seglib.ui.figures import feature, matrix, plate
from seglib.ui.figures.plate import Dot
from seglib.ui.loss import judged as judging
from seglib.ui.loss import state, tables
from seglib.ui.loss.judged import Judged
from seglib.ui.numbers import sig3

PRESETS = ("Worst pixel", "Surest pixel", "Most doubtful", "A rare class")


def presets(options: LossOptions) -> None:
    """Draw the chips that choose a pixel."""

    def chosen() -> None:
        name = st.session_state.get("loss_presets")
        found = judging.read(picker.current(), at=options.at, rim=options.rim)
        if name in PRESETS and found is not None:
            state.put_pixel(*find(name, found), found.size)
        # a chip is a way to get there, not a state
        st.session_state["loss_presets"] = None

    st.pills(
        "Choose a pixel",
        PRESETS,
        key="loss_presets",
        on_change=chosen,
        label_visibility="collapsed",
        wrap=True,
    )


def find(name: str, found: Judged) -> tuple[int, int]:
    """Return x and y of the pixel that a preset means; the middle where there is none."""
    losses = found.losses
    known = ~np.isnan(losses)
    if not known.any():
        return found.size[0] // 2, found.size[1] // 2
    if name == "Most doubtful":
        scores = _best(found.logits)
    elif name == "A rare class":
        counts = np.bincount(found.truth[known], minlength=256)
        rare = int(np.argmin(np.where(counts > 0, counts, np.iinfo(np.int64).max)))
        scores = np.where(found.truth == rare, losses, -np.inf)
    else:
        scores = losses if name == "Worst pixel" else -losses
    place = int(np.argmax(np.where(known, scores, -np.inf)))
    y, x = divmod(place, found.size[0])
    return x, y


def _best(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return minus the gap between the two largest logits of each pixel."""
    two = np.partition(logits, -2, axis=0)[-2:]
    return np.asarray(two[0] - two[1], np.float32)


def show(found: Judged) -> None:
    """Draw the pixel."""
    x, y = state.pixel(found.size)
    logits = found.logits[:, y, x]
    true = int(found.truth[y, x])
    ignored = true >= len(logits)
    p = np.exp(loss.log_softmax(logits))
    st.markdown("#### One pixel: scores → softmax → loss")
    left, right = st.columns([5, 3], gap="medium")
    with left:
        step = stepper.read(state.STEP, len(tables.STEPS))
        st.html(tables.pixel(logits, p, true, found.label_set, step=step))
        st.html(
            f'<p class="seg-note" data-testid="loss-step">Step {step + 1}: '
            f"{tables.STEPS[step]}.</p>"
        )
        stepper.show(state.STEP, len(tables.STEPS), label="Step")
    with right:
        st.latex(
            r"\begin{aligned} p_c &= \frac{e^{z_c}}{\sum_k e^{z_k}} \\ "
            r"\ell &= -\sum_c y_c \log p_c = -\log p_t \end{aligned}"
        )
        if ignored:
            st.markdown(
                "This pixel has the **ignore label**: its one-hot vector is all zeros, its loss is "
                "undefined and it counts nowhere."
            )
        else:
            name = found.label_set.label(true).name
            rest = float(np.exp(logits - logits.max()).sum())
            above = math.exp(float(logits[true] - logits.max()))
            st.latex(
                rf"\begin{{aligned}} p_{{\text{{{name}}}}} &= \dfrac{{{_tex(above)}}}"
                rf"{{{_tex(rest)}}} = {_tex(float(p[true]))} \\[6pt] "
                rf"\ell &= -\log {_tex(float(p[true]))} = "
                rf"{_tex(float(found.losses[y, x]))}\ \text{{nats}} \end{{aligned}}"
            )
            st.html(
                f'<p class="seg-note" data-testid="loss-here">Pixel ({x}, {y}): true class '
                f"{name}, p = {sig3(float(p[true]))}, loss {sig3(float(found.losses[y, x]))} nats. "
                f"A guess among {len(logits)} classes would cost log {len(logits)} = "
                f"{sig3(math.log(len(logits)))} nats.</p>"
            )
        _vector(true, len(logits))


def _tex(value: float) -> str:
    """Write a number for a formula, three significant digits."""
    text = f"{value:.3g}"
    if "e" in text:
        digits, power = text.split("e")
        return rf"{digits} \cdot 10^{{{int(power)}}}"
    return text


def _vector(true: int, classes: int) -> None:
    encoded = one_hot.one_hot(np.array([[true]], np.uint8), num_classes=classes)[0]
    matrix.show(
        encoded,
        title="One-hot label of this pixel, classes 0 to 10",
        scale="sequential",
        limits=(0, 1),
        cell=30,
        key="loss-one-hot",
    )


def cube(found: Judged) -> None:
    """Draw the one-hot label map as its planes, one a class."""
    st.markdown("#### The label map as a cube of zeros and ones")
    width, height = found.size
    st.html(
        f'<p class="seg-note">{height} × {width} × {state.CLASSES}: at each pixel one plane is 1, '
        "all others 0; where the label is ignored, all are 0. The dot is the chosen pixel.</p>"
    )
    x, y = state.pixel(found.size)
    planes = _planes(found.key, found)
    step = width / planes.wide
    parts = [
        plate.markup(
            f'<img class="seg-map" alt="" src="{address}">',
            (planes.wide, planes.high),
            cell=400 / planes.wide,
            caption=f"{class_id} {found.label_set.label(class_id).name}",
            marks=[Dot(((x + 0.5) / step, (y + 0.5) / step), radius=1.6)],
        )
        for class_id, address in enumerate(planes.addresses)
    ]
    st.html(
        '<div class="seg-maps" data-testid="loss-cube" '
        'style="grid-template-columns:repeat(auto-fill,minmax(105px,1fr))">'
        f"{''.join(parts)}</div>"
    )


class Planes(NamedTuple):
    """The planes of a one-hot label map, drawn small."""

    wide: int
    high: int
    addresses: tuple[str, ...]


@st.cache_resource(max_entries=4, ttl="20m", show_spinner=False)
def _planes(key: str, _found: Judged) -> Planes:
    # about every third cell: a plane is drawn small
    step = max(1, _found.size[0] // 80)
    labels = np.ascontiguousarray(_found.truth[step // 2 :: step, step // 2 :: step])
    planes = one_hot.one_hot(labels, num_classes=state.CLASSES)
    addresses = tuple(
        feature.data_uri(feature.colours(planes[..., place].astype(np.float32), limits=(0.0, 1.0)))
        for place in range(state.CLASSES)
    )
    return Planes(labels.shape[1], labels.shape[0], addresses)
