/* SPDX-License-Identifier: ISC */
/*
 * glovebox: decode files that may be hostile, in processes that can do
 * nothing, and get back only what was checked.
 *
 * This is the one header that programs include. Link with -lglovebox.
 *
 * In short: open a broker once, run or submit jobs, read results, close.
 *
 * Two things are never mixed. How the *call* went is an enum gbx_err, negative
 * on failure. How a *job* went is an enum gbx_verdict inside its result; a
 * hostile file makes a verdict, never an error.
 *
 * Process rules. The library makes no threads, installs no signal handlers,
 * reads no environment, keeps no state outside the handles it gives out, and
 * prints nothing. It leaves the host no child: a helper lives for the moment
 * of a start and has no exit signal (clone(2)), so that no SIGCHLD handler,
 * wait() or waitpid(-1) sees it; a host that waits with __WALL or __WCLONE may
 * take it, which harms nothing. All its descriptors are close-on-exec. Progress
 * is made inside calls; workers end by their own limits when nobody calls.
 *
 * Threads. Every call on a broker may be made from any thread; a broker has a
 * lock of its own. Results are immutable and may be shared between threads;
 * gbx_result_free is for one of them. After fork() the child's copy of a
 * broker only says GBX_ERR_FORKED; it may still be closed there, which frees
 * memory and descriptors and touches no process of the parent. (If another
 * thread was inside a call at the fork, most of that memory, and descriptors of
 * workers, stay until the child ends: they may be half changed.)
 *
 * Ids. A program may give up root, or capabilities, after it opened a broker:
 * jobs go on as before, and workers that it may not signal any more end by
 * their own limits.
 *
 * Set-user-ID programs (getauxval(3) AT_SECURE) are refused with
 * GBX_ERR_SETID unless gbx_broker_opts.allow_setid is set.
 */
#ifndef GLOVEBOX_H
#define GLOVEBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define GBX_API __attribute__((visibility("default")))
#else
#define GBX_API
#endif

#define GBX_VERSION "0.1.0"

/* How a call went. Zero is success; the names are gbx_err_name's. */
enum gbx_err {
	GBX_OK = 0,
	GBX_ERR_ARG = -1,     /* an argument is wrong: the caller's fault */
	GBX_ERR_MEMORY = -2,  /* no memory */
	GBX_ERR_SYSTEM = -3,  /* a system call failed; errno says how */
	GBX_ERR_BUSY = -4,    /* full: collect first; errno says what is */
	GBX_ERR_FORKED = -5,  /* this broker belongs to the parent process */
	GBX_ERR_POSTURE = -6, /* the layers required can't be had here */
	GBX_ERR_SETID = -7,   /* refused in a set-user-ID program */
	GBX_ERR_AGAIN = -8,   /* nothing to collect yet */
	GBX_ERR_NOTFOUND = -9 /* no such job, block, record or worker */
};

/* How a job ended. Numbers and names are stable. */
enum gbx_verdict {
	GBX_VERDICT_OK = 0,
	GBX_VERDICT_MALFORMED = 1,   /* the parser refused the input, or it is
					empty or begins as no known type */
	GBX_VERDICT_UNSUPPORTED = 2, /* no parser, or not for this kind of it */
	GBX_VERDICT_MISMATCH = 3,  /* declared, sniffed, parsed: not the same */
	GBX_VERDICT_LIMIT = 4,	   /* gbx_result_limit names it */
	GBX_VERDICT_DEADLINE = 5,  /* the wall clock limit */
	GBX_VERDICT_CRASHED = 6,   /* the worker died; gbx_result_signal */
	GBX_VERDICT_VIOLATION = 7, /* it tried a forbidden system call */
	GBX_VERDICT_BAD_REPLY = 8, /* it lied; gbx_result_field says where */
	GBX_VERDICT_UNAVAILABLE = 9, /* the posture can't be had: not parsed */
	GBX_VERDICT_CANCELLED = 10,  /* gbx_cancel, gbx_broker_close */
	GBX_VERDICT_ERROR = 11	     /* the system's fault; gbx_result_errno */
};

