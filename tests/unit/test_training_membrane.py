"""What training hands over is what it trained: torch's network and the library's agree."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from seglib.concepts import patches  # noqa: E402
from training.membrane import WINDOW, MembraneNet  # noqa: E402
from training.membrane_measure import rand_f  # noqa: E402


def test_the_exported_weights_answer_as_in_training() -> None:
    torch.manual_seed(1)
    network = MembraneNet((3, 4, 5, 6), 7).eval()
    picture = np.random.default_rng(0).uniform(-1, 1, (WINDOW + 3, WINDOW + 5)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(picture)[None, None])[0].numpy()
    found = patches.every_pixel(network.patch_net(), picture)
    assert found.shape == expected.shape == (2, 4, 6)
    assert np.abs(found - expected).max() <= 1e-5


def test_training_at_a_stride_asks_the_same_network() -> None:
    torch.manual_seed(2)
    dense = MembraneNet((3, 4, 5, 6), 7).eval()
    strided = MembraneNet((3, 4, 5, 6), 7, 4).eval()
    strided.load_state_dict(dense.state_dict())
    picture = torch.rand(1, 1, WINDOW + 8, WINDOW + 8)
    with torch.no_grad():
        assert torch.allclose(strided(picture), dense(picture)[..., ::4, ::4], atol=1e-5)


def test_rand_f_by_hand() -> None:
    truth = np.array([[1, 1, 0, 1, 1]], bool)
    assert rand_f(truth, truth) == 1
    # one cell found where there are two: pairs 4 + 4, truth 4 + 4, found 16
    assert rand_f(truth, np.ones_like(truth)) == pytest.approx(8 / (0.5 * 8 + 0.5 * 16))
    # nothing found: four pixels alone
    assert rand_f(truth, np.zeros_like(truth)) == pytest.approx(4 / (0.5 * 8 + 0.5 * 4))
