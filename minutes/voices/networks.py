"""Runs the two networks in onnxruntime; no other module imports that.

The segmentation network uses several threads; the embedding network uses one for each sound, and
several sounds are embedded at once.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from minutes.sound.samples import Samples
from minutes.voices import campplus
from minutes.voices.features import FRAME, features
from minutes.voices.weights import NetworkWeights

QUIET = 3
"""Log level of onnxruntime that shows errors only: its warnings are for authors of networks."""


class Networks:
    """The segmentation and the embedding network, loaded once. Safe to call from several
    threads.
    """

    def __init__(self, weights: NetworkWeights, threads: int = 0) -> None:
        """Load both networks. `threads` 0 means all cores."""
        self.embedding_sha256 = weights.embedding_sha256
        self.workers = threads or len(os.sched_getaffinity(0))
        self._segmentation = _session(weights.segmentation, self.workers)
        self._embedding = _session(weights.embedding, 1)
        names = [each.name for each in self._embedding.get_inputs()]
        self._has_contexts = len(names) > 1
        self._features = names[0]

    def activity(self, stretches: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities (stretches × moments × 7) of the POWERSET classes of PyanNet,
        for `stretches` (stretches × samples).
        """
        (answers,) = self._segmentation.run(None, {"samples": stretches[:, None, :]})
        found: NDArray[np.float32] = answers
        return found

    def embeddings(self, sounds: list[Samples]) -> NDArray[np.float32]:
        """Return the embeddings (sounds × values), each of length 1, of sounds of at least FRAME
        samples.
        """
        with ThreadPoolExecutor(self.workers) as threads:
            found = np.stack(list(threads.map(self._embed, sounds)))
        unit: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit

    def _embed(self, samples: Samples) -> NDArray[np.float32]:
        assert len(samples) >= FRAME
        bands = features(samples)
        inputs = {self._features: bands[None]}
        if self._has_contexts:
            inputs["shares"], inputs["places"] = campplus.contexts(len(bands))
        found: NDArray[np.float32] = self._embedding.run(None, inputs)[0].reshape(-1)
        return found


def _session(network: bytes, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = QUIET
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