/* The limits of a job, by number. Units and names: gbx_limit_info. */
enum gbx_limit {
	GBX_LIMIT_NONE = 0,
	GBX_LIMIT_WALL = 1,	/* ms of copying in and of running */
	GBX_LIMIT_CPU = 2,	/* ms of processor time */
	GBX_LIMIT_MEMORY = 3,	/* bytes of arena; or 1 MiB of stack */
	GBX_LIMIT_INPUT = 4,	/* bytes */
	GBX_LIMIT_OUTPUT = 5,	/* bytes */
	GBX_LIMIT_PIXELS = 6,	/* width x height */
	GBX_LIMIT_FRAMES = 7,	/* frames of an animation */
	GBX_LIMIT_PAGES = 8,	/* pages, slides, sheets */
	GBX_LIMIT_MEMBERS = 9,	/* members of an archive */
	GBX_LIMIT_RATIO = 10,	/* bytes unpacked per packed byte */
	GBX_LIMIT_TEXT = 11,	/* bytes of UTF-8 */
	GBX_LIMIT_RECORDS = 12, /* records */
	GBX_LIMIT_DEPTH = 13,	/* nesting of elements */
	GBX_LIMIT_SCANS = 14	/* passes over a progressive image */
};
/* Room for limits to come, so that the structs below keep their size. */
#define GBX_LIMIT_ROOM 24

enum gbx_op {
	GBX_OP_PROBE = 1,     /* what it is and how large; nothing decoded */
	GBX_OP_DECODE = 2,    /* straight 8-bit RGBA of one or more frames */
	GBX_OP_THUMBNAIL = 3, /* the same, scaled to fit box_w x box_h */
	GBX_OP_TEXT = 4,      /* UTF-8 text and properties of a document */
	GBX_OP_ENCODE = 5     /* pixels to a file: gbx_encode_input */
};

enum gbx_lockdown {
	GBX_LOCKDOWN_FILTER = 1, /* seccomp filter: exit_group alone */
	GBX_LOCKDOWN_STRICT = 2	 /* SECCOMP_MODE_STRICT, no descriptors */
};

/* What is asked for beside the operation. */
enum gbx_want {
	/* PROBE of an image: a RECORDS block of properties behind the PIXELS,
	 * if there are any. */
	GBX_WANT_METADATA = 1u << 0,
	/* THUMBNAIL: as the picture is stored, not upright. */
	GBX_WANT_STORED_ORIENTATION = 1u << 1,
	/* THUMBNAIL: in the colours that it is stored in if they have a name
	 * here (enum gbx_colour), else in sRGB as ever. */
	GBX_WANT_STORED_COLOUR = 1u << 2
};

/* Layers that were in force for a job. exec, no_new_privs, no descriptors and
 * one of filter/strict are always required; the others are tried and told. */
enum gbx_posture {
	GBX_POSTURE_FILTER = 1u << 0,
	GBX_POSTURE_STRICT = 1u << 1,
	GBX_POSTURE_PROVEN = 1u << 2, /* this worker's lock, read from /proc */
	GBX_POSTURE_NNP = 1u << 3,    /* no_new_privs */
	GBX_POSTURE_USERNS = 1u << 4,
	GBX_POSTURE_NETNS = 1u << 5,
	GBX_POSTURE_PIDNS = 1u << 6,
	GBX_POSTURE_ROOT = 1u << 7, /* an empty read-only root */
	GBX_POSTURE_LANDLOCK = 1u << 8,
	GBX_POSTURE_TSC = 1u << 9,    /* no fine timers */
	GBX_POSTURE_BATCH = 1u << 10, /* shared a worker with its own domain */
	GBX_POSTURE_NONROOT = 1u << 11, /* the worker's user is not uid 0 */
	GBX_POSTURE_GUARD = 1u << 12	/* a stack canary of its own; x86-64 */
};

enum gbx_block_kind {
	GBX_BLOCK_PIXELS = 1,
	GBX_BLOCK_TEXT = 2,
	GBX_BLOCK_RECORDS = 3,
	GBX_BLOCK_BYTES = 4 /* a PNG, JPEG or WebP file, by its first bytes */
};

