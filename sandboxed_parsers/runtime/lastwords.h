/* SPDX-License-Identifier: ISC */
/*
 * What a zygote that crashes before its first worker tells the broker, so that
 * an administrator learns more than that it is gone.
 * Side: setup. Silent from gbx_last_words_over on: a locked worker has no call
 * to say anything with.
 */
#ifndef GBX_RUNTIME_LASTWORDS_H
#define GBX_RUNTIME_LASTWORDS_H

/* ENOMEM if the arena ran out, or ELIBBAD; once. Safe in a handler of signals,
 * and before main. */
void gbx_last_words(void);
/* In the zygote, when all is set up; its forks stay silent, too. */
void gbx_last_words_over(void);

#endif
