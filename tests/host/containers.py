#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Hosts that give less than a plain one: containers with Docker's default
profile, without capabilities, without user namespaces; a hidden or read-only
/proc; few descriptors, few processes, little address space, little memory.

In each of them good files are read and bad ones refused, and doctor says what
is so: that it works, with the layers that the jobs had. All of it happens in
namespaces, limits and control groups of a child; nothing of the host is
changed. Prints TAP. Needs root.
"""
import contextlib
import ctypes
import errno
import json
import os
import platform
import shutil
import struct
import subprocess
import sys
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
from tap import Skip, run_all, same, test, within  # noqa: E402

GLOVEBOX = os.path.abspath(os.environ.get("GLOVEBOX",
                                          "build/release/glovebox"))
LIBEXEC = os.path.abspath(os.environ.get(
    "GLOVEBOX_LIBEXEC", os.path.join(os.path.dirname(GLOVEBOX), "libexec")))
# Has no process: RLIMIT_NPROC counts all of a user's. Another one in each run, for
# two may go on at once.
USER = 300000 + os.getpid() % 60000 * 8
AS_USER = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
# moby, oci/caps/defaults.go
DOCKER_CAPS = ["chown", "dac_override", "fsetid", "fowner", "mknod", "net_raw",
               "setgid", "setuid", "setfcap", "setpcap", "net_bind_service",
               "sys_chroot", "kill", "audit_write"]
# moby, profiles/seccomp/default.json, for who has no CAP_SYS_ADMIN: clone(2)
# with any of these flags, and calls that do not need it to be harmful.
DOCKER_CLONE = 0x7e020000
DOCKER_REFUSED = {"clone3": (435, errno.ENOSYS)} | {
    name: (number, errno.EPERM) for name, number in (
        ("unshare", 272), ("mount", 165), ("umount2", 166),
        ("pivot_root", 155), ("setns", 308), ("keyctl", 250),
        ("add_key", 248), ("request_key", 249), ("bpf", 321),
        ("perf_event_open", 298))}
# moby, oci/defaults.go
MASKED = ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/latency_stats"]
READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
            "/proc/sysrq-trigger"]
WALLS = {"userns", "netns", "pidns", "root"}


# ---- what the child does -----------------------------------------------------

def docker_filter():
    """Allow all but what Docker's profile refuses."""
    code = struct.pack("HBBI", 0x20, 0, 0, 0)  # the number
    for number, error in DOCKER_REFUSED.values():
        code += struct.pack("HBBI", 0x15, 0, 1, number)
        code += struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | error)
    code += struct.pack("HBBI", 0x15, 0, 3, 56)  # clone
    code += struct.pack("HBBI", 0x20, 0, 0, 16)  # its first argument
    code += struct.pack("HBBI", 0x45, 0, 1, DOCKER_CLONE)
    code += struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | errno.EPERM)
    code += struct.pack("HBBI", 0x06, 0, 0, 0x7fff0000)
    libc = ctypes.CDLL(None, use_errno=True)
    text = ctypes.create_string_buffer(code)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
    program = Program(len(code) // 8, ctypes.addressof(text))
    if libc.prctl(22, 2, ctypes.byref(program), 0, 0):
        sys.exit(f"seccomp: {os.strerror(ctypes.get_errno())}")


def barren():
    """The root of a user namespace that may have no other: its own limit, not
    the host's. Its maps are written from outside."""
    libc = ctypes.CDLL(None, use_errno=True)
    ready, told = os.pipe()
    parent, helper = os.getpid(), os.fork()
    if helper == 0:
        os.close(told)
        os.read(ready, 1)
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{parent}/{name}", "w", encoding="ascii") as file:
                file.write("0 0 65536\n")
        os._exit(0)
    if libc.unshare(0x10000000):
        sys.exit("no user namespaces here")
    os.write(told, b"x")
    if os.waitpid(helper, 0)[1]:
        sys.exit("the maps can't be written")
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    with open("/proc/sys/user/max_user_namespaces", "w",
              encoding="ascii") as file:
        file.write("0")


def child(words):
    {"docker-filter": docker_filter, "barren": barren}[words[0]]()
    os.execvp(words[1], words[1:])


# ---- the places --------------------------------------------------------------

def place(script, then=()):
    """A mount namespace of its own in which the script was run."""
    return ["unshare", "-m", "sh", "-c",
            f'mount --make-rprivate / && {script} && exec "$@"', "sh", *then]


class Group:
    """A control group below that of this process, or at the top of the tree,
    with so much memory and no swap: cgroups(7)."""

    TOP = "/sys/fs/cgroup"
    # What is written to, in version 1 and 2; what may not be there last.
    FILES = [("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"),
             ("memory.max", "memory.swap.max")]

    def __init__(self, size):
        whys = []
        for parent, (limit, swap) in self.parents():
            self.path = os.path.join(parent, f"glovebox-test-{os.getpid()}")
            try:
                os.mkdir(self.path)
                self.write(limit, size)
                with contextlib.suppress(OSError):
                    self.write(swap, size if "memsw" in swap else 0)
                return
            except OSError as error:
                whys.append(f"{parent}: {error.strerror}")
                self.remove()
        raise Skip("no control group for memory can be made here: "
                   + (", ".join(whys) or "none is mounted"))

    def parents(self):
        with open("/proc/self/cgroup", encoding="ascii") as file:
            lines = [line.rstrip("\n").split(":", 2) for line in file]
        for _, controllers, path in lines:
            if "memory" in controllers.split(","):
                names, top = self.FILES[0], f"{self.TOP}/memory"
            elif controllers == "":
                names, top = self.FILES[1], self.TOP
            else:
                continue
            for parent in dict.fromkeys((top + path.rstrip("/"), top)):
                if os.path.isdir(parent):
                    yield parent, names

    def write(self, name, value):
        with open(os.path.join(self.path, name), "r+",
                  encoding="ascii") as file:
            file.write(str(value))

    def kills(self):
        for name in ("memory.oom_control", "memory.events"):
            with contextlib.suppress(FileNotFoundError), \
                    open(os.path.join(self.path, name),
                         encoding="ascii") as file:
                return int(dict(line.split() for line in file)["oom_kill"])
        return 0

    def wrap(self):
        return ["sh", "-c", 'echo $$ > "$0" && exec "$@"',
                os.path.join(self.path, "cgroup.procs")]

    def remove(self):
        """When the last process in it has ended."""
        for _ in range(600):
            try:
                return os.rmdir(self.path)
            except FileNotFoundError:
                return None
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"{self.path}: processes are left in it")


