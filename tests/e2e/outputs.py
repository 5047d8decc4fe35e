#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What happens to OUT, whatever stands there and whatever fails on the way: a
file keeps its content until the new one is whole, and its owner, mode and
access list for good; links are followed; nothing is ever more open than it
ends; a FIFO, a socket, a device and a terminal are told apart.

Fails if taken out: each step of cmd/keep.c, may_follow in cmd/place.c, the
O_NONBLOCK and the wait in cmd/output.c, the modes of its two temporary files.

Environment: GLOVEBOX the command. TAP on stdout.
"""
import hashlib
import os
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from command import GLOVEBOX, get, put, run  # noqa: E402
from tap import Skip, run_all, same, test, within  # noqa: E402

SIDE = 200
PIXELS = hashlib.shake_256(b"outputs").digest(4 * SIDE * SIDE)
OTHER = 1234  # a uid and a gid that are nobody's here


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + \
        struct.pack(">I", zlib.crc32(kind + data))


def make_samples():
    rows = b"".join(b"\0" + PIXELS[4 * SIDE * y:4 * SIDE * (y + 1)]
                    for y in range(SIDE))
    put("a.png", b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))
    os.umask(0o022)
    os.chmod(".", 0o755)
    os.chmod("..", 0o755)


def need_root():
    if os.geteuid() != 0:
        raise Skip("needs root")


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def leftovers(path="."):
    return [n for n in os.listdir(path) if n.startswith(".glovebox")]


def decode(out, *more, code=0, **how):
    done = subprocess.run(
        [*how.pop("wrap", ()), GLOVEBOX, "decode", "--rgba", out, *more,
         "a.png"], capture_output=True, timeout=60,
        stdin=subprocess.DEVNULL, check=False, **how)
    same(done.returncode, code, f"decode to {out}: {done.stdout} {done.stderr}")
    return done


def signals_as_usual():
    """nohup, and a shell's &, leave some ignored for all that they start."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


def in_own_mounts(script, *args, **how):
    """Run it by sh where its mounts are seen by nobody else."""
    done = subprocess.run(
        ["unshare", "-m", "sh", "-euc", script, "sh", GLOVEBOX, *args],
        capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
        check=False, **how)
    if done.returncode == 99:
        raise Skip("this host refuses to mount a tmpfs")
    return done


# No file without a name can get one there: linkat(2) wants a /proc.
NO_PROC = "mount -t tmpfs none /proc || exit 99; "
WORKERS = os.environ.get("GLOVEBOX_LIBEXEC") or os.path.join(
    os.path.dirname(GLOVEBOX), "libexec")
SMALL = "mkdir -p small; mount -t tmpfs -o size=%s none small || exit 99; "


# ---- what is kept ------------------------------------------------------------

@test
def a_replaced_file_keeps_its_mode():
    for bits in (0o000, 0o200, 0o400, 0o600, 0o640, 0o664, 0o666, 0o755):
        if os.geteuid() != 0 and not bits & 0o200:
            continue
        put("o", b"old")
        os.chmod("o", bits)
        decode("o")
        same(oct(mode("o")), oct(bits), "decode")
        if os.geteuid() == 0:
            same(get("o"), PIXELS, "content")
        same(leftovers(), [])
        os.unlink("o")
        for command in ("thumbnail", "disarm"):
            put("o.png", b"old")
            os.chmod("o.png", bits)
            same(run(command, "a.png", "o.png").returncode, 0, command)
            same(oct(mode("o.png")), oct(bits), command)
            os.unlink("o.png")


@test
def no_set_id_bit_outlives_a_rewrite():
    put("o", b"old")
    os.chmod("o", 0o6755)
    decode("o")
    same(oct(mode("o")), oct(0o755))


@test
def a_replaced_file_keeps_its_owner_and_group():
    need_root()
    put("o", b"old")
    os.chown("o", OTHER, OTHER + 1)
    os.chmod("o", 0o640)
    decode("o")
    st = os.stat("o")
    same((st.st_uid, st.st_gid, oct(mode("o"))),
         (OTHER, OTHER + 1, oct(0o640)))


