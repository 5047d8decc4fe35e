#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""glovebox doctor in hard places: what it says is missing, why, and what to
change. Prints TAP. GLOVEBOX is the binary.

Fails if taken out: any branch of cmd/doctor_advice.c that a test names, a check
of the worker directory in cmd/doctor_host.c, a key of the JSON."""
import ctypes
import errno
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.dont_write_bytecode = True
from tap import Skip, TESTS, same, test, within  # noqa: E402

GLOVEBOX = os.path.abspath(os.environ.get("GLOVEBOX", "build/release/glovebox"))
LIBEXEC = os.path.abspath(os.environ.get(
    "GLOVEBOX_LIBEXEC", os.path.join(os.path.dirname(GLOVEBOX), "libexec")))
INSTALLED = WHOLE = OWN = LIBEXEC
# Enough for most tests, for doctor starts each and does a job in it.
FEW = {"glovebox-" + name for name in ("init", "copy", "png", "gif", "tiff",
                                       "ooxml", "webp", "encode")}
# Of them those that need no library of the system's, which in a user namespace
# of an ordinary user's belongs to nobody that is known there.
STATIC = FEW - {"glovebox-" + name for name in ("tiff", "webp", "encode")}
BUILD = os.path.dirname(LIBEXEC)
BROKEN = os.path.join(BUILD, "broken", "libexec")
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
KEYS = ["ok", "version", "kernel", "machine", "worker_dir", "landlock_abi",
        "outer_filters", "lockdown", "host", "formats", "libraries"]
HOST = ["proc", "chroot", "uid_mapped", "max_user_namespaces",
        "unprivileged_userns_clone", "apparmor_restrict_unprivileged_userns",
        "ptrace_scope", "smt", "swap_areas", "nofile", "nproc",
        "overcommit_memory", "cgroup_memory", "cgroup_pids", "core_pattern",
        "seccomp_actions"]
LAYERS = ["proven", "nnp", "userns", "netns", "pidns", "root", "landlock",
          "tsc", "nonroot", "guard"]


def doctor(*args, wrap=(), before=None, workers=None):
    """(exit status, what the JSON says, the text)."""
    command = [*wrap, GLOVEBOX, "doctor", "--worker-dir", workers or LIBEXEC,
               *args]
    with ThreadPoolExecutor(2) as both:
        said = list(both.map(lambda c: subprocess.run(
            c, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=before, check=False), (command, command + ["--json"])))
    same(said[0].returncode, said[1].returncode, "text and JSON")
    if said[1].returncode not in (0, 69):
        raise AssertionError(f"exit {said[1].returncode}: {said[1].stderr}")
    told = json.loads(said[1].stdout)
    same(told["ok"], said[1].returncode == 0, "ok")
    return said[1].returncode, told, said[0].stdout


def works(text):
    """A virtual machine or another architecture may lack a layer."""
    if not re.search(r"\nresult: lockdown filter (with all its layers|"
                     r"works, without \d of its layers)[;\n]", text):
        raise AssertionError(text)


def few_files(n):
    return ("sh", "-c", f'ulimit -n {n} && exec "$@"', "sh")


def possible(*wrap):
    if subprocess.run([*wrap, "true"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode:
        raise Skip(f"not possible here: {' '.join(wrap)}")
    return wrap


def layer(told, name, lockdown="filter"):
    return told["lockdown"][lockdown]["layers"][name]


# ---- seccomp filters of others -----------------------------------------------

def load_filter(rules):
    """Calls that are answered with an errno (0: success is faked)."""
    code = struct.pack("HBBI", 0x20, 0, 0, 0)  # the number
    for number, error in rules:
        code += struct.pack("HBBI", 0x15, 0, 1, number)
        code += struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | error)
    code += struct.pack("HBBI", 0x06, 0, 0, 0x7fff0000)
    libc = ctypes.CDLL(None, use_errno=True)
    text = ctypes.create_string_buffer(code)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
    program = Program(len(code) // 8, ctypes.addressof(text))
    if libc.prctl(38, 1, 0, 0, 0) or \
            libc.prctl(22, 2, ctypes.byref(program), 0, 0):
        os._exit(99)


# ---- as it is ----------------------------------------------------------------

@test
def keys_are_these():
    code, told, text = doctor(workers=WHOLE)
    same(code, 0, text)
    same(list(told), KEYS, "keys")
    same(list(told["host"]), HOST, "host")
    same(list(told["lockdown"]), ["filter", "strict"])
    for name in told["lockdown"]:
        trial = told["lockdown"][name]
        if trial["works"]:
            same(list(trial), ["works", "layers", "seccomp_filters", "memory"],
                 name)
            same(list(trial["layers"]), [name] + LAYERS, "layers")
        for what in trial["layers"].values():
            same(set(what) <= {"in_force", "errno", "advice"}
                 and what["in_force"] != ("advice" in what), True, str(what))
    same([set(f) for f in told["formats"]],
         [{"format", "worker", "found"}] * len(told["formats"]))
    within("\nresult: lockdown filter", text)


@test
def what_is_required_is_named_when_it_is_missing():
    code, told, text = doctor("--lockdown", "strict", "--require", "strict",
                              before=lambda: load_filter([]))
    same((code, told["ok"]), (69, False))
    within("lockdown strict: UNAVAILABLE", text)
    within("can't be had as asked for", text)
    same(doctor("--require", "nnp,proven")[0], 0)


# ---- the worker directory ----------------------------------------------------

@test
def no_worker_directory():
    code, told, text = doctor(workers="nowhere")
    same(code, 69)
    within("make install", told["worker_dir_problem"])
    same(told["lockdown"]["filter"]["error"], "notfound")
    within("make install", told["lockdown"]["filter"]["advice"])
    within("but: No such file or directory", text)


def copy_of_workers(name):
    os.mkdir(name, 0o755)
    for file in os.listdir(LIBEXEC):
        shutil.copy2(os.path.join(LIBEXEC, file), name)
    return os.path.abspath(name)


@test
def a_format_is_left_out():
    """As in a build without its library: no problem, and not the reason when
    something else is one."""
    path = copy_of_workers("fewer")
    os.unlink(os.path.join(path, "glovebox-webp"))
    code, told, text = doctor(workers=path)
    same((code, "worker_dir_problem" in told), (0, False), text)
    same([f["found"] for f in told["formats"] if f["worker"] == "webp"],
         [False])
    code, told, _ = doctor(workers=path, wrap=few_files(9))
    within("ulimit -n", told["lockdown"]["filter"]["advice"])
    same((code, told["landlock_abi"]), (69, None))


@test
def a_helper_is_missing():
    """Without glovebox-copy no pipe can be read."""
    path = copy_of_workers("alone")
    os.unlink(os.path.join(path, "glovebox-copy"))
    code, told, text = doctor(workers=path)
    same(code, 69)
    within("glovebox-copy: No such file", told["worker_dir_problem"])
    works(text)
    within("; glovebox-copy: No such file or directory: install it\n", text)
    done = subprocess.run([GLOVEBOX, "probe", "--json", "--worker-dir", path,
                           "-"], input=b"\x89PNG", stdout=subprocess.PIPE,
                          check=False)
    said = json.loads(done.stdout)
    same((done.returncode, said["errno"]), (71, "ENOENT"))
    within("glovebox-copy is not installed", said["detail"])


@test
def others_may_write_to_the_directory():
    path = copy_of_workers("open")
    os.chmod(path, 0o777)
    code, told, text = doctor(workers=path)
    same(code, 69)
    within("others may write to it (mode 0777): chmod go-w", text)
    same(told["lockdown"]["filter"]["errno"], "EPERM")
    done = subprocess.run([GLOVEBOX, "probe", "--json", "--worker-dir", path,
                           "-"], input=b"\x89PNG", stdout=subprocess.PIPE,
                          check=False)
    within(f"others may write to {path} (mode 0777): chmod go-w",
           json.loads(done.stdout)["detail"])
    os.chmod(path, 0o755)
    same(doctor(workers=path)[0], 0, "and then")


@test
def others_may_write_to_a_worker():
    path = copy_of_workers("loose")
    os.chmod(os.path.join(path, "glovebox-png"), 0o775)
    _, told, text = doctor(workers=path)
    within("glovebox-png (mode 0775): chmod go-w", told["worker_dir_problem"])
    within("but: others may write to glovebox-png", text)
    same([f["found"] for f in told["formats"]
          if f["worker"] == "png"], [False])


@test
def another_user_owns_the_directory():
    if os.geteuid() != 0:
        raise Skip("only root can give files away")
    path = copy_of_workers("given")
    os.chown(path, 65534, 65534)
    code, told, _ = doctor(workers=path)
    same(code, 69)
    within("belongs to uid 65534", told["worker_dir_problem"])


@test
def the_owner_has_no_id():
    """root's files, seen from a user namespace without root."""
    if os.stat(INSTALLED).st_uid != 0:
        raise Skip("the build is not root's")
    wrap = NOBODY if os.geteuid() == 0 else []
    code, told, _ = doctor(wrap=possible(*wrap, "unshare", "-Ur"),
                           workers=INSTALLED)
    same(code, 69)
    within("has no id in this user namespace", told["worker_dir_problem"])


