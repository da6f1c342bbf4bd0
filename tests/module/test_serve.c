/* SPDX-License-Identifier: ISC */
/* authz-helper --serve: what it is for, and what the client makes of it and of its end. */
#include "config.h"

#include "service.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- what it is for */

static void whole_job(void **state)
{
	unsigned char token[TOKEN_SIZE];

	(void)state;
	unharmed();
	expect(generate(CHILD, AUTHZ_MULTIPLE_USE, token), AUTHZ_OK); /* both work on the same stores */
	expect(redeem(SOCKET, token), AUTHZ_OK);
	expect(redeem(CHILD, token), AUTHZ_OK);
}

/* Of many writers at once some may hear that the store is busy; none may hear anything else. */
static int use_many(int number, const unsigned char *token)
{
	int i;

	(void)number;
	for (i = 0; i < 20; i++)
		if (redeem(SOCKET, token) != AUTHZ_OK)
			return 1;
	return 0;
}

static void many_clients(void **state)
{
	unsigned char token[TOKEN_SIZE];

	(void)state;
	assert_int_equal(crowd(16, make_and_use, NULL), 16);
	expect(generate(SOCKET, AUTHZ_MULTIPLE_USE, token), AUTHZ_OK);
	assert_int_equal(crowd(CROWD, use_many, token), CROWD);
	unharmed();
}

static int use_once(int number, const unsigned char *token)
{
	enum authz_result result = redeem(number % 2 ? SOCKET : CHILD, token);

	return result == AUTHZ_OK ? 0 : result == AUTHZ_TOKEN_SPENT ? 1 : 2;
}

static void one_wins(void **state)
{
	const char *more = getenv("AUTHZ_ROUNDS");
	int i, rounds = more != NULL ? atoi(more) : 100;
	unsigned char token[TOKEN_SIZE];

	(void)state;
	for (i = 0; i < rounds; i++) {
		expect(generate(EITHER, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
		assert_int_equal(crowd(CROWD, use_once, token), 1);
		expect(redeem(EITHER, token), AUTHZ_TOKEN_SPENT);
	}
}

/* ---- the client's rules */

static void no_service(void **state)
{
	unsigned char token[TOKEN_SIZE];

	(void)state;
	expect(generate(EITHER, AUTHZ_SINGLE_USE, token), AUTHZ_OK); /* nothing there */
	assert_int_equal(unlink(in_state("started")), 0);
	start();
	expect(redeem(EITHER, token), AUTHZ_OK);
	assert_int_not_equal(access(in_state("started"), F_OK), 0); /* the service it was */
	(void)stop_by(SIGKILL);
	expect(redeem(EITHER, token), AUTHZ_TOKEN_SPENT); /* a socket that nobody listens at */
	assert_int_equal(access(in_state("started"), F_OK), 0);
}

static void frozen(void **state)
{
	unsigned char token[TOKEN_SIZE];
	int status;

	(void)state;
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	kill(service, SIGSTOP);
	assert_int_equal(waitpid(service, &status, WUNTRACED), service); /* only then is each of its threads */
	expect(redeem_within(EITHER, token, 300), AUTHZ_HELPER_LATE);
	assert_int_not_equal(access(in_state("started"), F_OK), 0);
	kill(service, SIGCONT);
	unharmed();
	/* it was asked, by somebody who had given up when it could have answered */
	expect(redeem(EITHER, token), AUTHZ_OK);
	expect(redeem(EITHER, token), AUTHZ_TOKEN_SPENT);
}

static void killed(const char *where, enum authz_result after)
{
	unsigned char token[TOKEN_SIZE];

	start();
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	assert_int_equal(stop_by(SIGTERM), 0);
	start_with(where, NULL, -1);
	expect(redeem(EITHER, token), AUTHZ_HELPER_DIED);
	assert_int_not_equal(access(in_state("started"), F_OK), 0);
	assert_int_equal(WTERMSIG(ended()), SIGKILL);
	start();
	expect(redeem(SOCKET, token), after);
	unharmed();
}

static void killed_at_reply(void **state)
{
	(void)state;
	killed("reply", AUTHZ_TOKEN_SPENT);
}

static void killed_at_commit(void **state)
{
	(void)state;
	killed("commit", AUTHZ_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED("tokens are made and used over the socket, and by socket and child in turn", whole_job),
		SERVED("many clients at once are all answered (table MUST 1)", many_clients),
		SERVED("of 64 who use a single-use token at once, half by socket and half by child, exactly one wins (worker MUST 2)",
		       one_wins),
		ALONE("the child is started where no service is, and only there", no_service),
		SERVED("a service that is frozen is AZ-LATE, no child is started, and what nobody waits for is not done later (worker MUST 4)", frozen),
		ALONE("a service killed before its reply is AZ-DIED, and the token is spent", killed_at_reply),
		ALONE("a service killed before its commit is AZ-DIED, and the token is not spent", killed_at_commit),
	};

	return cmocka_run_group_tests_name("serve", tests, service_open, state_close);
}
