#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The command, from outside: every use and every bad use, with the exact exit
status. Makes its own files; needs no corpus. GLOVEBOX is the binary."""
import ctypes
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from command import parse  # noqa: E402
from tap import Skip, run_all, same, test, within  # noqa: E402

GLOVEBOX = os.path.abspath(os.environ.get("GLOVEBOX", "build/release/glovebox"))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
KEYS = ["file", "verdict", "format", "width", "height", "frames", "pages",
        "elapsed_us", "posture"]
LIMITS = ["wall", "cpu", "memory", "input", "output", "pixels", "frames",
          "pages", "members", "ratio", "text", "records", "depth"]


# ---- samples -----------------------------------------------------------------

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + \
        struct.pack(">I", zlib.crc32(kind + data))


def pixels(w, h, alpha):
    """RGBA bytes that a scaler or a filter would not leave alone."""
    out = bytearray()
    for y in range(h):
        for x in range(w):
            out += bytes(((7 * x) & 255, (5 * y) & 255, (x ^ y) & 255,
                          (3 * x + y) & 255 if alpha else 255))
    return bytes(out)


def png_of(rgba, w, h):
    rows = b"".join(b"\0" + rgba[4 * w * y:4 * w * (y + 1)] for y in range(h))
    return b"\x89PNG\r\n\x1a\n" + \
        chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 6, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def unfilter(kind, row, above, bpp):
    row = bytearray(row)
    for i in range(len(row)):
        a = row[i - bpp] if i >= bpp else 0
        b = above[i]
        c = above[i - bpp] if i >= bpp else 0
        p = a + b - c
        near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))
        row[i] = (row[i] + [0, a, b, (a + b) // 2, near[2]][kind]) & 255
    return bytes(row)


def read_png(data):
    """A PNG as the command writes it: (width, height, channels, RGBA)."""
    same(data[:8], b"\x89PNG\r\n\x1a\n", "signature")
    at, idat, kinds = 8, b"", []
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + n]
        same(zlib.crc32(kind + body),
             struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0], "crc")
        kinds.append(kind)
        if kind == b"IHDR":
            w, h, depth, ctype = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT":
            idat += body
        at += 12 + n
    same(kinds[-1], b"IEND", "last chunk")
    same(depth, 8, "depth")
    bpp = {2: 3, 6: 4}[ctype]
    raw, out = zlib.decompress(idat), b""
    above = bytes(w * bpp)
    for y in range(h):
        line = raw[y * (w * bpp + 1):(y + 1) * (w * bpp + 1)]
        above = unfilter(line[0], line[1:], above, bpp)
        out += above if bpp == 4 else b"".join(
            above[i:i + 3] + b"\xff" for i in range(0, len(above), 3))
    return w, h, bpp, out


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def docx(path, text, title="A title"):
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml."
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml",
                   '<?xml version="1.0"?><Types xmlns="%s/content-types">'
                   '<Default Extension="rels" ContentType="application/vnd.'
                   'openxmlformats-package.relationships+xml"/>'
                   '<Override PartName="/word/document.xml" ContentType='
                   '"%sdocument.main+xml"/>'
                   '<Override PartName="/docProps/core.xml" ContentType='
                   '"application/vnd.openxmlformats-package.core-properties'
                   '+xml"/></Types>' % (PACKAGE, word))
        z.writestr("_rels/.rels",
                   '<?xml version="1.0"?><Relationships xmlns='
                   '"%s/relationships"><Relationship Id="r1" Type='
                   '"%s/officeDocument" Target="word/document.xml"/>'
                   '<Relationship Id="r2" Type="%s/relationships/metadata/'
                   'core-properties" Target="docProps/core.xml"/>'
                   '</Relationships>' % (PACKAGE, OFFICE, PACKAGE))
        z.writestr("docProps/core.xml",
                   '<?xml version="1.0"?><cp:coreProperties xmlns:cp='
                   '"%s/metadata/core-properties" xmlns:dc='
                   '"http://purl.org/dc/elements/1.1/"><dc:title>%s'
                   '</dc:title></cp:coreProperties>' % (PACKAGE, title))
        z.writestr("word/document.xml",
                   '<?xml version="1.0"?><w:document xmlns:w="%s"><w:body>%s'
                   '</w:body></w:document>' % (W, "".join(
                       "<w:p><w:r><w:t>%s</w:t></w:r></w:p>" % line
                       for line in text.split("\n"))))


# ---- running -----------------------------------------------------------------

class Result:
    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err = code, out, err
        self.seconds = seconds

    def objects(self):
        return [parse(line) for line in self.out.decode().splitlines()]


def run(*args, stdin=subprocess.DEVNULL, before=None, timeout=120, wrap=(),
        **more):
    start = time.monotonic()
    p = subprocess.run([*wrap, GLOVEBOX, *args], stdin=stdin,
                       stdout=more.pop("stdout", subprocess.PIPE),
                       stderr=subprocess.PIPE, timeout=timeout,
                       preexec_fn=before, **more)
    return Result(p.returncode, p.stdout, p.stderr, time.monotonic() - start)


def one(r, code, verdict=None):
    """The one JSON object of a run that ended with this status."""
    same(r.code, code, "status of %r" % (r.err or r.out))
    objects = r.objects()
    same(len(objects), 1, "lines")
    if verdict:
        same(objects[0]["verdict"], verdict, str(objects[0]))
    return objects[0]


def usage(*args, word=b""):
    r = run(*args)
    same(r.code, 64, "status of %r, %r" % (args, r.err))
    same(r.out, b"", "stdout")
    same(r.err.count(b"\n"), 1, "lines on stderr: %r" % r.err)
    same(r.err[:10], b"glovebox: ", "stderr")
    within(word, r.err, str(args))


def leftovers(path="."):
    return [n for n in os.listdir(path) if n.startswith(".glovebox-")]


def session_of(pid):
    """Names of the processes of a session: /proc/PID/stat, fields 2 and 6."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    head, tail = f.read().rsplit(")", 1)
            except OSError:
                continue
            if int(tail.split()[3]) == pid and tail.split()[0] != "Z":
                found.append(head.split("(", 1)[1])
    return found


