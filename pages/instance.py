from seglib.ui.entry import through_app
from seglib.ui.instance import page

if through_app():
    page.render()
