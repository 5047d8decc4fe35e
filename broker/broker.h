/* SPDX-License-Identifier: ISC */
/*
 * The inside of a broker: who there is, and who owns whom.
 * Side: trusted. Everything here is guarded by broker->lock unless it says
 * otherwise; no file of this room keeps state outside these structs.
 *
 *	broker --- sandbox          init, the pid 1 of the namespaces
 *	       |-- zygote[]         one live for each worker kind
 *	       |     |-- worker[]   idle, or busy with a run
 *	       |-- job[]            from submission to collection
 *	       |     `-- input      a memfd, or bytes
 *	       `-- run[]            jobs that share one worker: one, or a batch
 */
#ifndef GBX_BROKER_BROKER_H
#define GBX_BROKER_BROKER_H

#include <glovebox.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "broker/validate/gate.h"
#include "ipc/control.h"

/* ---- lists: doubly linked through a head --------------------------------- */

struct gbx_link {
	struct gbx_link *next, *prev;
};

void gbx_list_init(struct gbx_link *head);
bool gbx_list_empty(const struct gbx_link *head);
void gbx_list_append(struct gbx_link *head, struct gbx_link *item);
/* Harmless when the item is on no list. */
void gbx_list_remove(struct gbx_link *item);
#define gbx_list_item(link, type, member) \
	((type *)(void *)((char *)(link)-offsetof(type, member)))

/* init and zygotes are our own and answer at once, or are stuck for good. */
#define GBX_ANSWER_NS (10ULL * 1000000000ULL)
/* A zygote that answered before and does not now is stopped, or worse. */
#define GBX_SILENT_NS 1000000000ULL

/* A quarter of the shared memory is kept for outputs. */
#define GBX_OUTPUT_PART 4

/* ---- what epoll watches -------------------------------------------------- */

enum gbx_watch_kind {
	GBX_WATCH_NONE = 0,
	GBX_WATCH_INIT,	  /* init's socket: answers */
	GBX_WATCH_ZYGOTE, /* a zygote's control socket */
	GBX_WATCH_CANARY, /* a canary's pidfd */
	GBX_WATCH_WORKER, /* a busy worker's pidfd */
	GBX_WATCH_COPIER, /* a copier's pidfd */
	GBX_WATCH_SAYS,	  /* a copier's socket */
	GBX_WATCH_TIMER,  /* the earliest deadline */
};

struct gbx_watch {
	enum gbx_watch_kind kind;
	int fd; /* borrowed from owner */
	void *owner;
};

/* ---- shared memory: live jobs and held results --------------------------- */

/* Outlives the broker while results are held. Not under the broker's lock. */
struct gbx_budget {
	atomic_uint refs;
	atomic_uint_fast64_t used;
	uint64_t most;
	atomic_uint kept_fds; /* of results that hold their memfd */
};

/* Lower what opts start with to the memory of a control group, in bytes: a job
 * that is too big for it must run into a limit by name, before the kernel ends
 * a process there (cgroups(7)). */
void gbx_opts_fit(struct gbx_broker_opts *opts, uint64_t memory);

bool gbx_budget_take(struct gbx_budget *b, uint64_t bytes);
void gbx_budget_give(struct gbx_budget *b, uint64_t bytes);
void gbx_budget_ref(struct gbx_budget *b);
void gbx_budget_unref(struct gbx_budget *b);

/* Immutable bytes that results point into: copied, or a sealed memfd mapped.
 * Shared by the results of one batch; not under the broker's lock. */
struct gbx_store {
	atomic_uint refs;
	struct gbx_budget *budget;
	uint64_t charged;
	uint8_t *data;
	size_t size;
	bool mapped; /* a sealed memfd's; else malloc'd */
	int fd;	     /* that memfd, or -1: a mapping needs none */
	bool alone;  /* one result only: its memfd may be handed out */
};

#define GBX_MARK_STEP 16

