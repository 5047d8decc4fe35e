/* SPDX-License-Identifier: ISC */
/*
 * Writing strings that others chose: escaped where the reader is a person or
 * a terminal, as JSON where it is a program. Side: caller.
 *
 * Nothing here reports write errors: the stream keeps them (ferror), and
 * gbx_cmd_finish looks once at the end.
 */
#ifndef GBX_CMD_PRINT_H
#define GBX_CMD_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A name on one line: control and invisible characters as \n, \t, \r, \xNN or
 * \u{NNNN}, bytes that are not UTF-8 as \xNN, a backslash doubled. */
void gbx_cmd_print_name(FILE *f, const char *name);

/* Text for a terminal: newline and tab stay, other unsafe characters are
 * shown as <U+202E>. */
void gbx_cmd_print_visible(FILE *f, const char *text, size_t length);

/* "glovebox: SUBJECT: message" on stderr, the subject as a name; it may be
 * NULL. The message is one line without its newline. */
__attribute__((format(printf, 2, 3))) void gbx_cmd_complain(
    const char *subject, const char *format, ...);

/* Send to stdout what was printed so far. False when it can't be written: stop,
 * gbx_cmd_finish will say why. */
bool gbx_cmd_flush(void);

/* The same for many bytes at once. */
bool gbx_cmd_put(const char *data, size_t length);

/* Flush and close stdout. Returns 0, or EX_OSERR after saying so on stderr;
 * of a reader that went away (EPIPE) nothing is said. */
int gbx_cmd_finish(void);

/* ---- JSON (RFC 8259) ---------------------------------------------------- */

/* Puts the commas; the caller opens and closes in pairs. A key of NULL is for
 * members of an array and for the outermost value. */
struct gbx_cmd_json {
	FILE *f;
	bool comma;
};

void gbx_cmd_json_open(struct gbx_cmd_json *j, const char *key, char bracket);
void gbx_cmd_json_close(struct gbx_cmd_json *j, char bracket);
/* Printable ASCII and harmless characters as they are, all else as \uNNNN;
 * bytes that are not UTF-8 as U+FFFD. */
void gbx_cmd_json_string(
    struct gbx_cmd_json *j, const char *key, const char *s, size_t length);
/* The same of a C string, or null. */
void gbx_cmd_json_name(struct gbx_cmd_json *j, const char *key, const char *s);
void gbx_cmd_json_hex(
    struct gbx_cmd_json *j, const char *key, const void *data, size_t length);
/* Base64 (RFC 4648, section 4). */
void gbx_cmd_json_base64(
    struct gbx_cmd_json *j, const char *key, const void *data, size_t length);
void gbx_cmd_json_number(struct gbx_cmd_json *j, const char *key, uint64_t n);
/* null when n is 0. */
void gbx_cmd_json_count(struct gbx_cmd_json *j, const char *key, uint64_t n);
void gbx_cmd_json_bool(struct gbx_cmd_json *j, const char *key, bool value);

#endif
