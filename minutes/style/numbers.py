"""Writes numbers as the city writes them: 7億8500万円, 7億8,500万円, ７億８，５００万円. Words that
only look like numbers (一部、第一に、三次市、十分) stay.
"""

import re
import unicodedata
from collections.abc import Iterator

from meetings.style_choices import Numbers
from minutes.japanese.numerals import normalise
from minutes.japanese.words import words
from minutes.style.changes import Edit, Rule

KANJI = "〇零一二三四五六七八九十百千万億兆"
COUNTERS = (
    "円|人|名|件|社|校|戸|棟|台|本|冊|枚|票|歳|才|世帯|か所|箇所|カ所|ヶ所|か国|カ国|か月|カ月|ヶ月|箇月|"
    "年度|年間|年|月|日間|日|時間|時|分間|分|秒|週間|回|割|倍|%|％|パーセント|ポイント|"
    "メートル|キロメートル|キロ|平方メートル|平方キロメートル|ヘクタール|トン|グラム|リットル|"
    "項目|団体|地区|か年|カ年|問|番目|階|席|議席|路線|施設|種類|段階|事業|科目|款|条|項|号|期|章|区画"
)
RUN = re.compile(rf"(?<![{KANJI}0-9０-９数何幾])([{KANJI}]+)(?={COUNTERS})")
SHARE = re.compile(rf"(?<![{KANJI}数何幾])([{KANJI}]+)(分の)([{KANJI}]+)(?![{KANJI}])")
UNSURE_ALONE = {
    "一": "円人日年回時分秒月本枚台社校票階席割倍問期",
    "二": "人",
    "十": "分",
}
"""Numerals that do not count when one of these counters follows: 「一人一人」「市内一円」「一日も
早く」「一時」「人一倍」「一票の格差」「十分」."""

NO_NUMBER = "万億兆"
"""Units that are no number when they stand alone: 「万人に」."""

SURE = ("年度", "時間", "年間", "分間", "日間")
LONGEST_COUNTER = 8
ORDINAL_COUNTERS = ("回", "条", "項", "号", "期", "章", "款")
AFTER_DATE = re.compile(r"(月|年|時)$")
APPROXIMATE = re.compile(r"[一二三四五六七八九十百千]、$")
"""The beginning of an approximate number: 「二、三人」."""

DIGITS = re.compile(
    r"(?<![A-Za-zＡ-Ｚａ-ｚ0-9０-９@＠_/:.．,，\-－ー])"
    r"([0-9０-９]+(?:[,，][0-9０-９]{3})*)([.．][0-9０-９]+)?"
    r"(?![A-Za-zＡ-Ｚａ-ｚ0-9０-９@＠_/:\-－]|[.．,，][0-9０-９])"
)
"""A number among words, but no telephone number, no 「5G」 and no address."""

LARGE_UNITS = ((10**12, "兆"), (10**8, "億"), (10**4, "万"))
AMOUNTS = ("円", "人", "名", "件", "世帯", "戸", "票", "平方", "トン", "台", "冊", "枚", "本", "万")
UNITS_AROUND = "万億兆千百十"
SMALLEST_LARGE = 10_000
TO_FULL = {ord("0") + n: chr(ord("０") + n) for n in range(10)} | {ord(","): "，", ord("."): "．"}


def digits_of_kanji(text: str) -> Iterator[Edit]:
    """Yield the edits of kanji numerals that count something to digits."""
    numerals = _numerals(text)
    found = {(m.start(1), m.end(1)) for m in RUN.finditer(text) if _counts(text, m)}
    for share in SHARE.finditer(text):
        found |= {share.span(1), share.span(3)}
    for start, end in sorted(found):
        written = _in_digits(text[start:end])
        if written and numerals.issuperset(range(start, end)):
            yield Edit(start, end, written, Rule.KANJI_NUMBERS)


def grouped(text: str) -> Iterator[Edit]:
    """Yield the edits of amounts of ten thousand and more to units: 785000000円 becomes
    7億8500万円.
    """
    for match in DIGITS.finditer(text):
        figures = _plain(match[1]).replace(",", "")
        is_alone = _neighbours(text, match).isdisjoint(UNITS_AROUND)
        is_amount = text.startswith(AMOUNTS, match.end()) and not figures.startswith("0")
        if is_amount and is_alone and not match[2] and int(figures) >= SMALLEST_LARGE:
            yield Edit(*match.span(), _with_units(int(figures)), Rule.GROUPS)


def commas(text: str, choice: Numbers) -> Iterator[Edit]:
    """Yield the edits that add or remove commas between thousands."""
    for match in DIGITS.finditer(text):
        figures = _plain(match[1])
        whole = figures.replace(",", "")
        is_amount = text.startswith(AMOUNTS, match.end()) and not whole.startswith("0")
        wanted = f"{int(whole):,}" if choice.has_commas and is_amount else whole
        if wanted != figures:
            yield Edit(*match.span(1), wanted, Rule.COMMAS)


def widths(text: str, choice: Numbers) -> Iterator[Edit]:
    """Yield the edits of digits to full or half width."""
    for match in DIGITS.finditer(text):
        half = _plain(match[0])
        is_full = choice.is_full(sum(c.isdigit() for c in half))
        wanted = half.translate(TO_FULL) if is_full else half
        if wanted != match[0]:
            yield Edit(*match.span(), wanted, Rule.FULL_DIGITS if is_full else Rule.HALF_DIGITS)


def _counts(text: str, match: re.Match[str]) -> bool:
    """Return whether this numeral counts what follows it."""
    numeral, leading = match[1], text[max(0, match.start() - 2) : match.start()]
    following = text[match.end() : match.end() + LONGEST_COUNTER]
    if numeral in NO_NUMBER or APPROXIMATE.search(leading):
        return False
    if leading.endswith("第"):
        return following.startswith(ORDINAL_COUNTERS)
    if following[0] in UNSURE_ALONE.get(numeral, ""):
        is_date = following[0] in "日月分" and AFTER_DATE.search(leading)
        return bool(is_date) or following.startswith(SURE)
    counted, before = (
        numeral + following[0],
        text[max(0, match.start() - len(numeral) - 1) : match.start()],
    )
    return counted not in (before, following[1 : len(numeral) + 2])  # 「五分五分」


def _numerals(text: str) -> set[int]:
    """Return the indexes that MeCab reads as numerals. To it 「一日」 is one word, which is a date
    after a month.
    """
    found: set[int] = set()
    for word in words(text):
        is_first = word.surface == "一日" and text[word.start - 1 : word.start] == "月"
        if word.is_number or is_first:
            found.update(range(word.start, word.end))
    return found


def _in_digits(numeral: str) -> str | None:
    """Return 7億8500万 for 「七億八千五百万」 and 2026 for 「二〇二六」; None for what is no
    number.
    """
    value = normalise(numeral)
    if not value.isascii() or not value.isdecimal():
        return None
    if not any(c in numeral for c in "十百千万億兆"):
        return value
    return _with_units(int(value)) if int(value) >= SMALLEST_LARGE else value


def _with_units(number: int) -> str:
    written = ""
    for size, unit in LARGE_UNITS:
        many, number = divmod(number, size)
        if many:
            written += f"{many}{unit}"
    return written + (str(number) if number else "") or "0"


def _neighbours(text: str, match: re.Match[str]) -> set[str]:
    return set(
        text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
    )


def _plain(figures: str) -> str:
    return unicodedata.normalize("NFKC", figures)
