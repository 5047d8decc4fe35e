#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""HACKING.md's "Add a format", followed: a toy format is added to a copy of the
tree in the places that the needed steps name and in no other, and a picture of
it is decoded in its worker."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.normpath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
sys.dont_write_bytecode = True
from tap import Results  # noqa: E402

MAKE = os.environ.get("MAKE") or "make"
PLANNED = 11

PARSER = """\
/* SPDX-License-Identifier: ISC */
/* A toy: "TOY!", width and height of a byte each, then RGBA. Side: hostile. */
#include <string.h>

#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/toy/samples.h"

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	const uint8_t *p = task->data;
	uint8_t *row;
	uint32_t y;

	gbx_sink_format(sink, GBX_FORMAT_TOY);
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	if (task->size < 6 || task->size - 6 != (size_t)p[4] * p[5] * 4)
		return GBX_WIRE_MALFORMED;
	if (!gbx_sink_total(sink, 1) ||
	    !gbx_sink_image_begin(sink, p[4], p[5], 0))
		return GBX_WIRE_MALFORMED;
	if (!gbx_sink_wants_pixels(sink))
		return GBX_WIRE_OK;
	for (y = 0; y < p[5]; y++) {
		row = gbx_sink_row(sink, y);
		if (row == NULL)
			return GBX_WIRE_MALFORMED;
		memcpy(row, p + 6 + (size_t)y * p[4] * 4, (size_t)p[4] * 4);
		if (!gbx_sink_row_done(sink, y))
			return GBX_WIRE_MALFORMED;
	}
	return gbx_sink_image_end(sink) ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_TOY,
    .run = run,
    .samples = samples,
    .n_samples = 1,
};
"""
SAMPLES = """\
/* SPDX-License-Identifier: ISC */
#include "sandboxed_parsers/runtime/parser.h"

static const uint8_t sample[] = {'T', 'O', 'Y', '!', 1, 1, 1, 2, 3, 4};
static const struct gbx_sample samples[] = {
    {"toy", sample, sizeof(sample), GBX_WIRE_OP_DECODE},
};
"""
PICTURE = b"TOY!\x02\x01" + bytes(range(8))
# Its only header is one that is there on every machine; its package is not.
FORMAT_MK = "# libtoy-dev: reads the toy\n" \
    "NEEDS.toy := tgmath.h=libtoy-dev\nLIBS.toy  := -lm\n"


def needed_paths():
    """The files that the needed steps name, for a format called toy."""
    with open(os.path.join(ROOT, "HACKING.md"), encoding="utf-8") as file:
        text = file.read().split("## Add a format", 1)[1].split(
            "### What the tests ask for", 1)[0]
    steps = re.findall(r"^\d+\. `([\w./]+)`", text, re.M)
    return [path.replace("qoi", "toy") for path in steps]


