/* SPDX-License-Identifier: ISC */
/*
 * The way that every change of a cabinet goes: who acts, may it (without a lock), what the host knows of it, and once more
 * under the lock may it, then the change, its audit and its publication.
 */
#ifndef AUTHZ_RULES_CABINET_CHANGE_H
#define AUTHZ_RULES_CABINET_CHANGE_H

#include "rules/cabinet_view.h"
#include "rules/cabinet_who.h"

struct cabinet_change {
	struct rules *r;
	const struct request *request;
	struct cabinet_actor actor;
	struct host_clock now;
	struct cabinet cabinet; /* the one that is meant, as cabinet_change_find had it */
	bool found, is_user; /* is_user: cabinet_change_ask_own found one of that name */
	struct cabinet_touched *touched;
	struct audit_event event; /* .event and what the steps know of it */
	bool nothing; /* set by decide: there is nothing to change, and no lock is taken */
	bool overtaken; /* set by apply: it is to be run again, and its refusal is not recorded */
	char entity[NAME_SIZE + 2];
	char detail[64];
};

struct cabinet_steps {
	/* May be NULL.  What can be said of the request alone. */
	enum authz_result (*shape)(struct cabinet_change *c);
	/* In a read transaction, and again in that of the change. */
	enum authz_result (*decide)(struct cabinet_change *c, struct store_txn *t);
	/* May be NULL.  Between the two, with no transaction open: NSS, libcrypt. */
	enum authz_result (*ask)(struct cabinet_change *c);
	enum authz_result (*apply)(struct cabinet_change *c, struct store_txn *t);
};

enum authz_result cabinet_change_run(struct cabinet_change *c, const struct cabinet_steps *steps);

/* The cabinet that the request names into c->cabinet and c->found. */
enum authz_result cabinet_change_find(struct cabinet_change *c, struct store_txn *t);
/* The same; AUTHZ_CABINET_NAME if there is none, or it is the template. */
enum authz_result cabinet_change_must_find(struct cabinet_change *c, struct store_txn *t);
/* The same, and it can be changed: AUTHZ_CABINET_LOCKED. */
enum authz_result cabinet_change_must_be_live(struct cabinet_change *c, struct store_txn *t);

/* Changing what a cabinet is: its supervisor, its administrators, and the user whose private one it is. */
enum authz_result cabinet_change_decide_own(struct cabinet_change *c, struct store_txn *t);
/* For a private one: its user is there, who may be without a record. */
enum authz_result cabinet_change_ask_own(struct cabinet_change *c);
/* The record that c->cabinet is to be, if there is none: a private cabinet, with the template's profile. */
enum authz_result cabinet_change_begin_own(struct cabinet_change *c, struct store_txn *t);
/* A new password into the cabinet: AUTHZ_BAD_PARAMETER for a public one. */
enum authz_result cabinet_change_password(struct cabinet_change *c, char crypt[HOST_CRYPT_SIZE]);
bool cabinet_text_fits(const char *text);
/* SECURITY and MARKS of the request: AUTHZ_BAD_PARAMETER; into a profile, of which stays what is not given. */
enum authz_result cabinet_change_profile_fits(struct cabinet_change *c);
void cabinet_change_profile(const struct cabinet_change *c, struct cabinet_profile *profile);

/* The template, made if there is none; in a write transaction. */
enum authz_result cabinet_template(struct cabinet_change *c, struct store_txn *t, struct cabinet *out);
/* A new cabinet as the template would have it, without an ISN. */
void cabinet_change_new(struct cabinet_change *c, const char *name, enum cabinet_type type, const struct cabinet *template,
                        struct cabinet *out);

#endif
