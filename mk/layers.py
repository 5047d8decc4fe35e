#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Prove who includes and who links what.

usage: mk/layers.py BUILD-DIRECTORY FORMAT...        (after `make all`)

Reads the compiler's own dependency files and the symbol tables of what was
built; prints TAP, one line a rule. HACKING.md tells the rules in words.
"""
import glob
import os
import re
import subprocess
import sys

PB = "schemas/glovebox.pb-c.h"
HIDDEN = ("schemas/hidden.h", "schemas/hidden.def")
WIRE = ("schemas/limits.h", "schemas/limits.def", "schemas/formats.h",
        "schemas/formats.def", "schemas/types.def", "schemas/pixels.h",
        "schemas/ops.h", "schemas/ops.def", "schemas/paths.h") \
    + HIDDEN
# What the hostile side enforces and the command tells.
TOLD = ("schemas/calls.def", "schemas/rlimits.def")
CODEC = re.compile(
    r"^(png_|inflate|deflate|crc32|adler32|uncompress|compress|gz[a-z]|zlib|"
    r"XML_|unz|zip[A-Z_]|libdeflate_|jpeg_|jpg_|TIFF|Webp|WebP|stbi|avif|Jxl|opj_|heif_|"
    r"archive_(read|write|entry)|xml[A-Z]|fz_|gif|Gif|DGif|seccomp_)")
# A format that holds others, and the header it knows of each (Makefile, MORE).
TAKES = {"ico": {"bmp": "bmp/dib.h", "png": "png/png.h"}}
# What a format may include of the runtime.
FOR_FORMATS = ("parser", "boxes", "codes", "compose", "exif", "hash", "quiet",
               "sort", "utf8", "zip/zip", "xml/xml")
# What the gate may call: memory and strings, no I/O, no time, no process.
GATE_CALLS = re.compile(
    r"^(mem(cpy|set|cmp|move|chr)|__mem\w+_chk|str\w*len|strcmp|malloc|calloc|"
    r"realloc|free|qsort|__popcountdi2|__stack_chk_fail|protobuf_c_\w+|gbx_\w+|"
    r"_GLOBAL_OFFSET_TABLE_)$")


class Tree:
    def __init__(self, build, formats):
        self.build, self.formats = build, formats
        self.parsers = [f"sandboxed_parsers/{f}" for f in formats]
        self.hostile = self.parsers + ["sandboxed_parsers/runtime",
                                       "sandboxed_parsers/runtime/shared",
                                       "sandboxed_parsers/runtime/exif",
                                       "sandboxed_parsers/runtime/zip",
                                       "sandboxed_parsers/runtime/xml",
                                       "sandboxed_parsers/init",
                                       "sandboxed_parsers/copier"]
        self.trusted = ["broker", "broker/validate"]
        self.workers = sorted(glob.glob(f"{build}/libexec/glovebox-*"))

    def sources(self, room):
        return sorted(glob.glob(f"{room}/*.c"))

    def flavour(self, source):
        return "pie" if source.startswith("sandboxed_parsers/") else "pic"

    def object(self, source):
        return f"{self.build}/{self.flavour(source)}/{source[:-2]}.o"

    def includes(self, source):
        """All our own headers that went into an object, however deep."""
        with open(self.object(source)[:-2] + ".d", encoding="utf-8") as file:
            rule = file.read().replace("\\\n", " ").split("\n")[0]
        names = rule.split(":", 1)[1].split()
        gen = os.path.normpath(f"{self.build}/gen") + "/"
        names = [os.path.normpath(name).removeprefix(gen) for name in names]
        return [n for n in names if not n.startswith("/") and n != source
                and not n.startswith(f"{self.build}/")]

    def header_includes(self, header):
        """The same of a header that perhaps nothing includes yet."""
        out = run(os.environ.get("CC", "cc"), "-MM", "-D_GNU_SOURCE",
                  "-Iinclude", "-I.", f"-I{self.build}/gen", "-x", "c", header)
        names = out.replace("\\\n", " ").split(":", 1)[1].split()
        gen = os.path.normpath(f"{self.build}/gen") + "/"
        names = [os.path.normpath(name).removeprefix(gen) for name in names]
        return [n for n in names if n != header]


def run(*command):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def symbols(path, *options):
    """Names in a symbol table, without versions."""
    out = run("nm", *options, "-P", path)
    return {line.split()[0].split("@")[0] for line in out.splitlines()
            if line and not line.endswith(":")}


def names_of(tree, sources, *options):
    """{source: names in its object's symbol table}, by one call of nm."""
    objects = {tree.object(source): source for source in sources}
    names = {source: set() for source in sources}
    for line in run("nm", "-A", *options, "-P", *objects).splitlines():
        path, name = line.split(": ", 1)
        names[objects[path]].add(name.split()[0])
    return names


def state(path):
    """Names of writable data. Tables of pointers are written by the loader
    only (.data.rel.ro) and are none."""
    rows = [[cell.strip() for cell in line.split("|")]
            for line in run("nm", "-f", "sysv", path).splitlines()]
    return {row[0] for row in rows if len(row) == 7 and row[3] == "OBJECT"
            and (row[6].startswith((".bss", ".tbss", ".tdata", "*COM*"))
                 or re.match(r"\.data(?!\.rel\.ro)", row[6]))}


def api(tree):
    """The functions that the public header declares."""
    with open("include/glovebox.h", encoding="utf-8") as file:
        text = file.read()
    return set(re.findall(r"^GBX_API\b[^;]*?\b(gbx_\w+)\)?\(", text, re.M))


# ---- rules about includes ---------------------------------------------------

def may_include(room, tree):
    """What a room's objects may be made of, as path prefixes."""
    wire, own = list(WIRE), [room + "/"]
    if room == "base":
        return own
    if room == "ipc":
        return own + ["base/"] + wire
    if room == "broker":
        return ["broker/", "include/", "ipc/", "base/"] + wire
    if room == "broker/validate":
        return own + ["base/", PB] + wire
    if room == "cmd":
        return own + ["include/", "base/"] + list(TOLD + HIDDEN)
    if room == "sandboxed_parsers/runtime":
        return own + ["ipc/", "base/", PB] + wire + list(TOLD)
    if room in ("sandboxed_parsers/runtime/zip",
                "sandboxed_parsers/runtime/xml"):
        return own + [f"sandboxed_parsers/runtime/{name}.h"
                      for name in ("parser", "hash", "sort", "utf8")] \
            + ["base/bytes.h"] + wire
    if room in ("sandboxed_parsers/runtime/shared",
                "sandboxed_parsers/runtime/exif"):
        return own + ["sandboxed_parsers/runtime/", "ipc/", "base/"] + wire
    if room in tree.parsers:
        own += [f"sandboxed_parsers/{other}"
                for other in TAKES.get(os.path.basename(room), {}).values()]
        return own + [f"sandboxed_parsers/runtime/{name}.h"
                      for name in FOR_FORMATS] + ["base/"] + wire
    if room == "sandboxed_parsers/copier":
        own.append("sandboxed_parsers/init/inherit.")
    return own + ["ipc/", "base/"] + wire  # init, copier


def wrong_includes(room, tree):
    allowed = tuple(may_include(room, tree))
    faults = []
    for source in tree.sources(room):
        faults += [f"{source} includes {name}"
                   for name in tree.includes(source)
                   if not name.startswith(allowed)]
    for header in glob.glob(f"{room}/*.h"):
        faults += [f"{header} includes {name}"
                   for name in tree.header_includes(header)
                   if not name.startswith(allowed)]
    return faults


def rule_includes(room):
    return lambda tree: wrong_includes(room, tree)


def rule_format_includes(tree):
    return [fault for room in tree.parsers
            for fault in wrong_includes(room, tree)]


def rule_rooms(tree):
    """No source outside the rooms that the rules above know."""
    known = set(tree.hostile + tree.trusted + ["base", "ipc", "cmd"])
    top = ("base", "ipc", "cmd", "broker", "sandboxed_parsers", "include",
           "schemas")
    faults = []
    for path in glob.glob("**/*.[ch]", recursive=True):
        room = os.path.dirname(path)
        if path.split("/")[0] not in top or room in ("include", "schemas"):
            continue
        if room not in known:
            faults.append(f"{path} is in no room (or not in FORMATS)")
    return faults


def rule_public_header(tree):
    return [f"include/glovebox.h includes {name}"
            for name in tree.header_includes("include/glovebox.h")]


# ---- rules about symbols ----------------------------------------------------

def rule_workers_hold_no_broker(tree):
    trusted = api(tree)
    faults = []
    for worker in tree.workers:
        names = symbols(worker)
        if not names:
            faults.append(f"{worker} is stripped: nothing can be proven")
        faults += [f"{worker} holds {name}" for name in sorted(names)
                   if name.startswith(("gbx_broker_", "gbx_gate_"))
                   or name in trusted]
    if len(tree.workers) < len(tree.formats) + 2:
        faults.append(f"only {len(tree.workers)} executables in libexec")
    return faults


def shared():
    """The workers whose libraries Debian has no archive of."""
    with open("schemas/formats.def", encoding="utf-8") as file:
        return {name.lower() for name in
                re.findall(r"^GBX_SHARED\((\w+)\)", file.read(), re.M)}


def rule_workers_static(tree):
    faults = []
    for worker in tree.workers:
        text = run("readelf", "-W", "-d", "-l", worker)
        if worker.rsplit("glovebox-", 1)[1] not in shared() and (
                "(NEEDED)" in text or " INTERP " in text):
            faults.append(f"{worker} loads something at run time")
        if "DYN (" not in run("readelf", "-h", worker):
            faults.append(f"{worker} is not position-independent")
    return faults


def rule_shared_relative(tree):
    """Loader and libraries come from the folder that the zygote stands in,
    and from nowhere else (DT_RPATH, ld.so(8))."""
    faults = []
    for worker in (w for w in tree.workers
                   if w.rsplit("glovebox-", 1)[1] in shared()):
        text = run("readelf", "-W", "-d", "-l", worker)
        loader = re.findall(r"interpreter: (\S+)\]", text)
        path = re.findall(r"\((RPATH|RUNPATH)\).*\[(.*)\]", text)
        if len(loader) != 1 or "/" in loader[0]:
            faults.append(f"{worker} has its loader at {loader}")
        if path != [("RPATH", ".")]:
            faults.append(f"{worker} looks for libraries in {path}")
        if "(BIND_NOW)" not in text and "NOW" not in text:
            faults.append(f"{worker} binds late")
    return faults


def rule_no_entropy(tree):
    """glibc 2.41 takes entropy from the vDSO, with other system calls than the
    one of this name. Static programs make the plain call."""
    asks = {"getrandom", "getentropy", "arc4random", "arc4random_buf",
            "arc4random_uniform"}
    return [f"{worker} calls {name}" for worker in tree.workers
            if worker.rsplit("glovebox-", 1)[1] in shared()
            for name in sorted(symbols(worker, "-D", "-u") & asks)]


def rule_one_parser_each(tree):
    """A format's worker holds no other format's code."""
    faults = []
    for fmt in tree.formats:
        names = symbols(f"{tree.build}/libexec/glovebox-{fmt}")
        if "gbx_parser" not in names:
            faults.append(f"glovebox-{fmt} has no gbx_parser")
        for other in tree.formats:
            faults += [f"glovebox-{fmt} holds {name}" for name in names
                       if other not in (fmt, *TAKES.get(fmt, {}))
                       and name.startswith(f"gbx_{other}_")]
    return faults


def rule_helpers_no_parser(tree):
    faults = []
    for helper in ("init", "copy"):
        names = symbols(f"{tree.build}/libexec/glovebox-{helper}")
        faults += [f"glovebox-{helper} holds {name}" for name in sorted(names)
                   if CODEC.match(name) or name == "gbx_parser"
                   or name.startswith("protobuf_c_")]
    return faults


def rule_library_no_codec(tree):
    faults = []
    for lib in ("libglovebox.a", "libglovebox.so.0"):
        names = symbols(f"{tree.build}/{lib}")
        names |= symbols(f"{tree.build}/{lib}", *(["-D"] if ".so" in lib
                                                  else []))
        faults += [f"{lib} names {name}" for name in sorted(names)
                   if CODEC.match(name)]
    return faults


def rule_library_needs(tree):
    text = run("readelf", "-W", "-d", f"{tree.build}/libglovebox.so.0")
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", text))
    return [f"libglovebox.so needs {name}" for name in sorted(needed)
            if name not in ("libc.so.6", "libprotobuf-c.so.1")]


def rule_library_exports(tree):
    got = symbols(f"{tree.build}/libglovebox.so.0", "-D", "--defined-only")
    got = {name for name in got if not name.startswith("GLOVEBOX_0")}
    want = api(tree)
    return ([f"exported, not in the header: {n}" for n in sorted(got - want)]
            + [f"in the header, not exported: {n}" for n in sorted(want - got)])


def rule_static_names(tree):
    names = symbols(f"{tree.build}/libglovebox.a", "-g", "--defined-only")
    return [f"libglovebox.a defines {name}" for name in sorted(names)
            if not name.startswith("gbx_")]


def rule_gate_is_pure(tree):
    faults = []
    for source in tree.sources("broker/validate"):
        names = symbols(tree.object(source), "-u")
        faults += [f"{source} calls {name}" for name in sorted(names)
                   if not GATE_CALLS.match(name)]
        faults += [f"{source} keeps state: {name}"
                   for name in sorted(state(tree.object(source)))]
    return faults


def rule_broker_no_state(tree):
    faults = []
    for source in tree.sources("broker"):
        faults += [f"{source} keeps state: {name}"
                   for name in sorted(state(tree.object(source)))]
    return faults


def rule_broker_pure(tree):
    """protobuf and the hostile side's names stay out of the broker."""
    faults = []
    for source in tree.sources("broker"):
        names = symbols(tree.object(source))
        faults += [f"{source} names {name}" for name in sorted(names)
                   if name.startswith(("protobuf_c_", "gbx__wire__",
                                       "gbx_worker_", "gbx_sink_",
                                       "gbx_arena_", "gbx_parser"))]
    return faults


def calls(tree, room):
    """{source: {source that defines a name it needs}} within a room."""
    sources = tree.sources(room)
    owner = {name: source for source, names in names_of(
        tree, sources, "-g", "--defined-only").items() for name in names}
    return {source: {owner[name] for name in names
                     if owner.get(name, source) != source}
            for source, names in names_of(tree, sources, "-u").items()}


def cycle(graph):
    """One way round, as a list of nodes, or None: what is left when all that
    calls nothing is taken away, again and again, calls in a circle."""
    left = {node: set(below) for node, below in graph.items()}
    while True:
        done = {node for node, below in left.items() if not below}
        if not done:
            break
        left = {node: below - done for node, below in left.items()
                if node not in done}
    if not left:
        return None
    path = [min(left)]
    while path[-1] not in path[:-1]:
        path.append(min(left[path[-1]]))
    return path[path.index(path[-1]):]


def rule_broker_one_way(tree):
    """What an event means is recorded, and one reconciler acts: no file calls
    one that stands above it."""
    graph = calls(tree, "broker")
    found = cycle(graph)
    if sum(map(len, graph.values())) < len(graph):
        return ["the symbol tables show hardly a call: nothing is proven"]
    faults = [] if found is None else [" calls ".join(found)]
    with open("HACKING.md", encoding="utf-8") as file:
        rows = re.findall(r"^\| `(\w+\.c)` \|", file.read().split(
            "<!-- broker files", 1)[1].split("<!-- end", 1)[0], re.M)
    place = {f"broker/{name}": number for number, name in enumerate(rows)}
    return faults + [
        f"{source} calls {other}, which stands above it in HACKING.md"
        for source, below in graph.items() for other in below
        if place.get(source, -1) >= place.get(other, -1)]


def rule_broker_headers(tree):
    """A function is declared in its own file's header and nowhere else."""
    faults = []
    public = api(tree)
    defined = names_of(tree, tree.sources("broker"), "-g", "--defined-only")
    for source, names in defined.items():
        header = source[:-1] + "h"
        own = ""
        if os.path.exists(header):
            with open(header, encoding="utf-8") as file:
                own = file.read()
        faults += [f"{source} defines {name}, and {header} does not say so"
                   for name in sorted(names - public)
                   if not re.search(rf"\b{name}\(", own)]
    return faults


def rule_library_prints_nothing(tree):
    banned = {"exit", "_exit", "abort", "printf", "puts", "putchar", "perror",
              "fprintf", "vfprintf", "getenv", "secure_getenv", "signal",
              "sigaction", "system", "popen", "setlocale", "chdir", "umask",
              "pthread_create", "__printf_chk", "__fprintf_chk", "fork",
              "_Exit", "atexit", "stdout", "stderr"}
    # spawn.c: in the vfork helper, before its exec
    allowed = {"broker/spawn.c": {"_exit", "sigaction"}}
    faults = []
    for room in tree.trusted + ["ipc", "base"]:
        for source in tree.sources(room):
            names = symbols(tree.object(source), "-u")
            names &= banned - allowed.get(source, set())
            faults += [f"{source} calls {name}" for name in sorted(names)]
    return faults


def rule_command_uses_header(tree):
    """Linked with the archive, the command could reach inside. It doesn't."""
    own = set()
    for source in tree.sources("cmd") + tree.sources("base"):
        own |= symbols(tree.object(source), "--defined-only")
    faults = []
    for source in tree.sources("cmd"):
        names = symbols(tree.object(source), "-u")
        faults += [f"{source} calls {name}" for name in sorted(names)
                   if name.startswith("gbx_") and name not in own | api(tree)]
    return faults


def rules(tree):
    rooms = ["base", "ipc", "broker", "broker/validate", "cmd"] + [
        room for room in tree.hostile if room not in tree.parsers]
    for room in rooms:
        names = [n for n in may_include(room, tree) if n not in WIRE + TOLD]
        if len(names) < len(may_include(room, tree)):
            names.append("schemas")
        names = " ".join(name.rstrip("/") for name in names)
        yield f"{room} is made of: {names}", rule_includes(room)
    yield "a format is made of: itself, what it takes from another, base, " \
        "schemas and the runtime's " + ", ".join(
            f"{name}.h" for name in FOR_FORMATS), \
        rule_format_includes
    yield "every source is in a room", rule_rooms
    yield "glovebox.h needs no other header of ours", rule_public_header
    yield "no worker holds broker or gate code", rule_workers_hold_no_broker
    yield "every worker is position-independent, and static if not named " \
        "as shared", rule_workers_static
    yield "a shared worker takes loader and libraries from one folder", \
        rule_shared_relative
    yield "no shared worker asks libc for entropy", rule_no_entropy
    yield "a worker holds one format's parser", rule_one_parser_each
    yield "init and copier hold no parser, no protobuf", rule_helpers_no_parser
    yield "the library holds and calls no codec", rule_library_no_codec
    yield "libglovebox.so needs libc and libprotobuf-c only", \
        rule_library_needs
    yield "libglovebox.so exports exactly what glovebox.h declares", \
        rule_library_exports
    yield "libglovebox.a defines only gbx_ names", rule_static_names
    yield "the gate does no I/O and keeps no state", rule_gate_is_pure
    yield "the broker keeps no global state", rule_broker_no_state
    yield "the broker sees no protobuf and no parser names", rule_broker_pure
    yield "the files of the broker call each other in one direction", \
        rule_broker_one_way
    yield "a function of the broker is declared in its own file's header", \
        rule_broker_headers
    yield "the library never exits, prints, forks, or asks the environment", \
        rule_library_prints_nothing
    yield "the command calls only what glovebox.h declares", \
        rule_command_uses_header


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    tree = Tree(os.path.normpath(sys.argv[1]), sys.argv[2:])
    todo = list(rules(tree))
    print(f"1..{len(todo)}")
    failed = 0
    for number, (name, check) in enumerate(todo, 1):
        try:
            faults = check(tree)
        except (OSError, subprocess.CalledProcessError) as error:
            faults = [f"can't be proven: {error}"]
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
        for fault in sorted(set(faults)):
            print(f"# {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
