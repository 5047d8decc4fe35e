#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Take one defence out at a time and see a test turn red.

usage: tests/mutants/mutants.py [-k WORD]... [--gate | --defences] [--quick]
       tests/mutants/mutants.py --check | --list | --self-test

Two kinds of mutant: every check of the gate, mechanically (source.py), judged
by the gate's unit tests; and the table of named defences elsewhere
(defences.def), each judged by the test named there. One that stays green is
tried against all unit, sandbox, hostile and host tests too, unless --quick.
A survivor is a failure, unless equivalent.def or the table gives a reason why
nothing could tell it from the original.

Everything is built and changed in a copy below $B/mutants. `make mutants` runs
all of it, for hours; --check only looks whether the tables still fit the
source; --self-test tries the tool itself on two mutants. Closing line:
mutants N, caught N, survived N, equivalent N.
"""
import argparse
import functools
import glob
import os
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import source  # noqa: E402

GATE_TESTS = ["tests/unit/gate/test_" + name for name in (
    "fields", "form", "canonical", "item", "data", "pack", "geometry",
    "replies", "bounds", "oracle")]
GATE_FILES = sorted(glob.glob(os.path.join(ROOT, "broker/validate/*.c")))
SECONDS = 120   # a test that takes longer is caught in a loop


@functools.lru_cache(None)    # one state of the source for a whole hunt
def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


class Defence:
    """A row of defences.def."""

    def __init__(self, name):
        self.name = name
        self.path = ""
        self.tests, self.old, self.new = [], [], []
        self.equivalent = None

    def check(self):
        """What is wrong with the row, or None."""
        if not self.path or not self.old or not (self.tests or
                                                 self.equivalent):
            return "needs a file, a test and the lines to take out"
        if not os.path.exists(os.path.join(ROOT, self.path)):
            return f"no such file: {self.path}"
        count = read(self.path).count(self.text(self.old))
        if count != 1:
            return f"its lines are {count} times in {self.path}, not once"
        for test in self.tests:
            if not test.endswith((".py", ".sh")):
                test += ".c"
            if not os.path.exists(os.path.join(ROOT, test)):
                return f"no such test: {test}"
        return None

    @staticmethod
    def text(lines):
        return "".join(line + "\n" for line in lines)

    def apply(self, text):
        return text.replace(self.text(self.old), self.text(self.new))


def defences():
    """defences.def: a name after ==, then `file`, `test`, `equivalent`, and
    the lines taken out and put in, as in a diff."""
    rows = []
    for number, line in enumerate(read("tests/mutants/defences.def")
                                  .splitlines(), 1):
        word, _, rest = line.partition(" ")
        if line.startswith("== "):
            rows.append(Defence(rest))
        elif line.startswith("#") or not line.strip():
            continue
        elif not rows:
            raise SystemExit(f"defences.def:{number}: a row begins with ==")
        elif line[0] == "-":
            rows[-1].old.append(line[1:])
        elif line[0] == "+":
            rows[-1].new.append(line[1:])
        elif word == "file":
            rows[-1].path = rest
        elif word == "test":
            rows[-1].tests += rest.split()
        elif word == "equivalent":
            rows[-1].equivalent = rest
        else:
            raise SystemExit(f"defences.def:{number}: what is '{word}'?")
    return rows


def gate_mutants():
    out = []
    for path in GATE_FILES:
        short = os.path.relpath(path, ROOT)
        for mutant in source.mutants_of(short, read(short)):
            mutant.tests = GATE_TESTS
            out.append(mutant)
    return out


def equivalents():
    """equivalent.def: the reason in lines that begin with #, the names of
    mutants below it."""
    rows, reason, fresh = {}, "", True
    for line in read("tests/mutants/equivalent.def").splitlines():
        if line.startswith("#"):
            text = line[1:].strip()
            reason = text if fresh else reason + " " + text
            fresh = False
        elif line.strip():
            rows[line.strip()] = reason
            fresh = True
        else:
            fresh = True
    return rows


def check_tables():
    """Does every row still name something that is there?"""
    bad = [f"defences.def: {row.name}: {fault}" for row in defences()
           for fault in [row.check()] if fault]
    names = {mutant.name for mutant in gate_mutants()}
    bad += [f"equivalent.def: no such mutant: {name}"
            for name in equivalents() if name not in names]
    return bad


# ---- building and running ----------------------------------------------------

class Tree:
    """The copy of the source in which mutants live."""

    def __init__(self, where):
        self.where = os.path.join(where, "tree")
        self.build = os.path.join(where, "build")
        self.env = dict(os.environ, B=self.build,
                        GLOVEBOX=self.build + "/glovebox",
                        GLOVEBOX_LIBEXEC=self.build + "/libexec")
        self.env.setdefault("GBX_CORPUS",
                            os.path.abspath(ROOT + "/../shared/corpus"))
        for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "GBX_MUST_RUN",
                     "GBX_SOAK"):
            self.env.pop(name, None)

    def copy(self):
        """Nothing is kept of the last time: what was built then may be of a
        mutant."""
        shutil.rmtree(self.where, ignore_errors=True)
        shutil.rmtree(self.build, ignore_errors=True)
        try:
            names = subprocess.run(
                ["git", "ls-files", "-co", "--exclude-standard", "-z"],
                cwd=ROOT, check=True, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL).stdout.decode().split("\0")
        except (OSError, subprocess.CalledProcessError):
            names = [os.path.relpath(os.path.join(d, f), ROOT)
                     for d, _, files in os.walk(ROOT) for f in files
                     if "/build/" not in d + "/" and "/.git/" not in d + "/"]
        for name in filter(None, names):
            there = os.path.join(self.where, name)
            here = os.path.join(ROOT, name)
            if os.path.lexists(here):
                os.makedirs(os.path.dirname(there), exist_ok=True)
                shutil.copy2(here, there, follow_symlinks=False)

    def write(self, path, text):
        """Newer than whatever was built, however coarse the clock."""
        there = os.path.join(self.where, path)
        with open(there, "w", encoding="utf-8") as file:
            file.write(text)

    def make(self, *targets):
        """Build; the last lines of the compiler's if that failed."""
        run = subprocess.run(
            [os.environ.get("MAKE", "make"), "-s", "-j2", "B=" + self.build,
             *targets], cwd=self.where, env=self.env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, errors="replace")
        return None if run.returncode == 0 else run.stdout[-2000:]

    def program(self, test):
        return test if test.endswith((".py", ".sh")) else \
            os.path.join(self.build, test)

    def build_for(self, test):
        """What this test needs, and no more."""
        if test.startswith("tests/unit/"):
            return self.make(self.program(test))
        if test.endswith((".py", ".sh")):
            return self.make("all", "check-programs")
        return self.make("all", "hostile-kit", "walls-kit", "broken-kit",
                         self.program(test))

    def run(self, tests):
        """Why they are red, or None if they are green."""
        run = subprocess.run(
            ["tests/run", "-t", str(SECONDS), "-l", self.build + "/test-logs",
             *map(self.program, tests)], cwd=self.where, env=self.env,
            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, errors="replace")
        if run.returncode == 0:
            return None
        lines = run.stdout.splitlines()
        for line in lines:
            if "not ok" in line or "MISSED" in line and ">=" not in line:
                return " ".join(line.split())
        # What several programs reach together, one alone may well miss.
        if not any(line.startswith("FAIL") for line in lines):
            return None
        return run.stdout[-300:]


