/* SPDX-License-Identifier: ISC */
/* The helper itself, as a process: what it does when it is asked, and what it keeps. */
#include "config.h"

#include "helper_run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool files_hold(const void *bytes, size_t length)
{
	char command[512], *text = NULL;
	size_t size = 0, have = 0;
	FILE *all;
	bool found;

	snprintf(command, sizeof command, "find '%s' -type f -exec cat {} +", state_folder);
	all = popen(command, "re");
	assert_non_null(all);
	do {
		size += 1 << 20;
		text = realloc(text, size);
		assert_non_null(text);
		have += fread(text + have, 1, size - have, all);
	} while (have == size);
	assert_int_equal(pclose(all), 0);
	found = memmem(text, have, bytes, length) != NULL;
	free(text);
	return found;
}

struct binding {
	int64_t bind_field, said_field; /* bits of the two fields */
	char *bound, *said;
	size_t size;
	enum authz_result refused;
};

/* A token that is bound by one of the four: refused where it differs or is not said, which spends nothing, then taken. */
static void one_binding(struct request *make, const struct binding *b, struct request *redemption)
{
	static const char *const others[] = {"wrong", "", "righ", "rightt", "RIGHT"};
	struct reply reply;
	size_t i;

	make->has |= (uint64_t)b->bind_field;
	snprintf(b->bound, b->size, "right");
	expect_result(request(make, &reply), AUTHZ_OK);
	memcpy(redemption->token, reply.token, TOKEN_SIZE);
	expect_result(request(redemption, &reply), b->refused);
	redemption->has |= (uint64_t)b->said_field;
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		snprintf(b->said, b->size, "%s", others[i]);
		expect_result(request(redemption, &reply), b->refused);
	}
	snprintf(b->said, b->size, "right");
	expect_result(request(redemption, &reply), AUTHZ_OK);
	expect_result(request(redemption, &reply), AUTHZ_TOKEN_SPENT);
}

static void bindings(void **state)
{
	static const enum authz_result results[] = {AUTHZ_BIND_SERVICE, AUTHZ_BIND_RHOST, AUTHZ_BIND_TTY};
	int which;

	(void)state;
	for (which = 0; which < 3; which++) {
		const unsigned char none[TOKEN_SIZE] = {0};
		struct request make = ask_token('1'), redemption = ask_redeem(none);
		const struct binding rows[] = {
			{HAS(BIND_SERVICE), HAS(SERVICE), make.bind_service, redemption.service, sizeof make.bind_service, results[0]},
			{HAS(BIND_RHOST), HAS(RHOST), make.bind_rhost, redemption.rhost, sizeof make.bind_rhost, results[1]},
			{HAS(BIND_TTY), HAS(TTY), make.bind_tty, redemption.tty, sizeof make.bind_tty, results[2]},
		};

		one_binding(&make, &rows[which], &redemption);
	}
}

static void bound_uid(void **state)
{
	struct request make = ask_token('1'), redemption;
	struct reply reply;

	(void)state;
	make.has |= HAS(BIND_UID);
	make.bind_uid = (int64_t)geteuid() + 1;
	expect_result(request(&make, &reply), AUTHZ_OK);
	redemption = ask_redeem(reply.token);
	expect_result(request(&redemption, &reply), AUTHZ_BIND_UID);
	make.bind_uid = (int64_t)geteuid();
	expect_result(request(&make, &reply), AUTHZ_OK);
	redemption = ask_redeem(reply.token);
	expect_result(request(&redemption, &reply), AUTHZ_OK);
	expect_result(request(&redemption, &reply), AUTHZ_TOKEN_SPENT);
}

