"""The training loop that the bundled models share: schedule, moving average, checkpoints.

The weights that are kept are the moving average (Polyak and Juditsky 1992), which generalises
better than the last step.
"""

from __future__ import annotations

import argparse
import queue
import threading
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from training.mobilenet import MobileNetV2

Batch = tuple[Tensor, ...]
ROOT = Path(__file__).resolve().parent.parent


def command_line(
    about: str, name: str, *, steps: int, finish: bool = False, teacher: bool = False
) -> argparse.Namespace:
    """Parse what every training takes: data, out, steps, minutes, start_from, threads, device.

    ``finish`` adds ``--finish``, for trainings that do something after their last step, and
    ``teacher`` adds ``--teacher``.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / name)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--minutes", type=float, help="end by the clock, if the steps do not")
    parser.add_argument("--threads", type=int, help="of PyTorch; all cores if not given")
    parser.add_argument("--start-from", type=Path, help="averaged weights to begin with")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    if finish:
        parser.add_argument(
            "--finish", action="store_true", help="only what follows training, on its checkpoint"
        )
    if teacher:
        parser.add_argument("--teacher", type=Path, help="a network to learn from as well")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    return options


def freeze_early(backbone: MobileNetV2, blocks: int = 3) -> None:
    """Keep the ImageNet weights of the stem and the first blocks: edges are edges everywhere.

    They look at the picture at full and half resolution, so teaching them takes a third of the
    time of a step.
    """
    for module in (backbone.stem, *backbone.blocks[:blocks]):
        module.requires_grad_(False)


class Pace(Protocol):
    """How long and how fast a network learns; :class:`Schedule` is one."""

    @property
    def steps(self) -> int:
        """Of the whole training."""
        ...

    backbone_rate: float
    decoder_rate: float
    weight_decay: float
    average: float
    keep_every: int

    def rate(self, step: int) -> float:
        """Return the share of the highest rate at a step."""
        ...


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a network learns.

    Parameters
    ----------
    steps : int
        Of the whole training.
    backbone_rate, decoder_rate : float
        Highest rates of AdamW; half a cosine takes them down to 2 %.
    weight_decay, warm_up, average : float
        Of AdamW; steps of linear rise; weight of the past in the moving average.
    keep_every : int
        Steps between checkpoints and validations.
    """

    steps: int
    backbone_rate: float = 5e-4
    decoder_rate: float = 2e-3
    weight_decay: float = 2e-2
    warm_up: int = 200
    average: float = 0.999
    keep_every: int = 500

    def rate(self, step: int) -> float:
        """Return the share of the highest rate at a step."""
        return falling(step / self.steps) * min(1.0, (step + 1) / self.warm_up)


def falling(done: float) -> float:
    """Half a cosine from 1 down to 2 % as ``done`` goes from 0 to 1."""
    return 0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * min(done, 1.0))))


class Clock:
    """How much of a training is done: by its steps, or by the minutes it may take.

    Parameters
    ----------
    steps : int
        Of the whole training.
    minutes : float, optional
        The longest it may take; it then ends early, its rates as low as at the last step.
    spent : float
        Seconds that earlier runs of it took.
    """

    def __init__(self, steps: int, minutes: float | None, spent: float = 0.0) -> None:
        self.steps, self.minutes = steps, minutes
        self._started = time.monotonic() - spent
        self.step = 0

    @property
    def spent(self) -> float:
        """Seconds."""
        return time.monotonic() - self._started

    @property
    def share(self) -> float:
        """0 to 1."""
        by_time = self.spent / 60 / self.minutes if self.minutes else 0.0
        return min(1.0, max(self.step / self.steps, by_time))


def filled_queue(
    make: Callable[[int, float], Batch], first: int, clock: Clock, depth: int = 3
) -> queue.Queue[Batch]:
    """Call ``make(step, share done)`` ahead of time in one background thread."""
    filled: queue.Queue[Batch] = queue.Queue(depth)

    def work() -> None:
        step = first
        while True:
            filled.put(make(step, clock.share))
            step += 1

    threading.Thread(target=work, daemon=True).start()
    return filled


def stack(samples: Sequence[tuple[np.ndarray, ...]]) -> Batch:
    """Stack the parts of samples into tensors."""
    return tuple(
        torch.from_numpy(np.stack([s[i] for s in samples])) for i in range(len(samples[0]))
    )