@test
def a_group_that_cannot_be_kept_is_given_no_right():
    """The folder is the user's, the file's group is not."""
    need_root()
    os.mkdir("hers")
    os.chown("hers", OTHER, OTHER)
    for bits, want in ((0o640, 0o600), (0o604, 0o600), (0o644, 0o644)):
        put("hers/o", b"old")
        os.chown("hers/o", OTHER, 0)
        os.chmod("hers/o", bits)
        decode("hers/o", wrap=["setpriv", f"--reuid={OTHER}",
                               f"--regid={OTHER}", "--clear-groups"])
        same((os.stat("hers/o").st_gid, oct(mode("hers/o"))),
             (OTHER, oct(want)), oct(bits))
        same(get("hers/o"), PIXELS)


def acl(*entries):
    """acl(5) as its extended attribute holds it."""
    return struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", *entry) for entry in entries)


NONE = 0xffffffff
FOR_ONE = acl((1, 6, NONE), (2, 4, OTHER), (4, 0, NONE), (16, 4, NONE),
              (32, 0, NONE))
FOR_ALL = acl((1, 6, NONE), (2, 6, OTHER), (4, 4, NONE), (16, 6, NONE),
              (32, 4, NONE))


def set_acl(path, name, value):
    try:
        os.setxattr(path, f"system.posix_acl_{name}", value)
    except OSError as error:
        raise Skip(f"no access lists here: {error.strerror}") from error


@test
def a_replaced_file_keeps_its_access_list():
    put("o", b"old")
    set_acl("o", "access", FOR_ONE)
    before = mode("o")
    decode("o")
    same(os.getxattr("o", "system.posix_acl_access"), FOR_ONE)
    same(oct(mode("o")), oct(before))


@test
def a_private_file_gets_no_access_list_of_its_folder():
    os.mkdir("listed")
    put("listed/o", b"old")
    os.chmod("listed/o", 0o640)
    set_acl("listed", "default", FOR_ALL)
    decode("listed/o")
    same([n for n in os.listxattr("listed/o") if "acl" in n], [])
    same(oct(mode("listed/o")), oct(0o640))
    decode("listed/new")
    put("listed/plain", b"")
    same(os.getxattr("listed/new", "system.posix_acl_access"),
         os.getxattr("listed/plain", "system.posix_acl_access"), "a new one's")


@test
def new_files_get_the_mode_of_the_umask():
    for mask in (0o002, 0o022, 0o077, 0o777):
        for command in ("decode", "thumbnail", "disarm"):
            args = ["--rgba", "new.png", "a.png"] if command == "decode" \
                else ["a.png", "new.png"]
            done = subprocess.run([GLOVEBOX, command, *args], umask=mask,
                                  capture_output=True, check=False)
            same(done.returncode, 0, f"{command}: {done.stderr}")
            same(oct(mode("new.png")), oct(0o666 & ~mask), command)
            os.unlink("new.png")


@test
def nothing_is_ever_more_open_than_it_ends():
    """By strace, with a nameless file and (no /proc) with a named one."""
    need_root()
    if not shutil.which("strace"):
        raise Skip("no strace")
    for hide in ("", NO_PROC):
        put("o", b"old")
        os.chmod("o", 0o600)
        done = in_own_mounts(
            hide + 'strace -qq -o log -e trace=openat,fchmod,chmod,fchmodat '
            '"$1" decode --worker-dir "$2" --rgba o a.png', WORKERS)
        same(done.returncode, 0, done.stderr + done.stdout)
        same(oct(mode("o")), oct(0o600))
        log = get("log").decode()
        made = [l for l in log.splitlines()
                if ("O_TMPFILE" in l or "O_EXCL" in l) and "= -1" not in l
                and "/dev/shm" not in l]
        same(len(made), 1, log)
        within(", 000)", made[0], "the mode that it is made with")
        same([l for l in log.splitlines() if "chmod" in l and "0600" not in l],
             [], "modes that it had")
        within("O_TMPFILE" if not hide else "O_EXCL", made[0])


# ---- links -------------------------------------------------------------------

