"""How it works, and the code."""

from __future__ import annotations

import streamlit as st

from seglib.ui import frame, layers
from seglib.ui.inside.state import State, statistics


def show(state: State) -> None:
    """Draw the explanation."""
    left, right = st.columns(2, gap="large")
    channels, high, wide = state.layer.layer.shape
    width, height = state.held.placement.target_size
    with left:
        st.markdown("#### What is a layer?")
        st.markdown(
            f"The picture enters as 3 maps of {width} × {height}. Each step makes new maps of the "
            f"ones before. **{state.layer.title}** ({state.layer.what}) holds {channels} maps of "
            f"{wide} × {high}: one cell stands for {width / wide:.3g} × {height / high:.3g} px of "
            "the network's input."
        )
        window = state.layer.layer.window
        if window is not None:
            st.latex(r"\text{multiply-adds} = h \cdot w \cdot \text{weights}")
            total = high * wide * window.weights
            st.latex(
                rf"{high} \cdot {wide} \cdot {window.weights:,} = {total:,}".replace(",", r"{,}")
            )
        else:
            st.markdown("This step has no weights to learn but, at most, a bias a channel.")
    with right:
        st.markdown("#### Which maps come first?")
        st.latex(r"\sigma_c = \sqrt{\tfrac{1}{hw} \sum_{y,x} \left(a_{c,y,x} - \mu_c\right)^2}")
        st.latex(
            rf"\sigma_{{{state.channel}}} = {state.facts.spread[state.channel]:.4g} \qquad "
            rf"\mu_{{{state.channel}}} = {state.facts.mean[state.channel]:.4g}"
        )
        st.markdown(
            "A map that is the same everywhere tells nothing about where things are, so the widest "
            "spread comes first. Bright is strong, not good: what a map answers to was never "
            "named in training ([Zeiler and Fergus 2014](https://arxiv.org/abs/1311.2901))."
        )
        st.markdown(
            "To read a layer, the network is cut after it and compiled anew. In the whole network "
            "neighbouring steps are merged, so values can differ by a rounding."
        )


def code(state: State) -> None:
    """Show the call that made the picture."""
    from seglib.models.layers import look_inside

    precision = f", precision={state.precision!r}" if state.precision else ""
    st.code(
        "from seglib import images, models\n\n"
        f"card = models.find({state.model!r})\n"
        'picture = images.load("street.jpg")\n'
        f"name = {state.layer.name!r}\n"
        f"maps = models.activations(card, picture, [name]{precision})[name]\n"
        f"print(maps.shape)  # {state.layer.layer.shape}",
        language="python",
    )
    frame.show_code(
        look_inside, statistics, layers.name_all, intro="What ran for this page, word for word:"
    )
