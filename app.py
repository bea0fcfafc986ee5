"""The dashboard's entry: page frame, navigation, the picture picker, the error boundary."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from seglib.ui import address, entry, navigation, picker, style
from seglib.ui.boundary import boundary

st.set_page_config(
    page_title="Segmentation, live",
    page_icon=str(Path(__file__).parent / "assets" / "ui" / "icon.png"),
    layout="wide",
    initial_sidebar_state="auto",
)
style.apply()
page, chosen = navigation.menu()
with boundary():
    changed = address.adopt([*picker.PARAMS, *chosen.params()], page=chosen.url_path)
    st.session_state["_adopted"] = changed
    picker.adopted(changed)
    address.publish(picker.PARAMS)
picker.heading()
with boundary(), entry.app():
    page.run()
# After the page, so that the picture comes first; it has its own place on the left all the same.
with boundary():
    picker.sidebar()
    address.tell()