enum gbx_layout {
	GBX_LAYOUT_RGBA8 = 1 /* 4 bytes a pixel, straight alpha, R first */
};

/* What pixels are in, as the file says it: its ICC profile (ICC.1:2010) or
 * code points (ITU-T H.273), held against these. The profile itself stays
 * inside. */
enum gbx_colour {
	GBX_COLOUR_UNTOLD = 0, /* nothing was said that is understood */
	GBX_COLOUR_SRGB = 1,   /* IEC 61966-2-1 */
	GBX_COLOUR_DISPLAY_P3 = 2,
	GBX_COLOUR_ADOBE_RGB = 3, /* Adobe RGB (1998) */
	GBX_COLOUR_REC2020 = 4,	  /* ITU-R BT.2020 */
	GBX_COLOUR_PROPHOTO = 5,  /* ROMM RGB, ISO 22028-2 */
	GBX_COLOUR_OTHER = 6	  /* a profile that is none of these */
};

enum gbx_record_kind {
	GBX_RECORD_PROPERTY = 1, /* name = value */
	GBX_RECORD_FLAG = 2,	 /* flags holds one enum gbx_doc_flag */
	GBX_RECORD_MEMBER = 3	 /* of an archive */
};

/* What a document holds that a reader should know of. */
enum gbx_doc_flag {
	GBX_DOC_MACROS = 1u << 0,
	GBX_DOC_EXTERNAL = 1u << 1,  /* refers to targets outside the file */
	GBX_DOC_EMBEDDED = 1u << 2,  /* embedded objects */
	GBX_DOC_ENCRYPTED = 1u << 3, /* encrypted members, not read */
	GBX_DOC_AMBIGUOUS = 1u << 4, /* other programs may read other content */
	GBX_DOC_BIDI = 1u << 5, /* the text holds bidi control characters */
	/* shows text, or has links, that the result lacks */
	GBX_DOC_TEXT_ELSEWHERE = 1u << 6
};

struct gbx_broker;
struct gbx_result;

/* ---- opening and closing ------------------------------------------------ */

/* Fill with gbx_broker_opts_init, then change what you need. */
struct gbx_broker_opts {
	size_t size;		/* of this struct; set by _init */
	uint32_t require;	/* enum gbx_posture bits that must hold */
	uint32_t lockdown;	/* enum gbx_lockdown; default FILTER */
	uint32_t max_in_flight; /* workers busy at once; default: CPUs */
	uint32_t max_queued;	/* jobs accepted and not started; 1024 */
	uint32_t max_idle;	/* warm idle workers a format; default 4 */
	uint32_t batch_max;	/* inputs of a domain in one job, 1..64; 64 */
	/* Bytes for live jobs and held results; 2 GiB, or what the control
	 * group of this process may use, if that is less. A quarter is kept for
	 * outputs, and none gets more; inputs share the rest. 1 MiB at least.
	 */
	uint64_t max_shared;
	/* By enum gbx_limit: the most a job may ask for. That of MEMORY is the
	 * arena of every worker and starts at the limit's default; the others
	 * start at gbx_limit_info.ceiling; those of `memory` and `output`
	 * lower, at a quarter and a half of what the control group of this
	 * process may use, where their defaults are more. */
	uint64_t ceiling[GBX_LIMIT_ROOM];
	const char *worker_dir; /* NULL: the directory of the installation */
	const char *preload;	/* formats to start now, "png,docx"; NULL: one
				   worker of the first format, as the proof */
	bool allow_setid;	/* run in a set-user-ID program all the same */
};

GBX_API void gbx_broker_opts_init(struct gbx_broker_opts *opts);

/*
 * Open a broker: start the sandbox and prove it. Returns after a canary worker
 * died of a forbidden system call as it must. opts may be NULL; it is not kept.
 * The caller ends *ret_broker with gbx_broker_close.
 * Blocks a few milliseconds, ten seconds at most.
 * Errors: ARG, MEMORY, SYSTEM (gbx_start_error has words for errno), SETID,
 * NOTFOUND (no worker directory, or none of the workers named), POSTURE (the
 * canary lived, or a required layer is missing: nothing will be parsed).
 */