struct gbx_result {
	enum gbx_verdict verdict;
	enum gbx_limit limit;
	const char *field, *detail;
	char *words;	    /* ours, in the place of detail; or NULL */
	const char *begins; /* MISMATCH: what the first bytes are; or NULL */
	int signal, err;
	bool degraded;
	uint64_t id, elapsed_us;
	void *cookie;
	uint32_t format, posture, total;
	struct gbx_store *store;
	/* As callers count them: each frame is one, durations are none. */
	uint32_t n_shown;
	uint32_t n_blocks;
	struct gbx_result_block {
		struct gbx_gate_block gate;
		/* RECORDS: where every GBX_MARK_STEP-th begins, from the
		 * block's start; they are decoded when they are asked for. */
		uint32_t *marks;
	} block[GBX_BLOCKS_MAX];
};

/* ---- processes ----------------------------------------------------------- */

struct gbx_sandbox {
	int sock, pidfd;
	uint32_t owed;	 /* answers about zygotes that were given up */
	uint32_t unread; /* times that reading an answer failed */
	int stage_pidfd; /* of the first stage, to reap it where it is ours */
	struct gbx_watch watch;
	bool ready;
	bool worked; /* was ready once: what befalls it now can pass */
	int err;     /* it could not be had: negative errno */
	struct gbx_report report;
};

/* A process's files in /proc, opened while it lives so that they are at hand
 * when it is dead; -1 where there is no /proc. They name that very process:
 * once it is reaped they read as ESRCH, whoever gets its number. */
struct gbx_corpse {
	int status_fd, stat_fd;
};

/* Who reads /proc: a host may change its ids, and give up capabilities. */
struct gbx_reader {
	uint32_t uid, gid, caps[2];
};

enum gbx_zygote_state {
	GBX_ZYGOTE_EXEC,   /* asked init for it */
	GBX_ZYGOTE_SETUP,  /* it gives up its powers and warms up */
	GBX_ZYGOTE_CANARY, /* its canary has to prove the lock */
	GBX_ZYGOTE_READY,
	GBX_ZYGOTE_DEAD,
};

struct gbx_zygote {
	struct gbx_link link; /* broker->zygotes, retired ones too */
	struct gbx_broker *broker;
	uint32_t kind; /* enum gbx_worker */
	enum gbx_zygote_state state;
	int err;	     /* why it is dead: negative errno */
	bool posture_failed; /* the canary lived, or a layer is missing */
	bool retired;	     /* no new jobs; freed with its last busy worker */
	int sock, pidfd;
	struct gbx_watch watch;
	int canary_pidfd;
	struct gbx_corpse canary_corpse;
	uint32_t canary_zpid;
	bool canary_shown; /* /proc shows it, and it was told so */
	struct gbx_watch canary_watch;
	struct gbx_report report;
	uint64_t arena;		  /* bytes that a worker's malloc can give */
	uint32_t outer;		  /* posture bits of the sandbox it is in */
	uint32_t filters;	  /* Seccomp_filters of a locked worker */
	bool proc_proof;	  /* /proc shows a worker's lock */
	bool proc_exit;		  /* /proc shows a worker's exit status */
	struct gbx_reader reader; /* to whom */
	struct gbx_link idle;	  /* of struct gbx_child */
	uint32_t n_idle, n_ordered, n_busy;
	uint64_t born_ns, jobs;
	uint64_t ordered_ns; /* of the last order or answer */
	uint64_t refused_ns; /* since when no order could be sent; 0: can */
	uint32_t reap[GBX_CTL_REAP_MAX];
	uint32_t n_reap;
};

struct gbx_child {
	struct gbx_link link; /* zygote->idle */
	struct gbx_zygote *zygote;
	int sock, pidfd;
	uint32_t zpid; /* in the zygote's pid namespace */
	struct gbx_corpse corpse;
	struct gbx_watch watch;
	struct gbx_run *run;
};

/* What a worker's corpse says. */
struct gbx_death {
	bool known;	  /* how it ended is known */
	int code, status; /* CLD_* and status, as in waitid(2) */
	bool proof_read;  /* /proc was there to be read */
	bool locked;	  /* and showed the lock */
	bool nnp;
	bool by_seccomp; /* and that seccomp killed it */
	uint64_t cpu_ms; /* what it had of a processor; 0: not known */
};

/* ---- jobs ---------------------------------------------------------------- */

