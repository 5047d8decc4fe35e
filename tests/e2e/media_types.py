#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What people call their files: every name that the desktop's own database of
types has for a format that we read is understood, each sample passes under all
of its names, and an input that is something else is told what it is.

Fails if taken out: a row of schemas/types.def, `begins` in broker/classify.c,
the parameters or the dot in broker/types.c.

Environment: GLOVEBOX the command. TAP on stdout.
"""
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from command import ask, put, refused, run  # noqa: E402
from mkooxml import sample_docx  # noqa: E402
from tap import Skip, run_all, same, test, within  # noqa: E402

SEEDS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "..", "..", "fuzz")
DATABASE = "/usr/share/mime/packages/freedesktop.org.xml"
SPEC = "{http://www.freedesktop.org/standards/shared-mime-info}"
VERSION = "2.2"  # what schemas/types.def was held against


def formats():
    """name: (operations, media type) from the policy's last table."""
    lines = run("policy").stdout.decode().split("\nFORMATS\n")[1].splitlines()
    rows = [re.fullmatch(r"  (\S+) +(.*?) +glovebox-\S+ +(\S+)", line)
            for line in lines[1:] if line.strip()]
    return {r[1]: (r[2].split(), r[3]) for r in rows}


def is_known(word, name):
    """--format takes it, as this format."""
    done = run("probe", "--json", "--format", word, "empty")
    return done.returncode != 64


def of_database():
    """(name of ours, name of theirs), for types and suffixes."""
    ours = {media: name for name, (_, media) in formats().items()}
    more = {"image/x-portable-bitmap": "pnm", "image/x-portable-graymap": "pnm",
            "image/x-portable-pixmap": "pnm", "image/x-jp2-codestream": "jp2",
            "image/jpx": "jp2", "image/x-win-bitmap": "ico",
            "image/x-tiff-multipage": "tiff"}
    office = re.compile(r"application/vnd\.(openxmlformats-officedocument\."
                        r"(word|presentation)ml\.(document|template|"
                        r"presentation|slideshow)|ms-(word|powerpoint)\.\w+\."
                        r"macroEnabled\.12)")
    for kind in ElementTree.parse(DATABASE).iter(SPEC + "mime-type"):
        media = kind.get("type")
        name = ours.get(media) or more.get(media)
        # A slide alone is no presentation, and nothing of ours reads it.
        if not name and office.fullmatch(media) and ".slide.m" not in media:
            name = "docx" if "word" in media else "pptx"
        if not name:
            continue
        yield name, media
        for alias in kind.findall(SPEC + "alias"):
            yield name, alias.get("type")
        for glob in kind.findall(SPEC + "glob"):
            suffix = re.fullmatch(r"\*\.(\w+)", glob.get("pattern"))
            if suffix and not glob.get("weight"):
                yield name, suffix[1]


@test
def every_name_of_the_database_is_known():
    put("empty", b"")
    if not os.path.exists(DATABASE):
        raise Skip("no shared-mime-info")
    found = subprocess.run(["pkg-config", "--modversion", "shared-mime-info"],
                           env={"PKG_CONFIG_PATH": "/usr/share/pkgconfig",
                                "PATH": os.environ["PATH"]},
                           capture_output=True, text=True, check=False)
    names = list(of_database())
    same(len(names) > 50, True, f"{len(names)} names")
    missing = [(name, word) for name, word in names
               if not is_known(word, name)]
    if found.stdout.strip() not in ("", VERSION):
        print(f"# shared-mime-info {found.stdout.strip()}, not {VERSION}: "
              f"new there and not here: {missing}")
        return
    same(missing, [], "names that are not known")


SAMPLES = {
    "png": ("image/png", "image/x-png", "image/vnd.mozilla.apng", ".PNG",
            "image/png; charset=binary", " IMAGE/PNG ;name=x.docx"),
    "jpeg": ("image/jpg", "image/pjpeg", "image/x-jpeg", "jpg", "jpe", "jfif"),
    "gif": ("image/gif;charset=utf-8", "GIF"),
    "bmp": ("image/x-ms-bmp", "image/x-MS-bmp", "image/x-windows-bmp", "dib"),
    "ico": ("image/x-icon", "image/vnd.microsoft.icon", "image/ico", "ico"),
    "pnm": ("image/x-portable-bitmap", "image/x-portable-graymap",
            "image/x-portable-pixmap", "image/x-portable-anymap", "ppm"),
    "qoi": ("image/qoi", "image/x-qoi"),
}


def sample(name):
    """A seed of the format's fuzzer that probes as it, or None."""
    folder = os.path.join(SEEDS, name, "seeds")
    for leaf in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        path = os.path.join(folder, leaf)
        if run("probe", "--format", name, path).returncode == 0:
            return path
    return None


@test
def samples_pass_under_all_their_names():
    have = formats()
    for name, words in SAMPLES.items():
        if name not in have:
            continue
        path = sample(name)
        same(path is not None, True, f"a sample of {name}")
        for word in words:
            same(ask("probe", "--format", word, path)["format"], name, word)


@test
def documents_with_macros_and_shows():
    put("a.docx", sample_docx())
    for word in ("application/vnd.openxmlformats-officedocument."
                 "wordprocessingml.document; charset=binary",
                 "application/vnd.ms-word.document.macroEnabled.12",
                 "application/vnd.ms-word.template.macroenabled.12", "docm",
                 ".dotx"):
        same(ask("text", "--format", word, "a.docx")["format"], "docx", word)
    for word in ("application/vnd.openxmlformats-officedocument."
                 "presentationml.slideshow", "ppsm"):
        said = ask("text", "--format", word, "a.docx", code=65)
        same((said["verdict"], said["format"]), ("mismatch", "docx"), word)


@test
def a_mismatch_says_what_it_is():
    put("a.docx", sample_docx())
    names = [n for n in SAMPLES if n in formats()]
    for name in names:
        path = sample(name)
        for other in ("docx", "png", "image/jpg"):
            if other.endswith(name) or (name, other) == ("jpeg", "image/jpg"):
                continue
            said = ask("probe", "--format", other, path, code=65)
            same((said["verdict"], said["format"]), ("mismatch", name), other)
            within(f": mismatch {name}: ".encode(),
                   run("probe", "--format", other, path).stdout)
    said = ask("probe", "--format", "png", "a.docx", code=65)
    same((said["verdict"], said["format"]), ("mismatch", "ooxml"))


@test
def what_is_offered_may_be_declared():
    done = run("probe", "--format", "svg", "x")
    offered = re.search(rb"there are ((\w+, )+)their media", done.stderr)[1]
    words = offered.decode().split(", ")[:-1]
    same(words, [n for n, (ops, _) in formats().items() if ops != ["encode"]])
    for word in ("pixels", "gbxpix", "application/x-glovebox-pixels", "",
                 "ooxml", "image/svg+xml"):
        refused("probe", "--format", word, "x", word=b"no such format")


if __name__ == "__main__":
    sys.exit(run_all())