def gone_soon(pid):
    end = time.monotonic() + 3
    while session_of(pid) and time.monotonic() < end:
        time.sleep(0.02)
    same(session_of(pid), [], "processes left")


# ---- help and bad usage ------------------------------------------------------

@test
def help_and_version():
    for args in (["--help"], ["-h"], ["probe", "--help"], ["doctor", "-h"]):
        r = run(*args)
        same((r.code, r.err), (0, b""), str(args))
        within(b"glovebox", r.out)
    for name in (b"probe", b"decode", b"thumbnail", b"disarm", b"text",
                 b"policy", b"doctor", b"--require", b"--limit"):
        within(name, run("--help").out)
    r = run("--version")
    same(r.code, 0)
    same(bool(re.fullmatch(rb"glovebox \d+\.\d+\.\d+\n", r.out)), True, "version")


@test
def usage_errors_are_one_line_and_64():
    usage(word=b"no command")
    usage("frobnicate", word=b"frobnicate")
    usage("--json", "probe", "a.png", word=b"--json")
    usage("probe", word=b"usage: glovebox probe")
    usage("probe", "--nonsense", "a.png", word=b"--nonsense")
    usage("probe", "-z", "a.png", word=b"-z")
    usage("probe", "--json=1", "a.png", word=b"takes no argument")
    usage("probe", "--sha256", "a.png", word=b"--sha256")
    usage("probe", "a.png", "--format", word=b"needs an argument")
    usage("probe", "--format", "svg", "a.png", word=b"png, docx, pptx")
    usage("probe", "--lockdown", "lax", "a.png", word=b"filter or strict")
    usage("probe", "--domain", "", "a.png", word=b"empty")
    usage("thumbnail", "a.png", word=b"usage: glovebox thumbnail")
    usage("text", "a.docx", "b.docx", word=b"usage: glovebox text")
    usage("doctor", "x", word=b"usage: glovebox doctor")
    usage("policy", "svg", word=b"no such format")


@test
def usage_errors_of_layers():
    usage("probe", "--require", "armour", "a.png", word=b"landlock, tsc")
    usage("probe", "--require", "nnp,,userns", "a.png", word=b"no such layer")
    usage("probe", "--require", "", "a.png", word=b"no such layer")
    usage("probe", "--require", "batch", "a.png", word=b"no such layer")
    usage("probe", "--require", "filter,strict", "a.png", word=b"not both")
    usage("probe", "--require", "strict", "a.png",
          word=b"needs --lockdown strict")
    usage("doctor", "--lockdown", "strict", "--require", "nnp,filter",
          word=b"needs --lockdown filter")


@test
def usage_errors_of_limits():
    usage("probe", "--limit", "pixels", "a.png", word=b"NAME=VALUE")
    usage("probe", "--limit", "colour=1", "a.png",
          word=", ".join(LIMITS).encode())
    for value in ("", "0", "-1", "+1", " 1", "1x", "1kk", "0x10", "1.5",
                  "99999999999999999999", "9999999999999G"):
        usage("probe", "--limit", "pixels=" + value, "a.png", word=b"pixels=")
    usage("probe", "--limit", "pixels=501M", "a.png", word=b"ceiling")
    usage("probe", "--limit", "input=1048577k", "a.png", word=b"ceiling")