def everything():
    """The tests that a mutant must get past to count as a survivor."""
    found = []
    for room in ("unit/*", "sandbox", "hostile", "host"):
        for path in glob.glob(f"{ROOT}/tests/{room}/test_*"):
            base, end = os.path.splitext(os.path.relpath(path, ROOT))
            if end in (".c", ".py"):
                found.append(base if end == ".c" else base + end)
    return sorted(found)


class Hunt:
    def __init__(self, tree, quick):
        self.tree, self.quick = tree, quick
        self.red = []   # without any mutant
        self.count = dict.fromkeys(
            ("mutants", "caught", "survived", "equivalent", "unjudged",
             "unbuildable"), 0)

    def judge(self, tests):
        """(caught by, its words), (None, why not built), or None if green."""
        for test in tests:
            fault = self.tree.build_for(test)
            if fault:
                return None, fault
            fault = self.tree.run([test])
            if fault:
                return test, fault
        return None

    def one(self, mutant, equivalent):
        name = mutant.name
        text = read(mutant.path)
        if equivalent:
            self.count["mutants"] += 1
            self.count["equivalent"] += 1
            return
        if not mutant.tests:    # all red without it
            self.count["unjudged"] += 1
            print(f"not judged {name}", flush=True)
            return
        self.tree.write(mutant.path, mutant.apply(text))
        try:
            verdict = self.judge(mutant.tests)
            if verdict is None and not self.quick:
                verdict = self.judge([t for t in everything()
                                      if t not in mutant.tests + self.red])
        finally:
            self.tree.write(mutant.path, text)
        self.tell(name, verdict)

    def tell(self, name, verdict):
        if verdict is not None and verdict[0] is None:
            self.count["unbuildable"] += 1
            print(f"not built  {name}", flush=True)
            return
        self.count["mutants"] += 1
        word = "survived" if verdict is None else "caught"
        self.count[word] += 1
        print(f"{word:<10} {name}", flush=True)
        if verdict is not None:
            print(f"           by {verdict[0]}: {verdict[1]}", flush=True)

    def closing(self):
        c = self.count
        if c["unbuildable"]:
            print(f"{c['unbuildable']} did not compile, and count for nothing")
        if c["unjudged"]:
            print(f"{c['unjudged']} were not judged: their tests are red anyway")
        print(f"# score mutants-tried {c['mutants'] - c['equivalent']} -")
        print(f"# score mutants-survived {c['survived']} ==0")
        print(f"mutants {c['mutants']}, caught {c['caught']}, survived "
              f"{c['survived']}, equivalent {c['equivalent']}", flush=True)
        return c["survived"] > 0


