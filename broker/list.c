/* SPDX-License-Identifier: ISC */
/* Doubly linked lists. Side: trusted. */
#include "broker/list.h"

void
gbx_list_init(struct gbx_link *head)
{
	head->next = head;
	head->prev = head;
}

bool
gbx_list_empty(const struct gbx_link *head)
{
	return head->next == head;
}

void
gbx_list_append(struct gbx_link *head, struct gbx_link *item)
{
	item->prev = head->prev;
	item->next = head;
	head->prev->next = item;
	head->prev = item;
}

void
gbx_list_remove(struct gbx_link *item)
{
	if (item->next == NULL)
		return;
	item->prev->next = item->next;
	item->next->prev = item->prev;
	item->next = NULL;
	item->prev = NULL;
}
