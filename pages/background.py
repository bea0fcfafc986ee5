from seglib.ui.background import page
from seglib.ui.entry import through_app

if through_app():
    page.render()
