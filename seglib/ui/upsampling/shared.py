"""What the methods share: the input, a slider whose range depends on others, formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seglib.ui import address, source
from seglib.ui.address import Param
from seglib.ui.source import Kind, Source

PREFIX = "ups"
INPUT = source.params(PREFIX, preset="count")
"""Address values of the input, shared by the methods that take one map."""

KINDS: tuple[Kind, ...] = ("preset", "edit", "picture", "layer")


def read(side: int) -> tuple[NDArray[np.float32], Source]:
    """Return the input, at most ``side`` cells a side, and where it comes from.

    Of a larger map the part around its largest value is taken, so that there is something to see.
    """
    held = source.read(PREFIX, kinds=KINDS, side=side)
    values = held.values
    peak = np.unravel_index(int(np.argmax(values)), values.shape)
    cut = tuple(
        slice(start := max(0, min(int(at) - side // 2, n - side)), start + side)
        for at, n in zip(peak, values.shape, strict=True)
    )
    return values[cut], held


def controls() -> None:
    """Draw the input's controls."""
    source.controls(PREFIX, kinds=KINDS)


def note(values: NDArray[np.float32], held: Source) -> None:
    """Say where the input comes from."""
    text = held.note
    if held.values.shape != values.shape:
        text += f" Shown: the {values.shape[1]} × {values.shape[0]} cells around the largest value."
    if text:
        st.html(f'<p class="seg-note">{text.strip()}</p>')


def setting(param: Param, low: int, high: int) -> int:
    """Return a whole number from the address, kept between two others."""
    return max(low, min(int(address.get(param)), high))


def slider(param: Param, label: str, low: int, high: int, text: str) -> None:
    """Draw a slider whose range depends on other settings; without a choice it is greyed out."""
    key = f"knob_{param.name}"
    st.session_state[key] = setting(param, low, high)

    def follow() -> None:
        address.put(param, str(st.session_state[key]))

    st.slider(
        label,
        low,
        max(high, low + 1),
        key=key,
        on_change=follow,
        help=text,
        disabled=high <= low,
    )


def stack(*plates: str) -> str:
    """Return plates under each other, to be put in a row."""
    return f'<div style="display:grid;gap:0.9rem">{"".join(plates)}</div>'


def formula(*lines: str) -> None:
    """Draw lines of LaTeX under each other, aligned at ``&``."""
    st.latex(r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}")


def tex(value: float, digits: int = 3) -> str:
    """Write a number for LaTeX: at most ``digits`` significant digits, brackets where negative."""
    from seglib.ui.figures.matrix import number

    text = number(float(value), digits).replace("−", "-")
    return f"({text})" if text.startswith("-") else text


def products(
    name: str, terms: Sequence[tuple[float, float]], result: float, *, most: int = 8
) -> list[str]:
    """Write a sum of products for :func:`formula`, two on a line so that it fits a phone.

    Parameters
    ----------
    name : str
        Left of the sign of equality, in LaTeX.
    terms : sequence of (weight, value)
    result : float
        The sum.
    most : int
        Of more terms, the first ones are written.
    """
    written = [rf"{tex(weight, 4)} \cdot {tex(value)}" for weight, value in terms[:most]]
    if len(terms) > most:
        written.append(r"\dots")
    pairs = [" + ".join(written[i : i + 2]) for i in range(0, len(written), 2)] or ["0"]
    lines = [rf"{name} &= {pairs[0]}", *(rf"&\quad + {pair}" for pair in pairs[1:])]
    lines[-1] += rf" = {tex(result, 4)}"
    return lines


def span(low: float, high: float) -> str:
    """Write a range of numbers, or one where both are the same."""
    from seglib.ui.figures.matrix import number

    first, last = number(low), number(high)
    return first if first == last else f"{first} to {last}"


def difference(ours: NDArray[np.floating[Any]], theirs: NDArray[np.floating[Any]]) -> str:
    """Write the largest difference of two arrays; what is below rounding is said to be."""
    most = float(np.abs(ours - theirs).max())
    return "0" if most == 0 else "< 0.000001" if most < 1e-6 else f"{most:.6f}"
