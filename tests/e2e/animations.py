#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""All frames of an animation in one job, by the command: their pixels, durations,
files with numbers, limits. Makes its own files.

Fails if taken out: joining in runtime/sink_frames.c, duration_of in
broker/result.c, deliver in runtime/compose.c, lay_first in png/apng.c, the frames of a block in broker/validate/item.c (a batch of
lies.def shows that), gbx_cmd_is_numbered.

Environment: GLOVEBOX the command. TAP on stdout.
"""
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from command import ask, get, put, refused  # noqa: E402
from pictures import apng, gif, gif_colour, pixels_of_png  # noqa: E402
from tap import run_all, same, test  # noqa: E402

DELAYS = [1, 0, 65535] + list(range(10, 47))


def painted(side, i):
    return bytes(gif_colour(i) + (255,)) * (side * side)


def first_pixel(name):
    return tuple(pixels_of_png(get(name))[2][:3])


@test
def all_frames_come_out_of_one_job():
    put("a.gif", gif(9, DELAYS))
    got = ask("decode", "--frames", "all", "--rgba", "all.rgba", "--sha256",
              "a.gif")
    same((got["frames"], got["first_frame"]), (40, 0))
    same(got["durations_ms"], [10 * d for d in DELAYS])
    want = b"".join(painted(9, i) for i in range(40))
    same(get("all.rgba"), want, "all frames")
    same(got["sha256"], hashlib.sha256(want).hexdigest())


@test
def any_frames_come_out():
    put("a.gif", gif(9, DELAYS))
    for which, first, last in (("3-5", 3, 5), ("39", 39, 39), ("38-99", 38, 39),
                               ("0-0", 0, 0)):
        got = ask("decode", "--frames", which, "--rgba", "x.rgba", "a.gif")
        same(get("x.rgba"),
             b"".join(painted(9, i) for i in range(first, last + 1)), which)
        same(got.get("first_frame", 0), first, which)
    got = ask("decode", "--frame", "2", "--rgba", "x.rgba", "a.gif")
    same(get("x.rgba"), painted(9, 2), "frame 2")
    same(got["duration_ms"], 655350)
    ask("thumbnail", "--frame", "2", "a.gif", "x.png")
    same(first_pixel("x.png"), gif_colour(2))
    ask("decode", "--frame", "40", "a.gif", code=65)
    ask("decode", "--frames", "40-50", "a.gif", code=65)


@test
def each_frame_gets_a_file_of_its_own():
    put("a.gif", gif(9, DELAYS))
    ask("decode", "--frames", "8-11", "--png", "f-%d.png", "a.gif")
    ask("decode", "--frames", "8-11", "--rgba", "f%03d.rgba", "a.gif")
    same(sorted(n for n in os.listdir() if n[0] == "f"),
         ["f-10.png", "f-11.png", "f-8.png", "f-9.png", "f008.rgba",
          "f009.rgba", "f010.rgba", "f011.rgba"])
    for i in range(8, 12):
        same(first_pixel("f-%d.png" % i), gif_colour(i))
        same(get("f%03d.rgba" % i), painted(9, i))
    refused("decode", "--frames", "all", "--png", "f.png", "a.gif", word=b"%d")
    refused("decode", "--frames", "all", "--png", "%d-%d.png", "a.gif",
            word=b"%d")
    refused("decode", "--frames", "all", "--png", "%s.png", "a.gif", word=b"%d")


@test
def frames_are_numbers_or_all():
    for bad in ("", "x", "1-", "-1", "3-2", "1-x", "4294967295", "all1",
                "1,2", "1-99999999999999999999"):
        refused("decode", "--frames", bad, "a.gif", word=b"--frames takes")
    for bad in ("", "x", "1-2", "4294967295"):
        refused("decode", "--frame", bad, "a.gif", word=b"--frame takes")
    refused("probe", "--frames", "all", "a.gif", word=b"no such option")


@test
def many_frames_run_into_limits_by_name():
    put("a.gif", gif(9, DELAYS))
    for limit in ("frames=39", "output=13119"):
        got = ask("decode", "--frames", "all", "--limit", limit, "a.gif",
                  code=65)
        same((got["verdict"], got["limit"]),
             ("limit", limit.split("=")[0]), limit)
    got = ask("decode", "--frames", "0-38", "--limit", "output=13119", "a.gif")
    same(len(got["durations_ms"]), 39)
    put("big.gif", gif(200, [5] * 40))  # 6 MB of pixels
    got = ask("decode", "--frames", "all", "--sha256", "big.gif")
    same(got["sha256"], hashlib.sha256(b"".join(
        painted(200, i) for i in range(40))).hexdigest())


@test
def a_cut_animation_shows_what_there_is():
    data = gif(30, [5] * 10)
    put("cut.gif", data[:len(data) // 2])
    got = ask("decode", "--frames", "all", "cut.gif")
    same((got["verdict"], got["degraded"]), ("ok", True))
    ask("decode", "--frames", "all", "--whole", "cut.gif", code=65)


@test
def an_animated_png_is_more_than_its_first_image():
    delays = [(d, 100) for d in DELAYS]
    for hidden in (False, True):
        put("a.png", apng(9, delays, hidden))
        same(ask("probe", "a.png")["frames"], 40, "frames")
        got = ask("decode", "--frames", "all", "--rgba", "all.rgba", "a.png")
        same(got["durations_ms"],
             [0 if hidden and i == 0 else 10 * d
              for i, d in enumerate(DELAYS)], f"hidden: {hidden}")
        same(get("all.rgba"), b"".join(painted(9, i) for i in range(40)),
             "all frames")
        for i in (0, 1, 39):
            got = ask("decode", "--frame", str(i), "--rgba", "x.rgba", "a.png")
            same(get("x.rgba"), painted(9, i), f"frame {i}")
            ask("thumbnail", "--frame", str(i), "a.png", "x.png")
            same(first_pixel("x.png"), gif_colour(i), f"thumbnail {i}")
            ask("disarm", "--frame", str(i), "a.png", "y.png")
            same(first_pixel("y.png"), gif_colour(i), f"disarmed {i}")
            same(ask("probe", "y.png")["frames"], 1, "a still")
        ask("decode", "--frame", "40", "a.png", code=65)


@test
def an_animated_png_that_is_spoilt_shows_what_was_before():
    data = bytearray(apng(9, [(1, 10)] * 5))
    at = [i for i in range(len(data)) if data[i:i + 4] == b"fdAT"]
    data[at[2] + 9] ^= 1
    put("bad.png", data)
    got = ask("decode", "--frames", "all", "bad.png")
    same((got["verdict"], got["degraded"], got["frames"]), ("ok", True, 5))
    same(len(got["durations_ms"]), 3)
    ask("decode", "--frames", "all", "--whole", "bad.png", code=65)
    ask("decode", "--frame", "3", "bad.png", code=65)
    put("cut.png", data[:at[1]])
    ask("decode", "--frames", "all", "cut.png", code=65)


sys.exit(run_all())
