from seglib.ui.entry import through_app
from seglib.ui.upsampling import page

if through_app():
    page.render()