def myself(what):
    return [sys.executable, os.path.abspath(__file__), what]


def capabilities(kept):
    return ["setpriv", "--inh-caps=-all",
            "--bounding-set=" + ",".join(["-all"] + ["+" + c for c in kept])]


def docker(kept=tuple(DOCKER_CAPS)):
    if platform.machine() != "x86_64":
        raise Skip("the numbers of Docker's calls are those of x86-64")
    masks = [f"mount --bind /dev/null {p}" for p in MASKED
             if os.path.exists(p)]
    masks += [f"mount --bind {p} {p} && mount -o remount,bind,ro {p}"
              for p in READONLY if os.path.exists(p)]
    return place(" && ".join(masks), [*myself("docker-filter"),
                                      *capabilities(kept)])


# ---- the truth ---------------------------------------------------------------

def png_of(width, height, packed):
    def chunk(kind, data):
        body = kind + data
        return (struct.pack(">I", len(data)) + body
                + struct.pack(">I", zlib.crc32(body)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
        ">IIBBBBB", width, height, 8, 6, 0, 0, 0))
        + chunk(b"IDAT", packed) + chunk(b"IEND", b""))


def png(name, width, height):
    rows = b"".join(b"\0" + bytes((x * y) & 255 for x in range(4 * width))
                    for y in range(height))
    with open(name, "wb") as file:
        file.write(png_of(width, height, zlib.compress(rows)))
    os.chmod(name, 0o644)


def say(wrap, *args):
    done = subprocess.run([*wrap, "./glovebox", *args], text=True,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=240, check=False)
    lines = done.stdout.splitlines()
    if not lines:
        raise AssertionError(f"{args}: exit {done.returncode}: {done.stderr}")
    return done.returncode, [json.loads(line) for line in lines]


def truth(wrap, missing=frozenset(), options=()):
    """Jobs and doctor; the layers that are not there, of doctor's filter."""
    dirs = ("--worker-dir", os.path.abspath("libexec"), *options)
    code, told = say(wrap, "decode", "--json", "--sha256", *dirs, "a.png",
                     "b.png", "cut.png")
    same([t["verdict"] for t in told], ["ok", "ok", "malformed"],
         str([t.get("detail") for t in told]))
    same((code, told[0]["width"]), (65, 300))
    code, (doctor,) = say(wrap, "doctor", "--json", *dirs)
    same((code, doctor["ok"]), (0, True), str(doctor["lockdown"]))
    layers = doctor["lockdown"]["filter"]["layers"]
    for job in told[:2]:
        same({n for n in layers if layers[n]["in_force"]},
             set(job["posture"]) - {"batch"}, "doctor and the job")
    same({n for n in layers if not layers[n]["in_force"]}
         - {"tsc", "landlock", "guard"}, set(missing), "missing")
    return doctor, layers


def advice(layers, name, word):
    within(word, layers[name]["advice"], name)


# ---- the rows ----------------------------------------------------------------

@test
def a_plain_host():
    truth([])
    truth(AS_USER)


@test
def docker_with_its_default_profile():
    """Root with some capabilities, a filter, and a masked /proc."""
    _, layers = truth(docker(), WALLS)
    advice(layers, "userns", "seccomp filter")


