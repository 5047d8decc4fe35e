#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Bombs: each ends in the limit that it is made for, by name, and what it could
take before is measured: processor time, memory and output of its worker at most
1.2 times the limit, and hardly anything of the process that asked. Those whose
payload is never unpacked are `ok` and must have cost next to nothing.
Own ones (tests/support/bombs.py, bombs_images.py), the hostile kit's eaters, and every file of
the corpus below a folder bomb/.

Fails if taken out: the limit on pixels in runtime/sink_image.c; SURPLUS and
PNG_HANDLE_CHUNK_NEVER in png/png.c; count_packed in runtime/zip/member.c, the check of
entities in ooxml/xml.c; gbx_arena_trim or ITIMER_PROF in runtime/worker.c.

Environment: B the build folder, GLOVEBOX_LIBEXEC the workers, GBX_CORPUS. TAP.
"""
import bz2
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
sys.dont_write_bytecode = True
import bombs  # noqa: E402
import bombs_images as images  # noqa: E402
import mkooxml  # noqa: E402

B = os.environ.get("B", "build/release")
CORPUS = os.environ.get("GBX_CORPUS") or "../shared/corpus"
LIARS = os.path.join(B, "hostile/libexec")
STANDARD = {"cpu": 10000, "wall": 10000}

FACTOR = 1.2
CPU_FACTOR = 1.2    # needs a worker with an exact timer, not ticks alone
TICK_MS = 20        # processor time is counted in ticks
WALL_SLACK_MS = 1500  # a busy machine
ARENA_KIB = 65536   # where memory is not the limit
IDLE_CPU_MS = 1500  # where it is neither time: a thing of moments
# Processor time, too, is longer where others want the processors (caches, a
# virtual machine's lost time): what this one takes for a piece of work says by
# how much, and what is over a bound by that alone is not so three times.
WORK, WORK_MS = bytes(range(256)) * 16384, 20
TRIES = 3
HOST_KIB = 2048

MIB = 1 << 20
DECODE, TEXT = "decode", "text"
OK = ("ok", None)


def limit(name):
    return ("limit", name)


# what, bytes or a function that makes them, operation, limits, answer
OWN = [
    # dimensions
    ("2^31 x 2^31 pixels", lambda: bombs.header(2**31 - 1, 2**31 - 1), DECODE,
     {}, limit("pixels")),
    ("the same, for a probe", lambda: bombs.header(2**31 - 1, 2**31 - 1),
     "probe", {}, limit("pixels")),
    ("2^31 x 1 pixels", lambda: bombs.header(2**31 - 1, 1), DECODE, {},
     limit("pixels")),
    ("400 megapixels in 48 KB", lambda: bombs.black(20000), DECODE, {},
     limit("pixels")),
    ("400 megapixels allowed", lambda: bombs.black(20000), DECODE,
     {"pixels": 500000000}, limit("output")),
    ("2^31 frames", bombs.frames, DECODE, {}, limit("frames")),
    # decompression
    ("49 megapixels in 6 KB", lambda: bombs.black(7000), DECODE,
     {"cpu": 150}, limit("cpu")),
    ("49 megapixels, by the clock", lambda: bombs.black(7000), DECODE,
     {"wall": 150}, ("deadline", "wall")),
    ("400 megapixels, scaled", lambda: bombs.black(20000), "thumbnail",
     {"pixels": 500000000, "cpu": 150}, limit("cpu")),
    ("a canvas of 100 MB", lambda: bombs.black(5000, 1), "thumbnail",
     {"memory": 16 * MIB}, limit("memory")),
    ("1 GB behind the last row", bombs.idat_endless, DECODE, {},
     limit("ratio")),
    ("1 GB behind the last row, scaled", bombs.idat_endless, "thumbnail", {},
     limit("ratio")),
    ("1 GB behind an interlaced image", bombs.interlaced_endless, DECODE, {},
     limit("ratio")),
    ("1 GB of zTXt", bombs.ztxt, DECODE, {}, OK),
    ("1 GB of iTXt", bombs.itxt, DECODE, {}, OK),
    ("1 GB of iCCP", bombs.iccp, DECODE, {}, OK),
    ("20 GB in 2000 texts", bombs.many_texts, DECODE, {}, OK),
    # chunks
    ("10^6 chunks", lambda: bombs.chunks(10**6), DECODE, {}, OK),
    ("10^6 acTL", lambda: bombs.chunks(10**6, b"acTL", bytes(8)), DECODE, {},
     OK),
    ("10^6 empty IDAT", lambda: bombs.empty_idats(10**6), DECODE, {},
     limit("ratio")),
    ("4 x 10^6 chunks", lambda: bombs.chunks(4 * 10**6), DECODE,
     {"cpu": 40}, limit("cpu")),
    ("60 MB and more", lambda: bombs.chunks(5 * 10**6), DECODE,
     {"input": 60 * MIB}, limit("input")),
    ("an EXIF that is its own next one", bombs.exif_ring, DECODE, {}, OK),
    # documents
    ("billion laughs", bombs.laughs, TEXT, {}, limit("ratio")),
    ("one long entity, often", bombs.quadratic, TEXT, {}, limit("ratio")),
    ("parameter entities", bombs.parameter_entities, TEXT, {},
     ("malformed", None)),
    ("an entity of /dev/zero", bombs.external_entity, TEXT, {},
     ("malformed", None)),
    ("20 MB of spaces", bombs.white_space, TEXT, {}, limit("ratio")),
    ("20 MB where 1 byte is told", bombs.stream_without_end, TEXT, {},
     ("malformed", None)),
    ("200 members in one place", bombs.overlapping, TEXT, {},
     limit("ratio")),
    ("20000 members", bombs.members, TEXT, {}, limit("members")),
    ("65535 members, by a claim", bombs.many_members_claimed, TEXT, {},
     limit("members")),
    ("2^63 members, by a claim", bombs.zip64_claims, TEXT, {},
     limit("members")),
    ("20000 relationships", lambda: bombs.relationships(20000), TEXT, {},
     limit("members")),
    ("10^6 relationships", lambda: bombs.relationships(10**6), TEXT,
     {"members": 10**6, "cpu": 150}, limit("cpu")),
    ("relationships in a ring", bombs.ring, TEXT, {}, OK),
    ("60 documents in each other", bombs.nested, TEXT, {}, OK),
    ("500 elements deep", bombs.deep, TEXT, {}, limit("depth")),
    ("500 unknown elements deep", bombs.deep_unknown, TEXT, {},
     limit("depth")),
    # An expat without reparse deferral reads an unfinished attribute anew with
    # each piece: quadratic, so the memory is small.
    ("12 MB in an attribute", lambda: bombs.long_attribute(12 * MIB), TEXT,
     {"ratio": 1100, "memory": 6 * MIB}, limit("memory")),
    ("10^5 attributes", lambda: bombs.attributes(10**5), TEXT,
     {"memory": 4 * MIB}, limit("memory")),
    ("10^5 namespaces", lambda: bombs.namespaces(10**5), TEXT,
     {"memory": 4 * MIB}, limit("memory")),
    ("10^6 paragraphs", lambda: bombs.tiny_elements(10**6), TEXT,
     {"ratio": 1100, "cpu": 40}, limit("cpu")),
    ("20 MB of text", lambda: bombs.text(20 * MIB), TEXT, {}, limit("text")),
    ("20 MB of text for 1 MB", lambda: bombs.text(20 * MIB), TEXT,
     {"output": MIB}, limit("output")),
    ("slides", mkooxml.deck, TEXT, {"pages": 2}, limit("pages")),
    ("properties", lambda: mkooxml.docx("", title="a", author="b"), TEXT,
     {"records": 1}, limit("records")),
]


# The same, and as which type it is declared: the other formats of images.
IMAGES = [
    ("GIF of 65535 x 65535", "gif", images.gif, DECODE, {}, limit("pixels")),
    ("GIF of 5000 frames", "gif", lambda: images.gif(8, 8, 5000), DECODE, {},
     limit("frames")),
    ("GIF, 40 megapixels of canvas", "gif", lambda: images.gif(6300, 6300),
     "thumbnail", {"memory": 16 * MIB}, limit("memory")),
    ("BMP of 2^31 x 2^31", "bmp", images.bmp, DECODE, {}, limit("pixels")),
    ("BMP of runs, 49 megapixels", "bmp", lambda: images.bmp_runs(7000),
     "thumbnail", {"memory": 16 * MIB}, limit("memory")),
    ("ICO with a bitmap of 2^30", "ico", images.ico, DECODE, {},
     limit("pixels")),
    ("PNM of 10^6 x 10^6", "pnm", images.pnm, DECODE, {}, limit("pixels")),
    ("QOI of 2^32 x 2^32", "qoi", images.qoi, DECODE, {}, limit("pixels")),
    ("QOI of runs, 49 megapixels", "qoi", lambda: images.qoi_runs(7000),
     DECODE, {"output": 64 * MIB}, limit("output")),
    ("TGA of 65535 x 65535", "tga", images.tga, DECODE, {}, limit("pixels")),
    ("TGA of packets, 49 megapixels", "tga",
     lambda: images.tga_packets(7000), DECODE, {"output": 64 * MIB},
     limit("output")),
    ("TIFF of 2^31 x 2^31", "tiff", images.tiff, DECODE, {}, limit("pixels")),
    ("TIFF of 3000 pages", "tiff", lambda: images.tiff(8, 8, 3000), DECODE, {},
     limit("frames")),
    ("JPEG of 65500 x 65500", "jpeg", images.jpeg, DECODE, {},
     limit("pixels")),
    ("JPEG of 5000 scans", "jpeg", lambda: images.jpeg_scans(4000, 5000),
     DECODE, {}, limit("scans")),
    ("progressive JPEG, 36 megapixels", "jpeg",
     lambda: images.jpeg_scans(6000, 50), DECODE, {"memory": 16 * MIB},
     limit("memory")),
    ("WebP of 60000 x 60000", "webp", images.webp, DECODE, {},
     limit("pixels")),
    ("WebP, lossless, 16383 x 16383", "webp", images.webp_lossless, DECODE,
     {}, limit("pixels")),
    ("JPEG 2000 of 60000 x 60000", "jp2", images.jp2, DECODE, {},
     limit("pixels")),
    ("JPEG XL of 2^18 x 2^18", "jxl", images.jxl, DECODE, {},
     limit("pixels")),
    ("AVIF of 16000 x 16000", "avif",
     lambda: images.ispe("avif", 16000, 16000), DECODE, {}, limit("pixels")),
    ("HEIF of 65535 x 65535", "heif", lambda: images.ispe("heif"), DECODE, {},
     limit("pixels")),
]


def script(words):
    return bombs.SIGNATURE + b" " + words.encode()


# The same for a worker that is all the attacker's.
EATERS = [
    ("a spinner", "spin", {"cpu": 200}, limit("cpu")),
    ("a spinner, by the clock", "spin", {"wall": 200}, ("deadline", "wall")),
    ("an idler", "idle", {"wall": 200}, ("deadline", "wall")),
    ("a spinner with a reply", "image 8 8 1 spin", {"cpu": 200},
     limit("cpu")),
    ("a memory eater", "memory return 2", {"memory": 32 * MIB},
     limit("memory")),
    ("a memory eater that stays", "memory idle",
     {"memory": 32 * MIB, "wall": 600}, ("deadline", "wall")),
    ("an output eater that stays", "fill 0 # 1 idle",
     {"output": 16 * MIB, "wall": 600}, ("deadline", "wall")),
    ("an output eater that wants more", "fill 16777216 1073741824 1",
     {"output": 16 * MIB, "memory": 32 * MIB}, ("crashed", None)),
    ("a stack eater", "stack", {}, limit("memory")),
]


class Board:
    def __init__(self):
        self.tried = self.loose = 0
        self.rows = []

    def row(self, what, want, got, cost, wrong):
        self.tried += 1
        self.loose += bool(wrong)
        name = got.get("limit") or ""
        print(f"{'not ok' if wrong else 'ok'} {self.tried} - {what}: "
              f"{got['verdict']} {name}")
        for line in wrong:
            print(f"# {line}; want {want}, {got}")
        self.rows.append(f"# {what:<34} {got['verdict']:<11} {name:<8} {cost}")
        sys.stdout.flush()


def measure(path, operation, limits, workers=None, strict=False, kind=None):
    command = [os.path.join(B, "tests/e2e/measure"), "-o", operation]
    command += ["-f", kind] if kind else []
    for name, value in limits.items():
        command += ["-l", f"{name}={value}"]
    command += ["-w", workers] if workers else []
    command += ["-s"] if strict else []
    done = subprocess.run(command + [path], stdout=subprocess.PIPE,
                          timeout=120, check=False)
    if done.returncode != 0:
        return {"verdict": f"measure: exit status {done.returncode}"}
    return json.loads(done.stdout)


def slowness():
    """How many times longer a piece of work takes than where it is quick."""
    began = time.process_time()
    zlib.compress(WORK, 9)
    return max(1, (time.process_time() - began) * 1000 / WORK_MS)


def budgets(limits, size, want):
    """The most of each measure, and the limit it belongs to."""
    at_most = {
        "cpu_ms": IDLE_CPU_MS * slowness(), "arena_kib": ARENA_KIB,
        "host_kib": HOST_KIB, "ms": FACTOR * STANDARD["wall"] + WALL_SLACK_MS,
        # the input's pages, a reply page, and what else is not counted
        "output_kib": size / 1024 + 256 * 1024 * FACTOR}
    if want[1] in ("cpu", "wall"):
        at_most["cpu_ms"] = CPU_FACTOR * STANDARD[want[1]] + TICK_MS
    for name in ("cpu", "wall"):
        if name in limits:
            at_most["cpu_ms"] = CPU_FACTOR * limits[name] + TICK_MS
    if "wall" in limits:
        at_most["ms"] = FACTOR * limits["wall"] + WALL_SLACK_MS
    if "memory" in limits:
        at_most["arena_kib"] = FACTOR * limits["memory"] / 1024
    if "output" in limits:
        at_most["output_kib"] = size / 1024 + FACTOR * limits["output"] / 1024
    elif want[1] == "text":
        at_most["output_kib"] = size / 1024 + FACTOR * 16 * 1024
    elif want[0] != "ok" and want[1] not in ("cpu", "wall", None):
        # Refused by what it declares: nothing of that was made.
        at_most["output_kib"] = size / 1024 + 1024
    return at_most


def judge(got, want, at_most):
    """What is wrong."""
    wrong = []
    if (got["verdict"], got.get("limit")) != want:
        wrong.append("the wrong answer")
    for key, most in at_most.items():
        if got.get(key, most + 1) > most:
            wrong.append(f"{key} {got.get(key)} of {most:.0f}")
    return wrong


def is_of_time(wrong):
    return all(line.split()[0] in ("cpu_ms", "ms") for line in wrong)


def try_bomb(path, size, operation, limits, want, **how):
    """The answer and what is wrong with it. Where time is the limit, or all that
    is wrong, the third answer counts."""
    for _ in range(TRIES):
        at_most = budgets(limits, size, want)
        got = measure(path, operation, limits, **how)
        wrong = judge(got, want, at_most)
        if not wrong or not (want[1] in ("cpu", "wall")
                             or is_of_time(wrong)):
            break
    return got, used(got, at_most), wrong


def used(got, at_most):
    return " ".join(f"{key} {got[key]:.0f}/{most:.0f}"
                    for key, most in at_most.items() if key in got)


def own(board, path):
    for what, make, operation, limits, want in OWN:
        data = make()
        with open(path, "wb") as file:
            file.write(data)
        board.row(what, want,
                  *try_bomb(path, len(data), operation, limits, want))


def other_images(board, path):
    for what, kind, make, operation, limits, want in IMAGES:
        data = make()
        with open(path, "wb") as file:
            file.write(data)
        board.row(what, want, *try_bomb(path, len(data), operation, limits,
                                        want, kind=kind))


def eaters(board, path):
    for what, words, limits, want in EATERS:
        data = script(words)
        with open(path, "wb") as file:
            file.write(data)
        for strict in (False, True):
            board.row(f"{what}, {'strict' if strict else 'filter'}", want,
                      *try_bomb(path, len(data), DECODE, limits, want,
                                workers=LIARS, strict=strict))


def corpus_wants(name):
    """What a file of the corpus may end as. Those of formats without a worker
    are not parsed; of the others nothing may come out."""
    if name.startswith(("png/", "gif/", "jp2/", "jpeg/", "tiff/")):
        return {("limit", "pixels")}
    if name.startswith(("ooxml/", "zip/")):
        return {("unsupported", None), ("malformed", None), limit("ratio"),
                limit("members")}
    return {("unsupported", None)}


def corpus(board, path):
    for full in sorted(glob.glob(os.path.join(CORPUS, "*/bomb/*"))):
        name = os.path.relpath(full, CORPUS)
        file = full
        if name.endswith(".bz2"):  # stored as found: the bomb is within
            with open(full, "rb") as packed, open(path, "wb") as out:
                out.write(bz2.decompress(packed.read()))
            file = path
        size = os.path.getsize(file)
        operation = TEXT if name.startswith(("ooxml", "zip")) else DECODE
        got = measure(file, operation, {})
        answer = (got["verdict"], got.get("limit"))
        wants = corpus_wants(name)
        want = answer if answer in wants else sorted(wants, key=str)[0]
        at_most = budgets({}, size, want)
        board.row(name, want, got, used(got, at_most),
                  judge(got, want, at_most))


def main():
    board = Board()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bomb")
        own(board, path)
        other_images(board, path)
        eaters(board, path)
        n = board.tried
        if os.path.isdir(CORPUS):
            corpus(board, path)
        else:
            n += 1
            print(f"ok {n} - bombs of the corpus # SKIP no corpus at {CORPUS}")
    print("# bomb                               verdict     limit    used/at"
          " most")
    print("\n".join(board.rows))
    print(f"# score bombs-tried {board.tried} >=80")
    print(f"# score bombs-loose {board.loose} ==0")
    print(f"1..{max(n, board.tried)}")
    return 1 if board.loose else 0


if __name__ == "__main__":
    sys.exit(main())
