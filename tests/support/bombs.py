# SPDX-License-Identifier: ISC
"""Bombs of our own making: small files that ask for the moon. Each function
returns the bytes of one; the same every time."""
import struct
import zlib

import mkooxml
from png_samples import chunk

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = chunk(b"IEND", b"")


def zeros(size):
    """A zlib stream of so many zeros: 1 MB of it is 1 GB. Put together of equal
    pieces, since to make it would take as long as to read it."""
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = z.compress(bytes(1 << 20)) + z.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (b"\x78\xda" + piece * (size >> 20)
            + end.compress(bytes(size & 0xfffff)) + end.flush()
            + struct.pack(">I", size % 65521 << 16 | 1))


# ---- PNG ------------------------------------------------------------------

def ihdr(width, height, bits=1, colour=0, interlaced=0):
    return SIGNATURE + chunk(b"IHDR", struct.pack(
        ">IIBBBBB", width, height, bits, colour, 0, 0, interlaced))


def header(width, height):
    return ihdr(width, height, 8, 6) + chunk(b"IDAT", b"") + END


def black(side, interlaced=0):
    """side x side pixels, one bit each."""
    rows = side * (1 + (side + 7) // 8)
    if interlaced:  # some more than the seven passes have
        rows = side * (2 + (side + 7) // 8) * 2
    return ihdr(side, side, interlaced=interlaced) + chunk(
        b"IDAT", zeros(rows)) + END


def small(*between, idat=None, after=b""):
    """A good 1 x 1 image with chunks around its data."""
    return (ihdr(1, 1, 8) + b"".join(between)
            + chunk(b"IDAT", idat or zlib.compress(b"\0\x7f")) + after + END)


def idat_endless():
    return small(idat=zeros(1 << 30))


def interlaced_endless():
    """16 x 16, and 1 GB behind it."""
    return ihdr(16, 16, interlaced=1) + chunk(b"IDAT", zeros(1 << 30)) + END


def ztxt():
    return small(chunk(b"zTXt", b"Comment\0\0" + zeros(1 << 30)))


def itxt():
    return small(chunk(b"iTXt", b"Comment\0\1\0\0\0" + zeros(1 << 30)))


def iccp():
    return small(chunk(b"iCCP", b"profile\0\0" + zeros(1 << 30)))


def many_texts():
    """2000 chunks, each of 10 MB; before and behind the image."""
    one = (chunk(b"zTXt", b"Comment\0\0" + zeros(10 << 20))
           + chunk(b"iTXt", b"Comment\0\1\0\0\0" + zeros(10 << 20)))
    return small(one * 500, after=one * 500)


def chunks(count, kind=b"tEXt", data=b"A\0"):
    return small(chunk(kind, data) * count)


def empty_idats(count):
    return ihdr(1, 1, 8) + chunk(b"IDAT", b"") * count + chunk(
        b"IDAT", zlib.compress(b"\0\x7f")) + END


def frames():
    return small(chunk(b"acTL", struct.pack(">II", 0x7fffffff, 0)))


def exif_ring():
    """Directories whose next one is themselves, and 65535 entries."""
    data = b"MM\0*" + struct.pack(">IH", 8, 65535) + (
        struct.pack(">HHII", 0x8769, 4, 1, 8) * 5000) + struct.pack(">I", 8)
    return small(chunk(b"eXIf", data))


# ---- OOXML ----------------------------------------------------------------

def with_main(document, *others, rels=None):
    members = [
        ("[Content_Types].xml",
         mkooxml.types("word/document.xml", mkooxml.DOCX), "dynamic"),
        ("_rels/.rels", mkooxml.root_rels("word/document.xml"), "dynamic"),
        ("word/document.xml", document, "dynamic")]
    if rels is not None:
        members.append(("word/_rels/document.xml.rels", rels, "dynamic"))
    return mkooxml.make_zip(members + list(others))


def dtd(declarations, body=""):
    return with_main(mkooxml.document(mkooxml.para(body)).replace(
        mkooxml.HEAD, mkooxml.HEAD + f"<!DOCTYPE d [{declarations}]>"))


def laughs():
    names = "abcdefghij"
    return dtd('<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip(names, names[1:])), "&j;")


def quadratic():
    return dtd(f'<!ENTITY a "{"x" * 50000}">', "&a;" * 20000)


def parameter_entities():
    return dtd('<!ENTITY % a "<!ENTITY &#x25; b \'&#x25;c;\'>">%a;%b;')


def external_entity():
    return dtd('<!ENTITY a SYSTEM "file:///dev/zero">', "&a;")


def white_space():
    return mkooxml.docx(" " * 20_000_000)


def members(count=20000):
    return mkooxml.make_zip([(f"m{i}", "", "stored") for i in range(count)])


def overlapping(parts=200):
    """Many names in the directory for one member: headers of the document."""
    rels = mkooxml.rels(*[(f"r{i}", "header", f"header{i}.xml")
                          for i in range(parts)])
    body = mkooxml.word("hdr", " " * 10_000_000)
    whole = with_main(mkooxml.document(mkooxml.para("x")),
                      ("word/header0.xml", body, "dynamic"), rels=rels)
    end = whole.rindex(b"PK\5\6")
    start = struct.unpack_from("<I", whole, end + 16)[0]
    directory = whole[start:end]
    entry = directory[directory.rindex(b"PK\1\2"):]
    for i in range(1, parts):
        name = f"word/header{i}.xml".encode()
        directory += (entry[:28] + struct.pack("<H", len(name))
                      + entry[30:46] + name)
    total = 4 + parts
    return whole[:start] + directory + b"PK\5\6" + struct.pack(
        "<HHHHIIH", 0, 0, total, total, len(directory), start, 0)


def relationships(count):
    """All of them to one part that is there."""
    rels = mkooxml.rels(*[(f"r{i}", "header", "header0.xml")
                          for i in range(count)])
    return with_main(mkooxml.document(mkooxml.para("x")),
                     ("word/header0.xml", mkooxml.word(
                         "hdr", mkooxml.para("h")), "dynamic"), rels=rels)


def ring():
    """Two parts that name each other."""
    pair = [("word/header0.xml", mkooxml.word("hdr", mkooxml.para("h")),
             "dynamic"),
            ("word/_rels/header0.xml.rels",
             mkooxml.rels(("r1", "header", "document.xml")), "dynamic")]
    return with_main(mkooxml.document(mkooxml.para("x")), *pair,
                     rels=mkooxml.rels(("r1", "header", "header0.xml"),
                                       ("r2", "header", "document.xml")))


def nested(levels=60):
    """A document in a document in a document."""
    inner = mkooxml.docx(mkooxml.para("the last one"))
    for _ in range(levels):
        inner = with_main(
            mkooxml.document(mkooxml.para("outer")),
            ("word/embeddings/inner.docx", inner, "dynamic"),
            rels=mkooxml.rels(("r1", "package", "embeddings/inner.docx")))
    return inner


def deep():
    return mkooxml.docx("<w:sdt>" * 500 + "</w:sdt>" * 500)


def deep_unknown():
    return mkooxml.docx("<q:x>" * 500 + "</q:x>" * 500)


def long_attribute(size):
    return mkooxml.docx(f'<w:p w:x="{"y" * size}"/>')


def attributes(count):
    return mkooxml.docx("<w:p " + " ".join(
        f'w:a{i}="{i}"' for i in range(count)) + "/>")


def namespaces(count):
    return mkooxml.docx("<w:p " + " ".join(
        f'xmlns:n{i}="urn:{i}"' for i in range(count)) + "/>")


def tiny_elements(count):
    return mkooxml.docx("<w:p/>" * count)


def text(size):
    return mkooxml.docx(mkooxml.para("wxyz" * (size // 4)), how="stored")


def many_members_claimed():
    """An end record that says 65535, and none of them there."""
    return b"PK\3\4" + bytes(26) + b"PK\5\6" + struct.pack(
        "<HHHHIIH", 0, 0, 65535, 65535, 0, 30, 0)


def zip64_claims():
    """2^63 members, by the ZIP64 record."""
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0,
                                     1 << 63, 1 << 63, 1 << 62, 30)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, 30, 1)
    return b"PK\3\4" + bytes(26) + record + locator + b"PK\5\6" + struct.pack(
        "<HHHHIIH", 0xffff, 0xffff, 0xffff, 0xffff, 0xffffffff, 0xffffffff,
        0)


def stream_without_end():
    """The directory says 1 byte, the stream gives 20 MB."""
    whole = bytearray(white_space())
    start = struct.unpack_from("<I", whole, len(whole) - 6)[0]
    at = whole.index(b"word/document.xml", start) - 46
    struct.pack_into("<I", whole, at + 24, 1)
    local = struct.unpack_from("<I", whole, at + 42)[0]
    struct.pack_into("<I", whole, local + 22, 1)
    return bytes(whole)
