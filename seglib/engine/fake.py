"""An engine without a network, for tests: answers what it was told and counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from seglib.engine.base import Array, ContextManaged, EngineInfo, Inference, Shape, owned_copy
from seglib.errors import EngineError

Answer = Mapping[str, Array] | Callable[[Mapping[str, Array]], Mapping[str, Array]]


class FakeEngine(ContextManaged):
    """Answers with fixed arrays or with a function of the inputs.

    Parameters
    ----------
    outputs : mapping or callable
        The answer, or what computes it from the inputs.
    latency_ms : float
        Time each call takes.
    input_shapes : mapping, optional
        Told to whoever asks; inputs are not checked.

    Attributes
    ----------
    calls : int
        Inferences so far.
    """

    def __init__(
        self,
        outputs: Answer,
        latency_ms: float = 0.0,
        *,
        input_shapes: Mapping[str, Shape] | None = None,
    ) -> None:
        self.calls = 0
        self.closed = False
        self._answer = outputs
        self._latency_ms = latency_ms
        self._shapes = dict(input_shapes or {"image": (1, -1, -1, 3)})
        self._lock = threading.Lock()

    @property
    def info(self) -> EngineInfo:
        """Facts of the fake: nothing is computed."""
        return EngineInfo("FAKE", "no device", "f32", "fake", 1, "LATENCY")

    @property
    def input_shapes(self) -> Mapping[str, Shape]:
        """The shapes given."""
        return self._shapes

    def infer(self, inputs: Mapping[str, Array], *, timeout_s: float | None = None) -> Inference:
        """Count and answer; ``timeout_s`` is taken and means nothing."""
        if self.closed:
            raise EngineError("the fake engine is closed")
        with self._lock:
            self.calls += 1
        start = time.perf_counter()
        answer = self._answer(inputs) if callable(self._answer) else self._answer
        outputs = {name: owned_copy(array) for name, array in answer.items()}
        if self._latency_ms:
            time.sleep(self._latency_ms / 1e3)
        return Inference(outputs, 0.0, (time.perf_counter() - start) * 1e3)

    def close(self) -> None:
        """Refuse later calls."""
        self.closed = True
