#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""tests/run itself: a test that dies, stops short or says nothing has failed."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# name, what the test program does, environment, expected last line, status
CASES = [
    ("all well", "echo 1..2; echo ok 1 - a; echo ok 2 - b", {},
     "2 passed, 0 failed, 0 skipped", 0),
    ("plan at the end", "echo ok 1; echo ok 2; echo 1..2", {},
     "2 passed, 0 failed, 0 skipped", 0),
    ("cmocka's two groups", "echo 1..1; echo ok 1 - a; echo 1..2; "
     "echo ok 1 - b; echo ok 2 - c", {}, "3 passed, 0 failed, 0 skipped", 0),
    ("a failure", "echo 1..2; echo not ok 1 - a; echo ok 2 - b", {},
     "1 passed, 1 failed, 0 skipped", 1),
    ("a failure called todo", "echo 1..1; echo 'not ok 1 - a # TODO x'", {},
     "0 passed, 1 failed, 0 skipped", 1),
    ("a skip", "echo 1..1; echo 'ok 1 - a # SKIP no fuse'", {},
     "0 passed, 0 failed, 1 skipped", 0),
    ("cmocka's skip", "echo 1..1; echo 'not ok 1 # SKIP a'", {},
     "0 passed, 0 failed, 1 skipped", 0),
    ("a skip that must run", "echo 1..1; echo 'ok 1 - a # SKIP no fuse'",
     {"GBX_MUST_RUN": "1"}, "0 passed, 1 failed, 0 skipped", 1),
    ("everything skipped, must run", "echo '1..0 # SKIP no fuse'",
     {"GBX_MUST_RUN": "1"}, "0 passed, 1 failed, 0 skipped", 1),
    ("no corpus anywhere", "echo 1..1; echo 'ok 1 - a # SKIP no corpus'",
     {"GBX_MUST_RUN": "1", "GBX_CORPUS": "/nonexistent"},
     "0 passed, 0 failed, 1 skipped", 0),
    ("no corpus, but it is there", "echo 1..1; "
     "echo 'ok 1 - a # SKIP no corpus'",
     {"GBX_MUST_RUN": "1", "GBX_CORPUS": "/"},
     "0 passed, 1 failed, 0 skipped", 1),
    ("no plan", "echo ok 1 - a", {}, "1 passed, 1 failed, 0 skipped", 1),
    ("silence", "true", {}, "0 passed, 1 failed, 0 skipped", 1),
    ("cut short", "echo 1..3; echo ok 1 - a", {},
     "1 passed, 1 failed, 0 skipped", 1),
    ("too many", "echo 1..1; echo ok 1 - a; echo ok 2 - b", {},
     "2 passed, 1 failed, 0 skipped", 1),
    ("a number twice", "echo 1..2; echo ok 1 - a; echo ok 1 - a", {},
     "2 passed, 1 failed, 0 skipped", 1),
    ("a signal", "echo 1..1; echo ok 1 - a; kill -SEGV $$", {},
     "1 passed, 1 failed, 0 skipped", 1),
    ("an exit status", "echo 1..1; echo ok 1 - a; exit 3", {},
     "1 passed, 1 failed, 0 skipped", 1),
    ("bail out", "echo 1..1; echo ok 1 - a; echo 'Bail out! x'", {},
     "1 passed, 1 failed, 0 skipped", 1),
    ("too slow", "echo 1..1; sleep 30; echo ok 1 - a", {},
     "0 passed, 2 failed, 0 skipped", 1),
    ("a score", "echo 1..1; echo '# score lost 0 ==0'; "
     "echo '# score tried 7 -'; echo ok 1 - a", {},
     "1 passed, 0 failed, 0 skipped", 0),
    ("a score missed", "echo 1..1; echo '# score tried 7 >=8'; echo ok 1 - a",
     {}, "1 passed, 1 failed, 0 skipped", 1),
    ("a score in parts", "echo 1..1; echo '# score tried 7 >=8'; "
     "echo '# score tried 1 >=8'; echo ok 1 - a", {},
     "1 passed, 0 failed, 0 skipped", 0),
    ("a score with two targets", "echo 1..1; echo '# score tried 7 >=6'; "
     "echo '# score tried 1 >=8'; echo ok 1 - a", {},
     "1 passed, 1 failed, 0 skipped", 1),
    ("a score that is none", "echo 1..1; echo '# score lost no ==0'; "
     "echo ok 1 - a", {}, "1 passed, 1 failed, 0 skipped", 1),
    ("a grandchild that stays", "echo 1..1; sleep 1000 & echo ok 1 - a", {},
     "1 passed, 0 failed, 0 skipped", 0),
]


BOARD = "# names\ntried  calls tried\nlost   jobs lost\n"


def run(scripts, env, board=None):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, script in enumerate(scripts):
            paths.append(os.path.join(folder, f"t{number}.sh"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(script + "\n")
        options = ["-t", "2", "-l", os.path.join(folder, "logs")]
        if board:
            options += ["-s", os.path.join(folder, "board")]
            with open(options[-1], "w", encoding="utf-8") as file:
                file.write(board)
        clean = {k: v for k, v in os.environ.items()
                 if k not in ("GBX_MUST_RUN", "GBX_CORPUS",
                              "GBX_TEST_TIMEOUT")}
        done = subprocess.run(
            [os.path.join(ROOT, "tests/run")] + options + paths,
            env={**clean, **env}, stdout=subprocess.PIPE, text=True,
            check=False)
        return done.stdout.rstrip("\n").split("\n")[-1], done.returncode


def main():
    extra = [("two programs", [CASES[0][1], CASES[3][1]],
              None, "3 passed, 1 failed, 0 skipped", 1),
             ("no programs", [], None, "0 passed, 1 failed, 0 skipped", 1),
             ("a whole scoreboard", ["echo 1..1; echo '# score tried 1 -'; "
              "echo '# score lost 0 ==0'; echo ok 1"], BOARD,
              "1 passed, 0 failed, 0 skipped", 0),
             ("a score nobody said", ["echo 1..1; echo '# score tried 1 -'; "
              "echo ok 1"], BOARD, "1 passed, 1 failed, 0 skipped", 1)]
    cases = [(name, [script], env, None, last, status)
             for name, script, env, last, status in CASES]
    cases += [(name, scripts, {}, board, last, status)
              for name, scripts, board, last, status in extra]
    print(f"1..{len(cases)}")
    for number, (name, scripts, env, board, last, status) in enumerate(
            cases, 1):
        got = run(scripts, env, board)
        good = got == (last, status)
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print(f"# wanted {(last, status)}, got {got}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
