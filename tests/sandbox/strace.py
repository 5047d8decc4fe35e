#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What real workers do, as strace tells it: behind the lock one call, the exit.

The command, its sandbox and its workers run under `strace -f`; each process
that took a job is looked at. One file of each worker that is built: those with
shared libraries do more than the static ones, and libc is another on each
release. Prints TAP. Fails if anything is called between
the lock and the exit, if the descriptors are not closed right before the lock,
or if a worker reads (the input is mapped, and mapped only).
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
GLOVEBOX = os.environ.get("GLOVEBOX") or os.path.join(
    HERE, "..", "..", "build", "release", "glovebox")
LIBEXEC = os.environ.get("GLOVEBOX_LIBEXEC") or os.path.join(
    os.path.dirname(GLOVEBOX), "libexec")
CALL = re.compile(r"^(\d+)\s+(\w+)\((.*)$")
LOCK = {"filter": ("seccomp", "SECCOMP_SET_MODE_FILTER"),
        "strict": ("prctl", "PR_SET_SECCOMP, SECCOMP_MODE_STRICT")}
END = {"filter": "exit_group", "strict": "exit"}
# All that a worker does from its job to its lock; each at most so often.
SETUP = {"recvmsg": 1, "mmap": 2, "munmap": 1, "setitimer": 2,
         "timer_create": 1, "timer_settime": 1, "close_range": 1}
# strict's own timers, and the limit on the processor (runtime/worker.c).
SETUP_OF = {"filter": SETUP, "strict": {
    **SETUP, "timer_create": 3, "timer_settime": 3, "clock_gettime": 1,
    "prlimit64": 2}}


def sample(worker):
    """The first file that this worker is warmed up with."""
    with open(os.path.join(HERE, "..", "..", "sandboxed_parsers", worker,
                           "samples.h"), encoding="ascii") as file:
        array = re.search(r"uint8_t sample_\w+\[\] = \{(.*?)\};", file.read(),
                          re.DOTALL)
    return bytes(int(byte, 0) for byte in array[1].replace(",", " ").split())


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
        if setup.count(name) > SETUP_OF[lockdown].get(name, 0):
            faults.append(f"{setup.count(name)} x {name} before the lock")
    return faults


def is_canary(before, behind):
    """It maps no job; behind its lock it tries what a worker may not do, or,
    under `strict`, it is looked at from outside."""
    return "mmap" not in before and "munmap" not in before and \
        behind in (["close", "getrandom", "munmap", "exit_group"], ["exit"])


def judge(log, lockdown, expected):
    workers, canaries, faults = 0, 0, []
    for pid, calls in calls_by_process(log).items():
        lock = last_lock(calls, lockdown)
        if lock is None:
            continue
        behind = [name for name, _ in calls[lock + 1:]]
        before = [name for name, _ in calls[:lock]]
        if is_canary(before, behind):
            canaries += 1
        elif "execveat" in before or "execve" in before:
            continue  # the zygote, whose own filter lets it go on
        else:
            workers += 1
            faults += [f"process {pid}: {fault}"
                       for fault in faults_of(calls, lock, lockdown)]
    if workers != expected:
        faults.append(f"{workers} workers were seen to lock themselves, "
                      f"not {expected}")
    if canaries == 0:
        faults.append("no canary was seen")
    return workers, canaries, faults


def run_case(number, name, command, lockdown, folder):
    log = os.path.join(folder, f"log{number}")
    done = trace(command, log)
    workers, canaries, faults = judge(
        log, lockdown, 2 if "thumbnail" in command else 1)
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


def commands(folder):
    """For each worker that is there: its name and what to call. The encoder
    gets what another one read."""
    docx(os.path.join(folder, "a.ooxml"))
    workers = sorted(name.split("-", 1)[1] for name in os.listdir(LIBEXEC)
                     if name.startswith("glovebox-"))
    for worker in workers:
        path = os.path.join(folder, "a." + worker)
        if worker in ("init", "copy"):
            continue
        if worker == "ooxml":
            yield worker, ["text", path]
        elif worker == "encode":
            yield worker, ["thumbnail", os.path.join(folder, "a.png"),
                           os.path.join(folder, "out.jpg")]
        else:
            with open(path, "wb") as file:
                file.write(sample(worker))
            yield worker, ["decode", "--format", worker, path]


def main():
    why = can_trace()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "a.png"), "wb") as file:
            file.write(sample("png"))
        cases = [(lockdown, worker, words)
                 for lockdown in ("filter", "strict")
                 for worker, words in commands(folder)]
        print(f"1..{len(cases)}")
        for number, (lockdown, worker, words) in enumerate(cases, 1):
            name = f"{worker} under {lockdown}"
            if why:
                print(f"ok {number} - {name} # SKIP {why}")
                continue
            command = [GLOVEBOX, words[0], "--json", "--lockdown",
                       lockdown] + words[1:]
            good &= run_case(number, name, command, lockdown, folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
