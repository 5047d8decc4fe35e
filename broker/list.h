/* SPDX-License-Identifier: ISC */
/* Doubly linked lists through a head. Side: trusted. */
#ifndef GBX_BROKER_LIST_H
#define GBX_BROKER_LIST_H

#include <stdbool.h>
#include <stddef.h>

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

#endif
