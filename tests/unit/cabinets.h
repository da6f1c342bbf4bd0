/* SPDX-License-Identifier: ISC */
/* Cabinets, as a test of the rules asks for them: each call as the caller of the world. */
#ifndef TEST_UNIT_CABINETS_H
#define TEST_UNIT_CABINETS_H

#include "world.h"
#include "rules/cabinet.h"
#include "rules/cabinet_link.h"

/* A request with the fields that are not NULL. */
struct request about_cabinet(const char *cabinet, const char *member);
void act_as(struct request *q, const char *cabinet, const char *secret);

/* The answer is in w->answer, what it is about in w->rules.subject. */
enum authz_result make_cabinet(struct world *w, const char *name, enum cabinet_type type);
enum authz_result administrator(struct world *w, const char *cabinet, const char *member, enum cabinet_which which);
enum authz_result new_password(struct world *w, const char *cabinet, const char *password);
enum authz_result mark(struct world *w, const char *cabinet, int from, bool lock);
enum authz_result unmark(struct world *w, const char *cabinet);
/* All pages; how many cabinets are gone. */
enum authz_result purge(struct world *w, int64_t *gone);
/* The value of that row of CABINET_SHOW, NULL: there is none. */
enum authz_result show(struct world *w, const struct request *q);
const char *shown(struct world *w, const char *name);
/* All names of CABINET_LIST, in the order of the alphabet, with a blank between two. */
const char *listed(struct world *w, struct request q);

/* As the host, whoever is the caller; must succeed. */
void host_makes(struct world *w, const char *name, enum cabinet_type type);
void host_adds_administrator(struct world *w, const char *cabinet, const char *member);
/* The guest may do everything there. */
void host_authorizes(struct world *w, const char *owner, const char *guest);
void host_sets_password(struct world *w, const char *cabinet, const char *password);
/* A link of the store, without a rule: "member" is a user of the fake host or a cabinet. */
void join(struct world *w, const char *cabinet, char kind, const char *member);
/* The record, which must be there. */
struct cabinet cabinet_of(struct world *w, const char *name);
bool there_is(struct world *w, const char *name);

#endif
