#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What real workers do, as strace tells it: behind the lock one call, the exit.

The command, its sandbox and its workers run under `strace -f`; each process
that took a job is looked at. Prints TAP. Fails if anything is called between
the lock and the exit, if the descriptors are not closed right before the lock,
or if a worker reads (the input is mapped, and mapped only).
"""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
GLOVEBOX = os.environ.get("GLOVEBOX") or os.path.join(
    HERE, "..", "..", "build", "release", "glovebox")
CALL = re.compile(r"^(\d+)\s+(\w+)\((.*)$")
LOCK = {"filter": ("seccomp", "SECCOMP_SET_MODE_FILTER"),
        "strict": ("prctl", "PR_SET_SECCOMP, SECCOMP_MODE_STRICT")}
END = {"filter": "exit_group", "strict": "exit"}
# All that a worker does from its job to its lock; each at most so often.
SETUP = {"recvmsg": 1, "mmap": 2, "munmap": 1, "setitimer": 2,
         "timer_create": 1, "timer_settime": 1, "close_range": 1}


def png(path):
    def chunk(name, data):
        body = name + data
        return (struct.pack(">I", len(data)) + body
                + struct.pack(">I", zlib.crc32(body)))
    rows = b"".join(b"\0" + bytes(range(32)) for _ in range(8))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 6, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def docx(path):
    main = ("application/vnd.openxmlformats-officedocument"
            ".wordprocessingml.document.main+xml")
    office = ("http://schemas.openxmlformats.org/officeDocument/2006/"
              "relationships/officeDocument")
    parts = {
        "[Content_Types].xml":
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            'content-types"><Default Extension="rels" ContentType="application'
            '/vnd.openxmlformats-package.relationships+xml"/><Override '
            f'PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels":
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/'
            f'2006/relationships"><Relationship Id="r1" Type="{office}" '
            'Target="word/document.xml"/></Relationships>',
        "word/document.xml":
            '<w:document xmlns:w="http://schemas.openxmlformats.org/'
            'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>glass'
            '</w:t></w:r></w:p></w:body></w:document>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def trace(command, log):
    return subprocess.run(["strace", "-f", "-qq", "-s", "0", "-o", log]
                          + command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


def calls_by_process(log):
    """{pid: [(name, rest of the line)]}, in the order of their beginnings."""
    calls = {}
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = CALL.match(line)
            if match:
                pid, name, rest = match.groups()
                calls.setdefault(pid, []).append((name, rest))
    return calls


def is_lock(call, lockdown):
    name, text = LOCK[lockdown]
    return call[0] == name and call[1].startswith(text)


def last_lock(calls, lockdown):
    places = [i for i, call in enumerate(calls) if is_lock(call, lockdown)]
    return places[-1] if places else None


def faults_of(calls, lock, lockdown):
    """What is wrong with one worker that took a job."""
    faults = []
    behind = [name for name, _ in calls[lock + 1:]]
    if behind != [END[lockdown]]:
        faults.append(f"behind the lock: {' '.join(behind) or 'nothing'}")
    job = max(i for i in range(lock) if calls[i][0] == "recvmsg")
    setup = [name for name, _ in calls[job:lock]]
    if setup[-1] != "close_range" or not calls[lock - 1][1].startswith("0, "):
        faults.append(f"right before the lock: {setup[-1]}")
    for name in sorted(set(setup)):
        if setup.count(name) > SETUP.get(name, 0):
            faults.append(f"{setup.count(name)} x {name} before the lock")
    return faults


def judge(log, lockdown):
    workers, canaries, faults = 0, 0, []
    for pid, calls in calls_by_process(log).items():
        lock = last_lock(calls, lockdown)
        if lock is None:
            continue
        behind = [name for name, _ in calls[lock + 1:]]
        before = [name for name, _ in calls[:lock]]
        if behind[:1] == ["getpid"]:  # it has to die of this
            canaries += 1
        elif "execveat" in before or "execve" in before:
            continue  # the zygote, whose own filter lets it go on
        else:
            workers += 1
            faults += [f"process {pid}: {fault}"
                       for fault in faults_of(calls, lock, lockdown)]
    if workers == 0:
        faults.append("no worker was seen to lock itself")
    if canaries == 0:
        faults.append("no canary was seen")
    return workers, canaries, faults


def run_case(number, name, command, lockdown, folder):
    log = os.path.join(folder, f"log{number}")
    done = trace(command, log)
    workers, canaries, faults = judge(log, lockdown)
    if done.returncode != 0:
        faults.append(f"exit {done.returncode}: {done.stdout.strip()}")
    print(f"# {workers} worker, {canaries} canary")
    print(f"{'not ok' if faults else 'ok'} {number} - {name}")
    for fault in faults:
        print(f"# {fault}")
    sys.stdout.flush()
    return not faults


def can_trace():
    if shutil.which("strace") is None:
        return "no strace here"
    done = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"],
                          stderr=subprocess.PIPE, text=True, check=False)
    return f"strace can't trace: {done.stderr.strip()}" \
        if done.returncode != 0 else None


def main():
    print("1..4")
    why = can_trace()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        png(os.path.join(folder, "a.png"))
        docx(os.path.join(folder, "a.docx"))
        number = 0
        for lockdown in ("filter", "strict"):
            for operation, file in (("decode", "a.png"), ("text", "a.docx")):
                number += 1
                name = f"{operation} {file} under {lockdown}"
                if why:
                    print(f"ok {number} - {name} # SKIP {why}")
                    continue
                command = [GLOVEBOX, operation, "--json", "--lockdown",
                           lockdown, os.path.join(folder, file)]
                good &= run_case(number, name, command, lockdown, folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
