/* SPDX-License-Identifier: ISC */
/* See lastwords.h. Side: setup; the code stays in locked workers, where it does
 * nothing. */
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "ipc/control.h"
#include "ipc/datagram.h"
#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/lastwords.h"

static bool over;

void
gbx_last_words(void)
{
	uint8_t config[GBX_CTL_CONFIG_LEN], msg[1 + 4] = {GBX_CTL_ERROR};

	if (over)
		return;
	over = true;
	/* Before main the configuration is not read yet, and a socket that ends
	 * with something unread is reset: the other side would not see what
	 * we say (unix(7)). */
	(void)gbx_ipc_recv(
	    GBX_CTL_FD, config, sizeof(config), MSG_DONTWAIT, NULL, 0);
	gbx_put_u32(msg + 1, gbx_arena_exhausted() ? ENOMEM : ELIBBAD);
	(void)gbx_ipc_send(GBX_CTL_FD, msg, sizeof(msg), NULL, 0);
}

void
gbx_last_words_over(void)
{
	over = true;
}
