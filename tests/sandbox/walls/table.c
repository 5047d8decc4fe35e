/* SPDX-License-Identifier: ISC */
/*
 * Which wall is held by which layer alone. Side: tests; see table.h.
 * Seen from root, the hardest case: what takes root's power away takes away an
 * ordinary user's. Why each is so: namespaces(7), user_namespaces(7),
 * capabilities(7), landlock(7), ptrace(2) "access mode checking", keyrings(7).
 * An empty list: behind the lock there is nothing else before this one.
 */
#include "tests/sandbox/walls/table.h"

#define USERNS	 WALLS_USERNS
#define ROOT	 WALLS_ROOT
#define NETNS	 WALLS_NETNS
#define PIDNS	 WALLS_PIDNS
#define IPCNS	 WALLS_IPCNS
#define UTSNS	 WALLS_UTSNS
#define IDS	 WALLS_IDS
#define CAPS	 WALLS_CAPS
#define NNP	 WALLS_NNP
#define LANDLOCK WALLS_LANDLOCK
#define RLIMITS	 WALLS_RLIMITS
#define DUMPABLE WALLS_DUMPABLE
#define TSC	 WALLS_TSC
#define FDS	 WALLS_FDS
#define KEYRING	 WALLS_KEYRING
/* As any process without power: what wants a capability is held. */
#define POWERLESS (USERNS | IDS | CAPS)

