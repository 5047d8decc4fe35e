# SPDX-License-Identifier: ISC
"""Small tests as functions, for scripts: @test collects them in TESTS, same and
within judge, Skip says why not, run_all runs them, each in a folder of its
own. Results is for scripts that come to one result after the other."""
import os
import shutil
import sys
import tempfile
import traceback

TESTS = []


class Skip(Exception):
    pass


def test(f):
    TESTS.append(f)
    return f


class Results:
    SHOW = 10

    def __init__(self):
        self.number = self.failed = 0

    def say(self, good, name, notes=()):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")
        for line in notes:
            print(f"# {line}")
        sys.stdout.flush()

    def check(self, wrong, name):
        """wrong: a list of what is, the first of it to be shown."""
        more = [f"and {len(wrong) - self.SHOW} more"]
        self.say(not wrong, name, wrong[:self.SHOW]
                 + (more if len(wrong) > self.SHOW else []))

    def end(self, planned=None):
        """Exit status; planned: how many there must have been."""
        print(f"1..{planned or self.number}", flush=True)
        return 1 if self.failed else 0


def short(value):
    text = repr(value)
    return text if len(text) < 800 else text[:800] + "..."


def same(got, want, what=""):
    if got != want:
        raise AssertionError(f"{what}: got {short(got)}, want {short(want)}")


def within(part, whole, what=""):
    if part not in whole:
        raise AssertionError(f"{what}: no {short(part)} in {short(whole)}")


def line_of(error):
    """Where in the test, not where in its helpers."""
    where = [t for t in traceback.extract_tb(error.__traceback__)
             if t.name not in ("same", "within", "one", "ask", "refused")]
    return where[-1].lineno


def run_one(number, f):
    name = f.__name__.replace("_", " ")
    try:
        f()
        print(f"ok {number} - {name}", flush=True)
    except Skip as why:
        print(f"ok {number} - {name} # SKIP {why}", flush=True)
    except Exception as e:  # a bug of the test's is a failure, too
        print(f"not ok {number} - {name}")
        what = f"{type(e).__name__}: {e}".replace("\n", "\n# ")
        print(f"# line {line_of(e)}: {what}", flush=True)
        return 1
    return 0


def run_all(prepare=None):
    """Exit status. prepare() is called in each test's empty folder."""
    print(f"1..{len(TESTS)}", flush=True)
    failed = 0
    folder = tempfile.mkdtemp(prefix="gbx-test-")
    try:
        for i, f in enumerate(TESTS, 1):
            here = os.path.join(folder, str(i))
            os.mkdir(here)
            os.chdir(here)
            if prepare:
                prepare()
            failed += run_one(i, f)
            os.chdir(folder)
            shutil.rmtree(here, ignore_errors=True)
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0
