/* SPDX-License-Identifier: ISC */
/* The table of result.h, walked. */
#include <string.h>

#include "authz.h"

struct row {
	enum authz_result result;
	int exit_status;
	const char *code, *sentence;
};

static const struct row rows[] = {
#define X(name, number, code, pam, exit, sentence) {AUTHZ_##name, exit, code, sentence},
	AUTHZ_RESULTS(X)
#undef X
};

static const struct row *find_row(enum authz_result result)
{
	const struct row *row = rows;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		row = &rows[i];
		if (row->result == result)
			return row;
	}
	return find_row(AUTHZ_INTERNAL);
}

const char *authz_result_code(enum authz_result result)
{
	return find_row(result)->code;
}

int authz_result_exit(enum authz_result result)
{
	return find_row(result)->exit_status;
}

struct text {
	char *at;
	size_t left; /* with the NUL */
};

/* A subject comes from elsewhere and goes to terminals and logs: control characters do not. */
static void append(struct text *t, const char *from, size_t length)
{
	unsigned char c;

	for (; length > 0 && t->left > 1; length--, t->left--) {
		c = (unsigned char)*from++;
		*t->at++ = c < ' ' || c == 0x7f ? '?' : (char)c;
	}
}

char *authz_result_text(enum authz_result result, const struct authz_error *error, char *text, size_t size)
{
	const char *sentence = find_row(result)->sentence, *mark = strstr(sentence, "&1");
	const char *subject = error != NULL && error->subject[0] != '\0' ? error->subject : "?";
	struct text t = {text, size};

	if (size == 0)
		return text;
	if (mark != NULL) {
		append(&t, sentence, (size_t)(mark - sentence));
		append(&t, subject, strnlen(subject, sizeof error->subject));
		sentence = mark + 2;
	}
	append(&t, sentence, strlen(sentence));
	*t.at = '\0';
	return text;
}
