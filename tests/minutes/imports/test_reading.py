"""Files as they really come, and as they should not."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from meetings.errors import FileRejected, OutOfBounds
from minutes.imports import reading
from minutes.imports.pieces import ImportedPiece
from tests import bombs, office
from tests.memory import grows_by_at_most

Read = Callable[[str, bytes | str], list[ImportedPiece]]

SRT = """1
00:00:01,000 --> 00:00:08,600
それでは、定刻となりましたので、
開会いたします。

2
00:00:09,000 --> 00:00:13,000
<i>本日は</i>お忙しい中ありがとうございます。
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def made(name: str, content: bytes | str) -> list[ImportedPiece]:
        path = tmp_path / "received"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return reading.read(name, path)

    return made


def texts(pieces: list[ImportedPiece]) -> list[str]:
    return [piece.text for piece in pieces]


# Text


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "euc_jis_2004", "iso2022_jp_2004"],
)
def test_text_is_read_in_every_usual_encoding(read: Read, encoding: str) -> None:
    name = "髙橋" if encoding.startswith(("utf", "cp")) else "高橋"  # JIS knows no 髙
    content = (
        f"それでは、定刻となりましたので、①から始めます。\r\n{name}委員から説明をお願いします。"
    )
    assert texts(read("逐語録.txt", content.encode(encoding))) == [
        "それでは、定刻となりましたので、①から始めます。",
        f"{name}委員から説明をお願いします。",
    ]


def test_lines_that_the_width_of_a_page_cut_are_one_sentence(read: Read) -> None:
    content = (
        "　本市の官民データ活用推進計画では、令和二年度末までに四百二十三の手続をオン\n"
        "ライン化し、達成率は百十二・二パーセントとなりました。\n"
        "　次に、資料の二をご覧ください。事務局から改めて説明をいたします。"
    )
    assert len(read("議事.txt", content)) == 2


def test_long_paragraphs_become_pieces_of_one_to_two_sentences(read: Read) -> None:
    content = "はい。" + "資料の一をご覧いただきたいと思います。ありがとうございます。" * 20
    pieces = texts(read("議事.TXT", content))
    assert "".join(pieces) == content
    assert all(len(piece) <= 60 for piece in pieces) and len(pieces) > 15


def test_a_sentence_without_an_end_is_cut_at_its_commas(read: Read) -> None:
    content = "次に資料の一をご覧いただきまして、" * 50
    pieces = texts(read("議事.txt", content))
    assert "".join(pieces) == content
    assert max(map(len, pieces)) <= 120


def test_odd_characters_survive_as_plain_text_and_control_characters_do_not(read: Read) -> None:
    odd = "<b>太字</b> 葛\U000e0100城市 \ufa19 שלום 한국 & &amp;"
    assert texts(read("議事.txt", f"{odd}\x07\x1b")) == [odd]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16", "euc_jp", "iso2022_jp"])
def test_subtitles_are_read_in_every_usual_encoding(read: Read, encoding: str) -> None:
    assert texts(read("字幕.srt", SRT.encode(encoding))) == [
        "それでは、定刻となりましたので、開会いたします。",
        "本日はお忙しい中ありがとうございます。",
    ]


def test_half_a_letter_of_a_recogniser_is_a_gap_and_the_sentences_are_taken(read: Read) -> None:
    """whisper.cpp cuts letters at the borders of its tokens and cues."""
    cut = SRT.encode().replace("定".encode(), "定".encode()[:2])
    assert texts(read("字幕.srt", cut))[0] == "それでは、〓刻となりましたので、開会いたします。"
    whole = json.dumps({"segments": [{**SEGMENT, "tokens": ["X"]}]}, ensure_ascii=False)
    broken = whole.encode().replace(b"X", "開".encode()[:2])
    assert texts(read("a.json", broken)) == ["開会します。"]
    for content in (bytes(range(128, 256)) * 9, "開会します。".encode("euc_jp") + b"\xff" * 9):
        with pytest.raises(FileRejected, match="として読めません"):
            read("字幕.srt", content)


# Speakers


