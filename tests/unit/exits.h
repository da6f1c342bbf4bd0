/* SPDX-License-Identifier: ISC */
/* Exit points and programs, as a test of the rules asks for them: each call as the caller of the world. */
#ifndef TEST_UNIT_EXITS_H
#define TEST_UNIT_EXITS_H

#include "rules/exit.h"
#include "rules/exit_record.h"
#include "world.h"

#define SITE_POINT "QIBM_QNS_SDDSTAUTH"

/* A world whose caller is the host. */
int exits_setup(void **state);

/* A request of a program there, that reads lines: "/usr/libexec/exit-NUMBER". */
struct request exit_wish(const char *point, const char *format, int64_t number);
void exit_wish_data(struct request *q, const void *data, size_t length);

typedef enum authz_result exit_rule(struct rules *r, const struct request *request, struct answer *answer);
/* With an answer that is empty before it. */
enum authz_result exit_do(struct world *w, exit_rule *rule, const struct request *q);
/* SITE_POINT, AUTH0100. */
enum authz_result exit_put(struct world *w, int64_t number);
enum authz_result exit_drop(struct world *w, int64_t number);
/* maximum -1: not said. */
enum authz_result exit_set(struct world *w, const char *point, int64_t maximum);

/* What the store has of SITE_POINT, AUTH0100: numbers with commas between them, or "none": there is no such point. */
const char *exit_numbers(struct world *w);
/* One of its programs, which must be there. */
struct exit_program exit_find(struct world *w, uint32_t number);

#endif