GBX_API enum gbx_err gbx_broker_open(
    const struct gbx_broker_opts *opts, struct gbx_broker **ret_broker);

/* Kill and reap every process of the broker and free it. Jobs not collected
 * are gone; results already collected stay valid. NULL is accepted. No other
 * thread may be inside a call on this broker. Blocks until all are reaped,
 * which a killed process does not delay. */
GBX_API void gbx_broker_close(struct gbx_broker *broker);

/* ---- jobs --------------------------------------------------------------- */

/*
 * The bytes to read. Either fd >= 0, or data and length.
 *
 * An fd is borrowed: read from offset 0 whatever its position (pipes, FIFOs and
 * sockets from where they stand, to the end), never closed. Regular files on
 * local filesystems and memfds are read inside the call, without changing the
 * file offset. A pipe or a file on a filesystem that may hang (FUSE, NFS) is
 * read by a process of the broker's own, under the job's wall limit, so a
 * submitted job may go on reading that open file after the call returns; the
 * caller may close its descriptor. It asks before it reads more than 256 KiB,
 * and then whenever that has doubled, so it goes on only while the broker is
 * called; an input for whose rest there is no shared memory ends as ERROR.
 * Devices and directories are refused with GBX_ERR_ARG and errno ENODEV or
 * EISDIR. A memfd sealed with F_SEAL_WRITE, _GROW and _SHRINK travels as it is,
 * uncopied, if it is larger than 64 KiB. Bytes are copied inside the call.
 */
struct gbx_input {
	size_t size; /* of this struct; set by gbx_input_init */
	int fd;
	const void *data;
	size_t length;
	/* Declared, whoever claims it: what gbx_type_format knows; anything
	 * else makes UNSUPPORTED. NULL: sniffing alone decides. */
	const char *type;
};

/* What to do with it. */
struct gbx_job {
	size_t size;	  /* of this struct; set by gbx_job_init */
	uint32_t op;	  /* enum gbx_op */
	uint32_t require; /* posture bits, beside the broker's */
	uint64_t limit[GBX_LIMIT_ROOM]; /* by enum gbx_limit; 0: the default */
	/* DECODE: frames from this one on, no more than there are; together
	 * they count for the limit OUTPUT. Pages (TIFF), and pictures of a
	 * HEIF, come one at a time: only the first of them. THUMBNAIL: which
	 * one. Of the others 0, 1. One that is not there: UNSUPPORTED. */
	uint32_t first, count;
	uint32_t box_w, box_h; /* thumbnail; 1 to 16384 each; 256 x 256 */
	uint32_t dpi;	       /* of vectors, which none reads yet; 1 to 2400 */
	uint32_t whole;	       /* 1: what would be degraded is MALFORMED; 0 */
	uint32_t want;	       /* enum gbx_want bits; 0 */
	const char *domain;    /* inputs that may share a worker; NULL: none */
	/* Whose job it is: jobs of different clients are served in turn, and
	 * one whose inputs crash their workers lets the others go first. NULL:
	 * the domain, or all that have neither together. */
	const char *client;
	void *cookie; /* given back with the result */
};

GBX_API void gbx_input_init(struct gbx_input *input);
GBX_API void gbx_job_init(struct gbx_job *job, enum gbx_op op);

/*
 * Run one job and wait for its verdict. The caller frees *ret_result with
 * gbx_result_free. Blocks at most the wall limit and a little, and as long as
 * it waits behind other jobs of this broker (a sandbox that is stuck is given
 * up after ten seconds). Other threads may submit, run and collect meanwhile.
 * Workers keep their limits while this process is stopped, too; one that was
 * done in time is judged by its reply, however late we come to look.
 * While descriptors, memory or processes are short, it waits; if nothing of
 * this broker could start for five seconds, or for the job's wall limit if that
 * is less, it ends as ERROR. Errors: those of gbx_submit.
 */