enum gbx_job_state {
	GBX_JOB_COPYING, /* a copier fills its input */
	GBX_JOB_QUEUED,
	GBX_JOB_RUNNING,
	GBX_JOB_DONE,
};

/* The jobs of one kind and one client that wait, served in turn with those of
 * other clients (queue.c). */
struct gbx_lane {
	struct gbx_link link; /* broker->queue or ->owing while jobs wait */
	struct gbx_link debt; /* broker->debtors while it owes */
	uint32_t kind;
	char *client; /* NULL: of all that have none */
	struct gbx_link jobs;
	uint32_t refs;	     /* jobs and runs; none: it is freed */
	uint64_t owes_until; /* turn of its kind; 0: owes nothing */
	uint64_t blamed_ns;
};

struct gbx_request {
	/* broker->arriving, its lane's jobs, or broker->done */
	struct gbx_link link;
	struct gbx_link all; /* broker->jobs until collected */
	struct gbx_broker *broker;
	enum gbx_job_state state;
	bool sync;  /* gbx_run waits for it: not for gbx_collect */
	bool alone; /* not in a batch (again) */
	uint32_t retries;
	uint64_t id;
	void *cookie;
	char *domain, *client;
	struct gbx_lane *lane; /* from the queue on */
	uint32_t kind;	       /* enum gbx_worker */
	uint32_t declared;     /* enum gbx_format, 0: none */
	bool foreign;	       /* declared as something that no worker reads */
	uint32_t op, require, first, count, box_w, box_h, dpi, whole, want;
	uint64_t limit[GBX_LIMIT_COUNT];
	uint64_t start_ns;    /* of the submission */
	uint64_t spent_ns;    /* of the wall limit, on copying */
	uint64_t deadline_ns; /* while copying; 0: none */
	/* input */
	uint32_t way;	 /* enum gbx_input_way */
	int in_fd;	 /* sealed memfd, or -1 */
	uint8_t *in_mem; /* or bytes: a small one */
	uint64_t in_size, in_charged;
	int copier_pidfd;
	int copier_fd; /* our end of its socket */
	struct gbx_watch copier_watch, says_watch;
	uint8_t said[2]; /* its last words */
	bool has_said, wants_more;
	uint32_t give_up; /* enum gbx_verdict: our own kill; 0: none */
	struct gbx_run *run;
	uint32_t run_index;
	struct gbx_result *result; /* made at submission, filled at the end */
};

struct gbx_run {
	struct gbx_broker *broker;
	struct gbx_child *child;
	struct gbx_gate_job gate;
	struct gbx_request *job[GBX_BATCH_MAX]; /* NULL: cancelled out of it */
	uint32_t n_jobs;
	int out_fd;
	uint64_t charged;
	uint32_t posture;
	struct gbx_lane *lane;
	uint64_t started_ns; /* before its worker had the job */
	uint64_t deadline_ns;
	uint32_t kill_verdict; /* enum gbx_verdict of our kill; 0: none */
	int err;	       /* errno of GBX_OUR_FAULT */
	struct gbx_link link;  /* broker->runs */
	bool waiting_status;   /* asked the zygote how it ended */
	struct gbx_death death;
};

/* ---- the broker ---------------------------------------------------------- */

