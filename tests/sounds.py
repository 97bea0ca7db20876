"""Sound as a browser's recorder makes it, for the tests."""

import io

import av
import numpy as np


def webm(seconds: float = 6.0) -> bytes:
    """Opus in WebM as it is written live: no length in the head, no index at the end."""
    target = io.BytesIO()
    target.seekable = lambda: False  # type: ignore[method-assign]
    options = {"live": "1", "cluster_time_limit": "1000"}
    with av.open(target, "w", format="webm", options=options) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        for number in range(int(seconds * 50)):
            at = (np.arange(960) + 960 * number) / 48_000
            samples = (6000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 960 * number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()