GBX_API enum gbx_err gbx_run(struct gbx_broker *broker,
    const struct gbx_input *input, const struct gbx_job *job,
    struct gbx_result **ret_result);

/*
 * Queue a job. Copies what it needs and waits for no worker; where the sandbox
 * as a whole was killed, for the end of its processes (moments; ten seconds at
 * most, if they are frozen). *ret_id (may be NULL) is
 * unique in this broker's life. Every job submitted is collected exactly once.
 * A job once submitted is not lost to a shortage of this process while others
 * make progress: it waits (see gbx_run).
 * Errors: ARG, MEMORY, SYSTEM, FORKED, BUSY: collect some, then try again;
 * errno is EAGAIN: max_queued jobs wait; ENOBUFS: max_shared is used up by
 * inputs and by results not yet freed; EMFILE: the descriptors that are left
 * are those that running jobs need (inputs up to 64 KiB hold none while they
 * wait, and results hold none, but for an eighth of RLIMIT_NOFILE); EUSERS: 128
 * inputs of pipes, sockets or slow files are still arriving, or 32 of this
 * client.
 */
GBX_API enum gbx_err gbx_submit(struct gbx_broker *broker,
    const struct gbx_input *input, const struct gbx_job *job, uint64_t *ret_id);

/* A descriptor that polls readable (POLLIN) when gbx_collect has something to
 * do. Owned by the broker: don't close, read or change it. */
GBX_API int gbx_broker_fd(const struct gbx_broker *broker);

/*
 * Make progress, and take one finished job. Waits up to timeout_ms (0: not at
 * all; -1: for as long as there are jobs). The caller frees *ret_result.
 * Errors: AGAIN (nothing finished in time, or nothing left to wait for),
 * SYSTEM, FORKED.
 */
GBX_API enum gbx_err gbx_collect(
    struct gbx_broker *broker, int timeout_ms, struct gbx_result **ret_result);

/* End a job early. It is still collected: as CANCELLED, or with its verdict if
 * it had one already. Errors: NOTFOUND, FORKED. Waits as gbx_submit does. */
GBX_API enum gbx_err gbx_cancel(struct gbx_broker *broker, uint64_t id);

/* ---- results ------------------------------------------------------------ */

GBX_API void gbx_result_free(struct gbx_result *result);

GBX_API enum gbx_verdict gbx_result_verdict(const struct gbx_result *result);
/* Which limit, for LIMIT and DEADLINE; else NONE. */
GBX_API enum gbx_limit gbx_result_limit(const struct gbx_result *result);
/* Which field lied, for BAD_REPLY: a name of ours, static; else NULL. */
GBX_API const char *gbx_result_field(const struct gbx_result *result);
/* The signal, for CRASHED and VIOLATION; else 0. */
GBX_API int gbx_result_signal(const struct gbx_result *result);
/* The error, for ERROR and UNAVAILABLE, and ENOENT for UNSUPPORTED where a
 * worker for the type is not installed; else 0. */
GBX_API int gbx_result_errno(const struct gbx_result *result);
/* One line in our words, static, never NULL: why this verdict. */
GBX_API const char *gbx_result_detail(const struct gbx_result *result);
/* The library recovered from damage: what came out is not the whole. */
GBX_API bool gbx_result_degraded(const struct gbx_result *result);
GBX_API uint64_t gbx_result_id(const struct gbx_result *result);
GBX_API void *gbx_result_cookie(const struct gbx_result *result);
/* "png", "docx"...; NULL when unknown. Of a MISMATCH, what the input is; where
 * the first bytes leave that open, the worker's name ("ooxml"). Static. */
GBX_API const char *gbx_result_format(const struct gbx_result *result);
/* enum gbx_posture bits of this very job; 0 if no worker saw the input. */
GBX_API uint32_t gbx_result_posture(const struct gbx_result *result);
/* Microseconds from submission to verdict. */
GBX_API uint64_t gbx_result_elapsed_us(const struct gbx_result *result);
/* Frames or pages that the whole input has; 0 when unknown. */
GBX_API uint32_t gbx_result_total(const struct gbx_result *result);

