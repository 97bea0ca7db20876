"""CAM++, the speaker embedding network: 192 numbers for a voice, nearly the same whatever it says.

Source: Wang, Zheng, Chen, Cheng and Chen, "CAM++: A Fast and Efficient Network for Speaker
Verification Using Context-Aware Masking", Interspeech 2023 (arXiv:2303.00332); names of the weights
as in 3D-Speaker.
"""

import numpy as np
from numpy.typing import NDArray

from minutes.voices.checkpoint import Tensors
from minutes.voices.features import BANDS
from minutes.voices.graph import Graph

BLOCKS = ((12, 1), (24, 2), (16, 2))
"""For each dense block: its number of layers, and their dilation in moments."""

CONTEXT = 100
"""Moments that share one mask: two seconds."""

EPSILON = 1e-5


def build(tensors: Tensors) -> bytes:
    """Return the network as an ONNX model. Inputs: `features` (1 × frames × bands), and `shares`
    and `places`, which `contexts` makes. Output: `embedding` (1 × 192).
    """
    network = _CampplusNetwork(tensors)
    deep = network.head(network.graph.add("Transpose", "features", perm=[0, 2, 1]))
    deep = network.convolve("xvector.tdnn.linear", deep, strides=[2], pads=[2, 2])
    deep = network.normal("xvector.tdnn.nonlinear.batchnorm", deep)
    for number, (layers, dilation) in enumerate(BLOCKS, 1):
        for layer in range(1, layers + 1):
            deep = network.layer(f"xvector.block{number}.tdnnd{layer}", deep, dilation)
        deep = network.normal(f"xvector.transit{number}.nonlinear.batchnorm", deep)
        deep = network.convolve(f"xvector.transit{number}.linear", deep)
    result = network.embedding(network.normal("xvector.out_nonlinear.batchnorm", deep))
    sources: dict[str, list[int | str]] = {
        "features": [1, "frames", BANDS],
        "shares": ["moments", "contexts"],
        "places": ["contexts", "moments"],
    }
    return network.graph.written(sources, (result, [1, "size"]))


def contexts(frames: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return two matrices for a sound of so many frames; a moment is two frames.

    The first (moments × contexts) averages over each context, plus the mean of all moments; the
    second (contexts × moments) gives each moment the mask of its context.
    """
    moments = (frames + 1) // 2
    belongs = np.arange(moments)[:, None] // CONTEXT == np.arange(-(-moments // CONTEXT))
    places = belongs.astype(np.float32)
    return places / places.sum(axis=0) + np.float32(1 / moments), places.T


class _CampplusNetwork:
    """The layers of the paper, added one after the other to a graph. Each method returns the name
    of its output.
    """

    def __init__(self, tensors: Tensors) -> None:
        self.graph = Graph()
        self._tensors = tensors

    def convolve(self, name: str, source: str, **how: list[int]) -> str:
        """Add a convolution with the weights (and bias) of this name."""
        weights = [self._tensors[f"{name}.weight"]]
        if f"{name}.bias" in self._tensors:
            weights.append(self._tensors[f"{name}.bias"])
        return self.graph.add("Conv", source, *map(self.graph.weight, weights), **how)

    def normal(self, name: str, source: str, is_cut: bool = True) -> str:
        """Add a batch normalisation with the statistics of the training, followed by ReLU if
        `is_cut`.
        """
        mean, variance = (self._tensors[f"{name}.running_{of}"] for of in ("mean", "var"))
        gain = self._tensors.get(f"{name}.weight", np.ones_like(mean))
        shift = self._tensors.get(f"{name}.bias", np.zeros_like(mean))
        weights = map(self.graph.weight, (gain, shift, mean, variance))
        made = self.graph.add("BatchNormalization", source, *weights, epsilon=EPSILON)
        return self.graph.add("Relu", made) if is_cut else made

    def head(self, bands: str) -> str:
        """Add the two-dimensional layers at the beginning, which turn frequency bands into
        channels.
        """
        source = self.graph.add("Unsqueeze", bands, self.graph.integers(1))
        deep = self.normal("head.bn1", self._plane("head.conv1", source))
        for number in (1, 2):
            deep = self._residual(f"head.layer{number}.0", deep, step=2)
            deep = self._residual(f"head.layer{number}.1", deep, step=1)
        deep = self.normal("head.bn2", self._plane("head.conv2", deep, step=2))
        channels = self._tensors["xvector.tdnn.linear.weight"].shape[1]
        return self.graph.add("Reshape", deep, self.graph.integers(1, channels, -1))

    def layer(self, name: str, source: str, dilation: int) -> str:
        """Add a densely connected layer: its output, masked by context, is concatenated to its
        input.
        """
        deep = self.normal(f"{name}.nonlinear1.batchnorm", source)
        deep = self.convolve(f"{name}.linear1", deep)
        deep = self.normal(f"{name}.nonlinear2.batchnorm", deep)
        near = [dilation, dilation]
        found = self.convolve(
            f"{name}.cam_layer.linear_local", deep, dilations=[dilation], pads=near
        )
        mask = self.graph.add("MatMul", deep, "shares")
        mask = self.graph.add("Relu", self.convolve(f"{name}.cam_layer.linear1", mask))
        mask = self.graph.add("Sigmoid", self.convolve(f"{name}.cam_layer.linear2", mask))
        masked = self.graph.add("Mul", found, self.graph.add("MatMul", mask, "places"))
        return self.graph.add("Concat", source, masked, axis=1)

    def embedding(self, deep: str) -> str:
        """Add mean and deviation over time, and the last layer."""
        graph = self.graph
        mean = graph.add("ReduceMean", deep, axes=[2], keepdims=1)
        away = graph.add("Sub", deep, mean)
        squares = graph.add("ReduceSum", graph.add("Mul", away, away), graph.integers(2))
        length = graph.add("Gather", graph.add("Shape", deep), graph.integers(2))
        others = graph.add("Sub", graph.add("Cast", length, to=1), graph.weight(np.ones(1, "f4")))
        deviation = graph.add("Sqrt", graph.add("Div", squares, others))
        both = graph.add("Concat", mean, deviation, axis=1)
        found = self.normal(
            "xvector.dense.nonlinear.batchnorm", self.convolve("xvector.dense.linear", both), False
        )
        return graph.add("Reshape", found, graph.integers(1, -1))

    def _plane(self, name: str, source: str, step: int = 1) -> str:
        return self.convolve(name, source, strides=[step, 1], pads=[1, 1, 1, 1])

    def _residual(self, name: str, source: str, step: int) -> str:
        deep = self.normal(f"{name}.bn1", self._plane(f"{name}.conv1", source, step))
        deep = self.normal(f"{name}.bn2", self._plane(f"{name}.conv2", deep), False)
        if step > 1:
            beside = self.convolve(f"{name}.shortcut.0", source, strides=[step, 1])
            source = self.normal(f"{name}.shortcut.1", beside, False)
        return self.graph.add("Relu", self.graph.add("Add", deep, source))
