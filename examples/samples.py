#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Write the demo's sample files: honest and hostile PNG, DOCX and PPTX.

usage: examples/samples.py DIRECTORY

Everything is made here, from arithmetic and text; the same bytes every time.
Imported by the demo and by tests: SAMPLES is a list of (file, what it is,
verdict it must get, maker).
"""
import math
import os
import struct
import sys
import zipfile
import zlib
from io import BytesIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"


# ---- PNG --------------------------------------------------------------------

def chunk(kind, data):
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(width, height, kind, bits, idat, interlace=0, extra=b""):
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0,
                         interlace)
    return (SIGNATURE + chunk(b"IHDR", header) + extra + chunk(b"IDAT", idat)
            + chunk(b"IEND", b""))


def landscape(x, y, width, height):
    """A sky, a sun and hills, as R G B."""
    u, v = x / width, y / height
    hill = 0.62 + 0.10 * math.sin(5.1 * u + 0.4) + 0.03 * math.sin(23 * u)
    near = 0.78 + 0.07 * math.sin(3.3 * u + 2.2)
    if v > near:
        return (int(38 + 30 * (v - near)), int(74 + 90 * (1 - v)), 46)
    if v > hill:
        return (70 + int(40 * u), 104 + int(30 * (v - hill)), 96)
    sun = math.hypot((u - 0.72) * width / height, v - 0.30)
    glow = max(0.0, 1.0 - sun / 0.55)
    if sun < 0.085:
        return (255, 244, 214)
    return (int(96 + 60 * v + 99 * glow), int(150 + 40 * v + 40 * glow),
            int(min(255, 214 - 20 * v + 10 * glow)))


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, bpp):
    """Row filters 0 to 4 in turn, as an encoder may choose them."""
    out, above = bytearray(), bytes(len(rows[0]))
    for y, row in enumerate(rows):
        kind = y % 5
        out.append(kind)
        for i, value in enumerate(row):
            left = row[i - bpp] if i >= bpp else 0
            corner = above[i - bpp] if i >= bpp else 0
            guess = (0, left, above[i], (left + above[i]) // 2,
                     paeth(left, above[i], corner))[kind]
            out.append((value - guess) & 255)
        above = row
    return bytes(out)


def photo():
    w, h = 480, 320
    rows = [b"".join(bytes(landscape(x, y, w, h)) for x in range(w))
            for y in range(h)]
    return png(w, h, 2, 8, zlib.compress(filtered(rows, 3), 9))


def translucent():
    n, rows = 192, []
    for y in range(n):
        row = bytearray()
        for x in range(n):
            d = math.hypot(x - n / 2, y - n / 2) / (n / 2)
            alpha = max(0, min(255, int(320 * (1 - d))))
            row += bytes((255 * x // n, 90, 255 * y // n, alpha))
        rows.append(bytes(row))
    return png(n, n, 6, 8, zlib.compress(filtered(rows, 4), 9))


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4),
         (1, 0, 2, 2), (0, 1, 1, 2))


def interlaced():
    """16-bit grey, Adam7."""
    w, h, raw = 160, 120, bytearray()
    for x0, y0, dx, dy in ADAM7:
        for y in range(y0, h, dy):
            raw.append(0)
            for x in range(x0, w, dx):
                wave = math.sin(x / 9.0) * math.cos(y / 7.0)
                raw += struct.pack(">H", int(32767.5 + 32767 * wave))
    return png(w, h, 0, 16, zlib.compress(bytes(raw), 9), interlace=1)


def huge():
    """A header that declares 10 billion pixels over a few bytes of data."""
    return png(100000, 100000, 6, 8, zlib.compress(bytes(4096), 9))


def squeezed():
    """49 million pixels in about 150 kB: within the default limit on pixels,
    and 196 MB when decoded."""
    deflate = zlib.compressobj(9)
    row = bytes(1 + 7000 * 3)
    data = b"".join(deflate.compress(row) for _ in range(7000))
    return png(7000, 7000, 2, 8, data + deflate.flush())


def cut():
    whole = photo()
    return whole[:len(whole) * 2 // 3]


def bad_crc():
    broken = bytearray(translucent())
    broken[29] ^= 0x55  # the CRC of IHDR
    return bytes(broken)


def script_as_png():
    return b"#!/bin/sh\n# a script that calls itself a picture\nrm -rf \"$HOME\"\n"


def png_and_zip():
    """A PNG first, a ZIP archive at its end: readers disagree what it is."""
    return translucent() + archive([("payload.txt", b"hello from the ZIP\n")])


# ---- OOXML ------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
DOC_TYPE = ("application/vnd.openxmlformats-officedocument."
            "wordprocessingml.document.main+xml")
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def archive(members):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zf:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            zf.writestr(info, data)
    return out.getvalue()


def rels(*entries):
    rows = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}{kind}" Target="{target}"'
        + (' TargetMode="External"' if external else "") + "/>"
        for i, (kind, target, external) in enumerate(entries, 1))
    return f'{HEAD}<Relationships xmlns="{PACKAGE}relationships">{rows}' \
           "</Relationships>"


def docx(body, kind=DOC_TYPE, doc_rels=(), extra=(), prolog=""):
    types = (f'{HEAD}<Types xmlns="{PACKAGE}content-types">'
             '<Default Extension="rels" ContentType="application/vnd.'
             'openxmlformats-package.relationships+xml"/>'
             '<Default Extension="xml" ContentType="application/xml"/>'
             + ('<Default Extension="bin" ContentType="application/vnd.'
                'ms-office.vbaProject"/>' if kind == MACRO_TYPE else "") +
             f'<Override PartName="/word/document.xml" ContentType="{kind}"/>'
             '<Override PartName="/docProps/core.xml" ContentType="application'
             '/vnd.openxmlformats-package.core-properties+xml"/></Types>')
    core = (f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<dc:title>A letter</dc:title><dc:creator>Ada</dc:creator>"
            "</cp:coreProperties>")
    top = rels(("officeDocument", "word/document.xml", False)).replace(
        "</Relationships>", f'<Relationship Id="p" Type="{PACKAGE}'
        'relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>')
    members = [("[Content_Types].xml", types), ("_rels/.rels", top),
               ("docProps/core.xml", core),
               ("word/document.xml", f"{HEAD}{prolog}<w:document {W}>"
                f"<w:body>{body}</w:body></w:document>")]
    if doc_rels:
        members.append(("word/_rels/document.xml.rels", rels(*doc_rels)))
    return archive(members + list(extra))


def paragraph(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def letter():
    return docx(
        paragraph("Dear reader,")
        + paragraph("this letter was taken apart behind glass.")
        + "<w:p><w:r><w:t>Name</w:t><w:tab/><w:t>Grüße, 你好</w:t></w:r></w:p>"
        + "<w:tbl><w:tr><w:tc>" + paragraph("a cell") + "</w:tc><w:tc>"
        + paragraph("another") + "</w:tc></w:tr></w:tbl>")


def macros():
    return docx(paragraph("Please enable macros."), kind=MACRO_TYPE,
                doc_rels=[("attachedTemplate",
                           "http://template.example/evil.dotm", True)],
                extra=[("word/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 32)])


def entities():
    """A billion laughs: ten levels of ten entities each."""
    levels = ['<!ENTITY e0 "ha ">']
    levels += [f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 11)]
    return docx(paragraph("&e10;"),
                prolog=f"<!DOCTYPE w:document [{''.join(levels)}]>\n")


def zip_bomb():
    """64 MiB of one paragraph, about 65 kB on disk."""
    return docx(paragraph("A" * (64 << 20)))


def plain_zip():
    return archive([("notes.txt", b"only a ZIP\n"), ("../up.txt", b"up\n")])


def workbook():
    """A package as documents are, whose main part nothing here reads."""
    return archive([
        ("[Content_Types].xml", b"<Types xmlns='http://schemas.openxmlformats."
         b"org/package/2006/content-types'><Override PartName='/book.xml' "
         b"ContentType='application/vnd.openxmlformats-officedocument."
         b"spreadsheetml.sheet.main+xml'/></Types>"),
        ("_rels/.rels", b"<Relationships xmlns='http://schemas.openxmlformats."
         b"org/package/2006/relationships'><Relationship Id='a' Type='http://"
         b"schemas.openxmlformats.org/officeDocument/2006/relationships/"
         b"officeDocument' Target='book.xml'/></Relationships>"),
        ("book.xml", b"<workbook/>")])


def no_end():
    return letter()[:-40]


SAMPLES = [
    ("photo.png", "a picture, 480x320", "ok", photo),
    ("translucent.png", "a picture with alpha", "ok", translucent),
    ("interlaced.png", "16-bit grey, interlaced", "ok", interlaced),
    ("letter.docx", "a letter with a table", "ok", letter),
    ("macros.docx", "macros, and a template on the web", "ok", macros),
    ("png-and-zip.png", "a PNG with a ZIP glued on", "ok", png_and_zip),
    ("huge.png", "declares 100000x100000", "limit", huge),
    ("squeezed.png", "150 kB that become 196 MB", "ok", squeezed),
    ("cut.png", "two thirds of a picture", "malformed", cut),
    ("bad-crc.png", "a header with a wrong CRC", "malformed", bad_crc),
    ("script.png", "a shell script called .png", "malformed", script_as_png),
    ("really-docx.png", "a document called .png", "mismatch", letter),
    ("laughs.docx", "XML entity bomb, a billion laughs", "limit", entities),
    ("bomb.docx", "64 MiB of text in 65 kB", "limit", zip_bomb),
    ("plain.zip", "a ZIP with a name that leads away", "ok", plain_zip),
    ("sheet.xlsx", "a spreadsheet, which is not read", "unsupported",
     workbook),
    ("no-end.docx", "a document without its end", "malformed", no_end),
]


def write_all(folder):
    os.makedirs(folder, exist_ok=True)
    for name, _, _, make in SAMPLES:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(make())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write_all(sys.argv[1])