/* Only an OK result has blocks. Their memory is read-only, belongs to the
 * result and lasts as long as it does. */
struct gbx_block {
	size_t size;	/* of this struct; set it before the call */
	uint32_t kind;	/* enum gbx_block_kind */
	uint32_t index; /* frame or page */
	const void *data;
	size_t length;		/* bytes; 0 for a probe's PIXELS */
	uint32_t width, height; /* PIXELS */
	size_t stride;		/* PIXELS: bytes from row to row */
	uint32_t layout;	/* PIXELS: enum gbx_layout */
	uint32_t duration_ms;	/* PIXELS: of this frame */
	uint32_t orientation;	/* PIXELS: EXIF 1..8 still to apply; 0: none */
	uint32_t colour;	/* PIXELS: enum gbx_colour */
	uint32_t records;	/* RECORDS: how many */
};

/* Strings are UTF-8 without NUL, control and bidi control characters and what
 * is not seen (Unicode's Default_Ignorable_Code_Point and the like), and are
 * not NUL-terminated. They last as long as the result. */
struct gbx_record {
	size_t size;	 /* of this struct; set it before the call */
	uint32_t kind;	 /* enum gbx_record_kind */
	uint32_t parent; /* 0, or 1 + the index of an earlier record */
	const char *name;
	size_t name_length;
	const char *value;
	size_t value_length;
	uint64_t offset, bytes, packed; /* MEMBER */
	uint32_t flags;			/* FLAG: enum gbx_doc_flag */
};

GBX_API size_t gbx_result_blocks(const struct gbx_result *result);
/* Errors: NOTFOUND, ARG (ret_block->size). */
GBX_API enum gbx_err gbx_result_block(
    const struct gbx_result *result, size_t block, struct gbx_block *ret_block);
/* O(1). Errors: NOTFOUND, ARG (ret_record->size). */
GBX_API enum gbx_err gbx_result_record(const struct gbx_result *result,
    size_t block, size_t record, struct gbx_record *ret_record);
/*
 * A close-on-exec memfd that holds one block's data, sealed against every
 * change; the caller closes it. Each call gives a description of its own, whose
 * offset is 0 (open(2)). Zero-copy where the block stands alone in its memfd,
 * the result still has a descriptor of it (an eighth of RLIMIT_NOFILE is kept
 * by results) and /proc is there; else a copy. Errors: NOTFOUND, MEMORY,
 * SYSTEM.
 */
GBX_API enum gbx_err gbx_result_memfd(
    const struct gbx_result *result, size_t block, int *ret_fd);

/* ---- asking ------------------------------------------------------------- */

/* Stable lower-case names, static. Unknown numbers give "unknown". */
GBX_API const char *gbx_verdict_name(enum gbx_verdict verdict);
GBX_API const char *gbx_err_name(enum gbx_err err);
GBX_API const char *gbx_limit_name(enum gbx_limit limit);
/* One posture bit by name; NULL if it is not exactly one known bit. */
GBX_API const char *gbx_posture_name(uint32_t bit);
/* Why no worker could be started, from errno after gbx_broker_open returned
 * SYSTEM. Static; NULL where strerror(3) tells as much. Results have the same
 * in gbx_result_detail. */
GBX_API const char *gbx_start_error(int err);
/* Is a worker directory (NULL: that of the installation), or a program in it,
 * refused because others than root and the caller own it or may write to it?
 * For EPERM after gbx_broker_open. Then *ret_why names it, with its mode or
 * owner, cut to room bytes. Looks at the files as they are now. */
GBX_API bool gbx_dir_refused(
    const char *worker_dir, char *ret_why, size_t room);

struct gbx_limit_info {
	size_t size; /* set it before the call */
	const char *name, *unit, *text;
	uint64_t standard, ceiling;
};
/* Errors: NOTFOUND past the last limit (the first is 1), ARG. */
GBX_API enum gbx_err gbx_limit_info(
    enum gbx_limit limit, struct gbx_limit_info *ret_info);