def train(
    network: nn.Module,
    backbone: nn.Module,
    make_batch: Callable[[int, float], Batch],
    loss_of: Callable[[nn.Module, Batch], dict[str, Tensor]],
    validate: Callable[[nn.Module], str],
    schedule: Pace,
    out: Path,
    *,
    device: torch.device,
    start_from: Path | None = None,
    minutes: float | None = None,
) -> nn.Module:
    """Train from the last checkpoint in ``out`` to the end; returns the averaged network.

    Parameters
    ----------
    network, backbone : Module
        The backbone is a part of the network and learns more slowly.
    make_batch : callable
        Step and share done, 0 to 1 → tensors, the pictures first; called in a background thread.
    loss_of : callable
        Network and batch on the device → named terms; their sum is minimised.
    validate : callable
        Averaged network → one line for the log.
    start_from : Path, optional
        Averaged weights of an earlier training.
    minutes : float, optional
        The longest it may take; see :class:`Clock`.

    Raises
    ------
    FloatingPointError
        The loss is not a number: start again, it goes on from the last checkpoint.
    """
    out.mkdir(parents=True, exist_ok=True)
    if start_from is not None:
        network.load_state_dict(
            torch.load(start_from, map_location="cpu", weights_only=True)["average"]
        )
    network = network.to(device, memory_format=torch.channels_last)
    slow_ids = {id(p) for p in backbone.parameters()}
    groups = [
        {
            "params": [p for p in backbone.parameters() if p.requires_grad],
            "base": schedule.backbone_rate,
        },
        {
            "params": [p for p in network.parameters() if id(p) not in slow_ids],
            "base": schedule.decoder_rate,
        },
    ]
    optimiser = torch.optim.AdamW(
        groups, lr=schedule.decoder_rate, weight_decay=schedule.weight_decay
    )
    average = deepcopy(network)
    first, spent, path = 0, 0.0, out / "checkpoint.pt"
    if path.exists():
        stored = torch.load(path, map_location=device, weights_only=True)
        network.load_state_dict(stored["network"])
        average.load_state_dict(stored["average"])
        optimiser.load_state_dict(stored["optimiser"])
        first, spent = stored["step"], stored.get("spent", 0.0)
        print(f"going on from step {first}", flush=True)
    clock = Clock(schedule.steps, minutes, spent)
    clock.step = first
    filled = filled_queue(make_batch, first, clock)
    started, seen, terms = time.monotonic(), 0, []
    for step in range(first, schedule.steps):
        clock.step = step
        share = clock.share
        batch = tuple(part.to(device) for part in filled.get())
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * schedule.rate(int(share * schedule.steps))
        network.train()
        losses = loss_of(network, batch)
        loss = torch.stack(list(losses.values())).sum()
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss of step {step} is {loss.item()}: start again")
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        follow(average, network, min(schedule.average, (1 + step) / (10 + step)))
        seen += len(batch[0])
        terms.append({name: value.item() for name, value in losses.items()})
        if (step + 1) % 50 == 0:
            means = " ".join(f"{k} {np.mean([t[k] for t in terms]):.3f}" for k in terms[0])
            left = (1 - share) / max(share, 1e-9) * clock.spent / 60
            rate = seen / (time.monotonic() - started)
            print(f"step {step + 1} {means} {rate:.1f} pictures/s {left:.0f} min left", flush=True)
            terms = []
        ended = share >= 1 or step + 1 == schedule.steps
        if (step + 1) % schedule.keep_every == 0 or ended:
            state = {
                "network": network.state_dict(),
                "average": average.state_dict(),
                "optimiser": optimiser.state_dict(),
                "step": step + 1,
                "spent": clock.spent,
            }
            torch.save(state, path.with_suffix(".part"))
            path.with_suffix(".part").replace(path)
            average.eval()
            print(f"step {step + 1} {validate(average)}", flush=True)
        if ended:
            break
    torch.save({"average": average.state_dict()}, out / "final.pt")
    return average.eval()


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, keep: float) -> None:
    """Move the average a little towards the network."""
    for slow, fast in zip(
        average.state_dict().values(), network.state_dict().values(), strict=True
    ):
        if slow.dtype.is_floating_point:
            slow.lerp_(fast, 1 - keep)
        else:
            slow.copy_(fast)
