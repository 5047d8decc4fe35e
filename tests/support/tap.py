# SPDX-License-Identifier: ISC
"""Small tests as functions, for scripts: @test collects them in TESTS, same and
within judge, Skip says why not. Each script runs them in a place of its own."""

TESTS = []


class Skip(Exception):
    pass


def test(f):
    TESTS.append(f)
    return f


def same(got, want, what=""):
    if got != want:
        raise AssertionError(f"{what}: got {got!r}, want {want!r}")


def within(part, whole, what=""):
    if part not in whole:
        raise AssertionError(f"{what}: no {part!r} in {whole!r}")
