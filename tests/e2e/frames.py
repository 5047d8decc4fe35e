#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Any frame of an animation, by the command: its colour, its duration, how many
there are; and of every format a frame that is not there is `unsupported`, not a
lie of its worker's.

Fails if taken out: task->first against the total in gbx_sink_close; the delay in
gif/gif.c; duration_of in jxl/jxl.c; job->first in broker/run.c; job->whole in broker/deliver.c.

Environment: GLOVEBOX the command, GBX_CORPUS the corpus. TAP on stdout.
"""
import glob
import os
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from command import one  # noqa: E402
from tap import Results  # noqa: E402

CORPUS = os.environ.get("GBX_CORPUS") or "../shared/corpus"
SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                       "fuzz")
COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]

results = Results()
check = results.check


def gif():
    """Three frames over all of 1 x 1, each with a colour of its own."""
    data = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0)
    for i, colour in enumerate(COLOURS):
        data += (b"\x21\xf9\4\0" + struct.pack("<H", 7 * (i + 1)) + b"\0\0"
                 + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0x80)
                 + bytes(colour) + bytes(3) + b"\2\2\x44\1\0")
    return data + b";"


def frames_of_gif(folder):
    path, out = os.path.join(folder, "a.gif"), os.path.join(folder, "a.rgba")
    with open(path, "wb") as file:
        file.write(gif())
    wrong = []
    for i, colour in enumerate(COLOURS):
        code, said = one("decode", "--json", "--frame", str(i), "--rgba", out,
                         path)
        with open(out, "rb") as file:
            pixels = file.read()
        if (code, said.get("frames"), said.get("duration_ms")) != (
                0, 3, 70 * (i + 1)) or pixels != bytes(colour) + b"\xff":
            wrong.append((i, code, said, pixels))
    check(wrong, "each frame of a GIF, its colour and its duration")
    code, said = one("disarm", "--json", "--frame", "2", path,
                     os.path.join(folder, "a.png"))
    last = one("decode", "--json", "--sha256", os.path.join(folder, "a.png"))
    again = one("decode", "--json", "--sha256", "--frame", "2", path)
    check([] if code == 0 and last[1]["sha256"] == again[1]["sha256"]
          else [code, said, last, again], "disarm takes the frame asked for")


def frames_of_jxl(folder):
    """The animated seed, without the fuzzer's byte: one frame of 100 ms, and
    one of 200 ms that changes its middle."""
    path, out = os.path.join(folder, "a.jxl"), os.path.join(folder, "b.rgba")
    with open(os.path.join(SAMPLES, "jxl/seeds/animation-DECODE"),
              "rb") as file:
        data = file.read()[:-1]
    with open(path, "wb") as file:
        file.write(data)
    wrong, pixels = [], []
    code, said = one("probe", "--json", path)
    if (code, said.get("frames")) != (0, 2):
        wrong.append(("probe", code, said))
    for i in range(2):
        code, said = one("decode", "--json", "--frame", str(i), "--rgba", out,
                         path)
        if (code, said.get("frames"), said.get("duration_ms")) != (
                0, 2, 100 * (i + 1)):
            wrong.append((i, code, said))
        with open(out, "rb") as file:
            pixels.append(file.read())
    changed = {(n // 4 % 16, n // 64) for n in range(16 * 16 * 4)
               if pixels[0][n:n + 1] != pixels[1][n:n + 1]}
    if changed != {(x, y) for x in range(4, 12) for y in range(4, 12)}:
        wrong.append(("changed", sorted(changed)))
    code, said = one("decode", "--json", "--frame", "2", path)
    if (code, said.get("verdict")) != (65, "unsupported"):
        wrong.append((2, code, said))
    code, said = one("probe", "--json", "--limit", "frames=1", path)
    if (said.get("verdict"), said.get("limit")) != ("limit", "frames"):
        wrong.append(("limit", code, said))
    check(wrong, "each frame of a JPEG XL, its pixels and its duration")


def whole_or_part(folder):
    """The second frame ends too soon."""
    path = os.path.join(folder, "cut.gif")
    out = os.path.join(folder, "cut.png")
    data = b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0x80, 0, 0) + bytes(6)
    data += b"\x2c" + struct.pack("<HHHHB", 0, 0, 4, 4, 0) + b"\2\2\x44\1\0;"
    with open(path, "wb") as file:
        file.write(data)
    wrong = []
    for command in (["decode", "--sha256"], ["thumbnail"], ["disarm"]):
        last = [path] if command[0] == "decode" else [path, out]
        code, said = one(*command, "--json", *last)
        if (code, said.get("verdict"), said.get("degraded")) != (
                0, "ok", True):
            wrong.append((command, code, said))
        if os.path.exists(out):
            os.unlink(out)
        code, said = one(*command, "--json", "--whole", *last)
        if (code, said.get("verdict")) != (65, "malformed") \
                or said.get("sha256") or os.path.exists(out):
            wrong.append((command, "whole", code, said))
    check(wrong, "part of a picture is told apart, and refused by --whole")


def not_there(folder):
    """The seeds of the fuzzer are good files with a byte more behind."""
    wrong, tried, kinds = [], 0, set()
    for path in sorted(glob.glob(os.path.join(SAMPLES, "*/seeds/*-DECODE"))):
        kind = path.split("/")[-3]
        if kind in kinds:
            continue
        whole = os.path.join(folder, "seed")
        with open(path, "rb") as file, open(whole, "wb") as out:
            out.write(file.read()[:-1])
        code, said = one("decode", "--json", "--format", kind, whole)
        if code != 0:
            continue
        tried += 1
        kinds.add(kind)
        for frame in (said["frames"], 999999):
            code, got = one("decode", "--json", "--format", kind, "--frame",
                            str(frame), whole)
            if (code, got.get("verdict")) != (65, "unsupported") or \
                    "no such frame" not in got["detail"]:
                wrong.append((path, frame, code, got))
    check(wrong or ([] if tried >= 13 else [f"only {tried} good ones"]),
          f"a frame past the last of {tried} files is unsupported")


def pages_come_alone(folder):
    """Of several pages that are asked for, one: and that is told."""
    path, out = os.path.join(folder, "p.tiff"), os.path.join(folder, "p.rgba")
    rows, data = b"\x12\x34", b"II*\0\x0a\0\0\0"
    data += rows  # a row of two pixels, which all three pages show
    for i in range(3):
        at = len(data)
        tags = [(256, 2), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8),
                (278, 1), (279, 2)]
        data += struct.pack("<H", len(tags)) + b"".join(
            struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        data += struct.pack("<I", at + 6 + 12 * len(tags) if i < 2 else 0)
    with open(path, "wb") as file:
        file.write(data)
    wrong = []
    for which, first in (("all", None), ("1-2", 1)):
        code, said = one("decode", "--json", "--frames", which, "--rgba", out,
                         path)
        if (code, said.get("frames"), said.get("frames_decoded"),
                said.get("first_frame"), os.path.getsize(out)) != (
                    0, 3, 1, first, 8):
            wrong.append((which, code, said))
    check(wrong, "of pages one is given, and that is told")


def of_corpus():
    if not os.path.isdir(CORPUS):
        check([], f"animations of the corpus # SKIP no corpus at {CORPUS}")
        return
    wrong, tried = [], 0
    for name in ("gif", "png", "webp", "avif", "jxl", "tiff"):
        for path in sorted(glob.glob(f"{CORPUS}/{name}/valid/*")):
            code, said = one("probe", "--json", path)
            if code != 0 or (said.get("frames") or 0) < 2:
                continue
            tried += 1
            for frame in (1, said["frames"] - 1):
                code, got = one("decode", "--json", "--frame", str(frame), path)
                if code not in (0, 65) or got["verdict"] in (
                        "bad_reply", "crashed", "violation", "error"):
                    wrong.append((path, frame, got))
    check(wrong, f"the second and last frame of {tried} files of the corpus")


# SHA-256 of all frames, seen to be what others make of them: of APNG and GIF
# FFmpeg 5.1 and Pillow 9.4 (the last APNG, whose first image is no part of the
# animation, Pillow alone), of JPEG XL djxl 0.7. Of AVIF they are at most 1 from
# what avifdec 0.11 makes of them, which converts by libyuv and not as exactly, and
# the depth map that it takes for alpha is none.
COMPOSED = {
    "avif/valid/libavif__colors-animated-12bpc-keyframes-0-2-3.avif":
        "03797bca41d7b24f63f47af9d8cc226f4c838d3dc1fe195cf1c32db05d5eb5db",
    "avif/valid/libavif__colors-animated-8bpc-alpha-exif-xmp.avif":
        "34fc00b4552fc076fb9b9f5c6aee3fe358cef8f172fbac2537dadd4784fe0bd2",
    "avif/valid/libavif__colors-animated-8bpc-depth-exif-xmp.avif":
        "188e29e69466142bf358e2a611132dc7955a95c3b920e37b49c0e2554b8ea6e0",
    "avif/valid/libavif__colors-animated-8bpc.avif":
        "13b89113f2a4b96fa0b2d618209a4269ec2fa0ae3aaa800a6328b7d1babcb262",
    "gif/valid/giflib__fire.gif":
        "5ce696bb57f2c9f30099c70d3f18321304ef364b20b9d6bf08aebe93c1cf05c1",
    "gif/valid/giflib__welcome2.gif":
        "bc80622c549eebd07aa227783cf763c83c96bb146d1355de7c6df27e64b5aef1",
    "gif/valid/image-gif__anim-gr.gif":
        "4f72a145628d9d9ce583c9880e48a813b890c42a071cad97226509112d53b2ff",
    "gif/valid/image-gif__beacon.gif":
        "633cfe726a41263cc14be66071654f3cd5c13ed911cad99e4ae3eebae437f394",
    "gif/valid/image-gif__moon_impact.gif":
        "6668337de5afc09ea983af028e410a749f09f6518a7dfd4ddd640b814a661fb8",
    "gif/valid/image-gif__sample_big.gif":
        "71ce47210debb1e295decb1959f7987b55565b92428eb289bf2421e6000dcdcb",
    "gif/valid/wuffs__animated-red-blue.gif":
        "5316822028a9db732b774908933b246b0d7555347e631f35e3c3405e9e01102a",
    "gif/valid/wuffs__gifplayer-muybridge.gif":
        "3cc9883d4eb850e3d423a4dd9be074d6c0a0f6058d8941111b9aeac261e8d282",
    "gif/valid/wuffs__muybridge.gif":
        "2a4ebb7e3e560c9d2074863f9de891210a4de4d0a11c0e30b087258cceac1606",
    "jxl/valid/libjxl__cropped_traffic_light.jxl":
        "e6fc6de1864258cf8a880c8345860e992664a330b7c25f6aed9e454aa9a07ee0",
    "png/valid/wuffs__animated-red-blue.apng":
        "5316822028a9db732b774908933b246b0d7555347e631f35e3c3405e9e01102a",
    "png/valid/wuffs__muybridge.apng":
        "2a4ebb7e3e560c9d2074863f9de891210a4de4d0a11c0e30b087258cceac1606",
    "png/valid/wuffs__apng-skip-idat.png":
        "1226f7352453555f0f0edbd3868b149ed320373211ac10fa8091ca1f1467c94d",
}


def composed():
    name = f"{len(COMPOSED)} animations come out as others compose them"
    if not os.path.isdir(CORPUS):
        check([], f"{name} # SKIP no corpus at {CORPUS}")
        return
    wrong = []
    for file, sha in COMPOSED.items():
        code, said = one("decode", "--json", "--frames", "all", "--sha256",
                         f"{CORPUS}/{file}")
        if (code, said.get("sha256")) != (0, sha):
            wrong.append((file, code, said))
    check(wrong, name)


def main():
    with tempfile.TemporaryDirectory() as folder:
        frames_of_gif(folder)
        frames_of_jxl(folder)
        whole_or_part(folder)
        not_there(folder)
        pages_come_alone(folder)
        of_corpus()
        composed()
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