struct gbx_broker {
	pid_t owner;
	uint8_t *mark; /* forked.c: 0 in a child of the host */
	pthread_mutex_t lock;
	pthread_cond_t moved; /* something finished, or the pump is free */
	bool pumping;	      /* a thread waits in epoll for all */
	/* settled at open */
	uint32_t require, lockdown, max_in_flight, max_queued, max_idle,
	    batch_max;
	uint64_t ceiling[GBX_LIMIT_COUNT];
	int dir_fd, proc_fd;
	int libs_fd;		     /* shared libraries; -1: none here */
	uint64_t mount_id, mount_ns; /* the mount last looked up */
	bool mount_local;
	/* */
	/* The caller polls outer_fd: it holds epoll_fd, where things happen,
	 * and done_fd, which is readable while there is something to collect.
	 */
	int outer_fd, epoll_fd, timer_fd, done_fd;
	struct gbx_watch timer_watch;
	struct gbx_link *graveyard; /* memory that epoll may still name */
	uint64_t timer_ns;	    /* what the timer is set to; 0: not set */
	bool done_raised;
	struct gbx_sandbox sandbox;
	struct gbx_link zygotes;
	struct gbx_link starting; /* order of the answers init owes */
	struct gbx_zygote *live[GBX_WORKER_COUNT];
	uint64_t next_start_ns[GBX_WORKER_COUNT]; /* back-off of who owes */
	uint64_t hold_ns[GBX_WORKER_COUNT];	  /* and of all */
	uint64_t backoff_ns[GBX_WORKER_COUNT];
	uint32_t died_early[GBX_WORKER_COUNT]; /* so many before they worked */
	int start_err[GBX_WORKER_COUNT]; /* why the last one never worked */
	bool start_posture[GBX_WORKER_COUNT];
	struct gbx_host_posture host; /* of the last zygote that was ready */
	uint32_t target_idle[GBX_WORKER_COUNT];
	uint64_t missed_ns[GBX_WORKER_COUNT]; /* when it was last too small */
	/* Lanes with waiting jobs: of clients that owe nothing, and others. */
	struct gbx_link queue[GBX_WORKER_COUNT], owing[GBX_WORKER_COUNT];
	uint64_t turns[GBX_WORKER_COUNT];	  /* runs started */
	struct gbx_lane common[GBX_WORKER_COUNT]; /* of no client */
	void *lanes;				  /* the others, tsearch(3) */
	struct gbx_link debtors; /* in the order of the blame */
	struct gbx_link jobs, arriving, runs, done;
	void *by_id; /* jobs that may be cancelled, tsearch(3) */
	uint32_t n_jobs, n_queued, n_running;
	uint32_t n_taking;  /* whose input is being copied, without the lock */
	uint32_t n_pending; /* for gbx_collect, not yet done */
	uint64_t next_id;
	uint32_t turn; /* whose queue is looked at next */
	/* Since when nothing starts for want of descriptors, memory or
	 * processes, and when that was last seen; 0: all is well. */
	uint64_t short_ns, short_seen_ns;
	struct gbx_budget *budget;
	uint64_t inputs_charged; /* of it, for inputs of live jobs */
	struct gbx_stats stats;
};

/* clock.c: CLOCK_MONOTONIC in ns. */
uint64_t gbx_now_ns(void);

/* watch.c */
int gbx_watch_add(struct gbx_broker *b, struct gbx_watch *w,
    enum gbx_watch_kind kind, int fd, void *owner);
/* By hand, always: a closed descriptor stays watched while a child that the
 * host forked holds a copy (epoll(7)). Harmless if not watched. */
void gbx_watch_remove(struct gbx_broker *b, struct gbx_watch *w);
/* Free an object that holds a watch and starts with its struct gbx_link: now,
 * or when the thread that waits in epoll is back. */
void gbx_free_watched(struct gbx_broker *b, struct gbx_link *object);
void gbx_free_graveyard(struct gbx_broker *b);

/* forked.c: 0 or -errno. */
int gbx_fork_mark(struct gbx_broker *b);
void gbx_fork_unmark(struct gbx_broker *b);
/* In a child that the host forked: nothing here is its own. */
bool gbx_is_forked(const struct gbx_broker *b);

/* spawn.c: exec a program of the worker directory. */
struct gbx_spawn {
	int program; /* its executable, opened */
	int proc_fd; /* the host's /proc, or -1 */
	const char *name;
	const char *arg; /* one argument behind gbx_inherit's, or NULL */
	int fd[3];	 /* become 0, 1, 2; -1: /dev/null */
	int extra[2];	 /* become 3, 4; -1: none */
};
/* Not a child of the host's by the time it returns: adopted by its reaper
 * (or by the host where that is the reaper). *ret_pidfd is the caller's.
 * 0 or -errno. */
int gbx_spawn(const struct gbx_spawn *what, int *ret_pidfd);
/* Reap it if it is our child after all, and close. */
void gbx_spawn_forget(int *pidfd);
/* Open "glovebox-NAME" in the worker directory. fd or -errno. */
int gbx_open_program(struct gbx_broker *b, const char *name);

