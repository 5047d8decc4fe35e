/* SPDX-License-Identifier: ISC */
/* Probes: the host's network and sockets. Side: hostile. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/sandbox/walls/prober.h"

static struct sockaddr_in
loopback(uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET};

	to.sin_port = htons(port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return to;
}

static int
say(int fd)
{
	return walls_result(send(fd, "knock", 5, MSG_NOSIGNAL));
}

static int
connect_and_say(int fd, const void *to, socklen_t length)
{
	if (fd < 0 || connect(fd, (const struct sockaddr *)to, length) != 0)
		return walls_failed();
	return say(fd);
}

static int
tcp_connect(const struct walls_order *o, struct walls_answer *answer)
{
	struct sockaddr_in to = loopback(o->tcp);

	(void)answer;
	return connect_and_say(
	    socket(AF_INET, SOCK_STREAM, 0), &to, sizeof(to));
}

static int
tcp6_connect(const struct walls_order *o, struct walls_answer *answer)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6};

	(void)answer;
	to.sin6_port = htons(o->tcp);
	to.sin6_addr.s6_addr[10] = to.sin6_addr.s6_addr[11] = 0xff;
	to.sin6_addr.s6_addr[12] = 127;
	to.sin6_addr.s6_addr[15] = 1; /* ::ffff:127.0.0.1 */
	return connect_and_say(
	    socket(AF_INET6, SOCK_STREAM, 0), &to, sizeof(to));
}

static int
udp_connect(const struct walls_order *o, struct walls_answer *answer)
{
	struct sockaddr_in to = loopback(o->udp);

	(void)answer;
	return connect_and_say(socket(AF_INET, SOCK_DGRAM, 0), &to, sizeof(to));
}

/* The host then tries to reach it. */
static int
tcp_bind(const struct walls_order *o, struct walls_answer *answer)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_port = htons(o->free_port);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, 1) != 0)
		return walls_failed();
	walls_meet(answer);
	return 0;
}

static int
abstract(const struct walls_order *o, int type)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = strlen(o->abstract);

	memcpy(to.sun_path + 1, o->abstract, n);
	return connect_and_say(socket(AF_UNIX, type, 0), &to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n));
}

static int
unix_abstract(const struct walls_order *o, struct walls_answer *answer)
{
	(void)answer;
	return abstract(o, SOCK_STREAM);
}

static int
unix_path(const struct walls_order *o, struct walls_answer *answer)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	(void)answer;
	strncpy(
	    to.sun_path, walls_planted(o, "socket"), sizeof(to.sun_path) - 1);
	return connect_and_say(
	    socket(AF_UNIX, SOCK_STREAM, 0), &to, sizeof(to));
}

/* Does netlink show a loopback that is up? The host's is, a fresh one not. */
static int
netlink(const struct walls_order *o, struct walls_answer *answer)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg info;
	} ask = {
	    .head =
		{
		    .nlmsg_len = sizeof(ask),
		    .nlmsg_type = RTM_GETLINK,
		    .nlmsg_flags = NLM_F_REQUEST,
		},
	    .info = {.ifi_index = 1},
	};
	static union {
		struct nlmsghdr head;
		char bytes[8192];
	} got;
	const struct ifinfomsg *info;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	(void)o;
	(void)answer;
	if (fd < 0 || send(fd, &ask, sizeof(ask), 0) < 0 ||
	    recv(fd, &got, sizeof(got), 0) < (ssize_t)sizeof(ask))
		return walls_failed();
	if (got.head.nlmsg_type != RTM_NEWLINK)
		return EPROTO;
	info = NLMSG_DATA(&got.head);
	return (info->ifi_flags & IFF_UP) != 0 ? 0 : ENETDOWN;
}

static int
raw(const struct walls_order *o, struct walls_answer *answer)
{
	struct icmphdr echo = {.type = ICMP_ECHO};
	struct sockaddr_in to = loopback(0);
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	(void)o;
	(void)answer;
	if (fd < 0)
		return walls_failed();
	return walls_result(sendto(
	    fd, &echo, sizeof(echo), 0, (struct sockaddr *)&to, sizeof(to)));
}

static int
packet(const struct walls_order *o, struct walls_answer *answer)
{
	struct sockaddr_ll to = {
	    .sll_family = AF_PACKET,
	    .sll_ifindex = 1,
	    .sll_halen = 6,
	};
	char frame[64] = {0};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	(void)o;
	(void)answer;
	if (fd < 0)
		return walls_failed();
	return walls_result(sendto(
	    fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)));
}

static int
interface_down(const struct walls_order *o, struct walls_answer *answer)
{
	struct ifreq r = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)o;
	(void)answer;
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &r) != 0)
		return walls_failed();
	r.ifr_mtu = 65535;
	return walls_result(ioctl(fd, SIOCSIFMTU, &r));
}

const struct walls_probe walls_net_probes[] = {
    {"tcp-connect", tcp_connect},
    {"tcp6-connect", tcp6_connect},
    {"tcp-bind", tcp_bind},
    {"udp-send", udp_connect},
    {"unix-abstract", unix_abstract},
    {"unix-path", unix_path},
    {"netlink", netlink},
    {"raw-socket", raw},
    {"packet-socket", packet},
    {"interface-set", interface_down},
    {NULL, NULL},
};