struct gbx_format_info {
	size_t size; /* set it before the call */
	const char *name, *media_type, *suffix, *worker;
	uint32_t ops; /* 1 << enum gbx_op */
};
/* The i-th format that the library knows, from 0. Errors: NOTFOUND, ARG. */
GBX_API enum gbx_err gbx_format_info(
    size_t index, struct gbx_format_info *ret_info);

/* The format ("jpeg") that a declared type calls for, as gbx_input.type is
 * understood: a format's name, a media type under any of its names and with
 * parameters ("image/pjpeg; name=x"), or the suffix of a file's name, with its
 * dot or without ("jpg"); case does not matter. NULL if nothing that is read is
 * called so. Static. */
GBX_API const char *gbx_type_format(const char *type);

/* The worker that the first bytes call for ("png", "ooxml"), by magic alone,
 * or NULL. Static. 16 bytes are enough. */
GBX_API const char *gbx_sniff(const void *data, size_t length);

/*
 * What this host gave to the broker: posture bits of its workers, and for the
 * layers that are missing the errno that their set-up met. Errors: ARG, FORKED.
 */
struct gbx_host_posture {
	size_t size;	  /* set it before the call */
	uint32_t posture; /* enum gbx_posture bits in force */
	int why[32]; /* by bit number: errno; 0 where in force or unknown */
	int landlock_abi;	  /* of the kernel; 0: none */
	uint32_t seccomp_filters; /* stacked on a worker, outer ones included */
	/* The most that a worker can have, in bytes: the ceiling of `memory`,
	 * or less where the host can't promise that much. */
	uint64_t memory;
};
GBX_API enum gbx_err gbx_host_posture(
    const struct gbx_broker *broker, struct gbx_host_posture *ret_posture);

/* Counters of this broker since it was opened. Errors: ARG, FORKED. */
struct gbx_stats {
	size_t size; /* set it before the call */
	uint64_t jobs, queued, in_flight, idle;
	uint64_t verdicts[16]; /* by enum gbx_verdict */
	uint64_t workers_started, zygotes_started, batches;
	uint64_t shared_bytes; /* live jobs and held results */
};
GBX_API enum gbx_err gbx_broker_stats(
    const struct gbx_broker *broker, struct gbx_stats *ret_stats);

/* ---- clean files -------------------------------------------------------- */

enum gbx_encoding {
	GBX_ENCODING_PNG = 1,  /* without loss; RGB where all is opaque */
	GBX_ENCODING_JPEG = 2, /* alpha lies on white */
	GBX_ENCODING_WEBP = 3  /* sides up to 16383 */
};

struct gbx_encode {
	size_t size;	   /* set it before the call */
	uint32_t encoding; /* enum gbx_encoding */
	uint32_t quality;  /* JPEG, WebP: 1..100; 0: 85 for JPEG, and for WebP
			      without loss */
	/* What the file says beside its pixels. EXIF 1..8, or 0: nothing. Of
	 * enum gbx_colour, but OTHER: a profile of ours by that name, for sRGB
	 * PNG's chunk and nothing in the others; or 0: nothing. */
	uint32_t orientation, colour;
};

/*
 * Make pixels the input of a GBX_OP_ENCODE job: a sealed memfd of 64 bytes and
 * width x height x 4, for gbx_input.fd. The caller closes it, when it likes
 * after the submitting call. The job runs in a process of its own kind, which
 * never sees the file that the pixels came from; its one block is
 * GBX_BLOCK_BYTES, a file that holds nothing but what our encoder wrote of
 * these pixels and numbers. Its input limit counts the memfd's size. pixels: a
 * GBX_BLOCK_PIXELS with data, of a result or the caller's own. Thread-safe.
 * Errors: ARG, MEMORY, SYSTEM (errno).
 */
GBX_API enum gbx_err gbx_encode_input(
    const struct gbx_block *pixels, const struct gbx_encode *how, int *ret_fd);

#ifdef __cplusplus
}
#endif

#endif
