"""The third view: what sliding costs and what one pass costs, layer by layer."""

from __future__ import annotations

import streamlit as st

from seglib.concepts import cost_table, patches_graph
from seglib.concepts.cost_table import Cost, Row
from seglib.ui import address
from seglib.ui.numbers import sig3
from seglib.ui.patches import state
from seglib.ui.patches.state import NETWORK, SIDE

NAMES = {"input": "input", "conv": "convolution", "pool": "max-pooling", "dense": "dense"}


def rows() -> tuple[Row, ...]:
    """Return the table of the network chosen."""
    if address.get(NETWORK) == "ours":
        return patches_graph.counted(state.network())
    return cost_table.table()


def macs(count: float) -> str:
    """Multiply-adds with a unit: ``"31.8 T"``."""
    for size, unit in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{sig3(count / size)} {unit}"
    return f"{count:,.0f}"


def total(side: int) -> Cost:
    """Return the cost of a square picture of this side."""
    return cost_table.cost(side, side, rows())


def show() -> None:
    """Draw the sums for a picture and the table."""
    side = int(address.get(SIDE))
    cost = total(side)
    with st.grid(4, min_column_width=130, gap="small"):
        st.metric("Windows", f"{cost.windows:,}", help="One a pixel", border=True)
        st.metric("Sliding", macs(cost.sliding), help="Multiply-adds", border=True)
        st.metric("One pass", macs(cost.every_pixel), help="Multiply-adds", border=True)
        st.metric("Ratio", f"{sig3(cost.ratio)} ×", border=True)
    st.html(table(cost.windows))


def table(pixels: int) -> str:
    """Return the table as HTML; the bars are shares of the column's sum."""
    found = rows()
    once, slid = sum(r.dense_macs for r in found), sum(r.macs for r in found)
    heads = ("Layer", "Maps", "Weights", "Per window", "Sliding", "One pass")
    body = []
    for number, each in enumerate(found):
        size = f"{each.maps} × {each.side} × {each.side}" if each.side > 1 else f"{each.maps}"
        kernel = f" {each.kernel} × {each.kernel}" if each.kernel else ""
        name = f"{number} {NAMES[each.kind]}{kernel}"
        if not each.macs:
            empty = "<td></td>" * 4
            body.append(f'<tr><th scope="row">{name}</th><td>{size}</td>{empty}</tr>')
            continue
        cells = (
            f'<th scope="row">{name}</th><td>{size}</td>'
            f"<td>{each.weights:,}</td><td>{macs(each.macs)}</td>"
            f"<td>{macs(each.macs * pixels)}{_bar(each.macs / slid)}</td>"
            f"<td>{macs(each.dense_macs * pixels)}{_bar(each.dense_macs / once)}</td>"
        )
        body.append(f"<tr>{cells}</tr>")
    weights = sum(r.weights for r in found)
    body.append(
        f'<tr><th scope="row">sum</th><td></td><td>{weights:,}</td><td>{macs(slid)}</td>'
        f"<td>{macs(slid * pixels)}{_bar(1)}</td><td>{macs(once * pixels)}{_bar(1)}</td></tr>"
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        '<div class="seg-table" data-testid="patches-table"><table><thead><tr>'
        f"{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _bar(share: float) -> str:
    bar = f'<i style="width:{100 * share:.1f}%"></i>'
    return f'<span class="meter" style="width:3.4rem" aria-hidden="true">{bar}</span>'


def controls() -> None:
    """Draw the network and the picture's side."""
    address.choose(NETWORK, "Network", state.NETWORKS)
    st.session_state["patches_side_slider"] = int(address.get(SIDE))
    st.slider(
        "Side of the picture, px",
        96,
        2048,
        step=32,
        key="patches_side_slider",
        on_change=lambda: address.put(SIDE, str(st.session_state["patches_side_slider"])),
        help="A square picture; one answer for each of its pixels.",
    )
    st.html(
        '<p class="seg-note">Multiply-adds. One pass computes every unit once at every pixel; '
        "sliding computes it again for each window that holds it.</p>"
    )
