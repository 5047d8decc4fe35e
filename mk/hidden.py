#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Write schemas/hidden.def from the Unicode Character Database (Debian's
package unicode-data): the characters that a reader does not see, or that change
how others are shown.

usage: mk/hidden.py [FOLDER] >schemas/hidden.def     (/usr/share/unicode)

In: controls (Cc), format characters (Cf), Default_Ignorable_Code_Point, which
holds unassigned ones that are reserved for such, line and paragraph separators
(Zl, Zp), noncharacters, and BLANK below.

Not in, for reasons:
- Prepended_Concatenation_Mark: Cf by category, but signs that are seen (the
  Arabic number sign); no Arabic text could be named without them.
- other unassigned characters: a later Unicode gives them a shape; those that
  will have none are reserved already.
- private use (Co): seen, as a sign of some font or as a box.
- spaces (Zs) and the blank Braille pattern: seen as the room they take.
- surrogates (Cs): no character of well-formed UTF-8.
"""
import os
import re
import sys

FOLDER = "/usr/share/unicode"
LAST = 0x10ffff
# Invisible by its own description in the code charts, whatever its category.
BLANK = {0x1d159: "a note head that is not seen",
         0x16fe4: "a filler that is not seen"}


def lines(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.readlines()


def version(folder=FOLDER):
    """Of the file's name in its own first line."""
    found = re.search(r"DerivedCoreProperties-(\d+\.\d+)\.\d+\.txt",
                      lines(folder, "DerivedCoreProperties.txt")[0])
    if not found:
        raise SystemExit(f"{folder}: no version in its first line")
    return found.group(1)


def with_property(folder, name, prop):
    found = set()
    for line in lines(folder, name):
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) == 2 and fields[1] == prop:
            first, _, last = fields[0].partition("..")
            found.update(range(int(first, 16), int(last or first, 16) + 1))
    if not found:
        raise SystemExit(f"{name}: no {prop}")
    return found


def categories(folder):
    """By number; none of those asked for is given as a First..Last range."""
    return {int(fields[0], 16): fields[2]
            for fields in (line.split(";")
                           for line in lines(folder, "UnicodeData.txt"))}


def hidden(folder=FOLDER):
    """Each character, and why."""
    derived, props = "DerivedCoreProperties.txt", "PropList.txt"
    seen = with_property(folder, props, "Prepended_Concatenation_Mark")
    why = {c: "ignorable" for c in with_property(
        folder, derived, "Default_Ignorable_Code_Point")}
    why.update({c: "noncharacter" for c in with_property(
        folder, props, "Noncharacter_Code_Point")})
    why.update({c: "blank" for c in BLANK})
    for c, category in categories(folder).items():
        if category in ("Cc", "Cf", "Zl", "Zp") and c not in seen:
            why[c] = category
    return why


def ranges(why):
    """(first, last, reasons in order), ascending and apart."""
    rows = []
    for c in sorted(why):
        if rows and rows[-1][1] == c - 1:
            rows[-1][1] = c
            if why[c] not in rows[-1][2]:
                rows[-1][2].append(why[c])
        else:
            rows.append([c, c, [why[c]]])
    return rows


def table(folder=FOLDER):
    yield f"""\
/* SPDX-License-Identifier: ISC */
/*
 * Characters that a reader does not see, or that change how others are shown:
 * none of them stands in a name or value that passes the gate, and a terminal
 * gets none as it is. Made by mk/hidden.py, which says what is in and why, of
 * Unicode {version(folder)}; don't edit. Ascending and apart.
 *
 * GBX_HIDDEN(first, last)
 */
/* clang-format off */
"""
    for first, last, reasons in ranges(hidden(folder)):
        yield f"GBX_HIDDEN(0x{first:04x}, 0x{last:04x}) " \
              f"/* {', '.join(reasons)} */\n"
    yield "/* clang-format on */\n#undef GBX_HIDDEN\n"


if __name__ == "__main__":
    sys.stdout.writelines(table(*sys.argv[1:2]))