const struct walls_wall walls_table[] = {

    /* Files. Landlock does not stop looking (stat, O_PATH, inotify), nor chmod.
     */
    {"file-absolute", WALLS_LOOT_OURS, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"file-private", WALLS_LOOT_OURS, 0, ROOT | IDS | LANDLOCK, 1, 0, false,
	NULL},
    {"file-dotdot", WALLS_LOOT_OURS, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"file-relative", WALLS_LOOT_OURS, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"file-proc-root", WALLS_LOOT_OURS, 0, POWERLESS | ROOT | LANDLOCK, 1, 0,
	false, NULL},
    {"file-proc-fd", WALLS_LOOT_OURS, 0, POWERLESS | ROOT | LANDLOCK, 1, 0,
	false, NULL},
    {"file-handle", WALLS_LOOT_OURS, 0, POWERLESS | ROOT | LANDLOCK, 1, 0, true,
	NULL},
    {"file-o-path", WALLS_SAYS_SO, 0, ROOT, 0, 0, false, NULL},
    {"file-stat", WALLS_SAYS_SO, 0, ROOT, 0, 0, false, NULL},
    {"file-list", WALLS_SAYS_SO, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"file-create", WALLS_CREATED, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"file-write", WALLS_CHANGED, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"file-truncate", WALLS_CHANGED, 0, ROOT | LANDLOCK, 3, 0, false, NULL},
    {"file-mkdir", WALLS_CREATED, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"file-mknod", WALLS_CREATED, 0, POWERLESS | ROOT | LANDLOCK, 1, 0, true,
	NULL},
    {"file-link", WALLS_CREATED, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"file-chmod", WALLS_MODE, 0, ROOT | IDS, 0, 0, false, NULL},
    {"file-inotify", WALLS_SAYS_SO, 0, ROOT, 0, 0, false, NULL},
    {"chroot", WALLS_LOOT_OURS, 0, POWERLESS | ROOT | LANDLOCK, 1, 0, false,
	NULL},
    {"descriptor", WALLS_SAYS_SO, 0, FDS, 0, 0, false, NULL},

    /* Inside a user namespace all is done with the ids that it was made with:
     * root's, were they not given up before. */
    {"file-private", WALLS_LOOT_OURS, USERNS, ROOT | IDS | LANDLOCK, 1, 0, true,
	NULL},
    {"file-chmod", WALLS_MODE, USERNS, ROOT | IDS, 0, 0, true, NULL},
    {"kill-host", WALLS_VICTIM_HIT, USERNS, PIDNS | IDS | LANDLOCK, 6, 0, true,
	NULL},

    /* Mounts and namespaces. */
    {"mount-over", WALLS_SAYS_SO, 0, POWERLESS | ROOT | LANDLOCK, 1, 0, false,
	NULL},
    {"mount-root", WALLS_SAYS_SO, 0, POWERLESS | LANDLOCK, 1, 0, false, NULL},
    {"mount-remount", WALLS_SAYS_SO, 0, POWERLESS | ROOT | LANDLOCK, 1, 0,
	false, NULL},
    {"umount", WALLS_SAYS_SO, 0, POWERLESS | ROOT | LANDLOCK, 1, 0, false,
	NULL},
    {"open-tree", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},
    {"fsopen", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, false, NULL},
    {"unshare-user", WALLS_SAYS_SO, 0, USERNS, 0, 0, false, NULL},
    {"clone-user", WALLS_SAYS_SO, 0, USERNS, 0, 0, false, NULL},
    {"unshare-others", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, false, NULL},
    {"setns-name", WALLS_SAYS_SO, 0, POWERLESS | ROOT | LANDLOCK, 1, 0, false,
	NULL},
    {"setns-pidfd", WALLS_SAYS_SO, 0, POWERLESS | PIDNS | LANDLOCK, 1, 0, false,
	NULL},

    /* Network and sockets. Landlock knows TCP, and abstract sockets. */
    {"tcp-connect", WALLS_TCP, 0, NETNS | LANDLOCK, 4, 0, false, NULL},
    {"tcp6-connect", WALLS_TCP, 0, NETNS | LANDLOCK, 4, 0, false, NULL},
    {"tcp-bind", WALLS_REACHED, 0, NETNS | LANDLOCK, 4, 0, false, NULL},
    {"udp-send", WALLS_UDP, 0, NETNS, 0, 0, false, NULL},
    {"unix-abstract", WALLS_ABSTRACT, 0, NETNS | LANDLOCK, 6, 0, false, NULL},
    {"unix-path", WALLS_PATH, 0, ROOT, 0, 0, false, NULL},
    {"netlink", WALLS_SAYS_SO, 0, NETNS, 0, 0, false, NULL},
    {"raw-socket", WALLS_SAYS_SO, 0, POWERLESS | NETNS, 0, 0, false, NULL},
    {"packet-socket", WALLS_SAYS_SO, 0, POWERLESS | NETNS, 0, 0, false, NULL},
    {"interface-set", WALLS_MTU, 0, POWERLESS | NETNS, 0, 0, false, NULL},

    /* Processes. Siblings and the zygote are of one domain: only the lock keeps
     * a worker from killing them; their memory is closed by dumpable. */
    {"kill-host", WALLS_VICTIM_HIT, 0, PIDNS | IDS | LANDLOCK, 6, 0, false,
	NULL},
    {"pidfd-signal-host", WALLS_VICTIM_HIT, 0, PIDNS | IDS | LANDLOCK, 6, 0,
	false, NULL},
    {"sigqueue-host", WALLS_VICTIM_HIT, 0, PIDNS | IDS | LANDLOCK, 6, 0, false,
	NULL},
    {"kill-sibling", WALLS_SIBLING_DEAD, 0, 0, 0, 0, false, NULL},
    {"kill-zygote", WALLS_ZYGOTE_DEAD, 0, 0, 0, 0, false, NULL},
    {"kill-init", WALLS_INIT_DEAD, 0, PIDNS | LANDLOCK, 6, 0, false, NULL},
    {"ptrace-host", WALLS_LOOT_OURS, 0, POWERLESS | PIDNS | LANDLOCK, 1, 0,
	false, NULL},
    {"ptrace-sibling", WALLS_LOOT_INSIDE, CAPS, DUMPABLE, 0, 0, false, NULL},
    {"ptrace-zygote", WALLS_LOOT_INSIDE, CAPS, DUMPABLE, 0, 0, false, NULL},
    {"vm-read-host", WALLS_LOOT_OURS, 0, POWERLESS | PIDNS | LANDLOCK, 1, 0,
	false, NULL},
    {"vm-read-sibling", WALLS_LOOT_INSIDE, CAPS, DUMPABLE, 0, 0, false, NULL},
    {"vm-read-zygote", WALLS_LOOT_INSIDE, CAPS, DUMPABLE, 0, 0, false, NULL},
    {"pidfd-getfd-host", WALLS_LOOT_OURS, 0, POWERLESS | PIDNS | LANDLOCK, 1, 0,
	false, NULL},
    {"proc-mem-host", WALLS_LOOT_OURS, 0, POWERLESS | ROOT | LANDLOCK, 1, 0,
	false, NULL},
    {"proc-environ-host", WALLS_LOOT_OURS, 0, POWERLESS | ROOT | LANDLOCK, 1, 0,
	false, NULL},
    {"proc-cmdline-host", WALLS_LOOT_OURS, 0, ROOT | LANDLOCK, 1, 0, false,
	NULL},
    {"new-process", WALLS_SAYS_SO, 0, 0, 0, 0, false, NULL},
    {"exec-host", WALLS_EXECUTED, 0, ROOT | LANDLOCK, 1, 0, false, NULL},
    {"exec-setuid", WALLS_AS_ROOT, IDS | CAPS, USERNS | ROOT | NNP, 0, LANDLOCK,
	true, NULL},
    {"exec-memory", WALLS_EXECUTED, 0, 0, 0, 0, false, NULL},
    {"new-code", WALLS_SAYS_SO, 0, 0, 0, 0, false, NULL},
    {"nice", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},
    {"real-time", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},

    /* The kernel, and what all of the host shares. */
    {"io-uring", WALLS_SAYS_SO, CAPS, 0, 0, RLIMITS, false, NULL},
    {"key-session", WALLS_LOOT_OURS, 0, KEYRING, 0, 0, false, NULL},
    {"key-user", WALLS_LOOT_OURS, 0, USERNS | IDS, 0, 0, false, NULL},
    {"key-new", WALLS_SAYS_SO, 0, 0, 0, 0, false, NULL},
    {"userfaultfd", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},
    {"userfaultfd-user", WALLS_SAYS_SO, 0, 0, 0, 0, false, NULL},
    {"bpf", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},
    {"perf-system", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},
    {"perf-host", WALLS_SAYS_SO, 0, POWERLESS | PIDNS, 0, LANDLOCK, false,
	NULL},
    {"shm-host", WALLS_LOOT_OURS, 0, IPCNS, 0, 0, false, NULL},
    {"mq-host", WALLS_LOOT_OURS, 0, IPCNS | LANDLOCK, 1, 0, false, NULL},
    {"mq-new", WALLS_SAYS_SO, 0, RLIMITS, 0, 0, false, NULL},
    {"hostname", WALLS_NAME, 0, POWERLESS | UTSNS, 0, 0, false, NULL},
    {"module", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true,
	"this kernel loads no modules"},
    {"clock", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},
    {"swap", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},
    {"kernel-log", WALLS_SAYS_SO, 0, POWERLESS, 0, 0, true, NULL},
    {"mlock", WALLS_SAYS_SO, CAPS, RLIMITS, 0, 0, false, NULL},
    {"many-fds", WALLS_SAYS_SO, 0, RLIMITS, 0, 0, false, NULL},
    {"core-limit", WALLS_SAYS_SO, CAPS, RLIMITS, 0, 0, false, NULL},
    {"core-file", WALLS_CORE, 0, ROOT | LANDLOCK | RLIMITS | DUMPABLE, 1, 0,
	false, "cores are not written beside who crashes"},
    {"time-stamp", WALLS_SAYS_SO, 0, TSC, 0, 0, false, NULL},
};
const size_t walls_table_length = sizeof(walls_table) / sizeof(walls_table[0]);
