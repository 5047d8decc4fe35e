#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Tell the lies of the hostile kit to a broker, any broker that answers in
JSON, and compare what it says with what each lie deserves.

  try-broker --broker 'glovebox {op} --json {limits} --lockdown {lockdown}
                       --worker-dir {dir} {file}'

The command is not run by a shell; in it stand
  {op}        probe, decode or text; a thumbnail, several frames ({frames})
              and a probe with metadata have commands of their own
  {file}      the input: a script for the liar       {out}  a file to write
  {dir}       the worker directory of liars          {lockdown}  filter, strict
  {limits}    as many words as there are limits, each by --limit-form
  {type}      --type-form with the declared type, or nothing
The last line of its output that is a JSON object is the answer: `verdict`, and
`field`, `limit`, `signal` (a name or a number) where the verdict has one.
Memory is that of the command's own process, looked at every millisecond.
"""
import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
OWN = ("thumbnail", "frames", "metadata")  # need a command of their own
KEYS = ("verdict", "field", "limit", "signal")


def arguments():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--broker", required=True, metavar="COMMAND")
    for op in OWN:
        p.add_argument("--" + op, metavar="COMMAND",
                       help="without it those lies are left out")
    p.add_argument("--limit-form", default="--limit={name}={value}")
    p.add_argument("--type-form", default="--format={type}")
    p.add_argument("--lockdown", choices=("filter", "strict"),
                   default="filter")
    p.add_argument("--dir", default=os.path.join(HERE, "libexec"))
    p.add_argument("--lies", default=os.path.join(HERE, "lies.jsonl"))
    p.add_argument("--every", type=int, default=1, metavar="N",
                   help="only each Nth lie")
    p.add_argument("--seconds", type=float, default=20,
                   help="for one answer (20)")
    p.add_argument("--mib", type=float, default=64,
                   help="of memory for the broker's own process (64)")
    p.add_argument("--only", choices=KEYS, action="append",
                   help="compare this word of the answer, not all four")
    return p.parse_args()


def command(args, lie, path, out):
    template = getattr(args, lie["op"]) if lie["op"] in OWN else args.broker
    words = []
    limits = [args.limit_form.format(name=name, value=value)
              for name, value in lie["limits"].items()]
    values = {"op": lie["op"], "file": path, "out": out, "dir": args.dir,
              "lockdown": args.lockdown, "box": lie.get("box", ""),
              "frames": lie.get("frames", "")}
    for word in shlex.split(template):
        if word == "{limits}":
            words += limits
        elif word == "{type}":
            if "type" in lie:
                words.append(args.type_form.format(type=lie["type"]))
        else:
            words.append(word.format(**values))
    return words


def last_object(text):
    for line in reversed(text.splitlines()):
        try:
            answer = json.loads(line)
        except ValueError:
            continue
        if isinstance(answer, dict):
            return answer
    return {}


def peak_of(pid):
    """VmHWM in MiB; not ru_maxrss, which keeps what we were before exec."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii",
                  errors="replace") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


def same(key, want, got):
    return got == want or (key == "signal" and isinstance(got, int)
                           and got == getattr(signal, want))


def ask(words, seconds):
    """The answer, how it ended, how long it took, and its peak in MiB."""
    began, peak = time.monotonic(), 0
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.DEVNULL)
        while True:
            peak = max(peak, peak_of(child.pid))
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid != 0 or time.monotonic() - began > seconds:
                break
            time.sleep(0.001)
        if pid == 0:
            child.kill()
            _, status = os.waitpid(child.pid, 0)
            end = "it hangs"
        elif os.WIFSIGNALED(status):
            end = f"it died of signal {os.WTERMSIG(status)}"
        else:
            end = ""
        child.returncode = status
        took = time.monotonic() - began
        out.seek(0)
        text = out.read().decode(errors="replace")
    return last_object(text), end, took, peak


def wrong(args, lie, got, end, took, peak):
    """What is wrong with the answer, or nothing."""
    want = lie[args.lockdown]
    if end:
        return end
    for key in args.only or KEYS:
        if key in want and not same(key, want[key], got.get(key)):
            return "want %s, got %s" % (
                " ".join(str(want[k]) for k in KEYS if k in want),
                " ".join(str(got[k]) for k in KEYS if k in got)
                or "no answer")
    if peak > args.mib:
        return f"it took {peak:.1f} MiB"
    return ""


def main():
    args = arguments()
    with open(args.lies, encoding="utf-8") as file:
        lies = [json.loads(line) for line in file][::max(args.every, 1)]
    told = held = accepted = left_out = 0
    longest = largest = (0, "-")
    with tempfile.TemporaryDirectory() as folder:
        path, out = (os.path.join(folder, name) for name in ("lie", "out.png"))
        for lie in lies:
            if lie["op"] in OWN and not getattr(args, lie["op"]):
                left_out += 1
                continue
            with open(path, "wb") as file:
                file.write(bytes.fromhex(lie["input"]))
            got, end, took, peak = ask(command(args, lie, path, out),
                                       args.seconds)
            bad = wrong(args, lie, got, end, took, peak)
            told += 1
            held += not bad
            accepted += (got.get("verdict") == "ok"
                         and lie[args.lockdown]["verdict"] != "ok")
            longest = max(longest, (took, lie["name"]))
            largest = max(largest, (peak, lie["name"]))
            print(f"{'WRONG' if bad else 'right'} {lie['name']:<58} "
                  f"{took * 1000:7.0f} ms {peak:6.1f} MiB  "
                  f"{bad or got.get('field') or got.get('verdict', '')}",
                  flush=True)
    print(f"told {told}, right {held}, lies accepted {accepted}, "
          f"left out {left_out}")
    print(f"longest {longest[0] * 1000:.0f} ms ({longest[1]}), "
          f"largest {largest[0]:.1f} MiB ({largest[1]})")
    return 0 if told > 0 and held == told else 1


if __name__ == "__main__":
    sys.exit(main())