@pytest.mark.parametrize(
    ("written", "speaker"),
    [
        ("○議長（芹沢誠司君）　これより会議を開きます。", "議長（芹沢誠司君）"),
        ("○議長（芹沢誠司君）これより会議を開きます。", "議長（芹沢誠司君）"),
        ("◯芹沢委員　これより会議を開きます。", "芹沢委員"),
        ("◎ （芹沢委員） これより会議を開きます。", "（芹沢委員）"),
        ("委員：これより会議を開きます。", "委員"),
        ("話者 1: これより会議を開きます。", "話者 1"),
        ("委員１：これより会議を開きます。", "委員１"),
        ("【事務局】これより会議を開きます。", "事務局"),
        ("芹沢 誠司\tこれより会議を開きます。", "芹沢 誠司"),
        ("○議長\nこれより会議を開きます。", "議長"),
        ("古賀 真由美: これより会議を開きます。", "古賀 真由美"),
        ("葛\U000e0100城　はるか：これより会議を開きます。", "葛\U000e0100城 はるか"),
        ("Okuma Chizuru: これより会議を開きます。", "Okuma Chizuru"),
    ],
)
def test_a_mark_becomes_the_speaker_and_leaves_the_text(
    read: Read, written: str, speaker: str
) -> None:
    assert read("議事.txt", written) == [ImportedPiece("これより会議を開きます。", speaker)]


@pytest.mark.parametrize(
    "written",
    [
        "日時：令和8年11月25日",
        "10:30から始めます。",
        "午前10：30から始めます。",
        "結論は次のとおり：賛成です。",
        "○これより会議を開きます。",
        "資料 2: 予算の概要",
        "休憩 10:30",
        "https://example.jp/ をご覧ください。",
    ],
)
def test_what_only_looks_like_a_mark_is_text(read: Read, written: str) -> None:
    assert read("議事.txt", written) == [ImportedPiece(written)]


def test_whoever_was_marked_goes_on_and_a_note_is_nobodys(read: Read) -> None:
    content = (
        "○芹沢委員　一つ目の質問でございます、よろしくお願いします。\n（拍手）\n二つ目です。\n"
        "○議長　ありがとうございます。"
    )
    assert [piece.speaker for piece in read("議事.txt", content)] == [
        "芹沢委員", "", "芹沢委員", "議長",
    ]  # fmt: skip


# Word


def test_paragraphs_and_rows_of_tables_are_read_from_word(read: Read) -> None:
    body = (
        "<w:p><w:pPr><w:t>見えない</w:t></w:pPr><w:r><w:t>○議長</w:t><w:tab/><w:t>開会</w:t></w:r>"
        "<w:r><w:t>します。</w:t></w:r><w:del><w:r><w:t>消した</w:t></w:r></w:del></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>芹沢委員</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>賛成でございますので、よろしくお願いいたします。</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>以上です。</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert read("議事.docx", office.docx_of(body)) == [
        ImportedPiece("開会します。", "議長"),
        ImportedPiece("賛成でございますので、よろしくお願いいたします。", "芹沢委員"),
        ImportedPiece("以上です。", "芹沢委員"),
    ]


def test_word_without_text_is_told_as_empty(read: Read) -> None:
    table = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    with pytest.raises(FileRejected, match="文字がありません"):
        read("議事.docx", office.docx_of(table))


def test_macros_are_refused(read: Read) -> None:
    macros = office.docx_of("<w:p/>", more={"word/vbaProject.bin": "x"})
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    for content in (macros, office.docx_of("<w:p/>", kind=kind)):
        with pytest.raises(FileRejected, match="マクロ"):
            read("議事.docx", content)


def test_a_bomb_in_a_zip_is_not_unpacked(read: Read) -> None:
    bomb = office.docx_of("<w:p><w:r><w:t>" + "あ" * 30_000_000 + "</w:t></w:r></w:p>")
    assert len(bomb) < 1_000_000
    with pytest.raises(FileRejected, match="大きすぎます"):
        read("議事.docx", bomb)


def test_entities_are_refused(read: Read) -> None:
    doctype = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(FileRejected, match="Word"):
        read("議事.docx", office.docx_of("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>", doctype))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 broken", "docx）として読めません"),
        (office.xlsx("表"), "docx）として読めません"),
        (office.docx("文")[:-30], "docx）として読めません"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "パスワード"),
        (office.docx_of("<w:p>" * 20_000 + "</w:p>" * 20_000), "docx）として読めません"),
    ],
)
def test_what_is_no_word_file_is_refused_in_words(read: Read, content: bytes, told: str) -> None:
    with pytest.raises(FileRejected, match=told):
        read("議事.docx", content)