/* owner.c: is it writable by, or owned by, anyone but root and us? */
bool gbx_others_may_write(int proc_fd, int fd);

/* refusal.c: is "glovebox-NAME" refused for that? Why, with its mode or owner;
 * dir is for the words, and may be empty. */
#define GBX_REFUSAL_MAX 512
bool gbx_program_refused(int proc_fd, int dir_fd, const char *dir,
    const char *name, char *ret_why, size_t room);

/* sandbox.c */
int gbx_sandbox_start(struct gbx_broker *b);
/* After the death of one that had worked; else its error. */
int gbx_sandbox_restart(struct gbx_broker *b);
void gbx_sandbox_event(struct gbx_broker *b);
void gbx_sandbox_close(struct gbx_broker *b);

/* zygote.c */
int gbx_zygote_start(struct gbx_broker *b, uint32_t kind);
void gbx_zygote_started(struct gbx_zygote *z, int pidfd, int err);
void gbx_zygote_event(struct gbx_zygote *z);
void gbx_zygote_canary_event(struct gbx_zygote *z);
/* No new jobs; its idle workers go now, it with its last busy one. */
void gbx_zygote_retire(struct gbx_zygote *z);
/* The same for an ending that honest inputs have, too: its successor need not
 * wait ever longer, only so long that no flood of them is one of execs. */
void gbx_zygote_renew(struct gbx_zygote *z);
/* Kill it and forget all; only at close, and when it died. */
void gbx_zygote_free(struct gbx_zygote *z);
/* An idle worker, taken off the list, or NULL. */
struct gbx_child *gbx_zygote_take(struct gbx_zygote *z);
/* Order workers up to the target, and have the dead reaped. */
void gbx_zygote_refill(struct gbx_zygote *z, bool now);
/* It has served long enough. */
bool gbx_zygote_worn(const struct gbx_zygote *z);
void gbx_zygote_bury(struct gbx_zygote *z, uint32_t zpid);
/* Posture bits of a job with this zygote, without PROVEN's proof. */
uint32_t gbx_zygote_posture(const struct gbx_zygote *z);

/* child.c */
void gbx_child_free(struct gbx_child *c);
void gbx_kill(int pidfd);
/* Wait until a killed process is gone, or so long (-1: no end); pidfd -1 is
 * gone. */
void gbx_wait_gone(int pidfd, int ms);
bool gbx_is_gone(int pidfd);

/* autopsy.c: read a zombie from outside. */
void gbx_corpse_open(
    struct gbx_broker *b, int pidfd, struct gbx_corpse *ret_corpse);
void gbx_corpse_close(struct gbx_corpse *c);
/* What an exit status is shown by, of this thread. */
void gbx_autopsy_reader(struct gbx_reader *ret_reader);
/* Its lock, and with exit_too how it ended. */
void gbx_autopsy(struct gbx_broker *b, const struct gbx_zygote *z,
    const struct gbx_corpse *c, bool exit_too, struct gbx_death *ret);
/* Seccomp_filters of a process, dead or alive, or -1. */
int gbx_autopsy_filters(const struct gbx_corpse *c);

/* mounts.c: what can be known of a file without waiting for its server. */
struct gbx_file {
	uint32_t mode;
	uint64_t size;	/* as last known */
	uint64_t mount; /* 0: unknown */
};
/* 0 or -errno. */
int gbx_mounts_stat(int fd, struct gbx_file *ret);
bool gbx_mounts_never_hangs(
    struct gbx_broker *b, int fd, const struct gbx_file *file);

/* arrive.c: inputs that a process of ours reads, for they may hang. */
enum gbx_err gbx_arrive_start(struct gbx_request *job, int from);
void gbx_arrive_says(struct gbx_request *job);
/* The copier is gone. */
void gbx_arrive_copied(struct gbx_request *job);
/* End it early; gbx_arrive_copied follows, or gbx_arrive_given_up, after a
 * moment in vain. */
void gbx_arrive_give_up(struct gbx_request *job, enum gbx_verdict verdict);
void gbx_arrive_given_up(struct gbx_request *job);
/* Those that are late, and those that wait for memory. The next time to look,
 * or `next`. */
