#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Metadata by `probe --metadata`: names and values of each format, cleaned, under
the limit of records, none where none were asked for; `disarm --keep
orientation`. Makes its own files.

Fails if taken out: a gbx_sink_property, _size or _exif of a parser; the cap of
inflate_some in png/chunks.c; the rules of runtime/sink_records.c (bad_reply);
keeps_orientation in runtime/sink_image.c.

Environment: GLOVEBOX the command. TAP on stdout.
"""
import struct
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
import zlib  # noqa: E402

import icc  # noqa: E402
from command import ask, get, put, run  # noqa: E402
from mkooxml import docx, para  # noqa: E402
from pictures import (chunk, exif, gif, iccp, pixels_of_png, png,  # noqa: E402
                      sub_blocks, tiff)
from tap import run_all, same, test, within  # noqa: E402

MAKE, MODEL, ORIENTATION = 0x10f, 0x110, 0x112
TAGS = exif((MAKE, b"Gantry"), (MODEL, b"Mark \xe2\x80\xae9"),
            (ORIENTATION, 6))
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def properties(name, *more, code=0):
    said = ask("probe", "--metadata", *more, name, code=code)
    return [(p["name"], p["value"]) for p in said.get("properties", [])]


def has(got, *wanted):
    for pair in wanted:
        within(pair, got)


def segment(marker, data):
    return struct.pack(">BBH", 255, marker, len(data) + 2) + data


def jpeg(parts):
    """Gray, 16 x 8 (ITU-T T.81): a DC code of one bit for category 0, an AC
    code of one bit for the end of a block."""
    code = bytes([1] + [0] * 15 + [0])
    return b"\xff\xd8" + parts + segment(0xdb, b"\0" + b"\1" * 64) + \
        segment(0xc0, struct.pack(">BHHBBBB", 8, 8, 16, 1, 1, 0x11, 0)) + \
        segment(0xc4, b"\x00" + code) + segment(0xc4, b"\x10" + code) + \
        segment(0xda, b"\x01\x01\x00\x00\x3f\x00") + b"\0\xff\xd9"


@test
def a_jpeg():
    put("a.jpg", jpeg(
        segment(0xe1, b"Exif\0\0" + TAGS)
        + segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
        + segment(0xfe, b"made by\x07 hand\r\nhere")
        + segment(0xe2, b"ICC_PROFILE\0\1\1"
                  + icc.profile(icc.P3, 2.2, b"Wide"))))
    for lock in ("filter", "strict"):
        got = properties("a.jpg", "--lockdown", lock)
        has(got, ("exif.Make", "Gantry"), ("exif.Orientation", "Right-top"),
            ("exif.Model", "Mark 9"), ("exif.size", str(len(TAGS))),
            ("xmp.size", str(len(XMP))),
            ("jpeg.comment", "made by  hand  here"),
            ("icc.description", "Wide"))


@test
def a_png():
    long = b"z" * 100000
    put("a.png", png(
        2, 2, bytes(12), iccp(icc.profile(icc.SRGB, 2.2, b"Mine"))
        + chunk(b"tEXt", b"Title\0caf\xe9 \x85\x00x")
        + chunk(b"zTXt", b"Long\0\0" + zlib.compress(long))
        + chunk(b"eXIf", TAGS),
        chunk(b"iTXt", b"Comment\0\1\0de\0Kommentar\0"
              + zlib.compress("Gr\u00fc\u00dfe".encode()))
        + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
        + chunk(b"tEXt", b"no end") + chunk(b"tEXt", b"\0empty")
        + chunk(b"tEXt", b"k" * 80 + b"\0too long")
        + chunk(b"zTXt", b"Bad\0\0" + b"\x12\x34")))
    got = properties("a.png")
    has(got, ("png.Title", "caf\u00e9   x"), ("png.Comment",
                                             "Gr\u00fc\u00dfe"),
        ("png.Long", "z" * 2048), ("icc.description", "Mine"),
        ("xmp.size", str(len(XMP))), ("exif.Make", "Gantry"))
    names = [name for name, _ in got]
    same([n for n in names if n in ("png.no end", "png.", "png.Bad")
          or "kkk" in n], [])
    same("properties" in ask("probe", "a.png"), False)


@test
def a_gif_and_a_tiff():
    put("a.gif", gif(2, [0], b"\x21\xfe" + sub_blocks(b"c" * 300)
                     + b"\x21\xff\x0bXMP DataXMP" + sub_blocks(XMP)))
    got = properties("a.gif")
    has(got, ("gif.comment", "c" * 300), ("xmp.size", str(len(XMP) + 2)))
    put("a.tif", tiff(1, 1, b"abc", texts=((0x10e, b"a ramp"),
                                          (0x131, b"by hand"))))
    has(properties("a.tif"), ("tiff.ImageDescription", "a ramp"),
        ("tiff.Software", "by hand"))


@test
def a_webp():
    picture = ask("disarm", put_png(), "a.webp") and get("a.webp")
    image = picture[12:]
    vp8x = b"VP8X" + struct.pack("<I", 10) + bytes([0x0c, 0, 0, 0]) \
        + bytes([1, 0, 0, 1, 0, 0])

    def part(name, data):
        return name + struct.pack("<I", len(data)) + data + bytes(
            len(data) % 2)
    body = b"WEBP" + vp8x + image + part(b"EXIF", TAGS) + part(b"XMP ", XMP)
    put("a.webp", b"RIFF" + struct.pack("<I", len(body)) + body)
    has(properties("a.webp"), ("exif.Make", "Gantry"),
        ("xmp.size", str(len(XMP))))


def put_png(extra=b""):
    return put("p.png", png(2, 2, bytes(range(12)), extra))


@test
def a_document_has_the_properties_of_its_text():
    put("a.docx", docx(para("One"), title="A title", author="Somebody"))
    text = ask("text", "a.docx")["properties"]
    same(ask("probe", "--metadata", "a.docx").get("properties", []), text)


@test
def text_that_hides_is_shown():
    put_png(chunk(b"iTXt", b"a\0\0\0\0\0"
                  + "x\u202e\u2028\ufeff\x1b[31my".encode()))
    same(properties("p.png"), [("png.a", "x  [31my")])
    out = run("probe", "--metadata", "p.png").stdout
    same(out, b"p.png: ok png 2x2\n    png.a: x  [31my\n")


@test
def the_limit_has_a_name():
    put_png(b"".join(chunk(b"tEXt", b"k\0v") for _ in range(5)))
    same(len(properties("p.png", "--limit", "records=5")), 5)
    said = ask("probe", "--metadata", "--limit", "records=4", "p.png", code=65)
    same((said["verdict"], said["limit"]), ("limit", "records"))
    put_png(b"".join(chunk(b"tEXt", b"k\0" + b"v" * 2048)
                     for _ in range(600)))
    said = ask("probe", "--metadata", "p.png", code=65)
    same((said["verdict"], said["limit"]), ("limit", "output"))


@test
def a_bomb_of_text_costs_its_first_bytes():
    bomb = zlib.compress(bytes(64 << 20), 9)
    put_png(b"".join(chunk(b"zTXt", b"b\0\0" + bomb) for _ in range(100)))
    same(properties("p.png"), [])
    bomb = zlib.compress(b"b" * (64 << 20), 9)
    put_png(b"".join(chunk(b"zTXt", b"b\0\0" + bomb) for _ in range(100)))
    same(properties("p.png"), [("png.b", "b" * 2048)] * 100)


@test
def damaged_exif_is_what_there_is_of_it():
    for n in range(0, len(TAGS), 7):
        put_png(chunk(b"eXIf", TAGS[:n]))
        ask("probe", "--metadata", "p.png")
    for i in range(len(TAGS)):
        put("b.png", png(1, 1, b"abc", chunk(
            b"eXIf", TAGS[:i] + bytes([TAGS[i] ^ 0xff]) + TAGS[i + 1:])))
        ask("probe", "--metadata", "b.png")


@test
def orientation_is_kept_if_asked_for():
    put_png(chunk(b"eXIf", TAGS))
    stored = pixels_of_png(get("p.png"))[2]
    for out in ("o.png", "o.jpg", "o.webp"):
        ask("disarm", "--keep", "orientation", "p.png", out)
        got = ask("probe", "--metadata", out)
        same(got.get("orientation"), 6, out)
        same([p["name"] for p in got["properties"]],
             ["exif.size", "exif.Orientation"], out)
        ask("disarm", "p.png", out)
        same(ask("probe", out).get("orientation"), None, out)
    ask("disarm", "--keep", "orientation", "p.png", "o.png")
    same(pixels_of_png(get("o.png"))[2], stored)
    ask("disarm", "p.png", "o.png")
    same(pixels_of_png(get("o.png"))[2] == stored, False)


sys.exit(run_all())