@test
def a_worker_is_missing_or_not_executable():
    path = copy_of_workers("less")
    os.chmod(os.path.join(path, "glovebox-ooxml"), 0o644)
    _, told, text = doctor(workers=path)
    within("glovebox-ooxml can't be executed", told["worker_dir_problem"])
    within("docx      glovebox-ooxml MISSING", text)
    os.unlink(os.path.join(path, "glovebox-init"))
    code, told, _ = doctor(workers=path)
    same(code, 69)
    within("glovebox-init: No such file", told["worker_dir_problem"])


@test
def a_worker_can_not_be_started():
    """tests/hostile/test_broken.c has what each of these does."""
    if not os.path.isdir(BROKEN):
        raise Skip(f"no {BROKEN}: make check-programs")
    path = copy_of_workers("broken")
    for worker in ("png", "gif", "tiff", "ooxml"):
        shutil.copy2(os.path.join(BROKEN, "glovebox-" + worker), path)
    code, told, text = doctor(workers=path)
    same(code, 69, text)
    same({f["worker"]: f["errno"] for f in told["formats"] if "errno" in f},
         {"png": "ELIBBAD", "gif": "EBADMSG", "tiff": "ECONNRESET",
          "ooxml": "ENOMEM"})
    works(text)
    # docx, pptx and zip are of one worker.
    within("; workers of 6 formats can't be started", text)
    within("why: EBADMSG (the parser's library fails on a built-in sample)\n"
           f"{'':17} try: reinstall the library's package, or build", text)
    same([f["why"] for f in told["formats"] if f.get("errno") == "ENOMEM"][0],
         "there is no memory for a worker, or for its library to start")
    same(told["lockdown"]["filter"]["works"], True, "the rest")


