/* SPDX-License-Identifier: ISC */
/* PAM's conversation: helpers/authz-run/conversation.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conversation.h"

static const struct pam_message hidden = {PAM_PROMPT_ECHO_OFF, "Password: "}, shown = {PAM_PROMPT_ECHO_ON, "Name: "},
                                information = {PAM_TEXT_INFO, "a \033[31mline\n"}, mistake = {PAM_ERROR_MSG, NULL};

static struct conversation c;

static int hold(int count, const struct pam_message **messages, struct pam_response **responses)
{
	*responses = NULL;
	return conversation_hold(count, messages, responses, &c);
}

static void begin(void)
{
	memset(&c, 0, sizeof c);
	strcpy(c.text, "prftkn_x");
}

static bool is_wiped(void)
{
	static const struct conversation nothing;

	return memcmp(&c, &nothing, sizeof c) == 0;
}

static void once(void **state)
{
	const struct pam_message *one[] = {&hidden};
	struct pam_response *responses;

	(void)state;
	begin();
	assert_int_equal(hold(1, one, &responses), PAM_SUCCESS);
	assert_string_equal(responses[0].resp, "prftkn_x");
	assert_true(is_wiped());
	free(responses[0].resp);
	free(responses);
	assert_int_equal(hold(1, one, &responses), PAM_CONV_ERR);
	assert_null(responses);
}

static void nothing_else(void **state)
{
	const struct pam_message *lists[][2] = {{&shown, &hidden}, {&hidden, &shown}, {&hidden, &hidden}};
	struct pam_response *responses;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin();
		assert_int_equal(hold(2, lists[i], &responses), PAM_CONV_ERR);
		assert_null(responses);
	}
	assert_int_equal(hold(0, lists[0], &responses), PAM_CONV_ERR);
	assert_int_equal(hold(PAM_MAX_NUM_MSG + 1, lists[0], &responses), PAM_CONV_ERR);
}

static void messages(void **state)
{
	const struct pam_message *list[] = {&information, &hidden, &mistake};
	struct pam_response *responses;

	(void)state;
	begin();
	assert_int_equal(hold(3, list, &responses), PAM_SUCCESS);
	assert_null(responses[0].resp);
	assert_string_equal(responses[1].resp, "prftkn_x");
	assert_null(responses[2].resp);
	free(responses[1].resp);
	free(responses);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("the token is given once, and then there is none here (conversation MUST 1)", once),
		ROW("every other prompt is refused, and no answer is left (conversation MUST 2)", nothing_else),
		ROW("messages have no answer", messages),
	};

	return cmocka_run_group_tests_name("run conversation", tests, NULL, NULL);
}
