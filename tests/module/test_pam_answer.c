/* SPDX-License-Identifier: ISC */
/* What was typed, through the real libpam: pam_prftkn/answer.c. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authz.h"
#include "pam_master.h"

static void expect_untouched(const struct outcome *outcome, const char *text)
{
	assert_int_equal(outcome->code, PAM_IGNORE);
	assert_true(outcome->authtok_there);
	assert_string_equal(outcome->authtok, text);
	assert_int_equal(stack_asked(), 0);
	assert_int_equal(outcome->messages, 0);
}

static void expect_token_refused(const struct outcome *outcome)
{
	assert_int_equal(outcome->code, PAM_AUTH_ERR);
	assert_false(outcome->authtok_there);
	assert_int_equal(outcome->messages, 0);
}

static void typed_password(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = "correct horse"}, &outcome);
	expect_untouched(&outcome, "correct horse");
	assert_int_equal(outcome.prompts, 1);
	assert_string_equal(outcome.prompt, "Password: ");
}

static void earlier_password(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.before = "battery staple"}, &outcome);
	expect_untouched(&outcome, "battery staple");
	assert_int_equal(outcome.prompts, 0);
}

static void odd_passwords(void **state)
{
	static const char *const passwords[] = {" ", "prftkn", "PRFTKN_", " prftkn_", "xprftkn_", "p", "*", "\xff\x80\n\t",
	                                        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"};
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
		stack_answers_ok();
		stack_authenticate(&(struct login){.answer = passwords[i]}, &outcome);
		expect_untouched(&outcome, passwords[i]);
	}
}

static void typed_token(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_false(outcome.authtok_there);
	assert_int_equal(stack_asked(), 1);
}

static void earlier_token(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.before = STACK_TOKEN}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_int_equal(outcome.prompts, 0);
	assert_false(outcome.authtok_there);
}

static void refused_token(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers("result %d\n", 34);
	stack_authenticate(&(struct login){.answer = STACK_TOKEN}, &outcome);
	expect_token_refused(&outcome);
	stack_answers("do crash\n");
	stack_authenticate(&(struct login){.before = STACK_TOKEN}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTHINFO_UNAVAIL);
	assert_false(outcome.authtok_there);
}

/* prftkn_ and "count" characters of the good token, or "A" where it has no more. */
static const char *token_of(size_t count, char text[STACK_TEXT])
{
	size_t whole = strlen(STACK_TOKEN);

	memset(text, 'A', STACK_TEXT);
	memcpy(text, STACK_TOKEN, whole);
	text[7 + count] = '\0';
	return text;
}

static void token_lengths(void **state)
{
	static const size_t lengths[] = {0, 1, 31, 32, 33, 42, 44, 45, 64, 500};
	char text[STACK_TEXT];
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		stack_answers_ok();
		stack_authenticate(&(struct login){.answer = token_of(lengths[i], text)}, &outcome);
		expect_token_refused(&outcome);
		assert_int_equal(stack_asked(), 0);
		assert_non_null(strstr(stack_log(), "CPF2274: Profile token is not valid."));
	}
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = token_of(43, text)}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
}

static void token_characters(void **state)
{
	static const char wrong[] = {'\0', ' ', '\n', '=', '+', '/', '.', '\xc3', '\x7f'};
	char text[STACK_TEXT];
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof wrong; i++)
		for (size_t at = 7; at < 50; at += 14) {
			token_of(43, text);
			text[at] = wrong[i];
			stack_answers_ok();
			stack_authenticate(&(struct login){.answer = text}, &outcome);
			expect_token_refused(&outcome);
			assert_int_equal(stack_asked(), 0);
		}
}

static void second_spelling(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = "prftkn_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9"}, &outcome);
	expect_token_refused(&outcome);
	assert_int_equal(stack_asked(), 0);
}

static void empty_answer(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = ""}, &outcome);
	expect_untouched(&outcome, "");
	stack_authenticate(&(struct login){.before = ""}, &outcome);
	expect_untouched(&outcome, "");
}

static void decoys(void **state)
{
	static const char junk[] = "\b\n\r\177INCORRECT";
	char text[65];
	struct outcome outcome;

	(void)state;
	for (size_t length = 1; length <= 64; length++) {
		for (size_t i = 0; i < length; i++)
			text[i] = junk[i % (sizeof junk - 1)];
		text[length] = '\0';
		stack_answers_ok();
		stack_authenticate(&(struct login){.answer = text, .options = "debug"}, &outcome);
		expect_untouched(&outcome, text);
		assert_non_null(strstr(stack_log(), "<7> pam_prftkn(probe:auth): the host has refused this user"));
		assert_null(strstr(stack_log(), "refused:"));
		stack_authenticate(&(struct login){.answer = text}, &outcome);
		expect_untouched(&outcome, text);
		assert_string_equal(stack_log(), "");
		text[length - 1] ^= 1;
		stack_authenticate(&(struct login){.answer = text, .options = "debug"}, &outcome);
		assert_null(strstr(stack_log(), "the host has refused"));
		assert_non_null(strstr(stack_log(), "the answer is not a token"));
	}
}

