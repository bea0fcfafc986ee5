from seglib.ui.entry import through_app
from seglib.ui.large_kernels import page

if through_app():
    page.render()