uint64_t gbx_arrive_check(struct gbx_broker *b, uint64_t now, uint64_t next);
void gbx_arrive_free(struct gbx_request *job);

/* input.c */
enum gbx_input_way {
	GBX_WAY_ARRIVES, /* a process of ours reads it */
	GBX_WAY_LARGE,	 /* too large: refused */
	GBX_WAY_BYTES,	 /* the caller's bytes, copied */
	GBX_WAY_SMALL,	 /* a small file, read into bytes */
	GBX_WAY_FILE,	 /* a file, copied */
	GBX_WAY_SEALED,	 /* a memfd that nobody can change */
};
/* GBX_ERR_BUSY; errno says what is full. */
enum gbx_err gbx_input_busy(int what);
enum gbx_err gbx_input_error(const struct gbx_request *job, int err);
/* May this job wait with so many descriptors? */
bool gbx_input_fds(const struct gbx_request *job, uint32_t n);
/* What all inputs may have, and what this one. */
uint64_t gbx_input_share(const struct gbx_broker *b);
uint64_t gbx_input_most(const struct gbx_request *job);
/* Charge so many more bytes for as long as the input lives; and give back. */
bool gbx_input_charge(struct gbx_request *job, uint64_t size);
void gbx_input_discharge(struct gbx_request *job);
void gbx_input_too_large(struct gbx_request *job);
/* Into bytes of ours; all of it, or what there is. 0 or -errno. */
int gbx_input_read(struct gbx_request *job, int from, size_t most);
/* Inputs up to this size wait as bytes: they hold no descriptor, and may travel
 * in a batch. */
#define GBX_INPUT_BYTES_MAX 65536
/* Decide job->way, and charge for it. */
enum gbx_err gbx_input_admit(
    struct gbx_request *job, const struct gbx_input *input);
/* The last four ways: take it in. Touches the job alone, and needs no lock.
 * 0 or -errno. */
int gbx_input_take(struct gbx_request *job, const struct gbx_input *input);
void gbx_input_free(struct gbx_request *job);

/* queue.c: whose turn it is. */
void gbx_queue_init(struct gbx_broker *b);
/* When no job is left. */
void gbx_queue_close(struct gbx_broker *b);
/* Give it its lane, and a place at the end of it. */
void gbx_queue_add(struct gbx_request *job);
/* Of the job's lane, or of a run's; NULL is accepted. */
void gbx_queue_leave(struct gbx_broker *b, struct gbx_lane **lane);
/* Take it out, without leaving the lane. */
void gbx_queue_remove(struct gbx_request *job);
/* Does any job of this kind wait? */
bool gbx_queue_waits(const struct gbx_broker *b, uint32_t kind);
/* The lane whose turn it is, or NULL. */
struct gbx_lane *gbx_queue_next(struct gbx_broker *b, uint32_t kind);
/* The first job of a lane and what may travel with it; they stay queued. */
uint32_t gbx_queue_gather(struct gbx_broker *b, struct gbx_lane *lane,
    struct gbx_request *ret[GBX_BATCH_MAX]);
/* It had its turn. */
void gbx_queue_served(struct gbx_broker *b, struct gbx_lane *lane);
/* A job of it cost a zygote: others first, for a while. */
void gbx_queue_blame(struct gbx_broker *b, struct gbx_lane *lane);
bool gbx_queue_owes(const struct gbx_broker *b, const struct gbx_lane *lane);

/* shortage.c: what can't start now, and may soon. */
bool gbx_is_shortage(int err);
/* The jobs of this kind can't start for that reason (negative errno): they
 * wait, and those that waited for too long while nothing started are told. */
void gbx_shortage(struct gbx_broker *b, uint32_t kind, int err);
void gbx_shortage_over(struct gbx_broker *b);

/* fds.c: are there so many descriptors left, beside those that running jobs
 * need? */
bool gbx_fds_left(const struct gbx_broker *b, uint32_t n);

/* schedule.c: runs, deadlines, the end of a job. */
void gbx_schedule_ready(struct gbx_request *job); /* its input is whole */
void gbx_schedule(struct gbx_broker *b);
void gbx_schedule_timer(struct gbx_broker *b);
void gbx_arm(struct gbx_broker *b, uint64_t deadline_ns);
void gbx_request_finish(
    struct gbx_request *job, enum gbx_verdict verdict, const char *detail);
