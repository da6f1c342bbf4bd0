/* SPDX-License-Identifier: ISC */
/* The calls of authz.h on masters and mailboxes, against a helper that answers what it is told, and the real one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/call.h"
#include "compat/client.h"
#include "compat_kit.h"

#define ALICE "result 0\nuser alice\nuid 1000\n"
#define BOTH ALICE "master helpdesk\nmaster_uid 2000\n"

static struct authz_error error;
static struct authz_entry entry;
static const struct authz_session session = {.service = "dovecot", .rhost = "192.0.2.7", .tty = "tty1", .reauth = 1, .actor = 7};
static const unsigned char token[AUTHZ_TOKEN_SIZE] = {1};

static enum authz_result enter(int verified)
{
	memset(&entry, 'x', sizeof entry);
	return authz_master_enter(compat_client(), "alice", "helpdesk", verified, &session, &entry, &error);
}

static enum authz_result bind_to(const char *password)
{
	memset(&entry, 'x', sizeof entry);
	return authz_mailbox_bind(compat_client(), "alice", password, &session, &entry, &error);
}

static void nobodys(void)
{
	assert_string_equal(entry.owner, "");
	assert_string_equal(entry.master, "");
	assert_int_equal(entry.owner_uid, (uid_t)-1);
	assert_int_equal(entry.master_uid, (uid_t)-1);
}

static void entered(void **state)
{
	(void)state;
	kit_fake(BOTH);
	assert_int_equal(enter(7), AUTHZ_OK);
	kit_was_asked("operation 98", "user alice", "master helpdesk", "verified 1", "service dovecot", "rhost 192.0.2.7", "tty tty1",
	              "actor 7", NULL);
	assert_string_equal(entry.owner, "alice");
	assert_int_equal(entry.owner_uid, 1000);
	assert_string_equal(entry.master, "helpdesk");
	assert_int_equal(entry.master_uid, 2000);
	kit_fake("result 16\nsubject helpdesk\n");
	assert_int_equal(enter(0), AUTHZ_PASSWORD_WRONG);
	kit_was_asked("verified 0", NULL);
	assert_string_equal(error.subject, "helpdesk");
	nobodys();
}

/* As the number of a master root's is none, nor "none". */
static void entered_by_nobody(void **state)
{
	static const char *const answers[] = {
		"result 0\n",
		ALICE,
		"result 0\nmaster helpdesk\nmaster_uid 2000\n",
		ALICE "master helpdesk\n",
		ALICE "master_uid 2000\n",
		ALICE "master helpdesk\nmaster_uid 0\n",
		ALICE "master helpdesk\nmaster_uid -1\n",
		ALICE "master helpdesk\nmaster_uid 4294967295\n",
		ALICE "master helpdesk\nmaster_uid 1000\n",
		"result 0\nuser alice\nuid 0\nmaster helpdesk\nmaster_uid 2000\n",
		"result 0\nuser alice\nmaster helpdesk\nmaster_uid 2000\n",
		"result 16\nuser alice\nuid 1000\nmaster helpdesk\nmaster_uid 2000\n",
		"result 131\nuser alice\nuid 1000\nmaster helpdesk\nmaster_uid 2000\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof answers / sizeof *answers; i++) {
		kit_fake(answers[i]);
		if (enter(1) == AUTHZ_OK)
			fail_msg("entered by \"%s\"", answers[i]);
		nobodys();
	}
}

static void bound(void **state)
{
	(void)state;
	kit_fake(ALICE);
	assert_int_equal(bind_to("Geheim7"), AUTHZ_OK);
	kit_was_asked("operation 107", "user alice", "secret Geheim7", "rhost 192.0.2.7", NULL);
	assert_string_equal(entry.owner, "alice");
	assert_string_equal(entry.master, "");
	assert_int_equal(entry.master_uid, (uid_t)-1);
	kit_fake(BOTH);
	assert_int_equal(bind_to("Geheim7"), AUTHZ_OK);
	assert_string_equal(entry.master, "helpdesk");
	assert_int_equal(entry.master_uid, 2000);
	kit_fake("result 143\nuser alice\nuid 1000\nsubject alice\n");
	assert_int_equal(bind_to("Geheim7"), AUTHZ_INVALID_PASSWORD);
	nobodys();
	kit_fake("result 0\n");
	assert_int_equal(bind_to("Geheim7"), AUTHZ_HELPER_GARBLED);
	nobodys();
	kit_fake(ALICE "master helpdesk\n");
	assert_int_equal(bind_to("Geheim7"), AUTHZ_HELPER_GARBLED);
	nobodys();
}