@test
def docker_with_all_capabilities_dropped():
    _, layers = truth(docker(()), WALLS | {"nonroot"})
    advice(layers, "nonroot", "CAP_SETUID")


@test
def docker_as_a_user():
    truth(docker() + AS_USER, WALLS)


@test
def all_capabilities_dropped():
    _, layers = truth(capabilities(()), WALLS | {"nonroot"})
    advice(layers, "userns", "CAP_SETUID")
    advice(layers, "nonroot", "ordinary user")


@test
def no_user_namespaces():
    inside = myself("barren")
    doctor, layers = truth(inside, {"userns"})
    same(doctor["host"]["max_user_namespaces"], 0)
    advice(layers, "userns", "user.max_user_namespaces")
    # An id that is mapped there.
    truth(inside + ["setpriv", "--reuid=1000", "--regid=1000",
                    "--clear-groups"], WALLS)


@test
def a_hidden_proc():
    for option in ("hidepid=1", "hidepid=2"):
        hidden = place(f"mount -t proc -o {option} proc /proc")
        truth(hidden)
        truth(hidden + AS_USER)


@test
def a_read_only_proc():
    """A user namespace needs to write there."""
    proc = place("mount -t proc -o ro proc /proc")
    _, layers = truth(proc, {"userns"})
    advice(layers, "userns", "read-only")
    _, layers = truth(proc + AS_USER, WALLS)
    advice(layers, "userns", "read-only")


@test
def few_descriptors_and_processes():
    """Not all workers at once; a job needs one. Each time another user, for
    what ended may still count for a moment."""
    for number, limits in enumerate(((24, 40), (64, 40), (24, 16))):
        user = USER + 1 + number
        truth(["setpriv", f"--reuid={user}", f"--regid={user}",
               "--clear-groups", "prlimit", f"--nofile={limits[0]}",
               f"--nproc={limits[1]}"])


@test
def little_address_space():
    """As under vm.overcommit_memory=2: 512 MiB can't be had at once."""
    doctor, _ = truth(["prlimit", f"--data={300 << 20}"])
    given = doctor["lockdown"]["filter"]["memory"]
    same(given in (128 << 20, 256 << 20), True, f"memory: {given}")
    doctor, _ = truth([])
    same(doctor["lockdown"]["filter"]["memory"] > given, True)


def picture_of_12_million_pixels():
    """The command that decodes it as far as its output may go."""
    row = b"\0" + bytes(x * 7 & 255 for x in range(4 * 4000))
    with open("big.png", "wb") as file:
        file.write(png_of(4000, 3000, zlib.compress(row * 3000, 1)))
    os.chmod("big.png", 0o644)
    return ["decode", "--json", "--sha256", "--worker-dir",
            os.path.abspath("libexec"), "big.png"]


@test
def a_container_with_little_memory():
    """The kernel ends who needs more: never the input's fault. Without a limit
    of its own a job runs into one that the container sets, by name."""
    big = picture_of_12_million_pixels()
    asked = big + ["--limit", "output=256M", "--limit", "memory=256M"]
    code, (good,) = say([], *asked)
    same((code, good["verdict"]), (0, "ok"))
    for lockdown in ("filter", "strict"):
        mode = ["--lockdown", lockdown]
        group = Group(60 << 20)
        try:
            code, (told,) = say(group.wrap(), *big, *mode)
            same((code, told["verdict"], told.get("limit")),
                 (65, "limit", "output"))
            code, (told,) = say(group.wrap(), *asked, *mode)
            same((code, told.get("errno"), told.get("sha256")) in (
                (0, None, good["sha256"]), (71, "ENOMEM", None)), True,
                str(told))
            # Less than its pixels alone.
            group.write(Group.FILES["memory.max" in os.listdir(group.path)][0],
                        40 << 20)
            before = group.kills()
            code, (told,) = say(group.wrap(), *asked, *mode)
            same((code, told["verdict"], told.get("errno")),
                 (71, "error", "ENOMEM"), str(told))
            within("the host's memory ran out", told["detail"])
            # Tried once more, for there might have been more by then.
            same(group.kills() - before, 2, "kills by the kernel")
            doctor, _ = truth(group.wrap())
            same(doctor["host"]["cgroup_memory"], 40 << 20)
        finally:
            group.remove()


def prepare():
    """A place that every user reaches."""
    os.chmod(".", 0o755)
    os.chmod("..", 0o755)
    shutil.copytree(LIBEXEC, "libexec")
    shutil.copy2(GLOVEBOX, "glovebox")
    png("a.png", 300, 200)
    png("b.png", 16, 16)
    with open("a.png", "rb") as file, open("cut.png", "wb") as cut:
        cut.write(file.read(40))


def main():
    if len(sys.argv) > 1:
        return child(sys.argv[1:])
    if os.geteuid() != 0:
        print("1..1\nok 1 - containers # SKIP needs root")
        return 0
    return run_all(prepare)


if __name__ == "__main__":
    sys.exit(main())