static void whole_job(void **state)
{
	struct request q = ask_token('1');
	struct reply reply;
	unsigned char token[TOKEN_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	expect_result(request(&q, &reply), AUTHZ_OK);
	assert_string_equal(reply.user, owner);
	assert_int_equal(reply.uid, owner_uid);
	assert_int_equal(reply.seconds, 600);
	memcpy(token, reply.token, sizeof token);
	assert_true(files_hold(reply.token_id, 16)); /* the audit has the id */
	q = ask_redeem(token);
	expect_result(request(&q, &reply), AUTHZ_OK);
	assert_string_equal(reply.user, owner);
	assert_false(reply.has & HAS_REPLY(TOKEN));
	expect_result(request(&q, &reply), AUTHZ_TOKEN_SPENT);
	assert_int_equal(reply.has & ~(HAS_REPLY(RESULT) | HAS_REPLY(SUBJECT)), 0);
	authz_token_to_text(token, text);
	assert_false(files_hold(token, 16));
	assert_false(files_hold(text + 7, 20));
	q = ask_token('1');
	strcpy(q.user, "root");
	expect_result(request(&q, &reply), AUTHZ_SYSTEM_PROFILE);
	assert_string_equal(reply.subject, "root");
}

static void other_operations(void **state)
{
	struct request q = ask(OP_PROFILE_DISABLE);
	struct frame_reader items;
	unsigned char token[TOKEN_SIZE];
	struct reply reply;
	char item[2048];

	(void)state;
	make_token('2', token);
	q.has = HAS(USER);
	strcpy(q.user, owner);
	expect_result(request(&q, &reply), AUTHZ_OK);
	redeems(token, AUTHZ_DISABLED);
	q.operation = OP_PROFILE_ENABLE;
	expect_result(request(&q, &reply), AUTHZ_OK);
	redeems(token, AUTHZ_TOKEN_STALE);
	q.operation = OP_PROFILE_SHOW;
	expect_result(request(&q, &reply), AUTHZ_OK);
	assert_true(reply_next_entry(&reply, &items) && frame_next_item(&items, item, sizeof item));
	assert_string_equal(item, owner);
	q.operation = OP_PROFILE_SPECIAL;
	q.has |= HAS(MASK_ADD);
	q.mask_add = 3;
	expect_result(request(&q, &reply), AUTHZ_OK);
	q = ask(OP_AUTHORITY_GRANT);
	q.has = HAS(OBJECT_TYPE) | HAS(OBJECT) | HAS(MASK_ADD) | HAS(PRINCIPAL);
	strcpy(q.object_type, "profile");
	strcpy(q.object, owner);
	strcpy(q.principal, "root");
	q.mask_add = 1;
	expect_result(request(&q, &reply), AUTHZ_OK);
	q = ask(OP_TOKEN_LIST);
	expect_result(request(&q, &reply), AUTHZ_OK);
	assert_true(reply_next_entry(&reply, &items));
	q = ask(OP_TOKEN_REMOVE);
	q.has = HAS(TOKEN);
	memcpy(q.token, token, sizeof token);
	expect_result(request(&q, &reply), AUTHZ_OK);
	redeems(token, AUTHZ_TOKEN_NOT_VALID);
	q = ask(OP_AUDIT_READ);
	expect_result(request(&q, &reply), AUTHZ_OK);
	assert_true(reply_next_entry(&reply, &items) && frame_next_item(&items, item, sizeof item));
	assert_non_null(strstr(item, "seq=1 event=token.generate phase=intent"));
	assert_true(reply.has & HAS_REPLY(CURSOR));
	memcpy(&q.cursor, &reply.cursor, sizeof q.cursor);
	q.has = HAS(CURSOR);
	expect_result(request(&q, &reply), AUTHZ_OK);
	assert_false(reply_next_entry(&reply, &items));
}

static void bad_configuration(void **state)
{
	struct request q = ask_token('1');
	struct reply reply;

	(void)state;
	write_file(in_state("authz.conf"), "[authz]\nuid_min = 1\nuidmin = 1\n");
	expect_result(request(&q, &reply), AUTHZ_BAD_CONFIG);
	assert_non_null(strstr(reply.subject, "authz.conf, line 3: unknown key or bad value: uidmin"));
	assert_int_equal(unlink(in_state("authz.conf")), 0);
	assert_int_equal(mkfifo(in_state("authz.conf"), 0600), 0);
	expect_result(request(&q, &reply), AUTHZ_BAD_CONFIG);
	assert_int_equal(unlink(in_state("authz.conf")), 0);
	assert_int_equal(rmdir(in_state("tokens")), 0);
	expect_result(request(&q, &reply), AUTHZ_STORE_MISSING);
	assert_non_null(strstr(reply.subject, "/tokens"));
}

static void shadow_out_of_reach(void **state)
{
	unsigned char token[TOKEN_SIZE];
	struct request q = ask_token('1');
	struct reply reply;

	(void)state;
	make_token('2', token);
	assert_int_equal(rename(in_state("shadow"), in_state("away")), 0);
	expect_result(request(&q, &reply), AUTHZ_NO_SHADOW);
	redeems(token, AUTHZ_NO_SHADOW);
	write_file(in_state("shadow"), "somebody:*:19000:0:99999:7:::\n");
	expect_result(request(&q, &reply), AUTHZ_ACCOUNT_UNKNOWN);
	redeems(token, AUTHZ_TOKEN_STALE);
	assert_int_equal(rename(in_state("away"), in_state("shadow")), 0);
	helper_unharmed(token);
}

static void killed(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX], token[TOKEN_SIZE];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	int i, pair[2], status;

	(void)state;
	make_token('2', token);
	for (i = 0; i < 60; i++) {
		const struct timespec pause = {.tv_nsec = i * 100000};
		pid_t pid;

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		pid = fork();
		if (pid == 0)
			become_helper(&(struct how){.argv = NULL}, pair[1]);
		close(pair[1]);
		assert_int_equal(send(pair[0], frame, length, 0), length);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		close(pair[0]);
	}
	helper_unharmed(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HELPER_TEST("a token is made by one helper, redeemed by the next, refused by the third", whole_job),
		HELPER_TEST("a token bound to service, remote host or terminal is refused elsewhere with its own code, unspent, and taken there",
		            bindings),
		HELPER_TEST("a token bound to a user is taken from that user alone", bound_uid),
		HELPER_TEST("each operation reaches its rule", other_operations),
		HELPER_TEST("a bad configuration and a missing store are named", bad_configuration),
		HELPER_TEST("shadow out of reach is not an unknown account", shadow_out_of_reach),
		HELPER_TEST("a helper killed at any moment loses nothing", killed),
	};

	return cmocka_run_group_tests_name("helper", tests, helper_open, state_close);
}