def hunt(args, tree):
    equivalent = equivalents()
    chosen = [] if args.defences else gate_mutants()
    chosen += [] if args.gate else defences()
    for word in args.words:
        chosen = [m for m in chosen if word in m.name + " " + m.path]
    if not chosen:
        raise SystemExit("no such mutant")
    tree.copy()
    hunter = Hunt(tree, args.quick)
    tests = sorted({t for m in chosen for t in m.tests})
    print(f"{len(chosen)} mutants; first all {len(tests)} tests on the source "
          "as it is", flush=True)
    for test in tests:
        verdict = hunter.judge([test])
        if verdict is not None:
            hunter.red.append(test)
            print(f"red without a mutant: {test}: {verdict[1]}", flush=True)
    began = time.monotonic()
    for mutant in chosen:
        mutant.tests = [t for t in mutant.tests if t not in hunter.red]
        reason = getattr(mutant, "equivalent", None)
        hunter.one(mutant, reason or mutant.name in equivalent)
    print(f"{time.monotonic() - began:.0f} s")
    bad = hunter.closing()
    # In the table nothing may be left out.
    unbuilt = not args.gate and any(
        isinstance(m, Defence) for m in chosen) and hunter.count["unbuildable"]
    return 1 if bad or hunter.red or unbuilt else 0


# ---- the tool itself ---------------------------------------------------------

def self_test(tree):
    """TAP: the tables fit; a real mutant is caught and an equivalent one is
    not, by a test that is green without."""
    print("1..4")
    bad = check_tables()
    for line in bad:
        print("# " + line)
    print(f"{'not ok' if bad else 'ok'} 1 - every row of the tables is there")
    tree.copy()
    hunter = Hunt(tree, True)
    test = ["tests/unit/gate/test_pack"]
    verdict = hunter.judge(test)
    print(f"{'ok' if verdict is None else 'not ok'} 2 - green without a mutant")
    if verdict is not None:
        print("# " + str(verdict))
    path = "broker/validate/pack.c"
    text = read(path)
    for number, old, new, want, what in (
            (3, "job->n_inputs < 1 ||", "0 ||", True,
             "a check left out is caught"),
            (4, "job->n_inputs < 1 ||", "1 > job->n_inputs ||", False,
             "the same check in other words is not")):
        assert text.count(old) == 1
        tree.write(path, text.replace(old, new))
        verdict = hunter.judge(test)
        red = verdict is not None and verdict[0] is not None
        good = red == want and (verdict is None or verdict[0] is not None)
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
        if not good:
            print("# " + str(verdict))
    return 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("-k", dest="words", action="append", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--defences", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    # Of a shell's background job it is ignored, and so it would be of tests
    # that send it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    b = os.path.abspath(os.environ.get("B", ROOT + "/build/release"))
    tree = Tree(os.path.join(b, "mutants"))
    if args.list:
        for mutant in gate_mutants() + defences():
            print(mutant.name)
        return 0
    if args.check:
        bad = check_tables()
        print("\n".join(bad) or "the tables fit the source")
        return 1 if bad else 0
    if args.self_test:
        return self_test(tree)
    bad = check_tables()
    if bad:
        print("\n".join(bad))
        return 1
    return hunt(args, tree)


if __name__ == "__main__":
    sys.exit(main())
