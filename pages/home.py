from seglib.ui import home
from seglib.ui.entry import through_app

if through_app():
    home.render()
