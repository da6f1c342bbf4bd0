/* SPDX-License-Identifier: ISC */
/* What the documents' calls make of their parameters, of whatever the helper says, and what they leave behind. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compat/exception.h"
#include "compat_kit.h"

#define SECONDS (&(int){60})
#define ANY_OK "result 0\nseconds 5\nuser somebody\nuid 4242\n"

static const unsigned char some_token[AUTHZ_TOKEN_SIZE] = "a token of thirty-two characters";

/* ---- every call, with parameters that are right but for its output and its error code */

static void generate(void *output, void *error)
{
	QsyGenPrfTkn(output, OWNER, NOPWD, SECONDS, "1", error);
}

static void generate_given(void *output, void *error)
{
	QsyGenPrfTknE(output, OWNER, "secret", 6, 0, 60, '1', error);
}

static void generate_opm(void *output, void *error)
{
	QSYGENPT(output, OWNER, NOPWD, SECONDS, "1", error);
}

static void regenerate(void *output, void *error)
{
	QsyGenPrfTknFromPrfTkn(output, some_token, SECONDS, "1", error);
}

static void regenerate_opm(void *output, void *error)
{
	QSYGENFT(output, some_token, SECONDS, "1", error);
}

static void time_out(void *output, void *error)
{
	QsyGetPrfTknTimeOut(output, some_token, error);
}

static void check_user(void *output, void *error)
{
	QsyChkPrfTknUser(output, some_token, error);
}

static void invalidate(void *output, void *error)
{
	(void)output;
	QsyInvalidatePrfTkn(some_token, error);
}

static void remove_token(void *output, void *error)
{
	(void)output;
	QsyRemovePrfTkn(some_token, error);
}

static void remove_all(void *output, void *error)
{
	(void)output;
	QsyRemoveAllPrfTkns(error);
}

static void remove_all_of(void *output, void *error)
{
	(void)output;
	QsyRemoveAllPrfTknsForUser(OWNER, error);
}

static void remove_opm(void *output, void *error)
{
	(void)output;
	QSYRMVPT("*ALL      ", error);
}

static const struct call {
	void (*make)(void *output, void *error);
	size_t output;
	enum exception_list list;
} calls[] = {
	{generate, 32, LIST_GENERATE},     {generate_given, 32, LIST_GENERATE}, {generate_opm, 32, LIST_GENERATE},
	{regenerate, 32, LIST_REGENERATE}, {regenerate_opm, 32, LIST_REGENERATE}, {time_out, 4, LIST_HELD},
	{check_user, 4, LIST_HELD},        {invalidate, 0, LIST_HELD},          {remove_token, 0, LIST_REMOVE},
	{remove_all, 0, LIST_REMOVE},      {remove_all_of, 0, LIST_REMOVE_USER}, {remove_opm, 0, LIST_REMOVE},
};

#define CALLS (sizeof calls / sizeof *calls)

/* Its output is cleared after it, and nothing behind that is touched. */
static void call(const struct call *c, void *error)
{
	int output[16];

	memset(output, 'x', sizeof output);
	c->make(output, error);
	assert_true(kit_is_zero(output, c->output));
	assert_int_equal(((char *)output)[c->output], 'x');
}

/* ---- error codes */

static void no_place(void **state)
{
	static const int sizes[] = {0, 1, 7, -2};
	Qus_EC_t small;
	size_t i, k;

	(void)state;
	kit_fake(ANY_OK);
	for (i = 0; i < CALLS; i++)
		for (k = 0; k <= sizeof sizes / sizeof *sizes; k++) {
			memset(&small, 'x', sizeof small);
			small.Bytes_Provided = k > 0 ? sizes[k - 1] : 0;
			errno = 0;
			call(&calls[i], k > 0 ? &small : NULL);
			assert_int_equal(errno, EINVAL);
			assert_int_equal(small.Bytes_Available, 0x78787878);
			calls[i].make(NULL, NULL);
		}
	assert_false(kit_asked());
}

