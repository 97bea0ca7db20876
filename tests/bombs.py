"""Files that are small and grow without end in who opens them; made in a moment. The PDF of nested
forms is `web.bench.harness.attack`'s."""

import io
import struct
import zlib

import pikepdf

from tests.pdfs import saved

BLOCK = 1 << 20


def object_stream(megabytes: int) -> bytes:
    """A PDF whose objects lie in one stream that unpacks to so many megabytes."""
    objects = [
        b"<</Type/Catalog/Pages 3 0 R>>",
        b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
        b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 595 842]>>",
    ]
    places, body = [], b""
    for number, content in enumerate(objects, 2):
        places.append(b"%d %d" % (number, len(body)))
        body += content + b" "
    head = b" ".join(places) + b" "
    packed = _zlib_of_blanks(head + body, megabytes)
    pdf = b"%PDF-1.7\n"
    stream_at = len(pdf)
    pdf += b"1 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\nstream\n" % (
        len(objects), len(head), len(packed),
    )  # fmt: skip
    pdf += packed + b"\nendstream\nendobj\n"
    table_at = len(pdf)
    rows = [(0, 0, 65535), (1, stream_at, 0), (2, 1, 0), (2, 1, 1), (2, 1, 2), (1, table_at, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    pdf += b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 2 0 R/Length %d>>\nstream\n" % len(table)
    return pdf + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at


def pages(count: int) -> bytes:
    """A PDF with so many pages, all of them the same object's children."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)]
    parts += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count
    pdf, places = io.BytesIO(), []
    pdf.write(b"%PDF-1.7\n")
    for number, part in enumerate(parts, 1):
        places.append(pdf.tell())
        pdf.write(b"%d 0 obj%sendobj\n" % (number, part))
    table_at = pdf.tell()
    pdf.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    pdf.writelines(b"%010d 00000 n \n" % place for place in places)
    pdf.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n" % (len(parts) + 1))
    pdf.write(b"%d\n%%%%EOF\n" % table_at)
    return pdf.getvalue()


def page_of(width: int, height: int) -> bytes:
    """A PDF with one empty page, in points."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.pages[0].mediabox = pikepdf.Array([0, 0, width, height])
    return saved(pdf)


def zip_of(members: dict[str, bytes], large: str, megabytes: int) -> bytes:
    """A zip whose member `large` unpacks to so many megabytes of blanks after its content."""
    made, entries = io.BytesIO(), []
    for name, content in members.items():
        size = len(content) + (megabytes * BLOCK if name == large else 0)
        packed = _deflated(content, megabytes if name == large else 0)
        check = zlib.crc32(content)
        if name == large:
            for _ in range(megabytes):
                check = zlib.crc32(BLANKS, check)
        fields = (20, 0, 8, 0, 0, check, len(packed), size, len(name), 0)
        entries.append((name, fields, made.tell()))
        made.write(struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields) + name.encode() + packed)
    start = made.tell()
    for name, fields, at in entries:
        tail = (*fields, 0, 0, 0, 0, at)
        made.write(struct.pack("<4sH5H3I5H2I", b"PK\x01\x02", 20, *tail) + name.encode())
    count, size = len(entries), made.tell() - start
    made.write(struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, size, start, 0))
    return made.getvalue()


BLANKS = b" " * BLOCK


def _deflated(content: bytes, megabytes: int) -> bytes:
    """Every megabyte is packed as the one before, so it is packed once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    made = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)
    if megabytes:
        made += (packer.compress(BLANKS) + packer.flush(zlib.Z_FULL_FLUSH)) * megabytes
    return made + packer.flush()


def _zlib_of_blanks(content: bytes, megabytes: int) -> bytes:
    check = zlib.adler32(content)
    for _ in range(megabytes):
        check = zlib.adler32(BLANKS, check)
    return b"\x78\xda" + _deflated(content, megabytes) + struct.pack(">I", check)
