from seglib.ui.entry import through_app
from seglib.ui.panoptic_quality import page

if through_app():
    page.render()
