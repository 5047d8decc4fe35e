#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""schemas/hidden.def is what mk/hidden.py makes of the Unicode data that is
installed. Of a later Unicode than the table's, nothing that had a name then may
be told otherwise now, and what is new and hidden must be hidden here already
(reserved as Default_Ignorable_Code_Point), or the table is due.

Fails if taken out: a row of schemas/hidden.def, a property in mk/hidden.py.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "mk"), os.path.join(ROOT, "tests/support")]
sys.dont_write_bytecode = True
import hidden  # noqa: E402
from tap import Results  # noqa: E402

# Cf that a later Unicode added outside of what was reserved (none so far).
LATER = set()


def committed():
    with open(os.path.join(ROOT, "schemas/hidden.def"),
              encoding="utf-8") as file:
        text = file.read()
    rows = re.findall(r"^GBX_HIDDEN\(0x(\w+), 0x(\w+)\)", text, re.M)
    return (text, re.search(r"Unicode (\d+\.\d+)", text).group(1),
            [(int(a, 16), int(b, 16)) for a, b in rows])


def main():
    results = Results()
    text, version, rows = committed()
    results.check([r for r in rows if r[0] > r[1]]
                  + [pair for pair in zip(rows, rows[1:])
                     if pair[0][1] + 1 >= pair[1][0]],
                  f"{len(rows)} rows, ascending and apart")
    have = {c for first, last in rows for c in range(first, last + 1)}
    if not os.path.exists(os.path.join(hidden.FOLDER, "PropList.txt")):
        results.say(True, "the table is the generator's # SKIP no unicode-data")
        return results.end()
    installed = hidden.version()
    if installed == version:
        results.check([] if "".join(hidden.table()) == text
                      else ["mk/hidden.py >schemas/hidden.def"],
                      f"the table is the generator's, of Unicode {installed}")
    else:
        now = set(hidden.hidden())
        results.check([f"U+{c:04X}" for c in sorted((now ^ have) - LATER)],
                      f"the table of Unicode {version} holds in {installed}")
    return results.end()


if __name__ == "__main__":
    sys.exit(main())