@test
def a_link_stays_and_its_target_is_replaced_whole():
    os.makedirs("far/away")
    put("far/away/t", b"old")
    os.chmod("far/away/t", 0o640)
    inode = os.stat("far/away/t").st_ino
    os.symlink("away/t", "far/one")
    os.symlink("far/one", "two")
    decode("two")
    same((os.readlink("two"), os.readlink("far/one")), ("far/one", "away/t"))
    same(get("far/away/t"), PIXELS)
    same(oct(mode("far/away/t")), oct(0o640))
    same(os.stat("far/away/t").st_ino != inode, True, "another file")
    same(sorted(os.listdir("far/away")), ["t"])
    os.symlink("away/new", "far/three")
    decode("far/three")
    same(get("far/away/new"), PIXELS, "a link to nothing")
    os.symlink("loop", "loop")
    within(b"Too many levels", decode("loop", code=71).stderr)
    os.symlink("far/", "folder")
    within(b"Is a directory", decode("folder", code=71).stderr)


@test
def a_full_disk_leaves_what_a_link_leads_to():
    """All three commands, and the last bytes as well as the first."""
    need_root()
    for size in ("8k", "64k", "156k"):
        done = in_own_mounts(
            SMALL % size
            + "echo old > small/t.png; chmod 604 small/t.png; "
            "ln -s small/t.png l.png; set +e; "
            '"$1" decode --rgba l.png a.png; echo $?; '
            '"$1" decode --png l.png a.png; echo $?; '
            '"$1" disarm a.png l.png; echo $?; '
            '"$1" thumbnail -s 200 a.png l.png; echo $?; '
            "cat l.png; ls -A small; stat -c %a small/t.png; readlink l.png")
        lines = done.stdout.decode().splitlines()
        same(lines[1:8:2], ["71"] * 4, f"{size}: {lines}")
        same(lines[8:], ["old", "t.png", "604", "small/t.png"], size)
        within(b"No space left on device", done.stderr)
        os.unlink("l.png")


@test
def a_full_disk_leaves_no_new_file():
    need_root()
    done = in_own_mounts(SMALL % "64k" + "set +e; "
                         '"$1" decode --rgba small/o a.png; echo $?; '
                         "ls -A small")
    same(done.stdout.decode().splitlines()[1:], ["71"], done.stderr)


@test
def links_of_others_in_a_folder_for_all_are_not_followed():
    """As fs.protected_symlinks has it, also where that is off."""
    need_root()
    os.mkdir("all")
    os.chmod("all", 0o1777)
    put("mine", b"old")
    os.symlink(os.path.abspath("mine"), "all/trap")
    os.chown("all/trap", OTHER, OTHER, follow_symlinks=False)
    within(b"Permission denied", decode("all/trap", code=71).stderr)
    same(get("mine"), b"old")
    os.chown("all/trap", 0, 0, follow_symlinks=False)
    decode("all/trap")
    same(get("mine"), PIXELS, "one's own")


# ---- what is no file ---------------------------------------------------------

@test
def a_fifo_without_a_reader_is_not_waited_for_forever():
    os.mkfifo("pipe")
    start = time.monotonic()
    done = decode("pipe", "--json", code=71)
    same(5 < time.monotonic() - start < 60, True, "seconds")
    within(b"a FIFO that nobody reads", done.stderr)
    within(b'"errno":"ENXIO"', done.stdout)
    within(b'a FIFO that nobody reads"', done.stdout)
    same(stat.S_ISFIFO(os.lstat("pipe").st_mode), True)


@test
def a_fifo_whose_reader_is_late_and_slow():
    os.mkfifo("pipe")
    got = []

    def read():
        time.sleep(1)
        with open("pipe", "rb") as file:
            time.sleep(0.5)
            got.append(file.read())
    t = threading.Thread(target=read)
    t.start()
    decode("pipe")
    t.join()
    same(got, [PIXELS])


@test
def sockets_directories_and_disks():
    s = socket.socket(socket.AF_UNIX)
    s.bind("sock")
    within(b"it is a socket", decode("sock", code=71).stderr)
    s.close()
    os.mkdir("folder")
    for name in ("folder", "folder/", ".", "..", "/", "folder/."):
        within(b"Is a directory", decode(name, code=71).stderr, name)
    within(b"Not a directory", decode("a.png/", code=71).stderr)
    within(b"No such file", decode("none/", code=71).stderr)
    if os.geteuid() == 0:
        try:
            os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(7, 250))
        except OSError as error:
            raise Skip(f"no block device: {error.strerror}") from error
        done = decode("disk", "--json", code=71)
        within(b"it is a block device", done.stderr)
        same(stat.S_ISBLK(os.lstat("disk").st_mode), True)


