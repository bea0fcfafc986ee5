"""How it works: which explanation belongs to which family of models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from seglib import render
from seglib.models.adapters import NucleiAdapter, SceneAdapter
from seglib.ui.instance import decoding, how_nuclei, how_prototypes
from seglib.ui.instance.state import Work


def show(work: Work) -> None:
    """Draw the explanation, with the numbers of the chosen object, or of the best one."""
    adapter = work.decoded.adapter
    if not len(work.instances):
        st.markdown("There is no object whose numbers could be put in. Lower the threshold.")
    elif isinstance(adapter, SceneAdapter):
        how_prototypes.show(work, adapter)
    elif isinstance(adapter, NucleiAdapter):
        how_nuclei.show(work, adapter)
    else:
        st.markdown(work.how.card.summary)
    links = ", ".join(f"[{link.title}]({link.url})" for link in work.how.card.links)
    st.markdown(f"Sources: {links}.")


def functions(work: Work) -> tuple[Callable[..., Any], ...]:
    """Return the functions that made and drew the objects."""
    adapter = work.decoded.adapter
    if isinstance(adapter, SceneAdapter):
        return (*how_prototypes.FUNCTIONS, render.instance_ids)
    if isinstance(adapter, NucleiAdapter):
        return (*how_nuclei.FUNCTIONS, render.instance_ids)
    return (decoding.objects, render.instance_ids)
