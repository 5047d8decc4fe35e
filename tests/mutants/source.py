# SPDX-License-Identifier: ISC
"""Mutants of a C file, made from its text alone: each refusal left out, each
part of a condition left out, each comparison changed, each number off by one.
"""
import re

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
                     r"|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*"
                     r"|^_Static_assert\(.*?\);", re.S | re.M)
COMPARE = re.compile(r"(?<= )(<=|>=|<|>|==|!=)(?=\s)")
OTHER = {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "==": "!=", "!=": "=="}
# Literals, and the named numbers of schemas/limits.h that are bounds.
NUMBER = re.compile(r"(?<![\w.\"])(0x[0-9a-f]+|\d+)(u?l{0,2})\b"
                    r"|\b(GBX_\w+_(?:MAX|LEN|COUNT|BUDGET)|[A-Z]+_(?:MAX|MIN|MOST))\b",
                    re.I)
# A declaration of arrays: their sizes are for a sanitizer to judge.
SIZE = re.compile(r"\s*(?:static |const |struct )*\w+ [^=;(]*\[[\w+ ]+\][^=]*[;{]|"
                  r".*uint8_t \w+\[\w+\]\)$|\s*static const [^=]*\[\w+\] = \{", re.M)
FUNCTION = re.compile(r"^(\w+)\(", re.M)


class Mutant:
    """One change of one file; `name` tells it from all others."""

    def __init__(self, path, text, start, end, fresh, where):
        self.path, self.start, self.end, self.fresh = path, start, end, fresh
        self.old = text[start:end]
        self.where = where
        self.line = text.count("\n", 0, start) + 1
        first = text.rfind("\n", 0, start) + 1
        self.around = " ".join(text[first:text.find("\n", start)].split())
        self.nth = 1

    @property
    def name(self):
        old = " ".join(self.old.split())
        nth = f" #{self.nth}" if self.nth > 1 else ""
        return (f"{self.path} {self.where}: {self.around}: "
                f"{old} -> {self.fresh}{nth}")

    def apply(self, text):
        assert text[self.start:self.end] == self.old
        return text[:self.start] + self.fresh + text[self.end:]


def blank(text):
    """The code that runs, every other character a space: offsets stay."""
    def spaces(match):
        if match.group()[0] == "'":
            return "'" + "x" * (len(match.group()) - 2) + "'"
        return re.sub(r"[^\n]", " ", match.group())
    return COMMENT.sub(spaces, text)


def closing(code, at):
    """The place of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if depth == 0:
            return i
    raise ValueError("no closing bracket")


def parts(code, start, end, operator):
    """The operands of an && or || that is not inside of brackets."""
    out, depth, last, i = [], 0, start, start
    while i < end:
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if depth == 0 and code.startswith(operator, i):
            out.append((last, i))
            last = i = i + 2
            continue
        i += 1
    return out + [(last, end)] if out else []


def trim(code, start, end):
    while code[start].isspace():
        start += 1
    while code[end - 1].isspace():
        end -= 1
    return start, end


def operands(code, start, end):
    """(start, end, neutral) of each operand, those of nested || in && too."""
    for operator, neutral in (("||", "0"), ("&&", "1")):
        for a, b in parts(code, start, end, operator):
            a, b = trim(code, a, b)
            yield a, b, neutral
            yield from operands(code, a, b)
            if code[a] == "(" and closing(code, a) == b - 1:
                yield from operands(code, a + 1, b - 1)


def conditions(code):
    for match in re.finditer(r"\b(if|while) \(", code):
        start = match.end()
        yield match.group(1), start, closing(code, start - 1)
    for match in re.finditer(r"\breturn\s([^;]*);", code):
        yield "return", match.start(1), match.end(1)


def changes(code):
    """(start, end, fresh text) of each."""
    for word, start, end in conditions(code):
        if word == "if":
            yield start, end, "0"
        yield from operands(code, start, end)
    for match in COMPARE.finditer(code):
        yield match.start(), match.end(), OTHER[match.group()]
    for match in re.finditer(r"(?<=\breturn )false(?=;)", code):
        yield match.start(), match.end(), "true"
    for match in NUMBER.finditer(code):
        old = match.group()
        if SIZE.match(code, code.rfind("\n", 0, match.start()) + 1):
            continue
        yield match.start(), match.end(), f"({old} + 1)"
        if match.group(3):
            yield match.start(), match.end(), f"({old} - 1)"


def function_at(code, at):
    where = "file"
    for match in FUNCTION.finditer(code):
        if match.start() > at:
            break
        where = match.group(1)
    return where


def mutants_of(path, text):
    code = blank(text)
    seen, names, out = set(), {}, []
    for start, end, fresh in changes(code):
        if (start, end, fresh) in seen:
            continue
        seen.add((start, end, fresh))
        out.append(Mutant(path, text, start, end, fresh,
                          function_at(code, start)))
    out.sort(key=lambda m: (m.start, m.end, m.fresh))
    for mutant in out:      # those alike on one line are numbered
        plain = mutant.name
        mutant.nth = names[plain] = names.get(plain, 0) + 1
    return out
