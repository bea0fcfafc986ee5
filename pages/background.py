from seglib.ui.entry import through_app
from seglib.ui.background import page

if through_app():
    page.render()
