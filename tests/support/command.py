# SPDX-License-Identifier: ISC
"""Running the command, for tests made of tap.py's."""
import json
import os
import subprocess

from tap import same, within

GLOVEBOX = os.path.abspath(os.environ.get("GLOVEBOX",
                                          "build/release/glovebox"))


def parse(line):
    """One JSON object; a key that stands twice is a fault."""
    def no_key_twice(pairs):
        keys = [key for key, _ in pairs]
        same(len(set(keys)), len(keys), f"keys of {keys}")
        return dict(pairs)

    return json.loads(line, object_pairs_hook=no_key_twice)


def run(*args):
    return subprocess.run([GLOVEBOX, *args], capture_output=True, timeout=120,
                          stdin=subprocess.DEVNULL, check=False)


def one(*args):
    """The exit status, and the first line of JSON."""
    done = run(*args)
    lines = (done.stdout or done.stderr).splitlines()
    return done.returncode, parse(lines[0]) if lines else {}


def ask(command, *args, code=0):
    """The one JSON line; the exit status must be this."""
    done = run(command, "--json", *args)
    same(done.returncode, code, f"{command} {args}: "
         f"{(done.stdout + done.stderr).decode(errors='replace')}")
    lines = done.stdout.splitlines()
    same(len(lines), 1, f"{command} {args}")
    return parse(lines[0])


def refused(*args, word=b""):
    done = run(*args)
    same((done.returncode, done.stdout), (64, b""), str(args))
    within(word, done.stderr)


def put(name, data):
    with open(name, "wb") as file:
        file.write(data)
    return name


def get(name):
    with open(name, "rb") as file:
        return file.read()