/* The worst: for a refused user a token was typed, so the filling is as long as one. */
static void decoy_of_token(void **state)
{
	static const char junk[] = "\b\n\r\177INCORRECT";
	char text[sizeof STACK_TOKEN];
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof text - 1; i++)
		text[i] = junk[i % (sizeof junk - 1)];
	text[sizeof text - 1] = '\0';
	assert_int_equal(strlen(text), AUTHZ_TOKEN_TEXT_SIZE - 1);
	for (int i = 0; i < 8; i++) {
		struct login login = {.user = i & 1 ? "root" : NULL, .answer = text, .before = i & 2 ? text : NULL,
		                      .options = i & 4 ? "debug" : NULL};

		stack_answers_ok();
		stack_authenticate(&login, &outcome);
		expect_untouched(&outcome, text);
		assert_null(strstr(stack_log(), ": token "));
		if (!(i & 4))
			assert_string_equal(stack_log(), "");
	}
}

static void first_pass(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.answer = STACK_TOKEN, .options = "use_first_pass"}, &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	assert_int_equal(outcome.prompts, 0);
	assert_false(outcome.authtok_there);
	assert_int_equal(stack_asked(), 0);
	stack_authenticate(&(struct login){.before = STACK_TOKEN, .options = "use_first_pass"}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_int_equal(outcome.prompts, 0);
	stack_authenticate(&(struct login){.before = "hers", .options = "use_first_pass"}, &outcome);
	assert_int_equal(outcome.code, PAM_IGNORE);
	assert_string_equal(outcome.authtok, "hers");
}

static void failed_conversation(void **state)
{
	static const int failures[] = {PAM_CONV_ERR, PAM_BUF_ERR, PAM_ABORT, PAM_SYSTEM_ERR, PAM_SERVICE_ERR};
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
		stack_authenticate(&(struct login){.conversation = failures[i]}, &outcome);
		assert_int_equal(outcome.code, PAM_CONV_ERR);
		assert_false(outcome.authtok_there);
		assert_non_null(strstr(stack_log(), "the conversation with the user failed"));
	}
	stack_authenticate(&(struct login){.answer = NULL}, &outcome);
	assert_int_equal(outcome.code, PAM_CONV_ERR);
	assert_int_equal(stack_asked(), 0);
}

static void conversation_again(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_authenticate(&(struct login){.conversation = PAM_CONV_AGAIN}, &outcome);
	assert_int_equal(outcome.code, PAM_INCOMPLETE);
}

static void unknown_user_name(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers_ok();
	stack_authenticate(&(struct login){.no_user = true, .answer = STACK_TOKEN}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_string_equal(outcome.user, stack_user);
	stack_authenticate(&(struct login){.no_user = true, .conversation = PAM_CONV_ERR}, &outcome);
	assert_int_equal(outcome.code, PAM_CONV_ERR);
	stack_authenticate(&(struct login){.no_user = true, .conversation = PAM_CONV_AGAIN}, &outcome);
	assert_int_equal(outcome.code, PAM_INCOMPLETE);
}

static void nothing_logged_of_answers(void **state)
{
	static const char *const answers[] = {"Zebra-Quagga-77", "prftkn_Zebra-Quagga-77", STACK_TOKEN};
	struct outcome outcome;

	(void)state;
	stack_answers("result %d\n", 33);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		stack_authenticate(&(struct login){.answer = answers[i], .options = "debug"}, &outcome);
		assert_null(strstr(stack_log(), "Zebra"));
		assert_null(strstr(stack_log(), "Quagga"));
		assert_null(strstr(stack_log(), "prftkn_Z"));
		assert_null(strstr(stack_log(), "AAECAw"));
	}
}

/* --- what stays in memory: a token is made at run time, and looked for in a form in which the test does not hold it --- */

#define MASK 0x55
#define TAIL 12 /* bytes looked for: the first ones of memory that was freed are overwritten at once */
#define REGION_MAX (256L << 20) /* a sanitizer's own regions are larger */

static void mask(unsigned char *to, const void *from, size_t length)
{
	const unsigned char *bytes = from;

	for (size_t i = 0; i < length; i++)
		to[i] = bytes[i] ^ MASK;
}

static bool has_masked(const unsigned char *bytes, size_t length, const unsigned char masked[TAIL])
{
	for (size_t at = 0, i; at + TAIL <= length; at++) {
		for (i = 0; i < TAIL && (bytes[at + i] ^ MASK) == masked[i]; i++)
			;
		if (i == TAIL)
			return true;
	}
	return false;
}

