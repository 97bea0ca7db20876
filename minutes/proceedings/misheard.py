"""Puts the words of a chair's fixed phrases back where the speech model wrote others that sound
alike: 「これをもって3回いたします」 is 散会. Only inside such a phrase, where no other word can
stand; the transcript stays as it is.
"""

import re

END = r"((?:以上|これ)(?:で|にて|[をお])?(?:も[ちっ]|お?持[ちっ])?(?:まして|て)?|本日は)"
DO = r"(?=と?(?:いた|致)?し(?:ます|たい))"
SITTING = "[会回解階海改界]"
NONE = "異議(?:なし|無し|ない|ありません|ございません)"
SETTLED = "(?=すべき|され|することに|いたしま|ものと)"

PHRASES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), meant)
    for pattern, meant in (
        (rf"{END}[散3参山産]{SITTING}{DO}", r"\1散会"),
        (rf"{END}[延円縁宴沿]{SITTING}{DO}", r"\1延会"),
        (rf"{END}[閉平並兵弊返変編辺絵栄影][いん]?{SITTING}{DO}", r"\1閉会"),
        (rf"(?:会会|開解|海外|階会|回会){DO}", "開会"),
        (rf"(?:再会|際会|西海){DO}", "再開"),
        (rf"(?:球形|求刑|旧形|急啓)(?:{DO}|(?=に入))", "休憩"),
        (r"[意異威][義議儀](?=[はが]?(?:なし|無し|ない|あり|ござい))", "異議"),
        (rf"({NONE}(?:もの)?と)[見み身](?:にとめ|極め|きわめ|とめ|留め)", r"\1認め"),
        (rf"(?:かけつ|掛けつ|欠けつ|過結|家結){SETTLED}", "可決"),
        (rf"(?:ひけつ|秘訣|非結){SETTLED}", "否決"),
        (r"((?:すべきものと|することに))結(?=[しすま])", r"\1決"),
        (r"(?:商人|証人|昇任|小人)(?=すべき|されま|することに)", "承認"),
        (r"(?:領承|諒承|両省)(?=されま|することに|いたしま)", "了承"),
        (r"(?:規律|木立|気立|[切き]りつ)(?=を求め|[多た][数す]|全員|少数|願)", "起立"),
    )
]  # fmt: skip


def as_meant(words: str) -> str:
    """Return the words, without punctuation and with numbers in digits, as the chair meant them."""
    for pattern, meant in PHRASES:
        words = pattern.sub(meant, words)
    return words
