/* SPDX-License-Identifier: ISC */
/* What every command of authzctl has. */
#ifndef AUTHZCTL_APP_H
#define AUTHZCTL_APP_H

#include "args.h"
#include "authz.h"
#include "client/call.h"

struct app {
	struct authz_client client;
	bool json, quiet;
};

/* One question and its answer.  Big (it holds a reply), and may hold a token: call_wipe. */
struct call {
	struct request request;
	struct reply reply;
	struct authz_error error;
	unsigned char frame[FRAME_REPLY_MAX];
};

/* The command table is these, in this order. */
extern const struct command token_generate, token_regenerate, token_timeout, token_check, token_invalidate, token_remove,
	token_list, token_renew;
extern const struct command profile_show, profile_enable, profile_disable, profile_special;
extern const struct command authority_set, authority_grant, authority_revoke, authority_check, authority_show, authority_explicit,
	authority_explain, authority_list, authority_copy, authority_delete;
extern const struct command cabinet_create, cabinet_show, cabinet_list, cabinet_set, cabinet_passwd, cabinet_admin,
	cabinet_delete, cabinet_undelete, cabinet_purge, cabinet_add_member, cabinet_set_member, cabinet_remove_member,
	cabinet_members, cabinet_memberships, cabinet_profile, cabinet_load, cabinet_forget_user, cabinet_tree,
	cabinet_authorize, cabinet_withdraw;
extern const struct command view_check, view_rebuild;
extern const struct command master_define, master_remove, master_list, master_grant, master_revoke, master_may, master_mine,
	master_forbid, master_allow;
extern const struct command mailbox_group, mailbox_groups, mailbox_ungroup, mailbox_add, mailbox_alter, mailbox_delete,
	mailbox_list, mailbox_bind, mailbox_passwd;
extern const struct command exit_add, exit_remove, exit_point, exit_list, exit_check;
extern const struct command audit;
extern const struct command store_check, store_stats, store_dump, store_load, store_backup;

extern const struct option no_options[];

void call_begin(struct call *c, enum operation operation);
enum authz_result call_ask(const struct app *app, struct call *c);
enum authz_result call_stream(const struct app *app, struct call *c, const struct client_stream *stream);
void call_wipe(struct call *c);

#define ITEM_SIZE 640 /* of every list but the audit */

/* The items of one row of the answer: false if they are not exactly "count" items that fit. */
bool call_row(struct frame_reader *row, char items[][ITEM_SIZE], size_t count);
/* A row's number: false if it is none. */
bool text_number(const char *text, int64_t *number);

/*
 * Go on with a list where this answer ended: the next request has its cursor.  AUTHZ_HELPER_GARBLED for a cursor that
 * leads in a circle.
 */
enum authz_result call_more(struct call *c);

#endif
