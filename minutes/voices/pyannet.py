"""PyanNet, the speaker segmentation network: which of up to three voices speak at each moment of
ten seconds, two at once included.

Source: Bredin and Laurent, "End-to-end speaker segmentation for overlap-aware resegmentation",
Interspeech 2021; Plaquet and Bredin, "Powerset multi-class cross entropy loss for neural speaker
diarization", Interspeech 2023; Ravanelli and Bengio, "Speaker recognition from raw waveform with
SincNet", 2018; the filters with both phases: Pariente and others, ICASSP 2020.
"""

import numpy as np
from numpy.typing import NDArray

from minutes.sound.audio import RATE
from minutes.voices.checkpoint import Tensors
from minutes.voices.graph import Graph

STRIDE = 10
"""Step of the first filters, in samples."""

LOWEST_HERTZ, NARROWEST_HERTZ = 50.0, 50.0
LAYERS = 4
SLOPE = 0.01
EPSILON = 1e-5

POWERSET = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32
)
"""Which of the three voices speak, for each of the network's seven classes."""

STEP_SAMPLES = STRIDE * 27
"""Samples between two moments of the output."""

FIRST_SAMPLES = 991 / 2
"""Middle of the receptive field of the first moment, in samples."""


def build(tensors: Tensors) -> bytes:
    """Return the network as an ONNX model. Input: `samples` (stretches × 1 × samples). Output:
    probabilities of the POWERSET classes (stretches × moments × 7).
    """
    network = _PyannetNetwork(tensors)
    deep = network.level("sincnet.wav_norm1d", "samples")
    deep = network.filters(deep)
    for number in (1, 2):
        deep = network.convolution(number, deep)
    deep = network.graph.add("Transpose", deep, perm=[2, 0, 1])
    for number in range(LAYERS):
        deep = network.memory(number, deep)
    for name in ("linear.0", "linear.1"):
        deep = network.graph.add("LeakyRelu", network.linear(name, deep), alpha=SLOPE)
    answers = network.graph.add("Softmax", network.linear("classifier", deep), axis=-1)
    result = network.graph.add("Transpose", answers, perm=[1, 0, 2])
    shape: list[int | str] = ["stretches", "moments", len(POWERSET)]
    return network.graph.written({"samples": ["stretches", 1, "samples"]}, (result, shape))


def sinc_filters(tensors: Tensors) -> NDArray[np.float32]:
    """Return the band-pass filters in both phases (filters × 1 × samples), made from the lower
    edges and widths in hertz that the network has learnt.
    """
    name = "sincnet.conv1d.0.filterbank"
    low, width, window, times = (
        tensors[f"{name}.{of}"].astype(np.float64)
        for of in ("low_hz_", "band_hz_", "window_", "n_")
    )
    low = LOWEST_HERTZ + np.abs(low)
    high = np.clip(low + NARROWEST_HERTZ + np.abs(width), LOWEST_HERTZ, RATE / 2)
    scale = window / (times * (high - low))
    even = (np.sin(high * times) - np.sin(low * times)) * scale
    odd = (np.cos(low * times) - np.cos(high * times)) * scale
    middle = np.ones_like(low)
    both = [
        np.concatenate([even, middle, even[:, ::-1]], axis=1),
        np.concatenate([odd, 0 * middle, -odd[:, ::-1]], axis=1),
    ]
    made: NDArray[np.float32] = np.concatenate(both)[:, None, :].astype(np.float32)
    return made


class _PyannetNetwork:
    """The layers, added one after the other to a graph. Each method returns the name of its
    output.
    """

    def __init__(self, tensors: Tensors) -> None:
        self.graph = Graph()
        self._tensors = tensors

    def level(self, name: str, source: str) -> str:
        return self.graph.add(
            "InstanceNormalization",
            source,
            self._weight(f"{name}.weight"),
            self._weight(f"{name}.bias"),
            epsilon=EPSILON,
        )

    def filters(self, source: str) -> str:
        weight = self.graph.weight(sinc_filters(self._tensors))
        found = self.graph.add("Conv", source, weight, strides=[STRIDE])
        return self._pooled(0, self.graph.add("Abs", found))

    def convolution(self, number: int, source: str) -> str:
        name = f"sincnet.conv1d.{number}"
        weights = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._pooled(number, self.graph.add("Conv", source, *weights))

    def memory(self, number: int, source: str) -> str:
        """Add a bidirectional LSTM over moments × stretches × values."""
        values = [self._both_ways(f"lstm.{of}_l{number}") for of in ("weight_ih", "weight_hh")]
        biases = [self._both_ways(f"lstm.{of}_l{number}") for of in ("bias_ih", "bias_hh")]
        size = values[1].shape[2]
        weights = [self.graph.weight(each) for each in (*values, np.concatenate(biases, axis=1))]
        found = self.graph.add(
            "LSTM", source, *weights, hidden_size=size, direction="bidirectional"
        )
        beside = self.graph.add("Transpose", found, perm=[0, 2, 1, 3])
        return self.graph.add("Reshape", beside, self.graph.integers(0, 0, 2 * size))

    def linear(self, name: str, source: str) -> str:
        weight = self.graph.weight(self._tensors[f"{name}.weight"].T)
        found = self.graph.add("MatMul", source, weight)
        return self.graph.add("Add", found, self._weight(f"{name}.bias"))

    def _both_ways(self, name: str) -> NDArray[np.float32]:
        """Return the weights of both directions in ONNX's order. PyTorch's gates are input,
        forget, cell, output; in ONNX the output gate is the second.
        """
        ways = []
        for each in (self._tensors[name], self._tensors[f"{name}_reverse"]):
            entry, forget, cell, output = np.split(each, 4)
            ways.append(np.concatenate([entry, output, forget, cell]))
        return np.stack(ways)

    def _pooled(self, number: int, source: str) -> str:
        largest = self.graph.add("MaxPool", source, kernel_shape=[3], strides=[3])
        levelled = self.level(f"sincnet.norm1d.{number}", largest)
        return self.graph.add("LeakyRelu", levelled, alpha=SLOPE)

    def _weight(self, name: str) -> str:
        return self.graph.weight(self._tensors[name])