def test_hyphens_that_do_not_break_and_signs_of_fonts_stay(read: Read) -> None:
    body = (
        "<w:p><w:r><w:t>14</w:t><w:noBreakHyphen/><w:t>15日、資料3</w:t></w:r><w:r>"
        "<w:noBreakHyphen/></w:r><w:r><w:t>2</w:t><w:ptab/><w:t>内線</w:t><w:softHyphen/></w:r><w:r>"
        '<w:sym w:font="Wingdings" w:char="F0E8"/><w:sym w:font="ＭＳ 明朝" w:char="2460"/>'
        '<w:sym w:font="Webdings" w:char="F04C"/><w:sym w:font="Symbol" w:char="F0B1"/>'
        '<w:sym w:char="D800"/><w:sym w:char="1000000"/><w:sym/><w:t>3</w:t></w:r></w:p>'
    )
    assert texts(read("議事.docx", office.docx_of(body))) == [
        "14\u201115日、資料3\u20112 内線⇨①〓±〓〓〓3"
    ]


def test_boxes_and_footnotes_are_taken_where_they_stand(read: Read) -> None:
    box = "<w:p><w:r><w:t>○課長　箱の中で説明いたします、よろしくお願いします。</w:t></w:r></w:p>"
    body = (
        "<w:p><w:r><w:t>○議長　それでは、説明を求めたいと思います。</w:t></w:r><w:r>"
        f"<w:AlternateContent><w:Choice><w:txbxContent>{box}</w:txbxContent></w:Choice>"
        f"<w:Fallback><w:txbxContent>{box}</w:txbxContent></w:Fallback></w:AlternateContent></w:r>"
        '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        "<w:p><w:r><w:t>○議長　以上で、説明を終わります、ありがとうございます。</w:t></w:r></w:p>"
    )
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>後日訂正</w:t></w:r></w:p></w:footnote>'
    content = office.docx_of(body, footnotes=note)
    assert [(piece.speaker, piece.text) for piece in read("議事.docx", content)] == [
        ("議長", "それでは、説明を求めたいと思います。"),
        ("課長", "箱の中で説明いたします、よろしくお願いします。"),
        ("", "（注：後日訂正）"),
        ("議長", "以上で、説明を終わります、ありがとうございます。"),
    ]


# Text with times

TEAMS = """市民課 定例会議
2026年11月25日, 午前10:00
4分 10秒

瀬戸口 豊 が文字起こしを開始しました

瀬戸口 豊   0:01
それでは始めます。お手元にお配りしております資料の一をご覧ください、よろしくお願いいたします。
八重樫 菜々   0:09
はい、承知しました。
瀬戸口 豊   1:02:09
以上です。
"""


def test_names_with_times_above_the_words_are_speakers_and_times(read: Read) -> None:
    """As Teams and Otter write them; title, date and length are no speech."""
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in TEAMS.split("\n"))
    lined = "".join(
        "<w:p><w:r><w:t>" + part.replace("\n", "</w:t><w:br/><w:t>") + "</w:t></w:r></w:p>"
        for part in TEAMS.split("\n\n")
    )
    for name, content in [
        ("会議.txt", TEAMS.encode()),
        ("会議.docx", office.docx_of(body)),
        ("会議.docx", office.docx_of(lined)),
    ]:
        pieces = read(name, content)
        assert pieces == [
            ImportedPiece(
                "それでは始めます。お手元にお配りしております資料の一をご覧ください、よろしくお願いいたします。",
                "瀬戸口 豊",
                1.0,
                9.0,
            ),
            ImportedPiece(
                "はい、承知しました。", "八重樫 菜々", 9.0, pytest.approx(12.33, abs=0.01)
            ),
            ImportedPiece("以上です。", "瀬戸口 豊", 3729.0, 3731.0),
        ]


def test_times_in_brackets_before_the_words_are_read(read: Read) -> None:
    content = (
        "[00:00:01] 瀬戸口: 始めます。\n[00:00:21.5] 八重樫：はい。\n二行目です。\n"
        "(0:30) 続けてどうぞ\n00:00:30 瀬戸口: 以上です。"
    )
    assert [(p.speaker, p.text, p.start_seconds) for p in read("会議.txt", content)] == [
        ("瀬戸口", "始めます。", 1.0),
        ("八重樫", "はい。", 21.0),
        ("八重樫", "二行目です。", 22.0),
        ("", "続けてどうぞ", 30.0),
        ("瀬戸口", "以上です。", 32.0),
    ]


