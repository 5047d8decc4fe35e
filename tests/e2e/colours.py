#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Thumbnails of pictures that say what their colours are, in locked workers:
sRGB comes out, by Little CMS where the worker is shared and by our own arithmetic
where it is static; and the first profile of a worker's life makes no system
call. `disarm --keep` leaves them as they are. Makes its own files.

Fails if taken out: gbx_colour_warm_up() in runtime/shared/colour.c (violation),
gbx_sink_icc() in a parser (red stays red), cICP before iCCP in png/chunks.c, the
matrix in runtime/colour.c (the two differ), `keep` in runtime/sink_colour.c.

Environment: GLOVEBOX the command. TAP on stdout.
"""
import math
import struct
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
import icc  # noqa: E402
from command import ask, get, put, refused  # noqa: E402
from pictures import (bmp, chunk, gif, iccp, pixels_of_png, png,  # noqa: E402
                      sub_blocks, tiff)
from tap import run_all, same, test  # noqa: E402

LOCKS = ("filter", "strict")
RED = b"\xff\0\0"


def thumbnail(name, *more):
    said = ask("thumbnail", *more, name, "out.png")
    return said, pixels_of_png(get("out.png"))[2]


def is_green(pixels):
    return pixels[0] < 30 and pixels[1] > 225 and pixels[2] < 30


def app(name, data):
    return b"\x21\xff\x0b" + name + sub_blocks(data)


def all_red(profile):
    """Files of one red pixel, with that profile or none."""
    put("a.tif", tiff(1, 1, RED, profile))
    put("a.png", png(1, 1, RED, iccp(profile) if profile else b""))


@test
def a_profile_is_applied_at_the_first_job_of_a_worker():
    for lock in LOCKS:
        all_red(b"")
        for name in ("a.tif", "a.png"):
            said, pixels = thumbnail(name, "--lockdown", lock)
            same((pixels[:3], said.get("colour")), (RED, None), name)
        all_red(icc.profile(icc.SWAPPED))
        for name in ("a.tif", "a.png"):
            said, pixels = thumbnail(name, "--lockdown", lock)
            same((is_green(pixels), said.get("colour")), (True, "srgb"),
                 f"{name} {pixels[:3]}")


@test
def a_gif_has_one_too():
    swapped = icc.profile(icc.SWAPPED)
    put("a.gif", gif(1, [0], app(b"ICCRGBG1012", swapped)))
    same(thumbnail("a.gif")[0].get("colour"), "srgb")
    put("b.gif", gif(1, [0]))
    same(thumbnail("b.gif")[0].get("colour"), None)
    a, b = thumbnail("a.gif")[1], thumbnail("b.gif")[1]
    same((abs(a[0] - b[1]) < 12, abs(a[1] - b[0]) < 12), (True, True),
         f"{a[:3]} {b[:3]}")


def ramp():
    """Each colour of a coarse cube once: 8 x 64."""
    return bytes(v for r in range(0, 256, 36) for g in range(0, 256, 36)
                 for b in range(0, 256, 36) for v in (r, g, b))


@test
def static_and_shared_workers_agree():
    for name, primaries, tone in (
            ("p3", icc.P3, icc.SRGB_CURVE), ("p3 2.2", icc.P3, 2.2),
            ("srgb 1.8", icc.SRGB, 1.8), ("swapped", icc.SWAPPED, 1.0)):
        profile = icc.profile(primaries, tone)
        put("a.tif", tiff(8, 64, ramp(), profile))
        put("a.png", png(8, 64, ramp(), iccp(profile)))
        shared, static = thumbnail("a.tif")[1], thumbnail("a.png")[1]
        worst = max(abs(a - b) for a, b in zip(shared, static))
        same(worst <= 3, True, f"{name}: {worst} apart")
        same(static == b"".join(ramp()[i:i + 3] + b"\xff" for i in
                                range(0, len(ramp()), 3)), False, name)


@test
def gray_with_a_curve():
    profile = icc.profile((), 1.0, space=b"GRAY")
    put("a.png", png(3, 1, bytes((0, 55, 255)), iccp(profile), kind=0))
    pixels = thumbnail("a.png")[1]
    same((pixels[0], pixels[8], 120 < pixels[4] < 132), (0, 255, True),
         str(pixels))


@test
def a_png_says_it_in_four_ways_and_the_first_counts():
    swapped = iccp(icc.profile(icc.SWAPPED))
    srgb, p3 = chunk(b"cICP", b"\1\x0d\0\1"), chunk(b"cICP",
                                                    b"\x0c\x0d\0\1")
    tag, gamma = chunk(b"sRGB", b"\0"), chunk(b"gAMA",
                                              struct.pack(">I", 100000))
    for extra, told, red, middle in (
            (srgb + swapped, "srgb", 255, 128), (p3, "display-p3", 255, 128),
            (swapped + tag, "other", 0, 128), (tag + gamma, "srgb", 255, 128),
            (gamma, "other", 255, 188),
            (chunk(b"gAMA", struct.pack(">I", 45455)), "srgb", 255, 128)):
        put("a.png", png(2, 1, RED + b"\x80\x80\x80", extra))
        same(ask("probe", "--metadata", "a.png").get("colour"), told)
        pixels = thumbnail("a.png")[1]
        same((abs(pixels[0] - red) < 30, abs(pixels[4] - middle) < 5),
             (True, True), f"{told} {pixels}")


def chrm(*xy):
    return chunk(b"cHRM", struct.pack(">8I", *xy))


ADOBE = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
SRGB_XY = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
P3_XY = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
D50_XY = (34567, 35850, 64000, 33000, 30000, 60000, 15000, 6000)


@test
def primaries_of_a_png_count_where_nothing_else_says_them():
    """PNG, third edition, 4.3: cHRM, with gAMA or alone."""
    gamma = chunk(b"gAMA", struct.pack(">I", 45455))
    dull = bytes((188, 100, 50))
    wide = (213, 100, 42)
    swapped = iccp(icc.profile(icc.SWAPPED))
    for name, extra, told, want in (
            ("both", gamma + chrm(*ADOBE), "adobe-rgb", wide),
            ("primaries first", chrm(*ADOBE) + gamma, "adobe-rgb", wide),
            ("srgb's own", gamma + chrm(*SRGB_XY), "srgb", dull),
            ("no gamma", chrm(*SRGB_XY), "srgb", dull),
            ("no gamma, wide", chrm(*P3_XY), "display-p3", None),
            ("another white", gamma + chrm(*D50_XY), "other", None),
            ("sRGB before", chunk(b"sRGB", b"\0") + gamma + chrm(*ADOBE),
             "srgb", dull),
            ("a profile before", swapped + gamma + chrm(*ADOBE), "other",
             None),
            ("on one line", gamma + chrm(31270, 32900, 30000, 30000, 40000,
                                         40000, 20000, 20000), "srgb", dull),
            ("y of 0", gamma + chrm(31270, 32900, 64000, 0, 30000, 60000,
                                    15000, 6000), "srgb", dull),
            ("zeroes", gamma + chrm(*[0] * 8), "srgb", dull),
            ("huge", gamma + chrm(*[0xffffffff] * 8), "srgb", dull),
            ("cut off", gamma + chunk(b"cHRM", bytes(31)), "srgb", dull)):
        put("a.png", png(4, 4, dull * 16, extra))
        same(ask("probe", "--metadata", "a.png").get("colour"), told, name)
        said, pixels = thumbnail("a.png")
        same(said.get("colour"), "srgb", name)
        if want:
            same(all(abs(a - b) < 4 for a, b in zip(pixels, want)), True,
                 f"{name}: {pixels[:3]}")
        ask("disarm", "a.png", "n.png")
        same(pixels_of_png(get("n.png"))[2][:3], pixels[:3], name)
    # White is white and gray is gray, whatever white is.
    put("a.png", png(1, 1, b"\xff" * 3, gamma + chrm(*D50_XY)))
    same(thumbnail("a.png")[1][:3], b"\xff" * 3)


def pq(nits):
    """Rec. ITU-R BT.2100, table 4: what is stored of this light."""
    y = (nits / 10000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * y) / (1 + 2392 / 128 * y)) \
        ** (2523 / 32)


def hlg(scene):
    """Table 5: of light of the scene, 0 to 1."""
    return math.sqrt(3 * scene) if scene <= 1 / 12 else \
        0.17883277 * math.log(12 * scene - 0.28466892) + 0.55991073


@test
def a_thumbnail_of_hdr_has_white_where_white_is():
    """203 cd/m2 (BT.2408) near white, more is not darker, black is black,
    neutral stays neutral, and it says that it is sRGB."""
    for code, stored in ((16, [pq(v) for v in (0, 20.3, 203, 1000, 10000)]),
                         (18, [hlg(v) for v in (0, 0.039, 0.265, 1, 1)])):
        row = bytes(v for s in stored for v in [round(255 * s)] * 3)
        for primaries in (9, 12, 1):
            put("a.png", png(5, 1, row, chunk(b"cICP", bytes(
                (primaries, code, 0, 1)))))
            for lock in LOCKS:
                said, pixels = thumbnail("a.png", "--lockdown", lock)
                same(said.get("colour"), "srgb")
                gray = [pixels[i * 4] for i in range(5)]
                name = f"{code} {primaries} {gray}"
                same(max(max(pixels[i * 4:i * 4 + 3])
                         - min(pixels[i * 4:i * 4 + 3])
                         for i in range(5)) <= 2, True, name)
                same(gray[0], 0, name)
                same(80 <= gray[1] <= 95, True, name)
                same(240 <= gray[2] <= 252, True, name)
                same(gray[2] < gray[3] <= gray[4] and gray[4] >= 254, True,
                     name)
            ask("disarm", "a.png", "n.png")
            same(pixels_of_png(get("n.png"))[2][8:11], pixels[8:11], name)
            same(ask("decode", "a.png").get("colour"), "other")


@test
def a_profile_that_names_pq_is_read_by_that():
    """In both arithmetics, and not by its curve, which is here a power."""
    for codes, stored in (((9, 16), pq(203)), ((12, 18), hlg(0.265))):
        value = bytes([round(255 * stored)] * 3)
        profile = icc.profile(icc.SRGB, 1.0, codes=codes)
        for name, made in (("a.tif", tiff(1, 1, value, profile)),
                           ("a.png", png(1, 1, value, iccp(profile)))):
            put(name, made)
            said, pixels = thumbnail(name)
            same(said.get("colour"), "srgb", name)
            same(240 <= min(pixels[:3]) and max(pixels[:3]) <= 252, True,
                 f"{name} {codes} {pixels[:3]}")
    # Other code points leave the curve alone; a gray profile has none.
    for codes in ((9, 13), (1, 1)):
        profile = icc.profile(icc.SRGB, 1.0, codes=codes)
        put("a.png", png(1, 1, b"\x37" * 3, iccp(profile)))
        same(120 <= thumbnail("a.png")[1][0] <= 132, True, codes)


@test
def a_gray_profile_in_colours_is_passed_over():
    """In both arithmetics."""
    gray = icc.profile(icc.SRGB, tone=1.0, space=b"GRAY")
    for name, make in (("a.tif", tiff(1, 1, RED, gray)),
                       ("a.png", png(1, 1, RED, iccp(gray)))):
        put(name, make)
        same(thumbnail(name)[1][:3], RED, name)
        same(ask("disarm", name, "clean.png")["verdict"], "ok", name)
        same(pixels_of_png(get("clean.png"))[2][:3], RED, name)


@test
def what_is_no_profile_is_passed_over():
    good = icc.profile(icc.SWAPPED)
    for name, profile in (("cut", good[:200]), ("short", b"abc"),
                          ("zeroes", bytes(400)), ("cmyk", good[:16] + b"CMYK"
                                                   + good[20:])):
        all_red(profile)
        for file in ("a.png", "a.tif"):
            same(thumbnail(file)[1][:3], RED, f"{name} {file}")
    put("a.png", png(1, 1, RED, chunk(b"iCCP", b"x\0\0" + bytes(50))))
    same(thumbnail("a.png")[1][:3], RED)


@test
def thumbnail_and_disarm_tell_colours_as_decode_does():
    """Where decode names a space, they say what became of it: sRGB, or, where
    it is not known how to turn it, still another."""
    codes = chunk(b"cICP", bytes((9, 17, 0, 1)))  # of a cinema: no display's
    for name, extra, told, want in (
            ("nothing", b"", None, None),
            ("srgb", chunk(b"sRGB", b"\0"), "srgb", "srgb"),
            ("p3", iccp(icc.profile(icc.P3, icc.SRGB_CURVE)), "display-p3",
             "srgb"),
            ("swapped", iccp(icc.profile(icc.SWAPPED)), "other", "srgb"),
            ("a gray profile", iccp(icc.profile(icc.SRGB, tone=1.0,
                                                space=b"GRAY")), "other",
             "other"),
            ("unknown codes", codes, "other", "other")):
        put("a.png", png(1, 1, RED, extra))
        same(ask("decode", "a.png").get("colour"), told, name)
        same(thumbnail("a.png")[0].get("colour"), want, f"{name}, PNG")
        for command in (["thumbnail"], ["disarm"], ["disarm", "--keep", "icc"]):
            for out in ("o.png", "o.jpg", "o.webp"):
                said = ask(*command, "a.png", out)
                kept = "--keep" in command and told != "other"
                same(said.get("colour"), told if kept else want,
                     f"{name} {command} {out}")


@test
def keep_leaves_a_named_space_and_writes_our_profile():
    text = b"words of the sender"
    put("a.png", png(1, 1, RED, iccp(icc.profile(icc.P3, icc.SRGB_CURVE,
                                                 text))))
    for out in ("k.png", "k.jpg", "k.webp"):
        for lock in LOCKS:
            said = ask("disarm", "--keep", "icc", "--lockdown", lock,
                       "--quality", "100", "a.png", out) if out != "k.png" \
                else ask("disarm", "--keep", "icc", "--lockdown", lock,
                         "a.png", out)
            same(said.get("colour"), "display-p3", out)
            got = ask("probe", "--metadata", out)
            same(got.get("colour"), "display-p3", out)
            same([p["value"] for p in got["properties"]
                  if p["name"] == "icc.description"], ["Display P3"], out)
            same(text in get(out), False, out)
    same(pixels_of_png(get("k.png"))[2][:3], RED)
    ask("disarm", "a.png", "n.png")
    same("properties" in ask("probe", "--metadata", "n.png"), False)


@test
def keep_makes_srgb_of_what_has_no_name():
    all_red(icc.profile(icc.SWAPPED))
    for name in ("a.png", "a.tif"):
        same(ask("disarm", "--keep", "icc", name, "k.png").get("colour"),
             "srgb")
        same(is_green(pixels_of_png(get("k.png"))[2]), True, name)
        got = ask("probe", "--metadata", "k.png")
        same((got.get("colour"), "properties" in got), ("srgb", False))


@test
def keep_takes_what_it_knows():
    put("a.png", png(1, 1, RED))
    for bad in ("", "x", "icc,", "icc,exif", ",icc", "orientation icc"):
        refused("disarm", "--keep", bad, "a.png", "k.png", word=b"--keep takes")
    for good in ("icc", "orientation", "icc,orientation", "orientation,icc"):
        ask("disarm", "--keep", good, "a.png", "k.png")
        same("properties" in ask("probe", "--metadata", "k.png"), False)
    refused("thumbnail", "--keep", "icc", "a.png", "k.png",
            word=b"no such option")


@test
def a_bitmap_has_its_profile_behind_its_pixels():
    swapped = icc.profile(icc.SWAPPED)
    whole = bmp(1, 1, RED, swapped)
    put("a.bmp", whole)
    said, pixels = thumbnail("a.bmp")
    same((is_green(pixels), said["colour"]), (True, "srgb"))
    told = ask("probe", "--metadata", "a.bmp")["properties"]
    same({"name": "icc.size", "value": str(len(swapped))} in told, True, told)
    put("a.bmp", bmp(1, 1, RED))
    said, pixels = thumbnail("a.bmp")
    same((pixels[:3], said["colour"]), (RED, "srgb"))
    put("a.bmp", bmp(1, 1, RED, space=b"LINK"))
    same("colour" in thumbnail("a.bmp")[0], False, "in another file")
    # Its place and its length: past the end, at the header, a byte too long.
    for at, value in ((112, 0xffffffff), (112, 0), (116, 0xffffffff),
                      (116, len(swapped) + 1), (116, 0)):
        put("a.bmp", whole[:14 + at] + struct.pack("<I", value)
            + whole[14 + at + 4:])
        said, pixels = thumbnail("a.bmp")
        same((pixels[:3], said.get("colour")),
             (RED, ask("decode", "a.bmp").get("colour")), (at, value))


sys.exit(run_all())