static unsigned copies_in_memory(const unsigned char masked[TAIL])
{
	static unsigned char block[1 << 16];
	unsigned long begin, end, at;
	unsigned copies = 0;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

	assert_true(maps != NULL && memory >= 0);
	while (fgets(line, sizeof line, maps) != NULL) {
		if (sscanf(line, "%lx-%lx rw", &begin, &end) != 2 || strstr(line, " rw") == NULL ||
		    end - begin > REGION_MAX)
			continue;
		for (at = begin; at < end; at += sizeof block - TAIL) {
			ssize_t got = pread(memory, block, sizeof block < end - at ? sizeof block : end - at, (off_t)at);

			copies += got > 0 && has_masked(block, (size_t)got, masked);
		}
	}
	explicit_bzero(block, sizeof block);
	close(memory);
	fclose(maps);
	return copies;
}

static void nothing_in_memory(void **state)
{
	static const char *const answers[] = {"result 0", "result 34", "do crash", "do garbage"};
	unsigned char raw[AUTHZ_TOKEN_SIZE], masked_raw[TAIL], masked_text[TAIL];
	char text[AUTHZ_TOKEN_TEXT_SIZE];
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		stack_answers("%s\nuser %s\nuid %u\n", answers[i], stack_user, stack_uid);
		for (size_t j = 0; j < sizeof raw; j++)
			raw[j] = (unsigned char)(j * 37 + 11 + i);
		authz_token_to_text(raw, text);
		mask(masked_raw, raw + sizeof raw - TAIL, TAIL);
		mask(masked_text, text + sizeof text - 1 - TAIL, TAIL);
		assert_true(copies_in_memory(masked_raw) > 0);
		assert_true(copies_in_memory(masked_text) > 0);
		stack_authenticate(&(struct login){.answer = text}, &outcome);
		explicit_bzero(raw, sizeof raw);
		explicit_bzero(text, sizeof text);
		assert_int_equal(copies_in_memory(masked_raw), 0);
		assert_int_equal(copies_in_memory(masked_text), 0);
	}
}

/* The one that is asked for, and that of a name that was split; both are the nested service's too, and libpam's. */
static void no_masters_password_in_memory(void **state)
{
	unsigned char masked[TAIL];
	char text[41];
	struct outcome outcome;

	for (int split = 0; split < 2; split++) {
		assert_int_equal(master_begin(state), 0);
		for (size_t i = 0; i < sizeof text - 1; i++)
			text[i] = (char)('a' + (i * 7 + 3 + (size_t)split) % 26);
		text[sizeof text - 1] = '\0';
		mask(masked, text + sizeof text - 1 - TAIL, TAIL);
		assert_true(copies_in_memory(masked) > 0);
		stack_authenticate(&(struct login){.user = split ? master_split : master_owner, .answer = split ? text : master_asking,
		                                   .second = text, .options = master_options("master split=" STACK_SERVICE)},
		                   &outcome);
		assert_int_not_equal(outcome.code, PAM_SUCCESS);
		assert_non_null(strstr(stack_read("items"), "pam_sm_authenticate authz-master"));
		explicit_bzero(text, sizeof text);
		assert_int_equal(copies_in_memory(masked), 0);
	}
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a password that is typed is left for the next module (answer MUST 1)", typed_password),
		ROW("a password from an earlier module is left as it is (answer MUST 1)", earlier_password),
		ROW("what only resembles a token is a password, whatever its bytes (answer MUST 1)", odd_passwords),
		ROW("an empty answer is none of ours and stays empty (answer MUST 1)", empty_answer),
		ROW("a token that is typed logs in and is gone for the next module (answer MUST 2)", typed_token),
		ROW("a token from an earlier module logs in and is gone for the next module (answer MUST 2)", earlier_token),
		ROW("a refused token is gone for the next module too (answer MUST 2)", refused_token),
		ROW("after a token, good or bad, no copy of it is left in the memory of the host (answer MUST 2)", nothing_in_memory),
		ROW("nor of a master's password that was wrong (master MUST 4)", no_masters_password_in_memory),
		ROW("only 43 characters after the prefix are a token; others are refused and gone, unasked (answer MUST 2)",
		    token_lengths),
		ROW("a character that is not of base64url, or a NUL, makes no token, and it is gone (answer MUST 2)",
		    token_characters),
		ROW("bits that no byte of a token holds make no token", second_spelling),
		ROW("what sshd sends for a refused user is recognised at lengths 1 to 64 and left alone (answer MUST 3)", decoys),
		ROW("and at the length of a token's text: no attempt at a token, no line in the log, no question (answer MUST 3)",
		    decoy_of_token),
		ROW("use_first_pass asks nobody, and takes a token that is there (answer MUST 4)", first_pass),
		ROW("a conversation that fails is PAM_CONV_ERR", failed_conversation),
		ROW("a conversation that is not ready is PAM_INCOMPLETE", conversation_again),
		ROW("where no user is named yet the host's own prompt asks for one", unknown_user_name),
		ROW("no byte of an answer comes into the log, debug or not", nothing_logged_of_answers),
	};

	return cmocka_run_group_tests_name("pam answer", tests, master_open, stack_close);
}
