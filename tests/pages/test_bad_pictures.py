"""Files from strangers: one clear sentence each, and the page stays usable."""

from __future__ import annotations

import pytest

from seglib.ui import picker
from seglib.ui.samples import STREET_SEEDS
from tests.files import BAD, GOOD
from tests.pages.conftest import Open, html, metrics


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gives_one_sentence_and_keeps_the_picture(open_page: Open, name: str) -> None:
    app = open_page("semantic")
    app.file_uploader(key="upload").upload(name, BAD[name](), "image/jpeg").run()
    assert not app.exception
    assert len(app.error) == 1
    sentence = app.error[0].value
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "/" not in sentence
    assert "Traceback" not in sentence
    assert metrics(app)["Classes found"]
    assert f"Street {STREET_SEEDS[0]}" in html(app)
    app.button(key="dismiss").click().run()
    assert not app.error


@pytest.mark.parametrize("name", GOOD)
def test_an_odd_but_good_file_is_segmented(open_page: Open, name: str) -> None:
    data, size = GOOD[name]()
    app = open_page("semantic")
    app.file_uploader(key="upload").upload(name, data, "image/png").run()
    assert not app.exception
    assert not app.error
    assert f"{size[0]} × {size[1]} px" in html(app)
    assert metrics(app)["Classes found"]
    # An upload is private: nothing of it is in the address.
    assert "picture" not in app.query_params


def test_a_bad_file_after_a_good_one_keeps_the_good_one(open_page: Open) -> None:
    app = open_page("semantic")
    data, size = GOOD["tall.png"]()
    app.file_uploader(key="upload").upload("tall.png", data, "image/png").run()
    app.file_uploader(key="upload").upload("text.jpg", BAD["text.jpg"](), "image/jpeg").run()
    assert len(app.error) == 1
    assert f"{size[0]} × {size[1]} px" in html(app)


def test_the_upload_survives_a_page_switch(open_page: Open) -> None:
    app = open_page("semantic")
    data, size = GOOD["deep.png"]()
    app.file_uploader(key="upload").upload("deep.png", data, "image/png").run()
    app.switch_page("pages/home.py").run()
    assert f"{size[0]} × {size[1]} px" in html(app)


def test_unexpected_failures_show_a_reference_and_no_detail(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret /home/somebody/detail")

    monkeypatch.setattr(picker, "from_upload", broken)
    app = open_page("semantic")
    app.file_uploader(key="upload").upload("a.png", GOOD["deep.png"]()[0], "image/png").run()
    assert not app.exception
    assert "Reference: " in app.error[0].value
    assert "secret" not in app.error[0].value
    assert "secret" in caplog.text


def test_the_boundary_catches_a_broken_page(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from seglib.ui.semantic import tabs

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(tabs, "show", broken)
    app = open_page("semantic")
    assert len(app.error) == 1
    assert "Reference: " in app.error[0].value
    assert "secret" not in app.error[0].value
    assert "secret" in caplog.text
    monkeypatch.undo()
    app.button(key="_remedy").click().run()
    assert not app.error


def test_a_missing_model_says_so(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from seglib.errors import ModelFileError
    from seglib.ui import caches

    def missing(*_: object, **__: object) -> None:
        raise ModelFileError("the model street is not complete: street.bin is missing")

    monkeypatch.setattr(caches, "semantic", missing)
    app = open_page("semantic")
    assert [error.value for error in app.error] == [
        "The model street is not complete: street.bin is missing."
    ]
