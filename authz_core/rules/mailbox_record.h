/* SPDX-License-Identifier: ISC */
/*
 * Mailboxes and their groups as the store has them.
 *
 * Records of the authority store: Mi  the names of all groups;  Mg group;  Mb owner.
 *
 * A group that is listed and not there, or there and not listed, is damage, and so is a mailbox whose group is not there: who
 * its master is, and which server it has, cannot be lost unseen.
 */
#ifndef AUTHZ_RULES_MAILBOX_RECORD_H
#define AUTHZ_RULES_MAILBOX_RECORD_H

#include "rules/context.h"

#define BOX_GROUPS_MAX 256

struct box_group {
	char name[NAME_SIZE];
	char server[SERVER_SIZE]; /* path; empty: the built-in one */
	uint32_t turn;            /* counts its servers: what the built-in one knows of an owner is of one turn */
	uint32_t options;         /* BOX_… */
	char manager[NAME_SIZE];  /* empty: none */
	uid_t manager_uid;
	char master[NAME_SIZE];   /* empty: none */
	uid_t master_uid;
	char crypt[HOST_CRYPT_SIZE]; /* of the master's password in this group */
	uint32_t boxes;           /* how many mailboxes it has */
	uid_t changed_by;
	int64_t changed_at;       /* microseconds, wall clock */
};

/* What the password server is being asked, or was when it was broken off. */
enum mailbox_pending { MAILBOX_LIVE, MAILBOX_ADDING, MAILBOX_ALTERING, MAILBOX_DELETING, MAILBOX_PENDINGS };

struct mailbox {
	char owner[NAME_SIZE];
	uid_t uid;
	char group[NAME_SIZE];
	char address[ADDRESS_SIZE];  /* empty: any */
	char crypt[HOST_CRYPT_SIZE]; /* of the owner's password, if the server is built in; empty: none opens it */
	uint32_t turn;               /* of the group, when that was given */
	enum mailbox_pending pending;
	uint64_t ticket;             /* of the request that pends; 0: none does */
	uid_t changed_by;
	int64_t changed_at;
};

struct box_names {
	char name[BOX_GROUPS_MAX][NAME_SIZE]; /* sorted */
	size_t count;
};

enum authz_result box_names_read(struct rules *r, struct store_txn *t, struct box_names *out);

/* *found false: there is none.  Damage is AUTHZ_STORE_DAMAGED. */
enum authz_result box_group_read(struct rules *r, struct store_txn *t, const char *name, struct box_group *out, bool *found);
/* In a write transaction; a new one is listed.  AUTHZ_MASTERS_FULL. */
enum authz_result box_group_write(struct rules *r, struct store_txn *t, const struct box_group *g);
/* In a write transaction: it has no mailboxes. */
enum authz_result box_group_erase(struct rules *r, struct store_txn *t, const struct box_group *g);
/* In a write transaction: whoever has that name next is no group's manager, and no group's master. */
enum authz_result box_groups_forget(struct rules *r, struct store_txn *t, const char *user);

/* The mailbox, and its group. */
enum authz_result mailbox_read(struct rules *r, struct store_txn *t, const char *owner, struct mailbox *out,
                               struct box_group *group, bool *found);
/* In a write transaction: a new one is counted.  It stays in its group. */
enum authz_result mailbox_write(struct rules *r, struct store_txn *t, const struct mailbox *m);
enum authz_result mailbox_erase(struct rules *r, struct store_txn *t, const char *owner);

/* A record as store_next handed it out: is it a mailbox's, and which? */
bool mailbox_unpack(struct mailbox *out, const unsigned char *key, size_t key_length, const unsigned char *value, size_t length);
#define MAILBOX_KEY "Mb" /* what the keys of mailboxes begin with */
#define MAILBOX_RECORD_MAX 1024

/* Could this be the name of a group, or of an owner?  A line of the password server takes it, and so does the audit. */
bool mailbox_name_fits(const char *name);

#endif