@test
def usage_errors_of_outputs():
    usage("decode", "--rgba", "o", "--png", "o", "a.png", word=b"choose one")
    usage("decode", "--rgba", "o", "a.png", "b.png", word=b"one FILE")
    usage("decode", "--png", "o", "a.png", "b.png", word=b"one FILE")
    usage("decode", "--png", "", "a.png", word=b"empty")
    for command in ("thumbnail", "disarm"):
        usage(command, "a.png", "o.gif", word=b"must end in .png, .jpg")
        usage(command, "a.png", ".png", word=b"must end in .png")
        usage(command, "--quality", "9", "a.png", "o.png", word=b"for .jpg")
        for n in ("0", "101", "-1", "x", ""):
            usage(command, "--quality", n, "a.png", "o.jpg", word=b"1 to 100")
    usage("decode", "--quality", "9", "a.png", word=b"--quality")
    for n in ("0", "16385", "-1", "2k", "x", ""):
        usage("thumbnail", "-s", n, "a.png", "o.png", word=b"16384")
    same(os.path.exists("o") or os.path.exists("o.png"), False, "an output")


# ---- good use ----------------------------------------------------------------

@test
def probe_tells_the_size():
    r = run("probe", "a.png")
    same((r.code, r.err, r.out), (0, b"", b"a.png: ok png 61x47\n"))
    o = one(run("probe", "--json", "a.png"), 0, "ok")
    same(list(o), KEYS, "keys")
    same((o["file"], o["format"], o["width"], o["height"], o["frames"],
          o["pages"]), ("a.png", "png", 61, 47, 1, None))
    same(o["elapsed_us"] > 0, True, "elapsed_us")
    same("filter" in o["posture"] and "nnp" in o["posture"], True, "posture")


@test
def options_may_follow_and_two_dashes_end_them():
    same(run("probe", "a.png", "--json").objects()[0]["verdict"], "ok")
    shutil.copy("a.png", "--json")
    r = run("probe", "--", "--json", "a.png")
    same((r.code, r.out), (0, b"--json: ok png 61x47\na.png: ok png 61x47\n"))


@test
def decode_gives_the_very_pixels():
    want = pixels(61, 47, True)
    digest = hashlib.sha256(want).hexdigest()
    r = run("decode", "--sha256", "a.png")
    same(r.out.decode(), "a.png: ok png 61x47 sha256 %s\n" % digest)
    o = one(run("decode", "--json", "--sha256", "--rgba", "a.rgba", "a.png"), 0)
    same(o["sha256"], digest)
    same(open("a.rgba", "rb").read(), want, "RGBA")
    same(run("decode", "a.png").out, b"a.png: ok png 61x47\n")
    same(run("decode", "--lockdown", "strict", "--sha256", "a.png").out,
         r.out, "strict")


@test
def decode_writes_png_rgb_only_if_opaque():
    for name, alpha, bpp in (("a.png", True, 4), ("solid.png", False, 3)):
        same(run("decode", "--png", "out.png", name).code, 0, name)
        same(read_png(open("out.png", "rb").read()),
             (61, 47, bpp, pixels(61, 47, alpha)), name)


@test
def decode_to_stdout_moves_the_lines_to_stderr():
    for out in ("-", "/dev/stdout"):
        r = run("decode", "--json", "--rgba", out, "a.png")
        same((r.code, r.out), (0, pixels(61, 47, True)), out)
        same(json.loads(r.err)["verdict"], "ok")
    with open("log", "wb") as f:
        f.write(b"before")
        f.flush()
        same(run("decode", "--rgba", "-", "a.png", stdout=f).code, 0)
    same(open("log", "rb").read(), b"before" + pixels(61, 47, True), "log")


@test
def outputs_get_the_mode_of_the_umask():
    for mask in (0o022, 0o077):
        if os.path.exists("m.png"):
            os.unlink("m.png")
        run("decode", "--png", "m.png", "a.png", umask=mask)
        same(stat.S_IMODE(os.stat("m.png").st_mode), 0o666 & ~mask, "mode")


@test
def outputs_through_links_and_fifos_are_written_as_they_stand():
    open("target", "w").close()
    os.symlink("target", "link")
    same(run("decode", "--rgba", "link", "a.png").code, 0)
    same(os.path.islink("link"), True, "the link")
    same(open("target", "rb").read(), pixels(61, 47, True), "target")
    os.mkfifo("outpipe")
    got = []
    t = threading.Thread(
        target=lambda: got.append(open("outpipe", "rb").read()))
    t.start()
    same(run("decode", "--rgba", "outpipe", "a.png").code, 0)
    t.join()
    same(got, [pixels(61, 47, True)], "through the FIFO")
    same(run("decode", "--rgba", "/dev/null", "a.png").code, 0)
    same(stat.S_ISCHR(os.stat("/dev/null").st_mode), True, "/dev/null")


