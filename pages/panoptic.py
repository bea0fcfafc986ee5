from seglib.ui.entry import through_app
from seglib.ui.panoptic import page

if through_app():
    page.render()