static void small_places(void **state)
{
	static const int sizes[] = {8, 9, 14, 15, 16, 20, 25, 26, 27};
	unsigned char place[40], whole[26] = {0};
	const int available = 26;
	size_t i, k;

	(void)state;
	kit_fake("result 5\nsubject daemon\n");
	memcpy(whole + 4, &available, 4);
	memcpy(whole + 8, "CPF22E3\0daemon    ", 18);
	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		memset(place, 'x', sizeof place);
		memcpy(place, &sizes[i], 4);
		memcpy(whole, &sizes[i], 4);
		call(&calls[0], place);
		for (k = 0; k < sizeof place; k++)
			assert_int_equal(place[k], k < (size_t)sizes[i] && k < sizeof whole ? whole[k] : 'x');
	}
}

static void second_format(void **state)
{
	struct {
		Qus_ERRC0200_t ec;
		char data[10];
	} error = {.ec = {.Key = -1, .Bytes_Provided = sizeof error, .Bytes_Available = -1}};

	(void)state;
	kit_fake("result 5\nsubject daemon\n");
	call(&calls[0], &error);
	assert_int_equal(error.ec.Key, -1);
	assert_int_equal(error.ec.Bytes_Provided, sizeof error);
	assert_int_equal(error.ec.Bytes_Available, 42);
	assert_memory_equal(error.ec.Exception_Id, "CPF22E3", 7);
	assert_int_equal(error.ec.CCSID, 1208);
	assert_memory_equal((char *)&error + error.ec.Offset_Exc_Data, "daemon    ", (size_t)error.ec.Length_Exc_Data);
	assert_int_equal(error.ec.Length_Exc_Data, 10);
}

/* ---- parameters */

static void null_outputs(void **state)
{
	size_t i;

	(void)state;
	kit_fake(ANY_OK);
	for (i = 0; i < CALLS; i++) {
		if (calls[i].output == 0)
			continue;
		calls[i].make(NULL, kit_error());
		kit_failed("CPF3C90", NULL, 0);
	}
	assert_false(kit_asked());
}

#define BAD(number, call) \
	do { \
		memset(token, 'x', sizeof token); \
		call; \
		kit_failed_number("CPF3C3C", number); \
		assert_true(kit_is_zero(token, sizeof token)); \
	} while (0)

static void bad_parameters(void **state)
{
	unsigned char token[AUTHZ_TOKEN_SIZE];

	(void)state;
	kit_fake(ANY_OK);
	BAD(2, QsyGenPrfTkn(token, NULL, NOPWD, SECONDS, "1", kit_error()));
	BAD(2, QsyGenPrfTkn(token, "          ", NOPWD, SECONDS, "1", kit_error()));
	BAD(2, QsyGenPrfTkn(token, "daemon\0   ", NOPWD, SECONDS, "1", kit_error()));
	BAD(3, QsyGenPrfTkn(token, OWNER, NULL, SECONDS, "1", kit_error()));
	BAD(3, QsyGenPrfTkn(token, OWNER, "secret    ", SECONDS, "1", kit_error()));
	BAD(3, QsyGenPrfTkn(token, OWNER, "*NOPWDCHKX", SECONDS, "1", kit_error()));
	BAD(4, QsyGenPrfTkn(token, OWNER, NOPWD, NULL, "1", kit_error()));
	BAD(5, QsyGenPrfTkn(token, OWNER, NOPWD, SECONDS, NULL, kit_error()));
	BAD(2, QsyGenPrfTknE(token, "dae mon   ", "secret", 6, 0, 60, '1', kit_error()));
	BAD(3, QsyGenPrfTknE(token, OWNER, NULL, 6, 0, 60, '1', kit_error()));
	BAD(3, QsyGenPrfTknE(token, OWNER, NOPWD, 10, 0, 60, '1', kit_error()));
	BAD(3, QsyGenPrfTknE(token, OWNER, "sec\0et", 6, 0, 60, '1', kit_error()));
	BAD(4, QsyGenPrfTknE(token, OWNER, "secret", 0, 0, 60, '1', kit_error()));
	BAD(4, QsyGenPrfTknE(token, OWNER, "secret", 513, 0, 60, '1', kit_error()));
	BAD(5, QsyGenPrfTknE(token, OWNER, "secret", 6, 500, 60, '1', kit_error()));
	BAD(2, QsyGenPrfTknFromPrfTkn(token, NULL, SECONDS, "1", kit_error()));
	BAD(3, QsyGenPrfTknFromPrfTkn(token, some_token, NULL, "1", kit_error()));
	BAD(4, QsyGenPrfTknFromPrfTkn(token, some_token, SECONDS, NULL, kit_error()));
	BAD(7, QSYGENPT(token, OWNER, "secret", SECONDS, "1", kit_error(), &(int){0}, &(int){0}));
	BAD(8, QSYGENPT(token, OWNER, "secret", SECONDS, "1", kit_error(), &(int){6}, &(int){1}));
	assert_false(kit_asked());
}

