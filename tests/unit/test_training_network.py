"""The network and the losses of training; needs PyTorch, which the app does not."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")

from training.calibrate import find_offsets, mean_iou  # noqa: E402
from training.export import fold_batch_norms, to_openvino  # noqa: E402
from training.losses import class_weights, segmentation_loss, soft_jaccard  # noqa: E402
from training.network import StreetNet, count_macs  # noqa: E402


@pytest.fixture(scope="module")
def network() -> StreetNet:
    torch.manual_seed(0)
    made = StreetNet()
    for module in made.modules():  # statistics unlike the fresh ones, so that folding shows
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
    return made.eval()


def test_the_network_is_within_its_budget(network: StreetNet) -> None:
    assert 2 * count_macs(network) <= 6e9
    assert sum(p.numel() for p in network.parameters()) * 2 <= 5_000_000


def test_folding_batch_norms_changes_nothing(network: StreetNet) -> None:
    x = torch.rand(1, 3, 90, 120) * 2 - 1
    with torch.no_grad():
        torch.testing.assert_close(fold_batch_norms(network)(x), network(x), atol=1e-4, rtol=1e-4)


@pytest.mark.filterwarnings("ignore")  # of the tracer, about sizes that are constants here
def test_openvino_agrees_with_pytorch(network: StreetNet) -> None:
    import openvino as ov

    x = torch.rand(1, 3, 360, 480) * 2 - 1
    hints = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = ov.Core().compile_model(to_openvino(network), "CPU", hints)
    with torch.no_grad():
        expected = network(x).numpy()
    np.testing.assert_allclose(compiled(x.numpy())[0], expected, atol=1e-3)


def test_soft_jaccard_by_hand() -> None:
    target = torch.tensor([[[0, 0, 1, 255]]])
    sure = torch.nn.functional.one_hot(torch.tensor([[[0, 1, 1, 0]]]), 3).permute(0, 3, 1, 2)
    # class 0: 1 hit of 2 in the union; class 1: 1 of 2; class 2 is absent; the last is not judged
    assert soft_jaccard(sure.float(), target).item() == pytest.approx(0.5)


def test_rarer_classes_weigh_more_and_the_mean_pixel_weighs_one() -> None:
    counts = np.array([900, 90, 10])
    weights = class_weights(counts).numpy()
    assert weights[0] < weights[1] < weights[2]
    assert (weights * counts).sum() / counts.sum() == pytest.approx(1)


def test_the_loss_falls_where_the_answer_is_right() -> None:
    target = torch.zeros(1, 8, 8, dtype=torch.int64)
    right = torch.zeros(1, 3, 4, 4)
    right[:, 0] = 8
    wrong = right.flip(1)
    weights = torch.ones(3)
    assert segmentation_loss(right, target, weights) < segmentation_loss(wrong, target, weights)


def test_calibration_finds_a_shy_class() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random(4000) < 0.1).astype(np.int64)
    evidence = truth * 1.0 + rng.normal(0, 0.5, 4000)
    scores = np.stack([np.zeros(4000), evidence - 1.4], 1).astype(np.float32)
    offsets = find_offsets(scores, truth)
    assert offsets[1] > offsets[0]
    assert mean_iou(scores, truth, offsets) > mean_iou(scores, truth, [0, 0])
