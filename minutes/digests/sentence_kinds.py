"""Tells what a sentence of a meeting does: asks, wishes, decides, sets a task, states, or only
conducts the meeting. It looks at the sentence alone; the course of the talk is judged in
`minutes/digests/extraction.py`.
"""

import re
import unicodedata
from enum import Enum, auto

from minutes.japanese.words import Morpheme, words


class SentenceKind(Enum):
    """What a sentence does. CONDUCT is the chair's leading of the meeting, IDLE what else no digest
    wants: greetings, answers without a matter, where to look.
    """

    CONDUCT = auto()
    IDLE = auto()
    QUESTION = auto()
    OPINION = auto()
    DECISION = auto()
    TASK = auto()
    STATEMENT = auto()


ENDING = "。．.！!\n 　"
"""What is taken off before the end of a sentence is looked at. Not 「？」, which asks."""

CONDUCTS = re.compile(
    r"(?:説明|報告|見解|審査|発言|起立|挙手)[^。]{0,6}(?:求め|願い|お願い)|どうぞ$|^お諮り|"
    r"(?:質疑|討論|採決|説明|審議)[をはが]?(?:終結|終わり|許し|行い|なし|あり)|採決(?:いた)?し|"
    r"(?:質疑|討論|採決|議題|案|報告)に(?:入り|移り)|定足数|そのままお待ち|許可を得て|"
    r"(?:開会|開議|再開|休憩|散会|閉会|終了)(?:いた)?(?:し|と)|会議?を(?:開き|開会|始め)|"
    r"(?:では|じゃあ)、?始め|終わりま|(?:方|かた)は[^。]{0,8}お願い(?:いた)?します|"
    r"異議は?(?:あり|ござい)ませんか|^.{0,12}(?:よろしい|いかが)(?:です|でしょう)か$|(?:ほか|他)に[^。]{0,12}か$"
)
LEADS_ON = re.compile(
    r"ご覧|お開き|お手元|[0-9](?:ページ|頁)[^。]{0,4}お願い|ありがとうござ|お疲れ|"
    r"^(?:では|じゃあ|それでは)?、?(?:次|最後|まず|続いて)[^。]{0,14}$"
)
"""What only says where to look or what comes next."""

DECIDES = re.compile(
    r"(?:可決|否決|採択|認定|同意|承認|了承|付託|(?<!採)決)(?:し|され|いたし|定し|定いたし|まり)?ま(?:す|した)$|"
    r"(?:べきもの|こと)(?:と|に)[^。]{0,20}(?:決|異議)|異議(?:が)?な(?:し|い)(?:と|もの)|"
    r"(?:起立|挙手|賛成)(?:多数|全員|少数)|継続(?:審査|審議|して審議)[^。]{0,20}$|一任[^。]{0,12}$|"
    r"その(?:よう|とおり)に(?:いた|し|決)|(?:対応|実施)しましょう$"
)
"""What the meeting settles, said at the end of a sentence: what was settled before is told in its
middle."""

SETS_TASK = re.compile(
    r"次回|次の(?:会議|委員会)|宿題|持ち帰|後日|(?:案|資料|簿)[をも]?[^。]{0,12}(?:作成|作る|作り|まとめ)|"
    r"までに[^。]{0,30}(?:出し|作|まとめ|報告|打ち?合わせ|提出|回答|用意)|まで(?:に)?$|"
    r"(?:さん|課長|係長|事務局)は、[^。]{2,30}(?:を|ですね)|^[^、。]{1,8}(?:さん|課長|係長)は、[^。]{2,12}$"
)
ASKS = re.compile(
    r"か(?:ね|な)?$|[？?]$|っけ$|(?:お示し|お聞かせ|教えて|聞かせて)(?:いただき|くだ|下)|答弁を求め|"
    r"(?:お?(?:伺|うかが)い|お尋ね|お聞き|質問)(?:いた)?(?:した|しま)|確認(?:を)?させて|(?:は、どう|話は)$"
)
WISHES = re.compile(
    r"いただ(?:きたい|ければ|けれ|けると)|[てで](?:ほしい|欲しい)|要望|お願い(?:いた)?し(?:たい|ます)|べき|"
    r"(?:必要|重要|大事|大切)(?:だ|で|と)|[とに](?:思い|思う|考え)ま?|不安|心配|懸念|厳しい|矛盾|"
    r"求められ|(?:賛成|反対)(?:です|いた|の立場)|ないと、?いけ|分からないん|困"
)
OPENS_ITEM = re.compile(r"議題と(?:いた)?し")
DUE = re.compile(
    r"(?:(?:令和)?[0-9]{1,4}年度?)?(?:来週|今週|今月|来月|年内|(?<![0-9])[0-9]{1,2}月)の?"
    r"(?:[月火水木金土日]曜日?)?[、の]?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:の(?:会議|委員会))?"
    r"(?:までに?)?(?:、(?:午前|午後)[0-9]{1,2}時)?"
)

