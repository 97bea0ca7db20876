"""Kana as they are written: hiragana and katakana, long vowels, voiced and voiceless."""

VOICELESS = "かきくけこさしすせそたちつてとはひふへほ"
VOICED = "がぎぐげござじずぜぞだぢづでどばびぶべぼ"
OTHER_VOICE = dict(zip(VOICELESS + VOICED, VOICED + VOICELESS, strict=True))
LENGTHENED_BY = {
    "う": frozenset("うくすつぬふむゆるぐずづぶぷゅおこそとのほもよろごぞどぼぽょを"),
    "い": frozenset("いきしちにひみりぎじぢびぴえけせてねへめれげぜでべぺ"),
    "あ": frozenset("あかさたなはまやらわがざだばぱゃ"),
}
"""What is written behind a kana to lengthen it: 「こう」, 「けい」, 「かあ」."""


def as_hiragana(text: str) -> str:
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def lengthening(kana: str) -> str:
    """Return the kana that lengthens this one; empty for ん and っ."""
    return next((long for long, before in LENGTHENED_BY.items() if kana in before), "")


def spelled_out(reading: str) -> str:
    """Return a reading in hiragana with its long vowels written as in Japanese words: 「こー」 as
    「こう」."""
    found = ""
    for kana in reading:
        found += lengthening(found[-1:]) or kana if kana == "ー" else kana
    return found
