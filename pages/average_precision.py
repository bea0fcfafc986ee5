from seglib.ui.average_precision import page
from seglib.ui.entry import through_app

if through_app():
    page.render()