void gbx_request_free(struct gbx_request *job);
/* jobs.c: it can't be cancelled by its number any more. */
void gbx_forget_id(struct gbx_request *job);
/* End it as soon as can be, with this verdict. */
void gbx_cancel_request(struct gbx_request *r, enum gbx_verdict verdict);
/* A job that waits ends so: errno err. */
void gbx_schedule_refuse(struct gbx_request *job, bool posture, int err);
/* Retire it without back-off: it is no suspect. */
void gbx_schedule_renew(struct gbx_zygote *z);
/* All jobs of a kind end so: its zygote can't be had. */
void gbx_schedule_unavailable(
    struct gbx_broker *b, uint32_t kind, bool posture, int err);

/* run.c: one worker's job from dispatch to death. */
int gbx_run_start(struct gbx_broker *b, struct gbx_child *child,
    struct gbx_request **jobs, uint32_t n);
void gbx_run_died(struct gbx_run *run);
void gbx_run_status(struct gbx_zygote *z, uint32_t zpid, uint32_t status);
void gbx_run_zygote_died(struct gbx_zygote *z);
void gbx_run_kill(struct gbx_run *run, enum gbx_verdict why);
void gbx_run_free(struct gbx_run *run);
/* Bytes of output that one job may need, whole pages. */
uint64_t gbx_run_out_cap(const struct gbx_request *job);

/* verdict.c: how it ended; frees the run and its worker. */
void gbx_run_conclude(struct gbx_run *run);

/* harvest.c: from a dead worker's output to results. NULL or the field; or,
 * when a call of ours failed, this, with run->err. */
#define GBX_OUR_FAULT "system"
const char *gbx_harvest(struct gbx_run *run, struct gbx_gate_reply *reply,
    struct gbx_store **ret_store);

/* result.c: the marks of a RECORDS block that was accepted, malloc'd; NULL: no
 * memory. */
uint32_t *gbx_result_marks(
    const struct gbx_gate_block *block, const uint8_t *data);

/* store.c */
struct gbx_store *gbx_store_new(struct gbx_budget *budget);
/* Map a sealed memfd as its data; *fd is consumed on success. With keep the
 * store holds it, if it may hold one more, for gbx_result_memfd. 0 or -errno.
 */
int gbx_store_map(struct gbx_store *s, int *fd, size_t size, bool keep);
void gbx_store_unref(struct gbx_store *s);

/* tables.c: what the .def files say. */
uint32_t gbx_table_sniff(const uint8_t *data, size_t length);
/* Is this worker linked with shared libraries? */
bool gbx_table_is_shared(uint32_t kind);
/* Do this worker's inputs begin in a known way? */
bool gbx_table_has_magic(uint32_t kind);
/* Is it one that inputs may be declared as? */
bool gbx_table_may_declare(uint32_t format);
/* What inputs of this worker are: its one format, or its own name where it
 * reads several. Static. */
const char *gbx_table_worker_reads(uint32_t kind);
const char *gbx_table_worker_name(uint32_t kind);
const char *gbx_table_format_name(uint32_t format);
uint32_t gbx_table_format_worker(uint32_t format);
/* Operations that any format of this worker has, as GBX_CAN bits. */
uint32_t gbx_table_worker_ops(uint32_t kind);
uint64_t gbx_table_default(uint32_t limit);
uint64_t gbx_table_ceiling(uint32_t limit);

/* types.c: the format that an input is declared as, GBX_FORMAT_NONE if the
 * word is no type that is read. See gbx_type_format of glovebox.h. */
uint32_t gbx_table_declared(const char *type);

/* pump.c: wait for events, one thread for all. */
typedef bool gbx_pump_until(const struct gbx_broker *b, const void *arg);
/* Handle events until `until` holds or the time is over (UINT64_MAX: no end).
 * Called and returns with the lock held. 0, -ETIMEDOUT, or -errno. */
int gbx_pump(struct gbx_broker *b, gbx_pump_until *until, const void *arg,
    uint64_t until_ns);

#endif
