"""Recovers sound from an m4a or mp4 whose end is missing.

Such a file has the index of its sound at its end. When a recorder's battery dies, all the sound is
there, but nothing tells where one frame ends and the next begins. An AAC decoder can tell: if a
packet holds many frames, it decodes one after the other and stops where no whole frame follows. So
the last whole frame ends where the shortest piece ends that still gives as many frames.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import av
from av.audio.codeccontext import AudioCodecContext

from meetings.errors import FileRejected
from minutes.sound.boxes import boxes

UNFINISHED = (
    "録音ファイルの終わりが欠けていて、中の音声も取り出せませんでした（m4a・mp4は終わりの部分に"
    "目次があります）。録音機の元のファイルを確かめて、もう一度取り出して送信してください。"
)

# Sampling frequencies in the order of ISO/IEC 14496-3, table 1.18; the code is the index.
FREQUENCIES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
# Frames of the frequencies in one family differ only in their bit rate. The most usual family is
# first, because quiet frames of one family may also decode as those of another.
FAMILIES = ((44100, 48000), (24000, 22050), (16000,), (8000,), (32000,), (96000, 88200))
USUAL_KBITS = (16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
SAMPLES_A_FRAME = 1024
AAC_LC, ONE_CHANNEL = 2, 1
"""Values of the AudioSpecificConfig. A decoder that expects one channel switches to two by itself
when a frame has two.
"""

EVEN = b"[" + re.escape(bytes(range(0, 256, 2))) + b"]"
FRAME = rb"(?:[\x00\x01](?=%b)|\x20|\x21(?=[\x00-\x7f]))" % EVEN
"""How a frame of one channel or of two begins: kind and number of its element; then the loudness,
or that both channels share their form; and a bit that is always 0.
"""

FIRST_FRAME = rb"[\x00\x01\x20\x21\x80-\x9f\xc0-\xdf]"
"""The very first frame may begin with the name of the program that made it."""

FIRST_FRAME_BYTES = 64
"""Bytes in which the first frame may begin in this special form."""
SEARCHED_BYTES = 65_536
"""Bytes in which the first frame is searched for."""
NOT_IN_ZEROS = rb"(?!\x00{15})"

WINDOW_BYTES = 65_536
"""Bytes that are decoded at once."""
CHAIN_BYTES, CHAIN_FRAMES = 8_192, 6
"""So many frames within so many bytes are no accident."""

NEXT_BYTES, NEXT_FRAMES = 3_072, 2
"""The same where frames are known to be near: at least the bytes that two frames have at most."""

SAMPLE_BYTES = 262_144
TRIALS = 32
"""Places that are tried with one decoder. Noise that is decoded as a frame may change the decoder's
state, so a new one is made after so many.
"""

LONGEST_GAP_BYTES = 8_000_000
"""If no frame follows within so many bytes, the rest is given up."""

FEW_GAPS, FRAMES_A_GAP = 5, 40
"""If there are more gaps than the first, with fewer frames for each than the second, the file is a
film with pictures between the sound, of which only fragments could be recovered.
"""


def frames(path: Path) -> Iterator["av.AudioFrame"]:
    """Yield every AAC frame in the file in order, all with the same sample rate and channels.
    Damaged places are skipped.

    Raises FileRejected if there are none. Whether it was recorded at 44.1 or 48 kHz (22.05 or 24)
    is known only to the lost index; the one that makes the bit rate a usual one is taken.
    """
    with path.open("rb") as file:
        start, end = _place_of_sound(file)
        first = _first_frame(file, start, end)
        if first is None:
            raise FileRejected(UNFINISHED)
        yield from _decoded(file, first, end, _frequency(file, first, end))


def _place_of_sound(file: BinaryIO) -> tuple[int, int]:
    """Return start and end of the box that holds the sound. An empty one is a box whose size was
    never written; it reaches to the end of the file.
    """
    size = file.seek(0, 2)
    for kind, start, end in boxes(file, 0, size):
        if kind == b"mdat":
            return start, end if end > start else size
    raise FileRejected(UNFINISHED)


def _first_frame(file: BinaryIO, start: int, end: int) -> int | None:
    """Return where frames of any family begin, or None."""
    frequencies = [family[0] for family in FAMILIES]
    second = min(end, start + FIRST_FRAME_BYTES)
    places = chain(
        _places(file, start, second, FIRST_FRAME),
        _places(file, second, min(end, start + SEARCHED_BYTES), FRAME),
    )
    return next(_chains(file, places, frequencies, CHAIN_BYTES, CHAIN_FRAMES), None)


def _frequency(file: BinaryIO, first: int, end: int) -> int:
    """Return the most probable sampling frequency: that of the family that decodes most frames,
    with the most usual bit rate.
    """
    sample = _read(file, first, min(SAMPLE_BYTES, end - first))
    counts = [_count(family[0], sample) for family in FAMILIES]
    most = max(counts)
    family = FAMILIES[counts.index(most)]
    bytes_a_frame = _end_of(family[0], sample, most) / most
    return min(family, key=lambda frequency: _oddness(bytes_a_frame, frequency))


def _oddness(bytes_a_frame: float, frequency: int) -> float:
    """Return the distance to the nearest usual bit rate of recorders, as a share of it."""
    kbits = bytes_a_frame * 8 * frequency / SAMPLES_A_FRAME / 1000
    return min(abs(kbits - usual) / usual for usual in USUAL_KBITS)


def _decoded(file: BinaryIO, first: int, end: int, frequency: int) -> Iterator["av.AudioFrame"]:
    form, at = None, first
    gaps, found = 0, 0
    while at < end:
        decoder = _decoder(frequency)
        while decoded := _decode(decoder, _read(file, at, min(WINDOW_BYTES, end - at))):
            form = form or _form(decoded[-1])
            yield from (frame for frame in decoded if _form(frame) == form)
            at += _length_of(file, at, end, frequency, len(decoded))
            found += len(decoded)
        gaps += 1
        if gaps > FEW_GAPS and found < FRAMES_A_GAP * gaps:
            raise FileRejected(UNFINISHED)
        at = _next_frame(file, at + 1, end, frequency)


def _form(frame: "av.AudioFrame") -> tuple[int, int]:
    """Return sample rate and number of channels. Noise may decode as a frame of another form; a
    recording has only one.
    """
    return frame.sample_rate, frame.layout.nb_channels


def _length_of(file: BinaryIO, at: int, end: int, frequency: int, count: int) -> int:
    """Return how many bytes the first `count` frames from `at` on take, which are all whole frames
    in a window.

    To decode few and short pieces, a frame near the window's end is searched for first: with one
    byte less before it, one frame less is decoded. From there the rest is counted. Only near damage
    and the end of the file the whole window is decoded again and again.
    """
    window = _read(file, at, min(WINDOW_BYTES, end - at))
    if len(window) == WINDOW_BYTES:
        last = at + WINDOW_BYTES - NEXT_BYTES
        places = _places(file, last - NEXT_BYTES, last, FRAME)
        for place in _chains(file, places, [frequency], NEXT_BYTES, NEXT_FRAMES):
            before = window[: place - at]
            known = _count(frequency, before)
            if known < count and known > _count(frequency, before[:-1]):
                rest = window[len(before) :]
                return len(before) + _end_of(frequency, rest, count - known)
    return _end_of(frequency, window, count)


def _end_of(frequency: int, window: bytes, count: int) -> int:
    """Return the length of the shortest beginning of the window that holds `count` frames."""
    short, enough = 0, len(window)
    while enough - short > 1:
        middle = (short + enough) // 2
        if _count(frequency, window[:middle]) >= count:
            enough = middle
        else:
            short = middle
    return enough


def _next_frame(file: BinaryIO, at: int, end: int, frequency: int) -> int:
    """Return the place after damage where frames follow each other again, or `end`."""
    places = _places(file, at, min(end, at + LONGEST_GAP_BYTES), FRAME)
    return next(_chains(file, places, [frequency], CHAIN_BYTES, CHAIN_FRAMES), end)


def _chains(
    file: BinaryIO, places: Iterable[int], frequencies: list[int], size: int, count: int
) -> Iterator[int]:
    """Yield those of the places where at least `count` frames follow within `size` bytes."""
    decoders: list[AudioCodecContext] = []
    for number, place in enumerate(places):
        if number % TRIALS == 0:
            decoders = [_decoder(frequency) for frequency in frequencies]
        piece = _read(file, place, size)
        if any(len(_decode(decoder, piece)) >= count for decoder in decoders):
            yield place


def _places(file: BinaryIO, start: int, end: int, beginning: bytes) -> Iterator[int]:
    """Yield the places from `start` to before `end` where a frame may begin."""
    begins = re.compile(beginning + NOT_IN_ZEROS)
    for block in range(start, end, SAMPLE_BYTES):
        for found in begins.finditer(_read(file, block, min(SAMPLE_BYTES, end - block))):
            yield block + found.start()


def _count(frequency: int, piece: bytes) -> int:
    return len(_decode(_decoder(frequency), piece))


def _decoder(frequency: int) -> AudioCodecContext:
    """Return an AAC decoder for this frequency. Its AudioSpecificConfig has two bytes: object
    type, frequency, channels.
    """
    decoder = AudioCodecContext.create("aac", "r")
    code = AAC_LC << 11 | FREQUENCIES.index(frequency) << 7 | ONE_CHANNEL << 3
    decoder.extradata = code.to_bytes(2, "big")
    return decoder


def _decode(decoder: AudioCodecContext, piece: bytes) -> list["av.AudioFrame"]:
    """Return the whole frames at the beginning of the piece."""
    try:
        decoded: list[av.AudioFrame] = decoder.decode(av.Packet(piece)) if piece else []
    except av.FFmpegError:
        return []
    return decoded


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)
