"""Maps characters of Word's symbol fonts (挿入 → 記号と特殊文字) to the letters that look the
same.
"""

import string

UNKNOWN = "〓"
"""Geta, the mark that Japanese printers set for a letter they lack: the loss stays visible."""

PRIVATE = range(0xF000, 0xF100)
CIRCLED, BLACK = "⓪①②③④⑤⑥⑦⑧⑨⑩", "⓿❶❷❸❹❺❻❼❽❾❿"
WINGDINGS = {
    0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x3F: "✍", 0x46: "☞", 0x4A: "☺", 0x6C: "●", 0x6D: "❍",
    0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x74: "◆", 0x75: "◆", 0x76: "❖",
    0x77: "◆", 0x9E: "・", 0x9F: "•", 0xA1: "○", 0xA4: "◉", 0xA5: "◎", 0xA7: "▪", 0xA8: "□",
    0xAB: "★", 0xD8: "➢", 0xDC: "➲", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE7: "⇦",
    0xE8: "⇨", 0xE9: "⇧", 0xEA: "⇩", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xF3: "⇔",
    0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    **{0x80 + number: sign for number, sign in enumerate(CIRCLED)},
    **{0x8B + number: sign for number, sign in enumerate(BLACK)},
}  # fmt: skip
SYMBOL = {
    0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≧",
    0xA3: "≦", 0xB4: "×", 0xB7: "・", 0xB8: "÷", 0xB9: "≠", 0xBB: "≒", 0xDB: "⇔", 0xDC: "⇐",
    0xDE: "⇒",
}  # fmt: skip
FONTS = {"wingdings": WINGDINGS, "symbol": SYMBOL}


def letter(font: str, code: str) -> str:
    """Return the letter for `w:font` and `w:char` (hexadecimal), or 〓 where it is not known."""
    if not code or set(code) - set(string.hexdigits) or len(code) > 6:
        return UNKNOWN
    number = int(code, 16)
    if number in PRIVATE:
        return FONTS.get(font.casefold(), {}).get(number - PRIVATE.start, UNKNOWN)
    is_letter = 0x20 <= number < 0xD800 or 0xF900 <= number < 0x110000
    return chr(number) if is_letter else UNKNOWN
