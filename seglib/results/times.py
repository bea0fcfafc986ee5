"""How long each stage took, queue wait apart from inference."""

from __future__ import annotations

from dataclasses import asdict, dataclass

STAGES: tuple[tuple[str, str], ...] = (
    ("decode_ms", "Decode"),
    ("preprocess_ms", "Preprocess"),
    ("queue_ms", "Queue"),
    ("infer_ms", "Infer"),
    ("postprocess_ms", "Postprocess"),
    ("render_ms", "Render"),
)
"""Field and title of each stage, in the order in which they run."""


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Wall-clock time of each stage in milliseconds; 0.0 for a stage that did not run.

    Parameters
    ----------
    decode_ms : float
        Bytes to pixels.
    preprocess_ms : float
        Pixels to network input.
    queue_ms : float
        Wait for a free inference request; never part of ``infer_ms``.
    infer_ms : float
        The network.
    postprocess_ms : float
        Network output to result.
    render_ms : float
        Result to picture.
    """

    decode_ms: float = 0.0
    preprocess_ms: float = 0.0
    queue_ms: float = 0.0
    infer_ms: float = 0.0
    postprocess_ms: float = 0.0
    render_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        """Sum of all stages."""
        return sum(self.as_dict().values())

    @property
    def fps(self) -> float | None:
        """Pictures a second at this total; ``None`` where nothing was timed."""
        total = self.total_ms
        return 1000.0 / total if total > 0 else None

    def as_dict(self) -> dict[str, float]:
        """Milliseconds by field name, in stage order."""
        return asdict(self)