@test
def a_worker_starts_and_fails_at_its_jobs():
    """The hostile kit's, whose answer to this is a lie. Fails without
    gbx_doctor_try_jobs."""
    kit = os.path.join(BUILD, "hostile", "libexec")
    if not os.path.isdir(kit):
        raise Skip(f"no {kit}: make hostile-kit")
    code, told, text = doctor(workers=kit)
    same(code, 69, text)
    same({f["worker"]: f["verdict"] for f in told["formats"]
          if "verdict" in f}, {"png": "bad_reply", "ooxml": "bad_reply"})
    within("; jobs of 4 formats fail", text)
    within("glovebox-png FAILS AT ITS JOBS", text)


@test
def libraries_are_named():
    _, told, text = doctor(workers=WHOLE)
    found = {lib["library"]: lib["found"] for lib in told["libraries"]}
    within("shared libraries of workers", text)
    for name, version in found.items():
        within(name + version, text)
    for lib in told["libraries"]:
        if not lib["known"]:
            within(lib["found"] + ": not tested, known to work are", text)


# ---- outer filters -----------------------------------------------------------

@test
def a_filter_that_allows_all():
    code, told, text = doctor(before=lambda: load_filter([]))
    same(code, 0)
    same(told["outer_filters"] >= 1, True)
    within("lockdown strict: UNAVAILABLE", text)
    within("use --lockdown filter", told["lockdown"]["strict"]["advice"])
    same(doctor("--lockdown", "strict", before=lambda: load_filter([]))[0], 69)


@test
def a_filter_that_fakes():
    """seccomp(2) and prctl(2) succeed and do nothing."""
    code, told, text = doctor(
        before=lambda: load_filter([(317, 0)]))
    same(code, 69)
    within("lockdown filter: UNAVAILABLE", text)
    within("must allow seccomp(2) and prctl(2), and not fake them",
           told["lockdown"]["filter"]["advice"])


@test
def a_filter_without_landlock():
    code, told, _ = doctor(
        before=lambda: load_filter([(444, errno.ENOSYS)]))
    same(code, 0)
    same(layer(told, "landlock")["errno"], "ENOSYS")
    within("must allow landlock_create_ruleset(2)",
           layer(told, "landlock")["advice"])


@test
def landlock_switched_off():
    """The kernel's answer without lsm=landlock; a filter gives it here."""
    _, told, _ = doctor(
        before=lambda: load_filter([(444, errno.EOPNOTSUPP)]))
    same(layer(told, "landlock")["errno"], "EOPNOTSUPP")
    within("boot parameter lsm=", layer(told, "landlock")["advice"])


@test
def a_filter_without_mount():
    code, told, text = doctor(
        before=lambda: load_filter([(165, errno.EPERM)]))
    same(code, 0, text)
    if not layer(told, "pidns")["in_force"]:
        raise Skip("no namespaces here")
    same(layer(told, "root")["errno"], "EPERM")
    within("must allow mount(2), umount2(2) and pivot_root(2)",
           layer(told, "root")["advice"])


