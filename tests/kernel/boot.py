#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Boot a kernel and an initrd in qemu, and sort out what was said there.

usage: boot.py DIR SECONDS SECONDS_OF_A_PROGRAM PROGRAM...

DIR holds vmlinuz, initrd and release. Writes DIR/said/NAME.tap and
DIR/said/NAME.status for each program that came to its end; replay.sh turns
these into a test result, so that what is missing there has failed. Prints TAP:
is it that kernel, and did it come to the end of the list by itself?
"""
import os
import secrets
import shutil
import subprocess
import sys


def qemu(directory, mark, limit):
    """Two processors without KVM; console and results on two serial lines."""
    join = os.path.join
    # syscall.x32: Debian builds that ABI and leaves it off; here it is on, so
    # that it is the filter that stops it. panic=-1 and -no-reboot: qemu ends.
    append = ("console=ttyS0 quiet loglevel=4 panic=-1 rdinit=/init "
              f"syscall.x32=y mark={mark} limit={limit}")
    return ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max",
            "-smp", "2", "-m", "1536", "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot",
            "-serial", "file:" + join(directory, "console.log"),
            "-serial", "file:" + join(directory, "results.log"),
            "-kernel", join(directory, "vmlinuz"),
            "-initrd", join(directory, "initrd"), "-append", append]


def save(said, name, lines, status):
    base = os.path.join(said, name.replace("/", "."))
    with open(base + ".tap", "wb") as out:
        out.writelines(lines)
    with open(base + ".status", "w", encoding="ascii") as out:
        out.write(status + "\n")


def sort_out(path, mark, said):
    """The kernel's name, the programs that ended, and whether it was all."""
    kernel, names, bye = None, [], False
    name, lines = None, []
    with open(path, "rb") as results:
        for line in results:
            word = line.decode("utf-8", "backslashreplace").split()
            if word[:1] != [mark]:
                lines.append(line)
            elif word[1] == "kernel":
                kernel = word[2]
            elif word[1] == "begin":
                name, lines = word[2], []
            elif word[1] == "end" and name == word[2]:
                save(said, name, lines, word[3])
                names.append(name)
                print(f"# {name}: {word[4]} s")
                name = None
            elif word[1] == "bye":
                bye = True
    return kernel, names, bye


def tail(path):
    with open(path, encoding="utf-8", errors="backslashreplace") as log:
        for line in log.read().splitlines()[-20:]:
            print("# | " + line)


def main():
    directory, seconds, limit = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    wanted = sys.argv[4:]
    said = os.path.join(directory, "said")
    shutil.rmtree(said, ignore_errors=True)
    os.makedirs(said)
    results = os.path.join(directory, "results.log")
    console = os.path.join(directory, "console.log")
    for log in (results, console):
        open(log, "wb").close()
    mark = "=" + secrets.token_hex(8)
    with open(os.path.join(directory, "release"), encoding="ascii") as file:
        release = file.read().strip()

    print("1..3", flush=True)
    try:
        ended = subprocess.run(qemu(directory, mark, limit), timeout=seconds,
                               stdin=subprocess.DEVNULL, check=False)
        status = ended.returncode
    except subprocess.TimeoutExpired:
        status = f"killed after {seconds} s"
    except OSError as error:
        status = error.strerror
    kernel, names, bye = sort_out(results, mark, said)
    tests = [(kernel == release, f"the kernel is {release}"),
             (names == wanted, "every program was run"),
             (bye and status == 0, "the machine was switched off from inside")]
    for number, (good, text) in enumerate(tests, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    if not all(good for good, _ in tests):
        print(f"# qemu: {status}; the kernel said {kernel}; at the end of its "
              "console:")
        tail(console)
        return 1
    return 0


sys.exit(main())
