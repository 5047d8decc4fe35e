#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What `glovebox policy` tells is what strace sees real processes do.

Prints TAP. Fails if taken out: a row of schemas/calls.def that is used (the
zygote dies), or if there is one more that nobody needs; enter_rlimits in
runtime/layers.c, or a row of its table; a namespace in
sandboxed_parsers/init/init.c; a layer in runtime/layers.c or zygote.c.
"""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing is written into the tree
import strace  # noqa: E402

# Needed only when a worker is stopped and goes on, which nothing does here.
RARE = {"restart_syscall"}
NAMESPACES = {"NEWUSER": "a user namespace", "NEWNS": "a mount namespace",
              "NEWPID": "a pid namespace",
              "NEWNET": "an empty network namespace",
              "NEWIPC": "ipc,", "NEWUTS": "uts and",
              "NEWCGROUP": "cgroup namespaces"}
# A row of REMOVED, and the calls that take it away.
EVIDENCE = {
    "system calls": [r"seccomp\(SECCOMP_SET_MODE_FILTER, 0, \{len="],
    "descriptors": [r"close_range\(0, \d+"],
    "files": [r"pivot_root\(", r"umount2\(.*MNT_DETACH",
              r"mount\(NULL, \"/\", NULL, MS_RDONLY",
              r"landlock_restrict_self\("],
    "network": [r"clone\(.*CLONE_NEWNET", r"landlock_restrict_self\("],
    "processes": [r"clone\(.*CLONE_NEWPID", r"landlock_restrict_self\("],
    "names": [r"clone\(.*CLONE_NEWIPC", r"clone\(.*CLONE_NEWUTS"],
    "privilege": [r"prctl\(PR_SET_NO_NEW_PRIVS, 1",
                  r"capset\(.*effective=0, permitted=0, inheritable=0"],
    "secrets": [r"execveat\(.*AT_EMPTY_PATH"],
    "traces": [r"prctl\(PR_SET_DUMPABLE, SUID_DUMP_DISABLE",
               r"prlimit64\(0, RLIMIT_CORE, \{rlim_cur=0, rlim_max=0"],
    "clocks": [r"prctl\(PR_SET_TSC, PR_TSC_SIGSEGV"],
    "time": [r"setitimer\(ITIMER_PROF", r"setitimer\(ITIMER_REAL",
             r"timer_create\(CLOCK_PROCESS_CPUTIME_ID"],
}
# Of the broker's doing; tests/hostile and tests/host have them.
ELSEWHERE = {"sharing", "retries", "channels"}
TESTS = ["calls kept by the zygote are those it and its workers make",
         "rlimits are those that are set",
         "namespaces are those that are made",
         "every row of REMOVED is done"]


def section(text, title):
    """{first column: second column} of a part of the page."""
    rows, name = {}, None
    for line in text.split(f"{title}", 1)[1].splitlines()[1:]:
        if not line:
            break
        if line[2] != " ":
            name, _, rest = line.strip().partition("  ")
            rows[name] = rest.strip()
        else:
            rows[name] = (rows[name] + " " + line.strip()).strip()
    return rows


def number(text):
    """strace writes 1048576 as 1024*1024."""
    value = 1
    for part in text.split("*"):
        value *= int(part)
    return value


def behind_setup(log):
    """Calls made under the setup filter, by name, and how one of them came
    about: by the zygote once it has the filter, by workers until their own
    lock."""
    seen, zygotes = {}, 0
    with open(log, encoding="utf-8", errors="replace") as file:
        killed = set(re.findall(r"^(\d+) \+\+\+ killed by SIGKILL", file.read(),
                                re.M))
    for pid, calls in strace.calls_by_process(log).items():
        # Of a process that is killed as it enters a call strace may tell
        # whatever it saw last of another. (A call that the filter forbids ends
        # in SIGSYS.)
        if pid in killed and calls[-1][1].endswith("<unfinished ...>"):
            calls = calls[:-1]
        lock = strace.last_lock(calls, "filter")
        if lock is None:
            continue
        zygote = "execveat" in [name for name, _ in calls]
        zygotes += zygote
        for i, (name, rest) in enumerate(calls):
            if (i > lock if zygote else i <= lock or name == "exit_group"):
                before = " ".join(n for n, _ in calls[max(0, i - 6):i])
                seen.setdefault(name, f"{name}({rest} of {pid}, call {i} of "
                                f"{len(calls)}, lock at {lock}, "
                                f"after {before}")
    return seen, zygotes


def check(policy, log):
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    told = set(section(policy, "KEPT by its zygote"))
    seen, zygotes = behind_setup(log)
    yield ([f"called, not told: {seen[name]}"
            for name in sorted(set(seen) - told)]
           + [f"told, never called: {name}"
              for name in sorted(told - set(seen) - RARE)]
           + ([] if zygotes else ["no zygote was seen"]))

    told = {}
    for row in section(policy, "RLIMITS"):
        name, _, value = row.partition(" ")
        told[name] = int(value or 0)
    ceiling = re.search(r"^  cpu +\d+ +(\d+) ms", policy, re.M)[1]
    told["CPU"] = int(ceiling) // 1000 + 1
    seen = {name: number(soft) for name, soft, hard in re.findall(
        r"prlimit64\(0, RLIMIT_(\w+), \{rlim_cur=([\d*]+), "
        r"rlim_max=([\d*]+)\}", text) if soft == hard}
    yield [] if told == seen else [f"told {told}", f"seen {seen}"]

    removed = section(policy, "REMOVED")
    flags = re.search(r"clone\(.*?flags=(CLONE_NEW[\w|]+)(?!.*= -1 )", text)
    if flags is None:
        yield "SKIP this host refuses them"
    else:
        seen = set(re.findall(r"CLONE_(NEW\w+)", flags[1]))
        words = " ".join(removed.values())
        yield ([f"made, not told: {name}" for name in sorted(seen)
                if NAMESPACES.get(name, "?") not in words]
               + [f"told, not made: {name}" for name in sorted(NAMESPACES)
                  if NAMESPACES[name] in words and name not in seen])

    yield ([f"no evidence is asked for: {row}"
            for row in sorted(set(removed) - set(EVIDENCE) - ELSEWHERE)]
           + [f"not on the page: {row}"
              for row in sorted(set(EVIDENCE) - set(removed))]
           + [f"{row}: nothing like {call}"
              for row in EVIDENCE for call in EVIDENCE[row]
              if not re.search(r"^\d+ +" + call, text, re.M)])


def main():
    print(f"1..{len(TESTS)}")
    why = strace.can_trace()
    if why:
        for n, name in enumerate(TESTS, 1):
            print(f"ok {n} - {name} # SKIP {why}")
        return 0
    policy = subprocess.run([strace.GLOVEBOX, "policy"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        log, file = os.path.join(folder, "log"), os.path.join(folder, "a.png")
        with open(file, "wb") as out:
            out.write(strace.sample("png"))
        # The zygote reaps when the next order comes: several inputs, more
        # than there are workers at the start. A small limit: a part of the
        # arena is given back.
        strace.trace([strace.GLOVEBOX, "decode", "--limit", "memory=16M"]
                     + [file] * 12, log)
        for n, faults in enumerate(check(policy, log), 1):
            if isinstance(faults, str):
                print(f"ok {n} - {TESTS[n - 1]} # {faults}")
                continue
            failed += bool(faults)
            print(f"{'not ok' if faults else 'ok'} {n} - {TESTS[n - 1]}")
            for fault in faults:
                print(f"# {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
