/* SPDX-License-Identifier: ISC */
/*
 * Why no worker could be started, in words, for callers and for results.
 * Side: trusted. The words of a zygote are those of runtime/lastwords.h and
 * runtime/zygote.c; one that is gone without any shows as the end of its
 * socket.
 */
#include <errno.h>
#include <glovebox.h>

const char *
gbx_start_error(int err)
{
	switch (err) {
	case EPERM:
		return "the worker directory, or a program in it, is refused: "
		       "others than you or root own it or may write to it";
	case ELIBBAD:
		return "the parser's library crashes or aborts while it is "
		       "loaded or warms up";
	case EBADMSG:
		return "the parser's library fails on a built-in sample";
	case ELIBACC:
		return "the folder of shared libraries, " GBX_SYSLIBS
		       ", is not there, or others may write to it";
	case EFBIG:
		return "this process may not have files so large: RLIMIT_FSIZE";
	case ENOMEM:
		return "there is no memory for a worker, or for its library to "
		       "start";
	case ECHILD:
	case ECONNRESET:
	case EPIPE:
		return "the worker ends before it is ready: it can't be "
		       "loaded, is killed, or may start no process";
	default:
		return NULL;
	}
}
