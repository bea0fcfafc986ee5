"""The tabs under the stage: numbers, formulas, code."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from seglib.concepts import convolutionalise as fc
from seglib.concepts import cost_table, patches, patches_graph
from seglib.concepts.patches import WindowOptions
from seglib.ui import address, frame, knobs
from seglib.ui.numbers import percent, sig3
from seglib.ui.patches import cost, layer, state
from seglib.ui.patches.state import PREFIX, SIDE, Scene

_CIRESAN = "https://papers.nips.cc/paper/2012/hash/459a4ddcb586f24efd9395aa7662bc7c-Abstract.html"
_LONG = "https://arxiv.org/abs/1411.4038"


def numbers(scene: Scene | None) -> None:
    """Show the picture's own numbers and how good the classifier is on held-out pictures."""
    if scene is not None and scene.truth is not None:
        threshold = knobs.read(WindowOptions, PREFIX).threshold
        found = state.answer(scene).probability >= threshold
        hit = int((found & scene.truth).sum())
        union = int((found | scene.truth).sum())
        right = float(np.mean(found == scene.truth))
        with st.grid(4, min_column_width=150, gap="small"):
            st.metric("Pixels right", percent(right), border=True)
            both = hit / union if union else None
            st.metric("IoU of membrane", sig3(both), border=True)
            f = 2 * hit / (hit + union) if union else None
            st.metric("F of membrane", sig3(f), help="2·TP / (2·TP + FP + FN)", border=True)
            share = float(scene.truth.mean())
            st.metric("Membrane in the truth", percent(share), border=True)
    st.html(_measured(state.facts()))


def _measured(facts: dict[str, Any]) -> str:
    names = {"isbi2012": "ISBI 2012", "generated": "generated"}
    body = "".join(
        f'<tr><th scope="row">{names.get(e["dataset"], e["dataset"])}, {e["split"]}</th>'
        f"<td>{e['images']}</td><td>{e['size'][0]} × {e['size'][1]}</td>"
        f"<td>{percent(e['pixel_accuracy'])}</td><td>{sig3(e['membrane_f'])}</td>"
        f"<td>{sig3(e['rand_f'])}</td></tr>"
        for e in facts["evaluations"]
    )
    heads = ("Judged on", "Pictures", "Size, px", "Pixels right", "F of membrane", "Rand F")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    size = facts["files_bytes"] / 1e3
    return (
        f'<div class="seg-table" data-testid="patches-measured"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
        f'<p class="seg-note">{facts["parameters"]:,} parameters, {size:.0f} kB, FP16 weights, '
        f"f32 arithmetic. Trained on {facts['training']['pictures']}. "
        f"{_method(facts).replace('rand_f', 'Rand F')}</p>"
    )


def _method(facts: dict[str, Any]) -> str:
    text = str(facts["evaluations"][0]["method"]).replace("rand_f", "Rand F")
    return f"{text[0].upper()}{text[1:]}."


def show(view: str) -> None:
    """Explain the view with its own numbers."""
    if view == "window":
        _window()
    elif view == "layer":
        _layer()
    else:
        _cost()


def _window() -> None:
    net = state.network()
    sizes = " → ".join(
        f"{side}²" if side > 1 else str(maps) for maps, side in patches.map_sizes(net)
    )
    st.markdown(
        f"**The window.** [Ciresan et al. 2012]({_CIRESAN}) cut a window around each pixel and let "
        f"a network say what its middle is. Here: {sizes}."
    )
    st.markdown(
        "**The pass.** Two neighbouring windows share all but one column. Each pooling keeps its "
        "size, gives up its stride $s$, and every later layer reads values $s$ times as far apart "
        f"([Long et al. 2015]({_LONG}), section 3.2: *à trous*)."
    )
    st.latex(
        r"\text{pool: } m(y,x) = \max_{i,j < 2} f(y + r\,i,\; x + r\,j) \qquad "
        r"\text{conv: } g(y,x) = b + \sum_{i,j} w_{ij}\, f(y + r\,i,\; x + r\,j)"
    )
    spreads, spread = [], 1
    for each in net.layers:
        if isinstance(each, patches.Pool):
            spread *= each.size
        else:
            spreads.append(str(spread))
    st.markdown(f"The spreads $r$ of the layers with weights: {', '.join(spreads)}.")
    st.latex(
        rf"H - {net.window} + 1 = H - {net.window - 1} \text{{ answers down a picture of }} H "
        r"\text{ pixels}"
    )
    st.markdown(
        f"The picture is mirrored by {net.window // 2} px on each side, so every pixel gets one. "
        "Every value that a window would compute is computed, once: the answers are equal but for "
        "the order of the sums."
    )