static void bad_parameters_of_held(void **state)
{
	unsigned char token[4]; /* an output that is no token */

	(void)state;
	kit_fake(ANY_OK);
	BAD(2, QsyGetPrfTknTimeOut((int *)(void *)token, NULL, kit_error()));
	BAD(2, QsyChkPrfTknUser((int *)(void *)token, NULL, kit_error()));
	QsyInvalidatePrfTkn(NULL, kit_error());
	kit_failed_number("CPF3C3C", 1);
	QsyRemovePrfTkn(NULL, kit_error());
	kit_failed_number("CPF3C3C", 1);
	QsyRemoveAllPrfTknsForUser(NULL, kit_error());
	kit_failed_number("CPF3C3C", 1);
	assert_false(kit_asked());
}

static void counts_of_parameters(void **state)
{
	unsigned char token[AUTHZ_TOKEN_SIZE];

	(void)state;
	kit_fake(ANY_OK);
	memset(token, 'x', sizeof token);
	QSYGENPT(token, OWNER, "secret", SECONDS, "1", kit_error(), &(int){6});
	kit_failed_number("CPF3C36", 7);
	assert_true(kit_is_zero(token, sizeof token));
	QSYGENPT(token, OWNER, "secret", SECONDS, "1", kit_error(), NULL, &(int){0});
	kit_failed_number("CPF3C36", 7);
	QSYGENPT(token, OWNER, "secret    ", SECONDS, "1", kit_error());
	kit_failed_number("CPF3C3C", 3);
	assert_false(kit_asked());
}

/* ---- whatever the helper says */

static void one_result(const struct call *c, enum authz_result result)
{
	const enum exception expected = exception_of(c->list, result);
	char data[24];
	size_t length = 0;

	call(c, kit_error());
	switch (exception_data(expected)) {
	case DATA_USER:
		kit_failed_user(exception_id(expected), OWNER);
		return;
	case DATA_ENDED:
		kit_failed_ended(result);
		return;
	case DATA_SPECIAL:
		length = 10;
		memcpy(data, "*SECADM   ", length);
		break;
	default:
		break;
	}
	kit_failed(exception_id(expected), data, length);
}

static void every_result(void **state)
{
	static const enum authz_result results[] = {
#define X(name, number, code, pam, exit, sentence) AUTHZ_##name,
		AUTHZ_RESULTS(X)
#undef X
	};
	char answer[64];
	size_t i, k;

	(void)state;
	for (k = 0; k < sizeof results / sizeof *results; k++) {
		if (results[k] == AUTHZ_OK)
			continue;
		(void)snprintf(answer, sizeof answer, "result %d\nsubject *SECADM\n", (int)results[k]);
		kit_fake(answer);
		for (i = 0; i < CALLS; i++)
			one_result(&calls[i], results[k]);
		assert_true(kit_asked());
	}
}