@test
def thumbnail_fits():
    r = run("thumbnail", "-s", "16", "a.png", "t.png")
    same(r.code, 0, r.err)
    w, h, _, _ = read_png(open("t.png", "rb").read())
    same((w, h), (16, 12), "size")
    one(run("thumbnail", "--json", "--limit", "pixels=500M", "a.png",
            "t.jpg"), 0, "ok")
    o = one(run("thumbnail", "--json", "a.png", "t.PNG"), 0, "ok")
    same((o["width"], o["height"]), read_png(open("t.PNG", "rb").read())[:2])


@test
def text_comes_out():
    r = run("text", "a.docx")
    same((r.code, r.err), (0, b""))
    same(r.out.decode().split("\n")[:2], ["Grüße", "second line"])
    o = one(run("text", "--json", "a.docx"), 0, "ok")
    same(list(o)[:len(KEYS)], KEYS, "keys")
    same(o["text"].encode(), r.out, "text")
    within({"name": "title", "value": 'Quotes " and \u4e2d'}, o["properties"])
    same(o["flags"], [], "flags")
    same(o["format"], "docx")
    bidi = one(run("text", "--json", "bidi.docx"), 0)
    same(bidi["flags"], ["bidi"])
    within("a\u202eb", bidi["text"])
    same(all(32 <= c < 127 or c == 10 for c in
             run("text", "--json", "bidi.docx").out), True, "escaped")


@test
def text_of_no_document_goes_to_stderr():
    r = run("text", "a.png")
    same((r.code, r.out), (65, b""))
    same(r.err.startswith(b"a.png: unsupported"), True, r.err)


@test
def text_on_a_terminal_shows_bidi_controls():
    master, slave = os.openpty()
    r = run("text", "bidi.docx", stdout=slave)
    os.close(slave)
    shown = os.read(master, 4096)
    os.close(master)
    same(r.code, 0, r.err)
    within(b"a<U+202E>b", shown)
    same("\u202e".encode() in shown, False, "raw override")
    same("\u202e".encode() in run("text", "bidi.docx").out, True, "to a pipe")


@test
def standard_input():
    want = b"-: ok png 61x47\n"
    data = open("a.png", "rb").read()
    with open("a.png", "rb") as f:
        same(run("probe", "-", stdin=f).out, want, "file")
    r = subprocess.run([GLOVEBOX, "probe", "-"], input=data,
                       stdout=subprocess.PIPE, timeout=60)
    same((r.returncode, r.stdout), (0, want), "pipe")
    r = subprocess.run([GLOVEBOX, "probe", "/dev/stdin"], input=data,
                       stdout=subprocess.PIPE, timeout=60)
    same((r.returncode, r.stdout), (0, b"/dev/stdin: ok png 61x47\n"), "name")
    r = run("probe", "-", before=lambda: os.close(0), stdin=None)
    same(r.code, 66, "closed: %r" % r.out)
    within(b"standard input is not open for reading", r.out)


@test
def declared_formats():
    same(run("probe", "--format", "png", "a.png").code, 0)
    same(run("probe", "--format", "image/png", "a.png").code, 0)
    one(run("probe", "--json", "--format", "docx", "a.png"), 65, "mismatch")
    one(run("probe", "--json", "--format", "png", "a.docx"), 65, "mismatch")


@test
def a_limit_of_the_output_is_what_was_asked_for():
    """No part of the budget may be less: this one breaks off behind its header,
    so that it is refused for its size or for its end."""
    size = struct.pack(">IIBBBBB", 13000, 12000, 8, 6, 0, 0, 0)
    with open("wide.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size)
                   + chunk(b"IDAT", zlib.compress(bytes(1000))[:40]))
    wide = ["decode", "--json", "--limit", "pixels=200M", "wide.png"]
    one(run(*wide, "--limit", "output=640M"), 65, "malformed")
    r = run(*wide, "--limit", "output=590M")
    same(one(r, 65, "limit")["limit"], "output")


@test
def limits_are_taken_by_name():
    for name in LIMITS:
        same(run("probe", "--limit", name + "=400", "--limit", "memory=64M",
                 "--limit", "input=1M", "--limit", "output=1M",
                 "--limit", "wall=5k", "--limit", "cpu=5k",
                 "--limit", "text=1k", "--limit", "pixels=1M", "a.png").code,
             0, name)
    r = run("decode", "--json", "--limit", "pixels=2866", "a.png")
    same(one(r, 65, "limit")["limit"], "pixels")
    same(run("decode", "--limit", "pixels=2867", "a.png").code, 0)
    r = run("probe", "--json", "--limit", "input=100", "a.png")
    same(one(r, 65, "limit")["limit"], "input")
    same(run("probe", "--limit", "input=100", "a.png").out[:18],
         b"a.png: limit input", "text")
    same(run("probe", "--limit", "memory=4G", "a.png").code, 0, "ceiling")
    same(run("probe", "--limit", "output=2G", "--limit", "input=1G",
             "a.png").code, 0, "more than the broker's shared memory")