@test
def a_descriptor_by_its_name():
    read, write = os.pipe()
    got = []
    t = threading.Thread(target=lambda: got.append(
        open(read, "rb", closefd=False).read()))
    t.start()
    decode(f"/dev/fd/{write}", pass_fds=[write])
    os.close(write)
    t.join()
    os.close(read)
    same(got, [PIXELS])
    for fd in (*range(3, 40), 250):  # the library's own are among them
        within(b"Bad file descriptor",
               decode(f"/dev/fd/{fd}", code=71).stderr, str(fd))
    os.symlink("/dev/stdout", "out")
    done = decode("out")
    same(done.stdout, PIXELS, "a link to standard output")
    within(b"a.png: ok", done.stderr, "the lines go elsewhere")


@test
def pixels_are_not_for_terminals():
    for option in ("--rgba", "--png"):
        for name in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
            master, slave = os.openpty()
            done = subprocess.run(
                [GLOVEBOX, "decode", option, name, "a.png"], stdout=slave,
                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60,
                check=False)
            os.close(slave)
            same(done.returncode, 64, f"{option} {name}: {done.stderr}")
            within(b"not written to a terminal", done.stderr)
            try:
                same(os.read(master, 100), b"", "what the terminal got")
            except OSError:
                pass  # EIO: the other end is gone, and nothing was there
            os.close(master)


@test
def a_terminal_that_is_named_is_meant():
    master, slave = os.openpty()
    got = bytearray()

    def read():
        try:
            while len(got) < len(PIXELS):
                got.extend(os.read(master, 65536))
        except OSError:
            pass
    t = threading.Thread(target=read)
    t.start()
    decode(os.ttyname(slave))
    os.close(slave)
    t.join(30)
    os.close(master)
    same(len(got) >= len(PIXELS), True, "bytes")


# ---- ends in the middle ------------------------------------------------------

@test
def killed_while_it_writes_leaves_the_old_file():
    """Stopped by a full pipe of strace's making is no matter of luck: the
    write that is delayed is the one that the signal meets."""
    if not shutil.which("strace"):
        raise Skip("no strace")
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT,
                   signal.SIGHUP):
        for name, old in (("o", b"old"), ("new", None)):
            if old:
                put(name, old)
            done = subprocess.run(
                ["strace", "-qq", "-o", "/dev/null", "-e", "trace=write",
                 "-e", f"inject=write:signal={number.name}:when=3",
                 GLOVEBOX, "decode", "--rgba", name, "a.png"],
                capture_output=True, timeout=60, check=False,
                preexec_fn=signals_as_usual)
            same(done.returncode in (-number, 128 + number), True,
                 f"{number.name}: {done.returncode} {done.stderr}")
            same(leftovers(), [], f"{number.name} {name}")
            same(os.path.exists(name) and get(name), old or False, name)


@test
def a_named_temporary_file_goes_with_the_signal():
    need_root()
    if not shutil.which("strace"):
        raise Skip("no strace")
    for name in ("SIGTERM", "SIGINT", "SIGXCPU"):
        put("o", b"old")
        done = in_own_mounts(
            NO_PROC + f"set +e; strace -qq -o log -e trace=write,openat "
            f"-e inject=write:signal={name}:when=3 "
            '"$1" decode --worker-dir "$2" --rgba o a.png; ls -A; cat o',
            WORKERS, preexec_fn=signals_as_usual)
        within(b".glovebox-", get("log"), "there was one")
        same(b".glovebox-" in done.stdout, False, name)
        same(done.stdout[-3:], b"old", name)


@test
def called_twice_at_once():
    """Whoever is last wins, and what is there is always one of them whole."""
    put("o", b"")
    jobs = [subprocess.Popen([GLOVEBOX, "decode", "--rgba", "o", "a.png"],
                             stdout=subprocess.DEVNULL) for _ in range(6)]
    while any(p.poll() is None for p in jobs):
        within(get("o"), (b"", PIXELS))
    same([p.returncode for p in jobs], [0] * 6)
    same(get("o"), PIXELS)
    same(leftovers(), [])


if __name__ == "__main__":
    sys.exit(run_all(make_samples))