def test_what_was_taken_out_of_the_desk_as_text_comes_in_again(read: Read) -> None:
    content = (
        "[00:06:01] 桐生 正臣: 開会します。\n[00:06:07] （拍手）\n[01:00:00] 芹沢 由紀: はい。\n"
    )
    assert [(p.speaker, p.text, p.start_seconds) for p in read("逐語録 3.txt", content)] == [
        ("桐生 正臣", "開会します。", 361.0),
        ("", "（拍手）", 367.0),
        ("芹沢 由紀", "はい。", 3600.0),
    ]


def test_long_speech_with_one_time_is_cut_and_its_time_divided(read: Read) -> None:
    words = "お手元の資料の一をご覧いただきたいと思います。" * 40
    pieces = read("会議.txt", f"芹沢 誠司 0:10\n{words}\n議長 2:10\nはい。")
    assert "".join(piece.text for piece in pieces[:-1]) == words
    starts = [piece.start_seconds for piece in pieces]
    assert len(pieces) > 20 and starts == sorted(starts) and starts[-1] == 130.0
    assert {piece.speaker for piece in pieces[:-1]} == {"芹沢 誠司"}


@pytest.mark.parametrize(
    "content",
    [
        "○議長　開会します。\n休憩 10:30\n○議長　再開します。\n再開 10:45\n以上です。",
        "本日の会議を開きます。\n芹沢委員 10:30\n発言します。\n八重樫委員 10:45\n以上です。",
        "芹沢委員 10:30\n発言します。\n八重樫委員 10:45\n以上です。",
        "八重樫委員 0:45\n発言します。\n芹沢委員 0:30\n以上です。",
    ],
)
def test_the_clock_in_other_minutes_is_no_place_in_the_recording(read: Read, content: str) -> None:
    pieces = read("議事.txt", content)
    assert all(piece.start_seconds is None for piece in pieces) and len(pieces) >= 2


# Subtitles


def test_names_before_the_words_of_a_cue_are_speakers(read: Read) -> None:
    """As Zoom writes them."""
    content = (
        "WEBVTT\n\n1\n00:00:03.120 --> 00:00:07.480\n古賀 真由美: 始めます。\n\n"
        "2\n00:00:07.900 --> 00:00:12.010\nOkuma Chizuru: はい。\n\n"
        "3\n00:00:12.500 --> 00:00:16.000\n大隈　千鶴（市民課 2係）: 結論は次のとおり: 賛成\n\n"
        "4\n00:00:16.500 --> 00:00:19.000\n結論は次のとおり: 賛成\n"
    )
    assert [(piece.speaker, piece.text) for piece in read("会議.vtt", content)] == [
        ("古賀 真由美", "始めます。"),
        ("Okuma Chizuru", "はい。"),
        ("大隈 千鶴（市民課 2係）", "結論は次のとおり: 賛成"),
        ("", "結論は次のとおり: 賛成"),
    ]


def test_srt_is_read_with_its_times(read: Read) -> None:
    assert read("字幕.srt", SRT) == [
        ImportedPiece("それでは、定刻となりましたので、開会いたします。", "", 1.0, 8.6),
        ImportedPiece("本日はお忙しい中ありがとうございます。", "", 9.0, 13.0),
    ]


def test_srt_as_programs_write_it_is_read(read: Read) -> None:
    """Without hours, numbers or empty lines, with points, and a cue that is only a number."""
    content = (
        "00:01.5 --> 00:02.25\r\n{\\an8}議長：開会します。\r\n"
        "00:03,000-->00:04,000 X1:0\r\n42\r\n\r\n01:00:05.000 --> 01:00:06.000\r\n閉会"
    )
    assert read("字幕.srt", content) == [
        ImportedPiece("開会します。", "議長", 1.5, 2.25),
        ImportedPiece("42", "", 3.0, 4.0),
        ImportedPiece("閉会", "", 3605.0, 3606.0),
    ]


def test_a_cue_that_ends_before_it_begins_has_no_length(read: Read) -> None:
    content = SRT.replace("--> 00:00:08,600", "--> 00:00:00,500")
    assert read("字幕.srt", content)[0].end_seconds == 1.0


def test_vtt_is_read_without_notes_and_styles_and_with_its_voices(read: Read) -> None:
    content = """WEBVTT - 題

STYLE
::cue { color: red }

NOTE これは
注記

id-1
00:01.000 --> 00:03.000 align:start
<v 芹沢 誠司>開会します。<v.loud 議長>はい &amp; <c.red>どうぞ</c></v>

NOTE 00:05.000

00:00:04.000 --> 00:00:05.000
<00:00:04.500>a <3 b
c
"""
    assert read("字幕.vtt", content) == [
        ImportedPiece("開会します。", "芹沢 誠司", 1.0, 2.0),
        ImportedPiece("はい & どうぞ", "議長", 2.0, 3.0),
        ImportedPiece("a <3 b c", "", 4.0, 5.0),
    ]