@test
def domains_batch():
    r = run("probe", "--json", "--domain", "mail 7", *["a.png"] * 40)
    same(r.code, 0, r.err)
    same({o["verdict"] for o in r.objects()}, {"ok"})
    same(len(r.objects()), 40)


@test
def layers_that_are_missing_make_unavailable():
    r = run("probe", "--json", "--lockdown", "strict", "--require", "strict",
            "a.png", "b.png", "nope", before=outer_filter)
    same(r.code, 69)
    same([o["verdict"] for o in r.objects()],
         ["unavailable", "unavailable", "error"])
    same(run("probe", "--require", "filter,nnp", "a.png").code, 0)
    same(run("probe", "--lockdown", "strict", "--require", "strict",
             "a.png").code, 0)


@test
def an_ordinary_user_gets_the_namespaces_that_the_host_gives():
    wrap = []
    if os.geteuid() == 0:
        wrap = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups"]
    os.chmod(".", 0o755)
    os.chmod("..", 0o755)
    try:
        if subprocess.run([*wrap, "test", "-x", GLOVEBOX]).returncode:
            raise Skip("the build is in a folder that others can't enter")
        if subprocess.run([*wrap, "unshare", "-Urmpn", "true"],
                          stderr=subprocess.DEVNULL).returncode:
            raise Skip("no namespaces for ordinary users on this host")
    except FileNotFoundError:
        raise Skip("no setpriv or no unshare")
    posture = one(run("probe", "--json", "a.png", wrap=wrap), 0)["posture"]
    for layer in ("userns", "netns", "pidns", "root"):
        within(layer, posture)


@test
def policy_names_every_power_and_limit():
    out = run("policy").out.decode()
    for name in LIMITS:
        same(bool(re.search(r"^  %s +\d+ +\d+ " % name, out, re.M)), True, name)
    for line in ("png     probe decode thumbnail", "docx    probe text"):
        within(line, out)
    same(all(len(l) < 200 and l == l.rstrip() for l in out.splitlines()),
         True, "lines")
    table = open(os.path.join(ROOT, "schemas/calls.def")).read()
    real = set(re.findall(r"^GBX_SETUP\w*\((\w+)", table, re.M))
    kept = out[out.index("KEPT by its zygote"):out.index("REMOVED")]
    told = {w for line in kept.splitlines()[1:] if line[2:3].strip()
            for w in re.split("  ", line.strip())[0].split()}
    same(told, real, "calls told and calls allowed")
    same(run("policy", "docx").out.count(b"glovebox-"), 1, "one format")


@test
def doctor_tells_the_layers():
    r = run("doctor", "--json")
    o = json.loads(r.out)
    same(r.code, 0 if o["ok"] else 69)
    same(sorted(o["lockdown"]), ["filter", "strict"])
    layers = o["lockdown"]["filter"]["layers"]
    same(list(layers), ["filter", "proven", "nnp", "userns", "netns", "pidns",
                        "root", "landlock", "tsc", "nonroot", "guard"], "layers")
    for layer in layers.values():
        same(layer["in_force"] or "advice" in layer, True, str(layer))
    posture = one(run("probe", "--json", "a.png"), 0)["posture"]
    same([n for n in layers if layers[n]["in_force"]], posture, "a job's")
    same([f["found"] for f in o["formats"]], [True] * len(o["formats"]))
    within(b"lockdown strict", run("doctor").out)
    same(run("doctor", "--lockdown", "strict", "--require", "strict",
             before=outer_filter).code, 69)


@test
def doctor_without_workers_says_so():
    os.mkdir("noworkers", 0o755)
    r = run("doctor", "--worker-dir", "noworkers")
    same(r.code, 69)
    within(b"MISSING", r.out)
    r = run("probe", "--json", "--worker-dir", "noworkers", "a.png")
    within("no workers", one(r, 69, "unavailable")["detail"])
    r = run("probe", "--json", "--worker-dir", "nowhere", "a.png")
    one(r, 69, "unavailable")