def _layer() -> None:
    now = layer.options()
    inputs = now.channels * now.kernel**2
    st.markdown(
        f"A dense layer on {now.channels} maps of {now.kernel} × {now.kernel} multiplies all of "
        f"their values with a matrix. Each row of it, folded back into maps, is a kernel "
        f"([Long et al. 2015]({_LONG}), section 3.1)."
    )
    st.latex(
        r"\underbrace{K \cdot (C k^2) + K}_{\text{dense}} = "
        r"\underbrace{K \cdot (k \times k \times C) + K}_{\text{convolution}}"
    )
    count = fc.dense_parameters(now.channels, now.kernel, now.outputs)
    st.latex(
        rf"{now.outputs} \cdot ({now.channels} \cdot {now.kernel}^2) + {now.outputs} = "
        rf"{now.outputs} \cdot {inputs} + {now.outputs} = {count:,}".replace(",", r"{,}")
    )
    grid = fc.output_grid(now.side, now.kernel)
    st.latex(rf"n' = n - k + 1 = {now.side} - {now.kernel} + 1 = {grid}")
    st.markdown("VGG-16 halves five times, so for pictures of these sides:")
    cells = "".join(
        f'<tr><th scope="row">{pixels} px</th><td>{a} × {a}</td><td>{b} × {b}</td></tr>'
        for pixels in (224, 256, 384, 512)
        for a, b in (fc.vgg_grid(pixels),)
    )
    st.html(
        '<div class="seg-table"><table><thead><tr><th>Picture</th><th>Maps before fc6</th>'
        f"<th>Answers of fc6</th></tr></thead><tbody>{cells}</tbody></table></div>"
    )


def _cost() -> None:
    side = int(address.get(SIDE))
    rows = cost.rows()
    total = cost.total(side)
    first = rows[1]
    st.markdown("A convolution on one window, and at one pixel of a pass:")
    st.latex(r"n'^2 \cdot M' \cdot (M k^2) \qquad\qquad M' \cdot (M k^2)")
    st.latex(
        rf"{first.side}^2 \cdot {first.maps} \cdot (1 \cdot {first.kernel}^2) = {first.macs:,}"
        rf" \qquad\qquad {first.maps} \cdot {first.kernel}^2 = {first.dense_macs:,}".replace(
            ",", r"{,}"
        )
    )
    slid, once = sum(r.macs for r in rows), sum(r.dense_macs for r in rows)
    st.markdown("Summed over the layers, for the whole picture:")
    st.latex(
        rf"\frac{{\text{{sliding}}}}{{\text{{one pass}}}} = "
        rf"\frac{{{side}^2 \cdot {slid:,}}}{{{side}^2 \cdot {once:,}}} = "
        rf"{sig3(total.ratio)}".replace(",", r"{,}")
    )
    st.markdown(
        "The ratio does not depend on the picture: each unit of the window network is computed "
        f"once a window, {first.side} × {first.side} times in the first layer. With the pooling's "
        f"strides kept, one answer every 16 pixels costs {cost.macs(total.grid)}. The rim that a "
        "pass computes around the picture is not counted."
    )


def code(view: str) -> None:
    """Show what ran."""
    if view == "window":
        frame.show_code(
            patches.every_pixel,
            patches_graph.build,
            intro="The reference in NumPy, and the graph that ran in OpenVINO:",
        )
    elif view == "layer":
        frame.show_code(
            fc.to_convolution,
            fc.everywhere,
            fc.everywhere_graph,
            intro="The same weights in another shape; a test holds the two ways together:",
        )
    else:
        frame.show_code(cost_table.table, cost_table.cost, intro="What counted:")