# ---- without user namespaces -------------------------------------------------

@test
def no_user_namespace_is_left():
    wrap = possible("unshare", "-Ur", "sh", "-c",
                    'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"',
                    "sh")
    code, told, text = doctor(wrap=wrap, workers=OWN)
    same(code, 0, text)
    same(layer(told, "userns")["errno"], "ENOSPC")
    within("sysctl -w user.max_user_namespaces=15000 (it is 0)",
           layer(told, "userns")["advice"])
    within("why: ENOSPC (No space left on device)", text)
    same(told["host"]["max_user_namespaces"], 0)
    code, told, text = doctor("--require", "userns", wrap=wrap, workers=OWN)
    same(code, 69)
    within("nothing will be parsed: userns\n", text)


@test
def an_id_without_a_meaning():
    """Then no owner has one, not even ourselves."""
    code, told, _ = doctor(wrap=possible("unshare", "-U"))
    same(code, 69)
    within("has no id in this user namespace", told["worker_dir_problem"])
    same(told["host"]["uid_mapped"], False)


def namespaces():
    """As root or as the root of a user namespace."""
    return ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-Urm")


@test
def in_a_chroot():
    """All of the system, one folder deeper."""
    root = os.path.abspath("root")
    os.mkdir(root)
    script = r'''
        mount --make-rprivate / || exit 1
        cd / && for d in *; do
            if [ -L "$d" ]; then cp -P "$d" "$R/$d"
            elif [ -d "$d" ]; then
                mkdir -p "$R/$d" && mount --rbind "/$d" "$R/$d" || exit 1
            fi
        done
        exec chroot "$R" "$@"'''
    os.environ["R"] = root
    wrap = possible(*namespaces(), "sh", "-c", script, "sh")
    code, told, text = doctor(wrap=wrap, workers=OWN)
    same(code, 0, text)
    same(told["host"]["chroot"], True)
    same(layer(told, "userns")["errno"], "EPERM")
    within("in a chroot", layer(told, "userns")["advice"])


@test
def without_proc():
    wrap = possible(*namespaces(), "sh", "-c",
                    'mount -t tmpfs none /proc && exec "$@"', "sh")
    code, told, text = doctor(wrap=wrap, workers=OWN)
    same(code, 0, text)
    same(told["host"]["proc"], False)
    same(layer(told, "proven")["in_force"], False)
    within("mount proc at /proc", layer(told, "proven")["advice"])
    same("outer_filters" in told, False, "unknown is not told")


# ---- little of everything ----------------------------------------------------

@test
def as_nobody():
    if os.geteuid() != 0:
        raise Skip("only root can become nobody")
    code, told, text = doctor(wrap=possible(*NOBODY))
    same(code, 0, text)
    same(layer(told, "nnp")["in_force"], True)


@test
def few_descriptors():
    code, told, text = doctor(wrap=few_files(9))
    same(code, 69, text)
    same(told["lockdown"]["filter"]["errno"], "EMFILE")
    within("ulimit -n", told["lockdown"]["filter"]["advice"])
    same(told["host"]["nofile"], 9)


def main():
    global GLOVEBOX, LIBEXEC, INSTALLED, WHOLE, OWN
    print(f"1..{len(TESTS)}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        os.chdir(folder)
        # Where nobody can reach them; and an ordinary user's own, for in its
        # user namespaces root's files are nobody's.
        WHOLE = copy_of_workers("whole")
        LIBEXEC = copy_of_workers("libexec")
        for worker in set(os.listdir(LIBEXEC)) - FEW:
            os.unlink(os.path.join(LIBEXEC, worker))
        OWN = LIBEXEC
        if os.geteuid() == 0:
            INSTALLED = LIBEXEC
        else:
            OWN = copy_of_workers("own")
            for worker in set(os.listdir(OWN)) - STATIC:
                os.unlink(os.path.join(OWN, worker))
        GLOVEBOX = os.path.abspath(shutil.copy2(GLOVEBOX, "glovebox"))
        for number, f in enumerate(TESTS, 1):
            try:
                f()
                print(f"ok {number} - {f.__name__}")
            except Skip as why:
                print(f"ok {number} - {f.__name__} # SKIP {why}")
            except Exception:
                failed += 1
                print(f"not ok {number} - {f.__name__}")
                for line in traceback.format_exc().splitlines()[-6:]:
                    print("# " + line)
            sys.stdout.flush()
        os.chdir("/")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
