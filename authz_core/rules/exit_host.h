/* SPDX-License-Identifier: ISC */
/* What this host asks of its own exits, at a sign-on and for sudo: about itself, its one destination (doc/EXITS). */
#ifndef AUTHZ_RULES_EXIT_HOST_H
#define AUTHZ_RULES_EXIT_HOST_H

#include "rules/exit_ask.h"

/* What is registered there.  exit_programs_free frees it in any case. */
enum authz_result exit_host_programs(struct rules *r, const char *point, const char *format, struct exit_programs *out);

/* A value that a line may have which is one word: AUTHZ_OK, or AUTHZ_BAD_PARAMETER, which names it. */
enum authz_result exit_host_word(struct rules *r, const char *word, const char *value);

/*
 * All programs, of which there is one at least, within what a helper has (rules/mailbox_server.h).  *number: of the first
 * that said *NO, or 0.
 * AUTHZ_EXIT_DENIED, with point, format, number and path of that one; what exit_ask may give; AUTHZ_INTERNAL: this host has
 * no name that a destination could have.
 */
enum authz_result exit_host_ask(struct rules *r, const struct exit_programs *p, const struct exit_line *lines, size_t count,
                                uint32_t *number);

#endif
