"""Figures of the concept pages: plain HTML in cell coordinates, drawn at once, in both themes.

Streamlit's ``st.html`` removes SVG from what it shows, so matrices are grids of HTML and large maps
are pictures of one pixel a cell that the browser enlarges without smoothing. Both lie on a *plate*
(:mod:`seglib.ui.figures.plate`) that carries marks, points and arrows on top.
"""
