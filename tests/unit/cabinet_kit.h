/* SPDX-License-Identifier: ISC */
/* Members of cabinets for tests of the rules, beside what cabinets.h has. */
#ifndef TEST_UNIT_CABINET_KIT_H
#define TEST_UNIT_CABINET_KIT_H

#include "cabinets.h"

/* As the host; must succeed. */
void give_profile(struct world *w, const char *cabinet, int security, int marks);
void make_member(struct world *w, const char *cabinet, const char *member);
void lock_cabinet(struct world *w, const char *cabinet);
void unlock_cabinet(struct world *w, const char *cabinet);

/* A request about a cabinet and a member; an empty name, or a profile type of -1, is left out. */
struct request about_member(const char *cabinet, const char *member, int profile_type, const char *special);

/* As the caller. */
enum authz_result ask_add(struct world *w, const struct request *q);
enum authz_result add_member(struct world *w, const char *cabinet, const char *member);
enum authz_result set_member(struct world *w, const char *cabinet, const char *member, int profile_type, const char *special);
enum authz_result remove_member(struct world *w, const char *cabinet, const char *member);

/* The membership, of a user ('u') or a cabinet ('c'); false: there is none. */
bool find_member(struct world *w, const char *cabinet, char kind, const char *member, struct cabinet_link *link);

/* All pages of a list: answered() of each, one behind the other; *pages, unless NULL, is how many. */
const char *all_rows(struct world *w, enum authz_result (*list)(struct rules *, const struct request *, struct answer *),
                     struct request q, unsigned *pages);

#endif
