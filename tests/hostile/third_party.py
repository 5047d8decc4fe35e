#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The hostile kit as somebody else gets it: its archive, unpacked elsewhere, and
its own program against a broker known by a command alone; here that is ours.
All lies under `filter`, every 7th under `strict`; all under both in the long
form (GBX_SOAK=1).
And the program sees a broker that believes everything, one that dies, and one
that says nothing.

Fails if taken out: the exit status in gbx_judge_death of broker/judge.c.

Environment: GLOVEBOX the command, B the build folder. TAP on stdout.
"""
import os
import re
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from tap import Results  # noqa: E402

B = os.environ.get("B", "build/release")
GLOVEBOX = os.path.abspath(os.environ.get("GLOVEBOX", B + "/glovebox"))
OURS = GLOVEBOX + (" {op} --json {limits} {type} --lockdown {lockdown}"
                   " --worker-dir {dir} {file}")
THUMBNAIL = GLOVEBOX + (" thumbnail --json -s {box} {limits} --lockdown"
                        " {lockdown} --worker-dir {dir} {file} {out}")
FRAMES = GLOVEBOX + (" decode --json --frames 0-3 {limits} --lockdown"
                     " {lockdown} --worker-dir {dir} {file}")
METADATA = GLOVEBOX + (" probe --metadata --json {limits} --lockdown"
                       " {lockdown} --worker-dir {dir} {file}")
LONG = os.environ.get("GBX_SOAK") == "1"
SUMMARY = re.compile(r"told (\d+), right (\d+), lies accepted (\d+), "
                     r"left out (\d+)")

results = Results()
say = results.say


def tell(kit, *options):
    """The numbers of the summary, the lines, the exit status."""
    done = subprocess.run([os.path.join(kit, "try-broker"), *options],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    found = SUMMARY.search(done.stdout)
    numbers = [int(n) for n in found.groups()] if found else [0, 0, 0, 0]
    return numbers, done.stdout.splitlines(), done.returncode


def ours(kit, lockdown):
    (told, right, accepted, left_out), lines, status = tell(
        kit, "--broker", OURS, "--thumbnail", THUMBNAIL,
        "--frames", FRAMES, "--metadata", METADATA, "--lockdown", lockdown,
        "--every", "7" if lockdown == "strict" and not LONG else "1")
    bad = [line for line in lines if not line.startswith("right ")][:20]
    say(status == 0 and told >= 40 and right == told and left_out == 0,
        f"{lockdown}: {right} of {told} lies to the command", bad)
    return told, accepted


def others(kit, folder):
    """Brokers that a program like this must see through."""
    say_ok = os.path.join(folder, "believer")
    with open(say_ok, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\necho '{\"verdict\": \"ok\"}'\n")
    os.chmod(say_ok, 0o755)
    (told, right, accepted, _), _, status = tell(
        kit, "--broker", say_ok, "--every", "20")
    say(status == 1 and accepted > 8 and right < told - 8,
        f"one that believes everything: {accepted} lies accepted")
    for name, command in (("one that says nothing", "true"),
                          ("one that dies", "sh -c 'kill -9 $$'"),
                          ("one that hangs", "sleep 60")):
        (told, right, _, _), _, status = tell(
            kit, "--broker", command, "--every", "100", "--seconds", "0.5")
        say(status == 1 and told > 0 and right == 0, name)


def main():
    with tempfile.TemporaryDirectory() as folder:
        # Others may not write where workers are: umask alone would do.
        os.chmod(folder, 0o755)
        with tarfile.open(os.path.join(B, "hostile-kit.tar.gz")) as archive:
            archive.extractall(folder)
        kit = os.path.join(folder, "hostile")
        told = accepted = 0
        for lockdown in ("filter", "strict"):
            some, lost = ours(kit, lockdown)
            told, accepted = told + some, accepted + lost
        others(kit, folder)
    print(f"# score lies-to-the-command {told} >=300")
    print(f"# score lies-believed-by-it {accepted} ==0")
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
