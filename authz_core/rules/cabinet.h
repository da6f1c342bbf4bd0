/* SPDX-License-Identifier: ISC */
/*
 * The operations on cabinets (doc/CABINETS has the rules).  Each takes a decoded request and fills the answer; the result is
 * the reply's.
 *
 * Rows: cabinet_show, cabinet_profile: name, value.  cabinet_list: name, type, gid, ISN, number of members, state ("live",
 * "marked", "locked"), text.  cabinet_members: ISN, kind ("user", "cabinet"), name, profile ("shared", "private", "special"),
 * name of the special profile's cabinet, through (the cabinet by which a user is in, or ""), security and marks of a special
 * profile.  cabinet_where: cabinet, "S", or "P" of a private one, ISN, through, profile, security and marks likewise.  Who is
 * in by several entries has a row for each, the one that counts first.  Lists that are not at their end have a CURSOR.
 */
#ifndef AUTHZ_RULES_CABINET_H
#define AUTHZ_RULES_CABINET_H

#include "rules/context.h"
#include "rules/store_tools.h"

enum authz_result cabinet_create(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result cabinet_alter(struct rules *r, const struct request *request);
enum authz_result cabinet_password(struct rules *r, const struct request *request);
/* Add or take away an administrator. */
enum authz_result cabinet_admin(struct rules *r, const struct request *request);
/* Mark for deletion, and lock; the mark's end; and what comes of it.  A purge is a page of cabinets at a time. */
enum authz_result cabinet_delete(struct rules *r, const struct request *request);
enum authz_result cabinet_undelete(struct rules *r, const struct request *request);
enum authz_result cabinet_purge(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result cabinet_show(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result cabinet_list(struct rules *r, const struct request *request, struct answer *answer);
/* Z-ADD17A.  Reply: ISN. */
enum authz_result cabinet_add(struct rules *r, const struct request *request, struct answer *answer);
/* Another profile for a member. */
enum authz_result cabinet_set(struct rules *r, const struct request *request);
enum authz_result cabinet_remove(struct rules *r, const struct request *request);
/* Z-MOD17: a user may into the private cabinet of another, with that profile; or no more. */
enum authz_result cabinet_authorize(struct rules *r, const struct request *request);
enum authz_result cabinet_withdraw(struct rules *r, const struct request *request);
/* Z-DIS17C, who is in through what, and whom the owner of a private cabinet authorized. */
enum authz_result cabinet_members(struct rules *r, const struct request *request, struct answer *answer);
/* Z-MEMSHP: where may the user go? */
enum authz_result cabinet_where(struct rules *r, const struct request *request, struct answer *answer);
/* Z-DIS17F: a member's effective profile. */
enum authz_result cabinet_profile_of(struct rules *r, const struct request *request, struct answer *answer);
/*
 * Many at once: lines of a stream, "cabinet,member,flag,profile,special": flag D takes away, nothing adds.  Rows: of each line
 * that was refused its number, the code, the sentence, as far as there is room.  Reply: COUNT done, TOTAL lines.
 * AUTHZ_LOAD_REFUSED: nothing was, for the line that the subject begins with.
 */
enum authz_result cabinet_load(struct rules *r, const struct request *request, const struct rules_stream *stream,
                               struct answer *answer);
/* A user is gone: all its memberships and administrations go.  The host alone. */
enum authz_result cabinet_forget(struct rules *r, const struct request *request, struct answer *answer);

#endif
