"""Reduces a speech model's vocabulary to the part that a language needs.

Whisper has tokens for a hundred languages, and the decoder computes the probability of each at
every step; with the base model that is more than half of its arithmetic. Japanese minutes need a
quarter of them. So the rows of the other tokens are left out of the model that is loaded. The
remaining weights are unchanged, and any text can still be written byte by byte. The model's own
folder is not changed.
"""

import json
import mmap
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import ByteLevel

from meetings.disk.storage import raising_storage_full
from minutes.speech_models import model_file
from minutes.speech_models.languages import Writing
from minutes.speech_models.model_folder import vocabulary_of

END_OF_TEXT = "<|endoftext|>"
"""The first token after those of text; control tokens and timestamps follow."""

WEIGHED = ("decoder/embeddings/", "decoder/projection/")
"""Variables with one row for each token."""

OF_TOKENS = ("suppress_ids", "suppress_ids_begin", "lang_ids")
"""Lists of tokens in config.json."""

AS_THEY_ARE = ("tokenizer.json", "preprocessor_config.json")
"""Files that are used without change."""

KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々〆]")
KANJI_OF_EACH_FIRST_BYTE = [chr(code) for code in range(0x4E00, 0xA000, 0x1000)]

PART_OF_A_LETTER = "\N{REPLACEMENT CHARACTER}"
"""What a token decodes to that holds only some bytes of a character."""


@dataclass(frozen=True)
class TokenVocabulary:
    """Converts between the token numbers of the tokenizer and those of a model with only some of
    the tokens.
    """

    kept: NDArray[np.int64]
    """The tokenizer's numbers of the tokens that the model has, ascending."""

    tokenizer: Tokenizer = field(repr=False)

    @property
    def is_whole(self) -> bool:
        """Return whether the model has all tokens."""
        return int(self.kept[-1]) + 1 == len(self.kept)

    def to_model(self, tokens: Iterable[int]) -> list[int]:
        """Return the model's numbers of these tokens. Tokens that the model lacks are left out;
        `representable` replaces them first.
        """
        numbers = np.fromiter(tokens, np.int64)
        places = np.searchsorted(self.kept, numbers)
        is_kept = self.kept[np.minimum(places, len(self.kept) - 1)] == numbers
        found: list[int] = places[is_kept].tolist()
        return found

    def from_model(self, tokens: Sequence[int]) -> list[int]:
        """Return the tokenizer's numbers of these tokens."""
        found: list[int] = self.kept[np.asarray(tokens, np.int64)].tolist()
        return found

    def representable(self, tokens: Sequence[int]) -> list[int]:
        """Return tokens of the same text, with each one that the model lacks replaced by tokens of
        single bytes.
        """
        is_kept = np.isin(tokens, self.kept)
        if all(is_kept):
            return list(tokens)
        return [
            part
            for token, is_one in zip(tokens, is_kept, strict=True)
            for part in ([token] if is_one else self._bytes_of(token))
        ]

    def with_kanji(self) -> list[int]:
        """Return the model's numbers of the tokens that hold a kanji or the first byte of one:
        without them only kana, letters, figures and marks can be written.
        """
        end = self.tokenizer.get_vocab()[END_OF_TEXT]
        of_text = self.kept[self.kept < end].tolist()
        firsts = {_as_bytes(kanji)[0] for kanji in KANJI_OF_EACH_FIRST_BYTE}
        texts = self.tokenizer.decode_batch([[token] for token in of_text])
        return self.to_model(
            token
            for token, text in zip(of_text, texts, strict=True)
            if KANJI.search(text)
            or (PART_OF_A_LETTER in text and firsts & set(self.tokenizer.id_to_token(token) or ""))
        )

    def _bytes_of(self, token: int) -> list[int]:
        text = self.tokenizer.decode([token], skip_special_tokens=False)
        return [self.tokenizer.get_vocab()[byte] for byte in _as_bytes(text)]


def _as_bytes(text: str) -> str:
    """Return the names of the text's bytes in the vocabulary, a letter for each."""
    parts = ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text)
    return "".join(part for part, _ in parts)


def whole(folder: Path) -> TokenVocabulary:
    """Return the vocabulary with every token of the model in this folder."""
    return TokenVocabulary(np.arange(len(vocabulary_of(folder))), _tokenizer(folder))


def needed(folder: Path, writing: Writing) -> TokenVocabulary:
    """Return the vocabulary with the tokens that a text in this writing may consist of, control
    tokens and timestamps, and those that hold only some bytes of a character.
    """
    every = whole(folder)
    if writing.letters is None:
        return every
    end = every.tokenizer.get_vocab()[END_OF_TEXT]
    texts = every.tokenizer.decode_batch([[token] for token in range(end)])
    of_text = [
        token
        for token, text in enumerate(texts)
        if PART_OF_A_LETTER in text or writing.letters.fullmatch(text)
    ]
    kept = np.concatenate([np.array(of_text, np.int64), every.kept[end:]])
    return replace(every, kept=kept)


@contextmanager
def folder_with(folder: Path, vocabulary: TokenVocabulary) -> Iterator[Path]:
    """Yield a folder from which the model can be loaded as if it had these tokens only; it is
    removed afterwards. Raises StorageFull.

    CTranslate2 could load the files from bytes too, but it would keep those in memory beside the
    model.
    """
    if vocabulary.is_whole:
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        with raising_storage_full():
            _make_smaller(folder, Path(made), vocabulary)
        yield Path(made)


def _make_smaller(folder: Path, made: Path, vocabulary: TokenVocabulary) -> None:
    names = vocabulary_of(folder)
    config = json.loads((folder / "config.json").read_bytes())
    for name in OF_TOKENS:
        config[name] = vocabulary.to_model(config[name])
    kept = [names[token] for token in vocabulary.kept]
    (made / "config.json").write_text(json.dumps(config))
    (made / "vocabulary.json").write_text(json.dumps(kept))
    _keep_rows(folder / "model.bin", made / "model.bin", vocabulary.kept, len(names))
    for name in AS_THEY_ARE:
        if (folder / name).is_file():
            (made / name).symlink_to((folder / name).resolve())


def _keep_rows(source: Path, target: Path, kept: NDArray[np.int64], of: int) -> None:
    """Write a model with only the `kept` rows of the variables that have `of` rows, one for each
    token.
    """
    with (
        source.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        target.open("wb") as smaller_file,
    ):
        found = model_file.layout(file, len(content))
        has_rows = {
            each.name
            for each in found.variables
            if each.name.startswith(WEIGHED) and each.shape[:1] == (of,)
        }

        def values(variable: model_file.Variable) -> bytes:
            whole = content[variable.place : variable.place + variable.length]
            if variable.name not in has_rows:
                return whole
            rows: NDArray[Any] = np.frombuffer(whole, np.uint8).reshape(of, -1)
            return rows[kept].tobytes()

        smaller = tuple(
            replace(each, shape=(len(kept), *each.shape[1:])) if each.name in has_rows else each
            for each in found.variables
        )
        smaller_file.writelines(model_file.written(replace(found, variables=smaller), values))


def _tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))