static void registered(void **state)
{
	(void)state;
	kit_fake("result 0\n");
	assert_int_equal(authz_mailbox_register(compat_client(), "alice", "Geheim7", "Neu8", &session, &error), AUTHZ_OK);
	kit_was_asked("operation 108", "user alice", "secret Geheim7", "new_secret Neu8", "service dovecot", NULL);
	kit_fake("result 81\nsubject /run/mps\n");
	assert_int_equal(authz_mailbox_register(compat_client(), "alice", "Geheim7", "Neu8", NULL, &error), AUTHZ_IO_ERR);
	assert_string_equal(error.subject, "/run/mps");
}

static void not_asked(void **state)
{
	static const char name[] = "a-name-that-is-longer-than-any-name";
	char password[PASSWORD_SIZE + 1];

	(void)state;
	memset(password, 'x', sizeof password - 1);
	password[sizeof password - 1] = '\0';
	kit_fake(BOTH);
	assert_int_equal(authz_master_enter(compat_client(), "alice", name, 1, NULL, &entry, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "master");
	assert_int_equal(authz_master_enter(compat_client(), "alice", NULL, 1, NULL, &entry, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_master_enter(compat_client(), NULL, "helpdesk", 1, NULL, &entry, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_master_enter(compat_client(), name, "helpdesk", 1, NULL, &entry, &error), AUTHZ_BAD_PARAMETER);
	nobodys();
	assert_int_equal(bind_to(NULL), AUTHZ_BAD_PARAMETER);
	assert_int_equal(bind_to(password), AUTHZ_BAD_PARAMETER);
	nobodys();
	assert_int_equal(authz_mailbox_register(compat_client(), "alice", "Geheim7", NULL, NULL, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_mailbox_register(compat_client(), "alice", NULL, "Neu8", NULL, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_mailbox_register(compat_client(), "alice", "Geheim7", password, NULL, NULL), AUTHZ_BAD_PARAMETER);
	assert_false(kit_asked());
}

/* What "redeem" says of the master whose token it was. */
static void redeemed(void **state)
{
	struct authz_identity identity;

	(void)state;
	kit_fake(ALICE);
	assert_int_equal(authz_token_redeem(compat_client(), token, "alice", NULL, &identity, &error), AUTHZ_OK);
	assert_string_equal(identity.master, "");
	assert_int_equal(identity.master_uid, (uid_t)-1);
	kit_fake(BOTH);
	assert_int_equal(authz_token_redeem(compat_client(), token, "alice", NULL, &identity, &error), AUTHZ_OK);
	assert_string_equal(identity.master, "helpdesk");
	assert_int_equal(identity.master_uid, 2000);
	kit_fake(ALICE "master helpdesk\nmaster_uid 0\n");
	assert_int_equal(authz_token_redeem(compat_client(), token, "alice", NULL, &identity, &error), AUTHZ_HELPER_GARBLED);
	assert_string_equal(identity.user, "");
	assert_string_equal(identity.master, "");
	assert_int_equal(identity.uid, (uid_t)-1);
	assert_int_equal(identity.master_uid, (uid_t)-1);
}

/* What a login program says of the session in which a token is made. */
static void generated(void **state)
{
	struct authz_token_request request = {.user = "alice", .password = AUTHZ_NOPWD, .timeout = 60, .type = AUTHZ_SINGLE_USE,
	                                      .bind_uid = (uid_t)-1, .master = "helpdesk"};
	unsigned char made[AUTHZ_TOKEN_SIZE];

	(void)state;
	kit_fake("result 0\ntoken 5\n");
	assert_int_equal(authz_token_generate(compat_client(), &request, made, &error), AUTHZ_OK);
	kit_was_asked("operation 10", "master helpdesk", NULL);
	request.master = "a-name-that-is-longer-than-any-name";
	assert_int_equal(authz_token_generate(compat_client(), &request, made, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "master");
	assert_false(kit_asked());
}

/* ---- the real helper */

static void set(enum operation operation, enum request_field field, const char *value, enum request_field other, const char *text,
                const char *secret)
{
	struct request r = {.operation = (uint16_t)operation};
	static unsigned char frame[FRAME_REPLY_MAX];
	struct reply reply;

	assert_true(request_set_string(&r, field, value) && request_set_string(&r, other, text) &&
	            request_set_string(&r, FIELD_NEW_SECRET, secret));
	assert_int_equal(client_call(compat_client(), &r, &reply, frame, &error), AUTHZ_OK);
}

static void enters(const char *user, int verified, enum authz_result wanted)
{
	memset(&entry, 'x', sizeof entry);
	assert_int_equal(authz_master_enter(compat_client(), user, "mail", verified, &session, &entry, &error), wanted);
	if (wanted != AUTHZ_OK)
		nobodys();
}

/* What the last entry on record has: master, service, rhost, tty. */
static void last_entry(const char *user, const char *const *wanted)
{
	struct request r = {.operation = OP_MASTER_MINE, .has = HAS(WHICH), .which = MASTER_WHO_DID};
	static unsigned char frame[FRAME_REPLY_MAX];
	struct frame_reader row;
	struct reply reply;
	char item[64];
	size_t i;

	assert_true(request_set_string(&r, FIELD_USER, user));
	assert_int_equal(client_call(compat_client(), &r, &reply, frame, &error), AUTHZ_OK);
	assert_true(reply_next_entry(&reply, &row) && frame_next_item(&row, item, sizeof item));
	for (i = 0; i < 4; i++) {
		assert_true(frame_next_item(&row, item, sizeof item));
		assert_string_equal(item, wanted[i]);
	}
}

static void really_entered(void **state)
{
	static const char *const wanted[] = {"mail", "dovecot", "192.0.2.7", "tty1"};

	(void)state;
	enters("daemon", 1, AUTHZ_NO_MASTER);
	set(OP_MASTER_DEFINE, FIELD_MASTER, "mail", FIELD_OWNERS, NULL, NULL);
	enters("daemon", 1, AUTHZ_NOT_IN_SET);
	set(OP_MASTER_GRANT, FIELD_MASTER, "mail", FIELD_OWNERS, "daemon", NULL);
	enters("daemon", 0, AUTHZ_PASSWORD_WRONG);
	enters("daemon", 1, AUTHZ_OK);
	assert_string_equal(entry.owner, "daemon");
	assert_string_equal(entry.master, "mail");
	last_entry("daemon", wanted);
	enters("bin", 1, AUTHZ_NOT_IN_SET);
	enters("mail", 1, AUTHZ_NOT_IN_SET);
	enters("root", 1, AUTHZ_SYSTEM_PROFILE);
	enters("no-such-user", 1, AUTHZ_USER_NOT_FOUND);
	set(OP_MASTER_REMOVE, FIELD_MASTER, "mail", FIELD_OWNERS, NULL, NULL);
	enters("daemon", 1, AUTHZ_NO_MASTER);
}

static enum authz_result binds(const char *user, const char *password)
{
	memset(&entry, 'x', sizeof entry);
	return authz_mailbox_bind(compat_client(), user, password, NULL, &entry, &error);
}

static void really_bound(void **state)
{
	(void)state;
	set(OP_BOX_GROUP_SET, FIELD_BOX_GROUP, "post", FIELD_MASTER, "mail", "Meister9");
	set(OP_MAILBOX_ADD, FIELD_USER, "daemon", FIELD_BOX_GROUP, "post", "Geheim7");
	assert_int_equal(binds("daemon", "Geheim7"), AUTHZ_OK);
	assert_string_equal(entry.owner, "daemon");
	assert_string_equal(entry.master, "");
	assert_int_equal(binds("daemon", "Meister9"), AUTHZ_OK);
	assert_string_equal(entry.master, "mail");
	assert_int_equal(binds("daemon", "Meister8"), AUTHZ_INVALID_PASSWORD);
	nobodys();
	assert_int_equal(binds("bin", "Geheim7"), AUTHZ_NO_MAILBOX);
	nobodys();
	assert_int_equal(authz_mailbox_register(compat_client(), "daemon", "Meister9", "Neu8", NULL, &error), AUTHZ_INVALID_PASSWORD);
	assert_int_equal(authz_mailbox_register(compat_client(), "daemon", "Geheim7", "Neu8", NULL, &error), AUTHZ_OK);
	assert_int_equal(binds("daemon", "Neu8"), AUTHZ_OK);
	assert_int_equal(binds("daemon", "Geheim7"), AUTHZ_INVALID_PASSWORD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a master enters with all that the login program says of its session", entered, NULL, NULL, NULL},
		{"an answer without an owner, or a master who is another, lets nobody in (api_master MUST 1)", entered_by_nobody, NULL, NULL, NULL},
		{"a mailbox is bound by its owner, or by a master, and the answer says by whom", bound, NULL, NULL, NULL},
		{"a mailbox's password is changed by the old one", registered, NULL, NULL, NULL},
		{"what is no name and no password is refused without a question", not_asked, NULL, NULL, NULL},
		{"a token that is redeemed says whose master made it", redeemed, NULL, NULL, NULL},
		{"a login program says in which master's session a token is made", generated, NULL, NULL, NULL},
		{"a master enters whom it was given, and that is on record, and nobody else", really_entered, kit_real, NULL, NULL},
		{"a mailbox is opened by its own password and its group's master's, and registered by its own", really_bound, kit_real, NULL,
	         NULL},
	};

	return cmocka_run_group_tests_name("call_master", tests, kit_make, state_close);
}