def test_subtitles_that_are_called_text_are_subtitles(read: Read) -> None:
    assert read("字幕.txt", SRT)[0].start_seconds == 1.0


def test_subtitles_without_times_are_refused(read: Read) -> None:
    with pytest.raises(FileRejected, match="時刻が"):
        read("字幕.srt", "開会します。")


# Whisper


SEGMENT = {"id": 0, "start": 1, "end": 2.5, "text": " 開会します。", "avg_logprob": -0.2}


@pytest.mark.parametrize(
    "content",
    [
        {"text": "…", "segments": [SEGMENT], "language": "ja"},
        [SEGMENT],
        {
            "systeminfo": "…",
            "transcription": [
                {
                    "timestamps": {"from": "00:00:01,000", "to": "00:00:02,500"},
                    "offsets": {"from": 1000, "to": 2500},
                    "text": " 開会します。",
                }
            ],
        },
    ],
)
def test_whispers_programs_are_read(read: Read, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False)
    assert read("a.json", text) == [ImportedPiece("開会します。", "", 1.0, 2.5)]


@pytest.mark.parametrize(
    "content",
    [
        "{}", "[]", "3", "null", '{"segments": 3}', '{"segments": [3]}', '{"segments": [{}]}',
        '{"segments": [{"start": "1", "end": 2, "text": "a"}]}',
        '{"segments": [{"start": NaN, "end": 2, "text": "a"}]}',
        '{"segments": [{"start": 1e999, "end": 2, "text": "a"}]}',
        '{"segments": [{"start": 1, "end": 2, "text": null}]}',
        '{"transcription": [{"offsets": [], "text": "a"}]}',
    ],
)  # fmt: skip
def test_json_of_another_shape_is_refused(read: Read, content: str) -> None:
    with pytest.raises(FileRejected, match="形ではありません"):
        read("a.json", content)


@pytest.mark.parametrize("content", ['{"segments": [', "[" * 100_000])
def test_broken_json_is_refused(read: Read, content: str) -> None:
    with pytest.raises(FileRejected, match="JSONとして読めません"):
        read("a.json", content)


# Anything


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.srt", "a.json"])
def test_an_empty_file_is_told_as_empty(read: Read, name: str) -> None:
    with pytest.raises(FileRejected, match="文字がありません"):
        read(name, b"")


@pytest.mark.parametrize("name", ["a.doc", "a.pdf", "a", "a.txt.exe"])
def test_other_kinds_are_refused_with_those_that_are_taken(read: Read, name: str) -> None:
    with pytest.raises(FileRejected, match="txt、docx、srt、vtt"):
        read(name, b"text")


def test_a_sound_that_is_called_text_is_refused(read: Read) -> None:
    binary = bytes(range(256)) * 50
    for content in (binary, binary.replace(b"\x00", b"\x01"), b"\xff\xfe\x00"):
        with pytest.raises(FileRejected, match="文字のファイル"):
            read("a.txt", content)


def test_fifty_megabytes_of_text_are_refused(read: Read) -> None:
    with pytest.raises(FileRejected, match="長すぎます"):
        read("a.txt", "あいうえお。\n".encode() * 2_600_000)
    with pytest.raises(FileRejected, match="長すぎます"):
        read("a.txt", "あいうえお。".encode() * 100_000)


@pytest.mark.slow
def test_a_word_file_of_millions_of_empty_paragraphs_is_refused(read: Read) -> None:
    content = office.docx_of("<w:p/>" * 2_000_000)
    with grows_by_at_most(50), pytest.raises(FileRejected, match="大きすぎます"):
        read("逐語録.docx", content)


def test_a_word_file_that_unpacks_without_end_is_refused(read: Read) -> None:
    content = bombs.zip_of(
        {"[Content_Types].xml": b"<Types>", "word/document.xml": b""}, "[Content_Types].xml", 600
    )
    with grows_by_at_most(50), pytest.raises(FileRejected, match="大きすぎます"):
        read("逐語録.docx", content)


def test_what_is_read_never_holds_up_the_server_for_longer_than_its_cell(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow a pattern may be for a text."""
    monkeypatch.setattr(reading, "SECONDS", 0.01)
    with pytest.raises(OutOfBounds):
        read("逐語録.txt", "開会します。")
