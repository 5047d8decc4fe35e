/* SPDX-License-Identifier: ISC */
/*
 * One hostile reply: where it begins, what is bent, and how often. For tests
 * only; see mutate.h.
 */
#include "tests/unit/gate/mutate.h"

#include <string.h>

#include "tests/unit/gate/model.h"

/* ---- chance ------------------------------------------------------------- */

/* splitmix64: any two seeds give unlike streams (Steele, Lea and Flood 2014).
 */
uint64_t
dice_roll(struct dice *d)
{
	uint64_t z = d->s += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

size_t
dice_below(struct dice *d, size_t n)
{
	return (size_t)(dice_roll(d) >> 11) % n;
}

uint64_t
dice_number(struct dice *d, uint64_t honest)
{
	static const uint64_t ends[] = {0, 1, 2, 3, 8, 9, 63, 64, 127, 128,
	    4092, 4096, 32767, 65535, 65536, 999999, 1000000, 1000001,
	    0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, INT64_MAX,
	    UINT64_C(1) << 63, UINT64_MAX - 63, UINT64_MAX - 1, UINT64_MAX};

	switch (dice_below(d, 10)) {
	case 0:
		return honest + 1;
	case 1:
		return honest - 1;
	case 2:
		return honest * 2;
	case 3:
		return honest + 64;
	case 4:
		return honest - 64;
	case 5:
		return honest ^ UINT64_C(1) << dice_below(d, 64);
	case 6:
		return dice_roll(d) >> dice_below(d, 64);
	case 7:
		return dice_below(d, 16);
	default:
		return ends[dice_below(d, sizeof(ends) / sizeof(ends[0]))];
	}
}

/* ---- bytes -------------------------------------------------------------- */

static void
blow(struct dice *d, uint8_t *p, size_t *n, size_t room)
{
	size_t at, length;

	if (*n == 0)
		return;
	at = dice_below(d, *n);
	length = 1 + dice_below(d, *n - at < 40 ? *n - at : 40);
	switch (dice_below(d, 7)) {
	case 0:
	case 1:
		p[at] ^= (uint8_t)(1u << dice_below(d, 8));
		break;
	case 2:
		p[at] = (uint8_t)dice_roll(d);
		break;
	case 3: /* cut */
		*n = at;
		break;
	case 4: /* a piece out */
		memmove(p + at, p + at + length, *n - at - length);
		*n -= length;
		break;
	case 5: /* a piece twice */
		if (length > room - *n)
			break;
		memmove(p + at + length, p + at, *n - at);
		*n += length;
		break;
	default:
		while (length-- > 0)
			p[at + length] = (uint8_t)dice_roll(d);
		break;
	}
}

static void
noise(struct dice *d, struct gbx_case *c)
{
	size_t i;

	c->length =
	    dice_below(d, 8) == 0 ? dice_below(d, 4200) : dice_below(d, 64);
	for (i = 0; i < c->length; i++)
		c->wire[i] = (uint8_t)dice_roll(d);
}

/* ---- where it begins ---------------------------------------------------- */

static struct model bases[BASE_COUNT];
static size_t dirty; /* bytes of the data that the case before left */

static void
make_bases(void)
{
	unsigned i;

	for (i = 0; i < BASE_COUNT; i++) {
		model_init(&bases[i], (enum model_base)i);
		/* Room to be bent and still be right. */
		bases[i].job.out_size = MODEL_DATA;
		bases[i].job.limit[GBX_WIRE_LIMIT_RECORDS] = 50;
		model_pack(&bases[i]);
	}
}

static const struct model *
begin_honest(struct dice *d, struct gbx_case *c)
{
	const struct model *m = &bases[dice_below(d, BASE_COUNT)];

	c->job = m->job;
	c->length = m->length;
	memcpy(c->wire, m->wire, m->length);
	c->size = dirty = (size_t)m->end;
	memcpy(c->data, m->data, c->size);
	return m;
}

/* What the builder of case.c makes of a quiet stream: other jobs, up to 64
 * items. */
static void
begin_built(struct dice *d, struct gbx_case *c)
{
	uint8_t stream[256];
	size_t i, n = 32 + dice_below(d, sizeof(stream) - 32);

	for (i = 0; i < n; i++)
		stream[i] = (uint8_t)(dice_roll(d) % 224);
	stream[1] = 0;
	case_make(stream, n, c);
	dirty = CASE_DATA;
}

/* ---- the data ----------------------------------------------------------- */

static const char *const odd[] = {"\xd9\x84", "\xe2\x80\xae", "\xe2\x81\xa9",
    "\xd8\x9c", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xed\xa0\x80",
    "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xc2\x80", "\xc2\xa0", "\xc0\xaf",
    "\xe0\x9f\xbf", "\xe0\xa0\x80", "\xf0\x8f\xbf\xbf", "\xef\xbb\xbf",
    "\xef\xbf\xbe", "\xe2\x80\xa8", "\x7f", "\x1b[2J", "\r", "\n", "\t"};

static void
odd_text(struct dice *d, struct gbx_case *c)
{
	const char *s = odd[dice_below(d, sizeof(odd) / sizeof(odd[0]))];
	size_t n = strlen(s);

	if (c->size >= n)
		memcpy(c->data + dice_below(d, c->size - n + 1), s, n);
}

/* The last block holds the records of the reply: bend one of them, and let the
 * envelope tell the truth about their length, mostly. */
static void
bend_records(struct dice *d, struct model *m, struct gbx_case *c)
{
	uint8_t *list, record[MODEL_DATA];
	Gbx__Wire__Block *last = m->blocks[m->n_blocks - 1];
	Gbx__Wire__Block honest = *last;
	size_t end = (size_t)(last->offset + last->length), at, n, fresh;

	/* One of three; all are shorter than 128 bytes. */
	list = c->data + last->offset;
	for (at = dice_below(d, 3); at > 0; at--)
		list += 1 + list[0];
	n = list[0];
	memcpy(record, list + 1, n);
	fresh =
	    mutate_message(d, true, record, n, 3000, c->data + last->offset + 1,
		c->data[last->offset], 1 + (unsigned)dice_below(d, 3));
	at = (size_t)(list - c->data);
	n += 1 + at;
	memmove(list + fresh + 2, c->data + n, end - n);
	list[0] = (uint8_t)(fresh | 0x80);
	list[1] = (uint8_t)(fresh >> 7);
	if (fresh < 128) {
		list[0] = (uint8_t)fresh;
		memmove(list + fresh + 1, list + fresh + 2, end - n);
	}
	memcpy(list + (fresh < 128 ? 1 : 2), record, fresh);
	c->size = dirty = at + fresh + (fresh < 128 ? 1 : 2) + end - n;
	last->length = c->size - last->offset;
	if (dice_below(d, 16) == 0)
		last->length = dice_number(d, last->length) % MODEL_DATA;
	if (dice_below(d, 8) == 0)
		last->records = (uint32_t)dice_below(d, 6);
	model_pack(m);
	c->length = m->length;
	memcpy(c->wire, m->wire, m->length);
	*last = honest;
}

static void
bend_data(struct dice *d, const struct model *m, struct gbx_case *c)
{
	size_t n = c->size;
	static struct model own;

	if (m != NULL && m->job.op == GBX_WIRE_OP_TEXT &&
	    m->blocks[m->n_blocks - 1]->records == 3 && dice_below(d, 3) > 0) {
		own = *m;
		/* Its pointers go to the base; only what is put back changes.
		 */
		bend_records(d, &own, c);
		return;
	}
	if (dice_below(d, 2) == 0)
		odd_text(d, c);
	else if (n > 0 && n < CASE_DATA)
		blow(d, c->data, &n, n);
}

/* ---- all together ------------------------------------------------------- */

static void
bend_wire(struct dice *d, struct gbx_case *c)
{
	const struct model *donor = &bases[dice_below(d, BASE_COUNT)];
	unsigned times = 1;

	while (times < 6 && dice_below(d, 2) == 0)
		times++;
	c->length = mutate_message(d, false, c->wire, c->length,
	    dice_below(d, 20) == 0 ? CASE_WIRE : GBX_REPLY_MAX, donor->wire,
	    donor->length, times);
}

void
mutate_case(uint64_t seed, uint64_t n, struct gbx_case *c)
{
	struct dice d = {seed ^ n * UINT64_C(0xd1342543de82ef95)};
	const struct model *m = NULL;
	size_t what;

	if (bases[0].length == 0)
		make_bases();
	memset(c->data, 0, dirty);
	dirty = 0;
	if (dice_below(&d, 16) == 0)
		begin_built(&d, c);
	else
		m = begin_honest(&d, c);
	what = dice_below(&d, 32);
	if (what == 0)
		noise(&d, c);
	else if (what < 20)
		bend_wire(&d, c);
	if (what >= 16 && what < 24)
		blow(&d, c->wire, &c->length, GBX_REPLY_MAX);
	if (what >= 24 || (what < 20 && dice_below(&d, 8) == 0))
		bend_data(&d, m, c);
}