def outer_filter():
    """A seccomp filter that allows all, as a container has."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7fff0000))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
    program = Program(1, ctypes.addressof(code))
    if libc.prctl(38, 1, 0, 0, 0) or \
            libc.prctl(22, 2, ctypes.byref(program), 0, 0):
        os._exit(99)


@test
def under_an_outer_filter_strict_is_unavailable():
    r = run("probe", "--json", "--lockdown", "strict", "a.png",
            before=outer_filter)
    one(r, 69, "unavailable")
    one(run("probe", "--json", "a.png", before=outer_filter), 0, "ok")
    r = run("doctor", before=outer_filter)
    same(r.code, 0, r.out)
    within(b"lockdown strict: UNAVAILABLE", r.out)
    within(b"use --lockdown filter", r.out)
    same(run("doctor", "--lockdown", "strict", before=outer_filter).code, 69)


# ---- bad inputs --------------------------------------------------------------

@test
def missing_file():
    o = one(run("probe", "--json", "nope.png"), 66, "error")
    same(list(o)[:len(KEYS)], KEYS, "keys")
    same((o["errno"], o["detail"], o["posture"], o["format"], o["width"]),
         ("ENOENT", "No such file or directory", [], None, None))
    r = run("probe", "nope.png")
    same((r.code, r.out), (66, b"nope.png: error ENOENT: No such file or "
                               b"directory\n"))
    one(run("probe", "--json", "a.png/x"), 66, "error")
    one(run("probe", "--json", "x" * 300), 66, "error")
    one(run("probe", "--json", ""), 66, "error")


@test
def directory_and_devices():
    os.mkdir("folder")
    same(one(run("decode", "--json", "folder"), 66, "error")["errno"], "EISDIR")
    same(run("probe", "folder").out, b"folder: error EISDIR: Is a directory\n")
    for name in ("/dev/zero", "/dev/null"):
        r = run("probe", name)
        same((r.code, r.out),
             (66, name.encode() + b": error ENODEV: Is a device\n"))
    with open("/dev/zero", "rb") as f:
        same(one(run("text", "--json", "-", stdin=f), 66)["errno"], "ENODEV")


@test
def unreadable_file():
    shutil.copy("a.png", "secret.png")
    os.chmod("secret.png", 0)
    wrap = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            raise Skip("no setpriv")
        wrap = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    r = run("probe", "--json", "secret.png", "a.png", wrap=wrap)
    same(r.code, 66, r.err)
    same([o["verdict"] for o in r.objects()], ["error", "ok"])
    same(r.objects()[0]["errno"], "EACCES")


@test
def empty_and_not_a_png():
    open("empty", "w").close()
    open("short.png", "wb").write(open("a.png", "rb").read()[:100])
    open("text.txt", "w").write("not an image\n")
    for command in ("probe", "decode"):
        o = one(run(command, "--json", "empty"), 65)
        same(o["verdict"] in ("unsupported", "malformed"), True, str(o))
        one(run(command, "--json", "text.txt"), 65, "unsupported")
    one(run("decode", "--json", "short.png"), 65, "malformed")
    one(run("text", "--json", "empty"), 65)
    o = one(run("probe", "--json", "--format", "png", "text.txt"), 65)
    within(o["verdict"], ("malformed", "mismatch"))


@test
def fifo_without_a_writer_ends_by_the_wall_limit():
    os.mkfifo("pipe")
    r = run("probe", "--json", "--limit", "wall=400", "pipe", "a.png")
    same(r.code, 65)
    same([o["verdict"] for o in r.objects()], ["deadline", "ok"])
    same(r.objects()[0]["limit"], "wall")
    same(r.seconds < 5, True, "%.1f s" % r.seconds)


@test
def fifo_with_a_slow_writer():
    os.mkfifo("slow")
    data = open("a.png", "rb").read()

    def feed():
        with open("slow", "wb", buffering=0) as f:
            f.write(data[:50])
            time.sleep(0.3)
            f.write(data[50:])
    t = threading.Thread(target=feed)
    t.start()
    same(run("decode", "slow").out, b"slow: ok png 61x47\n")
    t.join()


@test
def sparse_file_of_4_gb_is_over_the_limit_at_once():
    with open("sparse.png", "wb") as f:
        f.write(open("a.png", "rb").read())
        f.truncate(4 << 30)
    r = run("decode", "--json", "sparse.png")
    same(one(r, 65, "limit")["limit"], "input")
    same(r.seconds < 3, True, "%.1f s" % r.seconds)


@test
def file_truncated_while_it_is_read():
    size = 48 << 20
    whole = open("a.png", "rb").read()

    def fill():
        with open("shrink.png", "wb") as f:
            f.write(whole)
            f.truncate(size)
    stop = threading.Event()

    def shrink():
        while not stop.is_set():
            os.truncate("shrink.png", 20)
            time.sleep(0.004)
            os.truncate("shrink.png", size)
            time.sleep(0.004)
    fill()
    t = threading.Thread(target=shrink)
    t.start()
    try:
        for _ in range(12):
            r = run("decode", "--json", "shrink.png")
            o = one(r, r.code)
            within(r.code, (0, 65), str(o))
            within(o["verdict"],
                   ("ok", "malformed", "unsupported", "mismatch"), str(o))
    finally:
        stop.set()
        t.join()


@test
def names_with_everything_in_them():
    names = [b"new\nline.png", b'quo"te\\.png', b"tab\t\x1b[31m.png",
             b"bad\xff\xc3(\xed\xa0\x80.png", "überraschung\u202egnp.".encode()]
    for n in names:
        shutil.copy("a.png", n)
    r = run("probe", "--json", *names)
    same((r.code, r.err), (0, b""))
    objects = r.objects()
    same(len(objects), len(names))
    for n, o in zip(names, objects):
        back = bytes.fromhex(o["file_bytes"]) if "file_bytes" in o \
            else o["file"].encode()
        same(back, n, "name")
    same("file_bytes" in objects[3] and "file_bytes" not in objects[0], True)
    same(objects[3]["file"], "bad\ufffd\ufffd(\ufffd\ufffd\ufffd.png")
    same(b"\x1b" in r.out, False, "escape character in the JSON")
    lines = run("probe", *names).out.split(b"\n")[:-1]
    same(lines, [b"new\\nline.png: ok png 61x47",
                 b'quo"te\\\\.png: ok png 61x47',
                 b"tab\\t\\x1b[31m.png: ok png 61x47",
                 b"bad\\xff\\xc3(\\xed\\xa0\\x80.png: ok png 61x47",
                 "überraschung\\u{202e}gnp.: ok png 61x47".encode()], "text")
    missing = one(run("probe", "--json", b"no\xff\nfile"), 66, "error")
    same(bytes.fromhex(missing["file_bytes"]), b"no\xff\nfile")


@test
def three_hundred_files_with_64_descriptors():
    names = []
    for i in range(300):
        names.append("many-%03d.png" % i)
        kind = i % 10
        if kind == 3:
            open(names[-1], "wb").write(b"\x89PNG\r\n\x1a\nbroken")
        elif kind == 7:
            continue
        else:
            shutil.copy("a.png", names[-1])
    want = ["malformed" if i % 10 == 3 else "error" if i % 10 == 7 else "ok"
            for i in range(300)]

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    for more in ([], ["--domain", "d"], ["--lockdown", "strict"]):
        r = run("decode", "--json", "--sha256", *more, *names, before=few)
        same(r.code, 66, r.err)
        objects = r.objects()
        same([o["file"] for o in objects], names, "order %s" % more)
        same([o["verdict"] for o in objects], want, "verdicts %s" % more)
    same(run("decode", *names).out.count(b"\n"), 300)


@test
def the_worst_of_several_decides():
    os.mkdir("dir2")
    open("bad.png", "wb").write(b"\x89PNG\r\n\x1a\nbroken")
    for files, code in ((["a.png", "b.png"], 0), (["bad.png", "a.png"], 65),
                        (["nope", "bad.png", "a.png"], 66),
                        (["bad.png", "a.png", "dir2"], 66)):
        r = run("probe", *files)
        same((r.code, r.out.count(b"\n")), (code, len(files)), str(files))
    same(run("probe", "--worker-dir", "nowhere", "nope", "a.png").code, 69)


# ---- outputs that can't be written -------------------------------------------

@test
def output_that_cannot_be_written():
    os.mkdir("shut", 0o755)
    before = sorted(os.listdir("."))
    for out in ("nodir/o.png", "shut", "a.png/o.png"):
        r = run("decode", "--json", "--png", out, "a.png")
        o = one(r, 71, "error")
        same("errno" in o, True, str(o))
        within(b"the output can't be written", r.err)
    r = run("thumbnail", "a.png", "nodir/o.png")
    same((r.code, r.out), (71, b"a.png: error ENOENT: the output can't be "
                               b"written: No such file or directory\n"))
    same(sorted(os.listdir(".")), before, "files")


@test
def output_in_a_folder_that_may_not_be_written():
    os.mkdir("ro", 0o755)
    open("ro/kept.png", "w").write("kept")
    os.chmod("ro", 0o555)
    shutil.copy("a.png", "locked.png")
    os.chmod("locked.png", 0o444)
    wrap = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            raise Skip("no setpriv")
        wrap = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    for out in ("ro/o.png", "locked.png"):
        o = one(run("decode", "--json", "--png", out, "a.png", wrap=wrap), 71)
        same(o["errno"], "EACCES", out)
    os.chmod("ro", 0o755)
    same(os.listdir("ro"), ["kept.png"])
    same(open("locked.png", "rb").read(), open("a.png", "rb").read())


@test
def a_small_file_size_limit():
    """RLIMIT_FSIZE counts memfds; its SIGXFSZ must not end the host."""
    for limit, name, code, verdict in (
            (100000000, "a.png", 0, "ok"), (100, "a.png", 71, "error"),
            (104, "a.png", 71, "error"), (1000, "a.png", 71, "error")):
        r = run("decode", "--json", name, before=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (limit, limit)))
        same(r.code, code, "exit under %d bytes" % limit)
        same(r.objects()[0]["verdict"], verdict, "verdict")
        within("RLIMIT_FSIZE" if code else "", r.objects()[0].get("detail", ""))


@test
def output_on_a_full_device():
    for kind in ("--png", "--rgba"):
        r = run("decode", "--json", kind, "/dev/full", "a.png")
        same(one(r, 71, "error")["errno"], "ENOSPC", kind)
    same(stat.S_ISCHR(os.stat("/dev/full").st_mode), True, "/dev/full")
    with open("/dev/full", "wb") as full:
        r = run("decode", "--rgba", "-", "a.png", stdout=full)
        same(r.code, 71, r.err)
        r = run("probe", "a.png", stdout=full)
        same(r.code, 71)
        within(b"No space left on device", r.err)
        same(run("policy", stdout=full).code, 71)
        same(run("text", "a.docx", stdout=full).code, 71)


@test
def output_on_a_full_filesystem():
    if os.geteuid() != 0:
        raise Skip("needs root, to mount a small tmpfs")
    os.mkdir("small")
    script = ("mount -t tmpfs -o size=64k none small || exit 99; "
              "echo old > small/o.rgba; "
              '"$1" decode --json --rgba small/o.rgba big.png; code=$?; '
              "cat small/o.rgba >&2; ls -A small >&2; exit $code")
    p = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", GLOVEBOX],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode == 99:
        raise Skip("mount of a tmpfs refused")
    same(p.returncode, 71, p.stderr)
    same(json.loads(p.stdout)["errno"], "ENOSPC")
    same(p.stderr.split(b"\n")[-3:], [b"old", b"o.rgba", b""], "what is left")


@test
def a_refused_input_leaves_the_output_alone():
    open("bad.png", "wb").write(b"\x89PNG\r\n\x1a\nbroken")
    open("old.png", "w").write("old")
    for args in (["decode", "--png", "old.png", "bad.png"],
                 ["thumbnail", "bad.png", "old.png"],
                 ["decode", "--png", "new.png", "bad.png"]):
        same(run(*args).code, 65, str(args))
    same(open("old.png").read(), "old")
    same(os.path.exists("new.png"), False, "new.png")
    same(run("thumbnail", "a.png", "old.png").code, 0)
    read_png(open("old.png", "rb").read())
    same(leftovers(), [], "temporary files")


# ---- ends --------------------------------------------------------------------

@test
def a_reader_that_goes_away():
    for restore in (True, False):
        p = subprocess.Popen([GLOVEBOX, "probe"] + ["a.png"] * 200,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             restore_signals=restore)
        p.stdout.readline()
        p.stdout.close()
        err = p.stderr.read()
        same((p.wait(60), err), (-signal.SIGPIPE if restore else 71, b""),
             "SIGPIPE default: %s" % restore)


@test
def closed_standard_streams():
    def shut(*fds):
        def close():
            for fd in fds:
                os.close(fd)
        return close
    data = open("a.png", "rb").read()
    p = subprocess.run([GLOVEBOX, "probe", "a.png"], preexec_fn=shut(1),
                       stderr=subprocess.PIPE)
    same(p.returncode, 71, "stdout closed")
    p = subprocess.run([GLOVEBOX, "decode", "--png", "closed.png", "a.png"],
                       preexec_fn=shut(0, 1, 2))
    same(p.returncode, 71, "all closed")
    read_png(open("closed.png", "rb").read())
    same(open("a.png", "rb").read(), data, "the input")


def interrupted(number, code):
    path = "held-%d" % number
    os.mkfifo(path)
    p = subprocess.Popen([GLOVEBOX, "decode", "--png", "never.png", path],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         start_new_session=True,  # nohup and & ignore some
                         preexec_fn=lambda: signal.signal(
                             number, signal.SIG_DFL)
                         if number != signal.SIGKILL else None)
    end = time.monotonic() + 10
    while "glovebox-copy" not in session_of(p.pid) and time.monotonic() < end:
        time.sleep(0.01)
    within("glovebox-png", session_of(p.pid), "processes")
    os.kill(p.pid, number)
    same(p.wait(10), code)
    gone_soon(p.pid)
    same(os.path.exists("never.png"), False)
    same(leftovers(), [], "temporary files")


@test
def interrupts_leave_no_process_and_no_file():
    interrupted(signal.SIGINT, -signal.SIGINT)
    interrupted(signal.SIGTERM, -signal.SIGTERM)


@test
def kill_9_leaves_no_process():
    interrupted(signal.SIGKILL, -signal.SIGKILL)


@test
def success_leaves_no_process():
    p = subprocess.Popen([GLOVEBOX, "probe", "a.png"],
                         stdout=subprocess.PIPE, start_new_session=True)
    same((p.communicate()[0], p.returncode), (b"a.png: ok png 61x47\n", 0))
    gone_soon(p.pid)


# ---- main --------------------------------------------------------------------

def make_samples():
    for name, alpha in (("a.png", True), ("b.png", True), ("solid.png", False)):
        open(name, "wb").write(png_of(pixels(61, 47, alpha), 61, 47))
    rgba = os.urandom(4 * 200 * 200)
    open("big.png", "wb").write(png_of(rgba, 200, 200))
    docx("a.docx", "Grüße\nsecond line", 'Quotes &quot; and \u4e2d')
    docx("bidi.docx", "a\u202eb")


sys.exit(run_all(make_samples))
