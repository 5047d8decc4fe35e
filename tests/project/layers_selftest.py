#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Break every rule of `make layers` in a copy of the tree; each must be seen.

One build with everything broken at once: a rule counts as seen when its line
says "not ok" and names the very breach that was made for it.
"""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.normpath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.normpath(os.environ.get("B") or "build/release")
MAKE = os.environ.get("MAKE") or "make"
KEEP = "__attribute__((used)) "


def include(name):
    return f'\n#include "{name}"\n'


# rule (part of its name), the breach to be named, file, text to append
BREACHES = [
    ("base is made of", "schemas/limits.h",
     "base/capabilities.c", include("schemas/limits.h")),
    ("ipc is made of", "broker/validate/gate.h",
     "ipc/memfd.c", include("broker/validate/gate.h")),
    ("broker is made of", "glovebox.pb-c.h",
     "broker/list.c", include("schemas/glovebox.pb-c.h")),
    ("broker is made of", "sandboxed_parsers/runtime/arena.h",
     "broker/tables.c", include("sandboxed_parsers/runtime/arena.h")),
    ("broker/validate is made of", "ipc/memfd.h",
     "broker/validate/utf8.c", include("ipc/memfd.h")),
    ("cmd is made of", "schemas/limits.h",
     "cmd/utf8.c", include("schemas/limits.h")),
    ("a format is made of", "include/glovebox.h",
     "sandboxed_parsers/png/png.c", include("include/glovebox.h")),
    ("a format is made of", "sandboxed_parsers/png",
     "sandboxed_parsers/ooxml/xml.c",
     include("sandboxed_parsers/png/selftest.h")),
    ("sandboxed_parsers/runtime is made of", "broker/validate/gate.h",
     "sandboxed_parsers/runtime/reply.c", include("broker/validate/gate.h")),
    ("sandboxed_parsers/runtime/shared is made of", "broker/validate/gate.h",
     "sandboxed_parsers/runtime/shared/abort.c",
     include("broker/validate/gate.h")),
    ("sandboxed_parsers/runtime/exif is made of", "broker/validate/gate.h",
     "sandboxed_parsers/runtime/exif/list.c",
     include("broker/validate/gate.h")),
    ("sandboxed_parsers/runtime/zip is made of", "sandboxed_parsers/ooxml/",
     "sandboxed_parsers/runtime/zip/member.c",
     include("sandboxed_parsers/ooxml/name.h")),
    ("sandboxed_parsers/runtime/xml is made of", "runtime/zip/zip.h",
     "sandboxed_parsers/runtime/xml/xml.c",
     include("sandboxed_parsers/runtime/zip/zip.h")),
    ("sandboxed_parsers/init is made of", "glovebox.pb-c.h",
     "sandboxed_parsers/init/init.c", include("schemas/glovebox.pb-c.h")),
    ("sandboxed_parsers/copier is made of", "include/glovebox.h",
     "sandboxed_parsers/copier/copier.c", include("include/glovebox.h")),
    ("every source is in a room", "sandboxed_parsers/stray",
     "sandboxed_parsers/stray/stray.h", "\n"),
    ("every source is in a room", "broker/side/side.c",
     "broker/side/side.c", "int x;\n"),
    ("glovebox.h needs no other", "base/checked.h",
     "include/glovebox.h", include("base/checked.h")),
    ("no worker holds broker", "glovebox-png holds gbx_gate_leak",
     "sandboxed_parsers/png/png.c",
     KEEP + "static void gbx_gate_leak(void) {}\n"),
    ("no worker holds broker", "glovebox-init holds gbx_run",
     "sandboxed_parsers/init/init.c",
     KEEP + "static void gbx_run(void) {}\n"),
    ("no shared worker asks libc", "glovebox-tiff calls getrandom",
     "sandboxed_parsers/tiff/tiff.c",
     "long getrandom(void *, unsigned long, unsigned int);\n"
     + KEEP + "static void ask(void) { getrandom((void *)0, 0, 0); }\n"),
    ("a worker holds one format", "glovebox-png holds gbx_ooxml_leak",
     "sandboxed_parsers/png/png.c",
     KEEP + "static void gbx_ooxml_leak(void) {}\n"),
    ("init and copier hold no parser", "glovebox-copy holds inflateLeak",
     "sandboxed_parsers/copier/copier.c",
     KEEP + "static void inflateLeak(void) {}\n"),
    ("holds and calls no codec", "libglovebox.a names png_leak",
     "broker/list.c", KEEP + "static void png_leak(void) {}\n"),
    ("exports exactly", "exported, not in the header: gbx_result_leak",
     "broker/list.c", KEEP + '__attribute__((visibility("default"))) '
     "void gbx_result_leak(void) {}\n"),
    ("defines only gbx_ names", "defines leak",
     "broker/list.c", "void leak(void) {}\n"),
    ("the gate does no I/O", "calls open",
     "broker/validate/utf8.c", "int open(const char *, int, ...);\n"
     "void gbx_gate_l1(void);\nvoid gbx_gate_l1(void) "
     '{ (void)!open("/", 0); }\n'),
    ("the gate does no I/O", "keeps state: count_leak",
     "broker/validate/utf8.c",
     KEEP + "static int count_leak;\n"),
    ("the broker keeps no global state", "keeps state: broker_leak",
     "broker/list.c", KEEP + "static int broker_leak = 3;\n"),
    ("sees no protobuf", "names gbx_sink_leak",
     "broker/list.c", KEEP + "static void gbx_sink_leak(void) {}\n"),
    ("in one direction", "broker/list.c calls broker/watch.c calls "
     "broker/list.c",
     "broker/watch.c", "\n#include \"broker/list.h\"\nvoid gbx_l5(void);\n"
     "void gbx_l5(void) { gbx_list_init(0); }\n"),
    ("in one direction", "broker/list.c calls broker/watch.c",
     "broker/list.c", "#include \"broker/watch.h\"\nvoid gbx_l6(void);\n"
     "void gbx_l6(void) { (void)gbx_now_ns(); }\n"),
    ("in its own file's header", "broker/list.c defines gbx_l2",
     "broker/list.c", ""),
    ("never exits", "broker/list.c calls puts",
     "broker/list.c", "int puts(const char *);\nvoid gbx_l2(void);\n"
     'void gbx_l2(void) { puts("x"); }\n'),
    ("never exits", "ipc/memfd.c calls getenv",
     "ipc/memfd.c", "char *getenv(const char *);\nchar *gbx_l3(void);\n"
     'char *gbx_l3(void) { return getenv("X"); }\n'),
    ("the command calls only", "cmd/utf8.c calls gbx_gate_pack_job",
     "cmd/utf8.c", "unsigned long gbx_gate_pack_job(const void *, void *);\n"
     "int gbx_cmd_l4(void);\n"
     "int gbx_cmd_l4(void) { return (int)gbx_gate_pack_job(0, 0); }\n"),
]
# The same for edits: rule, breach, file, old text, new text.
EDITS = [
    ("from one folder", "looks for libraries in",
     "mk/workers.mk", "-Wl,--disable-new-dtags,-rpath,.",
     "-Wl,--disable-new-dtags,-rpath,/usr/lib"),
    ("static if not named", "loads something at run time",
     "Makefile", "$(OPT.release) -static-pie", "$(OPT.release) -pie"),
    ("in one direction", "broker/queue.c calls broker/list.c, which stands "
     "above it in HACKING.md",
     "HACKING.md", "| `list.c` |", "| `lists.c` |"),
    ("needs libc and libprotobuf-c only", "needs libz.so.1",
     "Makefile", "NO_UNDEFINED := -Wl,-z,defs",
     "NO_UNDEFINED := -Wl,-z,defs -Wl,--no-as-needed -lz"),
    ("exports exactly", "in the header, not exported: gbx_sniff",
     "broker/glovebox.map", "\tgbx_sniff;\n", ""),
]


def layers(folder):
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "B")}
    build = BUILD if not os.path.isabs(BUILD) else "build/selftest"
    done = subprocess.run([MAKE, "-j2", "layers", f"B={build}"], cwd=folder,
                          env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def faults_by_rule(out):
    """{rule: [breaches]} of the rules that failed."""
    faults, rule = {}, None
    for line in out.splitlines():
        if line.startswith(("ok ", "not ok ")):
            rule = line.split(" - ", 1)[1]
            if line.startswith("not ok "):
                faults[rule] = []
        elif line.startswith("# ") and rule in faults:
            faults[rule].append(line[2:])
    return faults


def copy_tree(folder):
    skip = shutil.ignore_patterns(".git", "build", "__pycache__")
    shutil.copytree(ROOT, folder, ignore=skip, symlinks=True)
    if not os.path.isabs(BUILD):  # mtimes kept: nothing is built again
        shutil.copytree(os.path.join(ROOT, BUILD),
                        os.path.join(folder, BUILD), symlinks=True,
                        ignore=shutil.ignore_patterns("tests", "fuzz",
                                                      "test-logs"))


def spoil(folder):
    with open(os.path.join(folder, "sandboxed_parsers/png/selftest.h"), "w",
              encoding="utf-8") as file:
        file.write("/* for the self-test */\n")
    for _, _, name, text in BREACHES:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    for _, _, name, old, new in EDITS:
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if old not in text:
            print(f"# {name} has no {old!r} any more: mend this test")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))


def main():
    wanted = [(rule, breach) for rule, breach, *_ in BREACHES + EDITS]
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.join(scratch, "tree")
        copy_tree(folder)
        status, out = layers(folder)
        rules = [line.split(" - ", 1)[1] for line in out.splitlines()
                 if line.startswith(("ok ", "not ok "))]
        print(f"1..{len(wanted) + 2}")
        print(f"{'ok' if status == 0 and rules else 'not ok'} 1 - "
              "the copy is sound before")
        if status:
            print("\n".join("# " + line for line in out.splitlines()[-30:]))
        spoil(folder)
        status, out = layers(folder)
        faults = faults_by_rule(out)
    for number, (rule, breach) in enumerate(wanted, 2):
        seen = any(rule in name and any(breach in fault for fault in found)
                   for name, found in faults.items())
        print(f"{'ok' if seen and status else 'not ok'} {number} - "
              f"seen: {rule}: {breach}")
    unbroken = sorted(set(rules) - set(faults))
    print(f"{'not ok' if unbroken or not rules else 'ok'} {len(wanted) + 2}"
          " - every rule was broken and seen")
    for rule in unbroken:
        print(f"# never seen to fail: {rule}")
    if not faults:
        print("\n".join("# " + line for line in out.splitlines()[-30:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