class Tree:
    """A copy, with what was built in it."""

    def __init__(self, scratch):
        self.folder = os.path.join(scratch, "tree")
        self.build = os.path.join(scratch, "build")
        self.touched = []
        shutil.copytree(ROOT, self.folder, symlinks=True,
                        ignore=shutil.ignore_patterns(
                            ".git", "build", "__pycache__"))

    def edit(self, path, change):
        whole = os.path.join(self.folder, path)
        old = ""
        if os.path.exists(whole):
            with open(whole, encoding="utf-8") as file:
                old = file.read()
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(change(old))
        self.touched.append(path)

    def make(self, *arguments, **more):
        env = {k: v for k, v in os.environ.items()
               if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "B",
                            "FORMATS", "GBX_LEFT_OUT_TOLD")}
        env.update(more)
        # Without optimization: quicker, and it is not the compiler's test.
        done = subprocess.run(
            [MAKE, "-j2", "--no-print-directory", f"B={self.build}",
             "OPT.release=-O0", *arguments], cwd=self.folder, env=env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        return done.returncode, done.stdout

    def decode(self, path):
        env = dict(os.environ, GLOVEBOX_LIBEXEC=f"{self.build}/libexec")
        return subprocess.run(
            [f"{self.build}/glovebox", "decode", "--json", "--rgba",
             path + ".rgba", path], env=env, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)


def number(text, kind):
    """The next one in schemas/formats.def."""
    return 1 + max(int(n) for n in re.findall(rf"^{kind}\((\d+),", text, re.M))


def rows(text):
    """QOI's rows once more, for the toy: what a row holds may change."""
    for kind in ("GBX_WORKER", "GBX_MAGIC", "GBX_FORMAT"):
        row, = re.findall(rf"^{kind}\(.*QOI.*\)$", text, re.M)
        row = row.replace("QOI", "TOY").replace('"qoif"', '"TOY!"').replace(
            "qoi", "toy")
        row = re.sub(rf"^{kind}\(\d+", f"{kind}({number(text, kind)}", row) \
            if kind != "GBX_MAGIC" else row
        text = text.replace(f"#undef {kind}\n", f"{row}\n#undef {kind}\n")
    return text


def add_toy(tree):
    folder = "sandboxed_parsers/toy"
    tree.edit(f"{folder}/toy.c", lambda old: PARSER)
    tree.edit(f"{folder}/samples.h", lambda old: SAMPLES)
    tree.edit(f"{folder}/README.md", lambda old: "# The toy's worker\n")
    tree.edit(f"{folder}/format.mk", lambda old: FORMAT_MK)
    tree.edit("schemas/formats.def", rows)
    tree.edit("README.md", lambda old: old.replace("**QOI**", "**QOI**, **TOY**"))


def last(out):
    return out.splitlines()[-15:]


def told(results, good, name, out):
    results.say(good, name, [] if good else last(out))


def decoded(results, tree, scratch):
    path = os.path.join(scratch, "picture")
    with open(path, "wb") as file:
        file.write(PICTURE)
    done = tree.decode(path)
    told(results, done.returncode == 0 and '"verdict":"ok"' in done.stdout
         and '"format":"toy"' in done.stdout,
         "a toy picture is told by how it begins, and is ok",
         done.stdout)
    pixels = b""
    if os.path.exists(path + ".rgba"):
        with open(path + ".rgba", "rb") as file:
            pixels = file.read()
    told(results, pixels == PICTURE[6:], "and is decoded", pixels.hex())
    with open(path, "ab") as file:
        file.write(b"x")
    done = tree.decode(path)
    told(results, done.returncode == 65
         and '"verdict":"malformed"' in done.stdout,
         "one that is not whole is malformed", done.stdout)


def packages(results, tree, scratch):
    """On a machine that has all packages but that one."""
    folder = os.path.join(scratch, "bin")
    os.mkdir(folder)
    for name, script in (
            ("dpkg-query", "for last; do :; done\n"
             '[ "$last" != libtoy-dev ] && echo installed\n'),
            ("apt-get", "echo apt-get $*\n"), ("id", "echo 0\n")):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + script)
        os.chmod(path, 0o755)
    status, out = tree.make("deps-build",
                            PATH=folder + ":" + os.environ["PATH"])
    told(results, status == 0 and "deps:   libtoy-dev: reads the toy\n" in out
         and re.search("^apt-get .* install .*libtoy-dev$", out, re.M),
         "`make deps-build' installs its package, and says why",
         out)


def refusals(results, tree):
    """What is wrong with a format.mk is said, and not passed over."""
    mk = "sandboxed_parsers/toy/format.mk"
    tree.edit(mk, lambda old: old.replace("tgmath.h", "no/such.h"))
    status, out = tree.make("-n", "no-stale-workers")
    told(results, status == 0 and re.search("^left out, .*: toy;", out, re.M)
         and "glovebox-toy" in out,
         "without its header it is left out, which a line says, and its "
         "old worker goes", out)
    tree.edit(mk, lambda old: FORMAT_MK.replace("LIBS", "LIB"))
    status, out = tree.make("-n", "help")
    told(results, status != 0 and "knows no LIB.toy" in out,
         "a misspelt word in format.mk is an error", out)
    tree.edit(mk, lambda old: FORMAT_MK + "USES.toy := rar\n")
    status, out = tree.make("-n", "help")
    told(results, status != 0 and "no sandboxed_parsers/runtime/rar" in out,
         "so is a part that is not there", out)
    tree.edit(mk, lambda old: FORMAT_MK)
    tree.edit("mk/stray.mk", lambda old: "stray:\n")
    status, out = tree.make("-n", "help")
    told(results, status != 0 and "mk/stray.mk is not in MKS" in out,
         "a file in mk/ that the Makefile does not name is an error", out)
    os.remove(os.path.join(tree.folder, "mk/stray.mk"))
    os.rename(os.path.join(tree.folder, "mk/check.mk"),
              os.path.join(tree.folder, "mk/check.old"))
    status, out = tree.make("-n", "help")
    told(results, status != 0 and "mk/check.mk: No such file" in out,
         "so is one that it names and that is not there", out)


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as scratch:
        tree = Tree(scratch)
        add_toy(tree)
        wrong = [f"HACKING.md does not name {path}" for path in tree.touched
                 if path not in needed_paths()]
        wrong += [f"{path} was not needed" for path in needed_paths()
                  if path not in tree.touched]
        results.check(wrong, "the steps name what a format needs, and no more")
        target = [f"{tree.build}/glovebox"] + [
            f"{tree.build}/libexec/glovebox-{name}"
            for name in ("toy", "init", "copy")]
        status, out = tree.make(*target)
        told(results, status == 0, "it is built", out)
        decoded(results, tree, scratch)
        packages(results, tree, scratch)
        refusals(results, tree)
    return results.end(PLANNED)


if __name__ == "__main__":
    sys.exit(main())