CONDUCT_WORDS = """
説明 報告 意見 質問 質疑 発言 議題 議事 次第 資料 ページ 頁 会議 委員会 審議会 懇話会
本日 今日 出席 委員 議員 会長 委員長 座長 部長 課長 係長 次長 主査 主任 担当 事務局
説明員 当局 皆様 皆さん お忙しい 指摘 回答 答弁 お答え 失礼 承知 了解 結構 通り とおり
よう 方 ほう こと もの 点 次 最後 最初 まず 以上 ところ 感じ 数字 前向き 方向 理解
お願い お疲れ ご覧 ございます
"""
"""Words that carry nothing of the matter: those of conducting a meeting, titles, form words."""

_CONDUCT = frozenset(CONDUCT_WORDS.split())

CARRIES = {"名詞": ("普通名詞", "固有名詞", "数詞"), "動詞": ("一般",), "形容詞": ("一般",)}
"""Parts of speech, with their kinds, that can carry something of the matter."""

LEAST_WORDS = 2
"""Words of the matter that a sentence has at least which does more than conduct the meeting."""


def kind_of(sentence: str) -> SentenceKind:
    """Return what the sentence does, judged by its end and by the words of the matter in it."""
    bare = unicodedata.normalize("NFKC", sentence).rstrip(ENDING)
    matter = matter_words(bare)
    if DECIDES.search(bare):
        return SentenceKind.DECISION
    if CONDUCTS.search(bare):
        return SentenceKind.CONDUCT
    if LEADS_ON.search(bare) or matter < LEAST_WORDS:
        return SentenceKind.IDLE
    for kind, pattern in (
        (SentenceKind.TASK, SETS_TASK),
        (SentenceKind.QUESTION, ASKS),
        (SentenceKind.OPINION, WISHES),
    ):
        if pattern.search(bare):
            return kind
    return SentenceKind.STATEMENT


def opens_item(sentence: str) -> bool:
    """Return whether the sentence puts a matter before the meeting (「…を議題といたします」)."""
    return OPENS_ITEM.search(sentence) is not None


def introduces(sentence: str, speaker: str) -> bool:
    """Return whether the sentence only says who the speaker is."""
    family = speaker.split()[0] if speaker.split() else ""
    bare = sentence.rstrip(ENDING)
    return bool(family) and bare.endswith((f"{family}です", f"{family}でございます"))


def has_figure(sentence: str) -> bool:
    """Return whether the sentence names a number."""
    return any(word.is_number for word in words(sentence))


def matter_words(sentence: str) -> int:
    """Return how many words of the sentence carry something of the matter."""
    return sum(_carries(word) for word in words(sentence))


def due_of(sentence: str) -> str:
    """Return the day or time that the sentence names, as it was said; empty where it names none."""
    found = DUE.search(unicodedata.normalize("NFKC", sentence))
    return found[0].strip("、の") if found else ""


def _carries(word: Morpheme) -> bool:
    if word.surface in _CONDUCT or word.third == "人名":
        return False
    return word.subkind in CARRIES.get(word.kind, ())