static void no_answer(void **state)
{
	static const struct {
		const char *answer;
		enum authz_result result;
	} bad[] = {{"do crash\n", AUTHZ_HELPER_DIED}, {"do nothing\n", AUTHZ_HELPER_DIED}, {"do half\n", AUTHZ_HELPER_DIED},
	           {"do garbage\n", AUTHZ_HELPER_GARBLED}, {"do other-id\n", AUTHZ_HELPER_GARBLED}};
	size_t i, k;

	(void)state;
	for (k = 0; k < sizeof bad / sizeof *bad; k++) {
		kit_fake(bad[k].answer);
		for (i = 0; i < CALLS; i++)
			one_result(&calls[i], bad[k].result);
	}
	kit_none();
	for (i = 0; i < CALLS; i++)
		one_result(&calls[i], AUTHZ_HELPER_MISSING);
	kit_fake("result 0\n"); /* which promises what it does not bring */
	for (i = 0; i < CALLS; i++)
		if (calls[i].make != invalidate && calls[i].make != remove_token)
			one_result(&calls[i], AUTHZ_HELPER_GARBLED);
}

static void same_user(void **state)
{
	char answer[64];
	int same = 7, seconds = 7;

	(void)state;
	(void)snprintf(answer, sizeof answer, "result 0\nseconds 5\nuser me\nuid %u\n", (unsigned)geteuid());
	kit_fake(answer);
	QsyChkPrfTknUser(&same, some_token, kit_error());
	kit_succeeded();
	assert_int_equal(same, 1);
	QsyGetPrfTknTimeOut(&seconds, some_token, kit_error());
	kit_succeeded();
	assert_int_equal(seconds, 5);
	kit_fake(ANY_OK);
	QsyChkPrfTknUser(&same, some_token, kit_error());
	kit_succeeded();
	assert_int_equal(same, 0);
	kit_fake("result 0\nseconds 0\n");
	QsyGetPrfTknTimeOut(&seconds, some_token, kit_error());
	kit_succeeded();
	assert_int_equal(seconds, 0);
	same = 7;
	QsyChkPrfTknUser(&same, some_token, kit_error());
	kit_failed("CPF2274", NULL, 0);
	assert_int_equal(same, 0);
}

/* ---- many at once */

#define THREADS 16

struct caller {
	pthread_t thread;
	char name[10];
	bool own; /* each answer was its own */
};

static void *call_often(void *parameter)
{
	struct caller *c = parameter;
	struct kit_error error;
	unsigned char token[AUTHZ_TOKEN_SIZE];
	int i;

	c->own = true;
	for (i = 0; i < 10; i++) {
		memset(&error, 'x', sizeof error);
		error.ec.Bytes_Provided = sizeof error;
		QsyGenPrfTkn(token, c->name, i % 2 == 0 ? NOPWD : "*NO       ", SECONDS, "1", &error);
		if (i % 2 == 0)
			c->own &= memcmp(error.ec.Exception_Id, "CPF22E3", 7) == 0 && memcmp(error.data, c->name, 10) == 0;
		else
			c->own &= memcmp(error.ec.Exception_Id, "CPF3C3C", 7) == 0 && memcmp(error.data, &(int){3}, sizeof(int)) == 0;
	}
	return NULL;
}

static void many_threads(void **state)
{
	struct caller callers[THREADS];
	char name[16];
	size_t i;

	(void)state;
	kit_fake("result 5\nsubject somebody\n");
	for (i = 0; i < THREADS; i++) {
		(void)snprintf(name, sizeof name, "user%-6zu", i);
		memcpy(callers[i].name, name, sizeof callers[i].name);
		assert_int_equal(pthread_create(&callers[i].thread, NULL, call_often, &callers[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
		assert_true(callers[i].own);
	}
}

/* ---- what is left behind */

#define STACK (1 << 20)

/* What a thread on a stack of its own does, and what it then looks for in all of that below itself. */
struct look {
	void (*use)(void *parameter);
	void *parameter;
	const void *secret;
	size_t length;
	unsigned char *stack;
	bool found;
};

static void use_password(void *password)
{
	unsigned char token[AUTHZ_TOKEN_SIZE];

	QsyGenPrfTknE(token, OWNER, password, 12, 37, 60, '1', kit_error());
}

static void use_short_password(void *password)
{
	unsigned char token[AUTHZ_TOKEN_SIZE];

	QsyGenPrfTknE(token, OWNER, password, 10, 1208, 60, '1', kit_error());
}

static void use_token(void *token)
{
	QsyGenPrfTknFromPrfTkn(token, token, SECONDS, "1", kit_error());
}

static void leave_it(void *secret)
{
	volatile char copy[12];
	size_t i;

	for (i = 0; i < sizeof copy; i++)
		copy[i] = ((char *)secret)[i];
}

/* Far enough down that the look itself does not write over it. */
static __attribute__((noinline)) void use_deeper(struct look *l)
{
	volatile char room[8192];

	room[0] = 0;
	l->use(l->parameter);
	room[sizeof room - 1] = 0;
}

static void *use_and_look(void *parameter)
{
	struct look *l = parameter;

	use_deeper(l);
	l->found = memmem(l->stack, (size_t)((unsigned char *)__builtin_frame_address(0) - l->stack), l->secret, l->length) != NULL;
	return NULL;
}

static bool left_behind(void (*use)(void *), void *parameter, const void *secret, size_t length)
{
	void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	struct look look = {use, parameter, secret, length, stack, true};
	pthread_attr_t attributes;
	pthread_t thread;

	assert_ptr_not_equal(stack, MAP_FAILED);
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK), 0);
	assert_int_equal(pthread_create(&thread, &attributes, use_and_look, &look), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(pthread_attr_destroy(&attributes), 0);
	assert_int_equal(munmap(stack, STACK), 0);
	return look.found;
}

static void nothing_left(void **state)
{
	static char in37[] = "\xa2\x85\x83\x99\x85\xa3\x60\xa6\x96\x99\x84\xa2", text[] = "secret-words", ten[] = "secretwrds";
	unsigned char token[AUTHZ_TOKEN_SIZE];

	(void)state;
	kit_fake("result 16\n");
	assert_true(left_behind(leave_it, text, text, 12));
	assert_false(left_behind(use_password, in37, text, 12));
	assert_false(left_behind(use_password, in37, in37, 12));
	assert_false(left_behind(use_short_password, ten, ten, 10));
	memcpy(token, some_token, sizeof token);
	assert_false(left_behind(use_token, token, some_token, sizeof some_token));
	assert_true(kit_asked());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"without room for an answer nobody is asked, outputs are cleared, errno is EINVAL", no_place, NULL, NULL, NULL},
		{"an exception is cut to 8, 15, 16, 20, 26 bytes provided", small_places, NULL, NULL, NULL},
		{"the second format of the error code has the same", second_format, NULL, NULL, NULL},
		{"an output that is NULL is CPF3C90, and nobody is asked", null_outputs, NULL, NULL, NULL},
		{"a bad parameter is CPF3C3C with its number, and nobody is asked (make_token MUST 1)", bad_parameters, NULL, NULL, NULL},
		{"so it is with tokens that are held or removed", bad_parameters_of_held, NULL, NULL, NULL},
		{"a wrong number of parameters is CPF3C36", counts_of_parameters, NULL, NULL, NULL},
		{"whatever the helper refuses or cannot do is its exception, outputs cleared", every_result, NULL, NULL, NULL},
		{"no helper, a dead one or a garbled answer is CPF9872 with its reason code", no_answer, NULL, NULL, NULL},
		{"a token for the user as whom the caller runs is 1, for another 0, a dead one CPF2274", same_user, NULL, NULL, NULL},
		{"calls of many threads at once each get their own answer", many_threads, NULL, NULL, NULL},
		{"no copy of a password or token is left on the stack (make_token MUST 2)", nothing_left, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("compat_answers", tests, kit_make, state_close);
}
