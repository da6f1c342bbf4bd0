/* SPDX-License-Identifier: ISC */
/* doc/PROTOCOL and the tables of the wire: each operation and each field is there, as the code has it, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/reply.h"
#include "wire/request.h"
#include "wire/stream.h"

#define PAGE_SIZE_MAX 65536
#define LINE_SIZE 512

static char page[PAGE_SIZE_MAX];

static int read_page(void **state)
{
	const char *source = getenv("AUTHZ_SOURCE");
	char path[1024];
	size_t length;
	FILE *f;

	(void)state;
	snprintf(path, sizeof path, "%s/doc/PROTOCOL", source != NULL ? source : ".");
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	length = fread(page, 1, sizeof page - 1, f);
	page[length] = '\0';
	fclose(f);
	return length > 0 && length < sizeof page - 1 ? 0 : -1;
}

/* Behind the line that begins so. */
static const char *behind(const char *from, const char *beginning)
{
	while (from != NULL && strncmp(from, beginning, strlen(beginning)) != 0) {
		from = strchr(from, '\n');
		from += from != NULL;
	}
	if (from == NULL)
		fail_msg("doc/PROTOCOL has no line \"%s\"", beginning);
	return strchr(from, '\n') + 1;
}

/* The line, without its end; where the next one is. */
static const char *next_line(const char *from, char line[LINE_SIZE])
{
	const size_t length = strcspn(from, "\n");

	assert_true(length < LINE_SIZE);
	memcpy(line, from, length);
	line[length] = '\0';
	return from + length + (from[length] == '\n');
}

/* ---- fields */

struct field {
	const char *name;
	int tag;
	const char *kind;
	size_t most; /* bytes; 0 of a number */
};

enum { SIZE_STRING = 1, SIZE_BYTES = 0, SIZE_NUMBER = 8, SIZE_BLOB = sizeof(size_t) }; /* of the member, beyond what it may hold */

static const struct field request_fields[] = {
#define F(name, tag, kind, member) {#name, tag, #kind, sizeof((struct request *)NULL)->member - SIZE_##kind},
	REQUEST_FIELDS(F)
#undef F
};

static const struct field reply_fields[] = {
#define R(name, tag, kind, member) {#name, tag, #kind, sizeof((struct reply *)NULL)->member - SIZE_##kind},
	REPLY_FIELDS(R)
#undef R
};

static bool is_kind(const char *code, const char *said)
{
	size_t i;

	for (i = 0; code[i] != '\0' && (code[i] | 0x20) == said[i]; i++)
		continue;
	return code[i] == '\0' && said[i] == '\0';
}

static void expect_field(const struct field *fields, size_t count, const struct field *said)
{
	size_t i = 0;

	while (i < count && strcmp(fields[i].name, said->name) != 0)
		i++;
	if (i == count)
		fail_msg("no field is called %s", said->name);
	if (fields[i].tag != said->tag || !is_kind(fields[i].kind, said->kind) || fields[i].most != said->most)
		fail_msg("%s is tag %d, %s, %zu; and not %d, %s, %zu", said->name, fields[i].tag, fields[i].kind, fields[i].most,
		         said->tag, said->kind, said->most);
}

/* The rows up to an empty line: name, tag, kind, and what it has at most; other lines go on with what a row means. */
static void compare_fields(const char *from, const struct field *fields, size_t count)
{
	char line[LINE_SIZE], name[32], kind[16];
	size_t rows = 0;

	for (from = next_line(from, line); line[0] != '\0'; from = next_line(from, line)) {
		struct field said = {.name = name, .kind = kind};

		if (line[2] == ' ' || sscanf(line, "  %31s %d %15s %zu", name, &said.tag, kind, &said.most) < 3 ||
		    strcmp(name, "entry") == 0)
			continue;
		if (strcmp(kind, "number") == 0)
			said.most = 0; /* that digit begins what it means */
		expect_field(fields, count, &said);
		rows++;
	}
	assert_int_equal(rows, count);
}

static void fields_of_requests(void **state)
{
	(void)state;
	compare_fields(behind(behind(page, "REQUESTS"), "  field"), request_fields, REQUEST_FIELD_COUNT);
}

static void fields_of_replies(void **state)
{
	(void)state;
	compare_fields(behind(behind(page, "REPLIES"), "  field"), reply_fields, REPLY_FIELD_COUNT);
}

/* ---- operations */

struct row {
	char name[32];
	int number;
	uint64_t required, optional;
	enum stream_direction stream;
};

static const struct row operations[] = {
#define O(name, number, required, optional) {#name, number, required, optional, STREAM_NONE},
	OPERATIONS(O)
#undef O
};

#define OPERATION_COUNT (sizeof operations / sizeof operations[0])

static uint64_t bits_of_word(const char *word)
{
	static const struct { const char *word; uint64_t bits; } groups[] = {
		{"claims", CLAIMS}, {"bindings", BOUND_TO}, {"acting", ACTING}};
	size_t i;

	for (i = 0; i < sizeof groups / sizeof groups[0]; i++)
		if (strcmp(word, groups[i].word) == 0)
			return groups[i].bits;
	for (i = 0; i < REQUEST_FIELD_COUNT; i++)
		if (strcmp(word, request_fields[i].name) == 0)
			return UINT64_C(1) << i;
	fail_msg("\"%s\" is no field", word);
	return 0;
}

static uint64_t bits_of(const char *from, size_t length)
{
	char text[LINE_SIZE], *word, *rest;
	uint64_t bits = 0;

	memcpy(text, from, length);
	text[length] = '\0';
	for (word = strtok_r(text, " ,", &rest); word != NULL; word = strtok_r(NULL, " ,", &rest))
		bits |= bits_of_word(word);
	return bits;
}

/* What is behind its number: required fields, and in their column the optional ones; or what it streams, and then these. */
static void read_fields(struct row *o, const char *line, size_t at, size_t column)
{
	const char *stream = strstr(line + at, "stream "), *optional = strstr(line + at, "optional: ");
	const size_t length = strlen(line);

	if (stream != NULL) {
		o->stream = strncmp(stream, "stream in", 9) == 0 ? STREAM_IN : STREAM_OUT;
		o->required |= bits_of(line + at, (size_t)(stream - line) - at);
		o->optional |= optional != NULL ? bits_of(optional + 10, strlen(optional + 10)) : 0;
		return;
	}
	if (at < column)
		o->required |= bits_of(line + at, (length < column ? length : column) - at);
	if (length > column)
		o->optional |= bits_of(line + column, length - column);
}

static void compare_operation(const struct row *said)
{
	size_t i = 0;

	while (i < OPERATION_COUNT && strcmp(operations[i].name, said->name) != 0)
		i++;
	if (i == OPERATION_COUNT)
		fail_msg("no operation is called %s", said->name);
	if (operations[i].number != said->number || operations[i].required != said->required ||
	    operations[i].optional != said->optional || stream_of((uint16_t)said->number) != said->stream)
		fail_msg("%s is %d, %llx, %llx, %d; and not %d, %llx, %llx, %d", said->name, operations[i].number,
		         (unsigned long long)operations[i].required, (unsigned long long)operations[i].optional,
		         (int)stream_of((uint16_t)operations[i].number), said->number, (unsigned long long)said->required,
		         (unsigned long long)said->optional, (int)said->stream);
}

static void operations_of_page(void **state)
{
	const char *from = behind(page, "REQUESTS"), *heading = strstr(page, "\nREQUESTS") + 1;
	const size_t column = (size_t)(strstr(heading, "optional") - heading);
	struct row o = {.number = 0};
	char line[LINE_SIZE];
	size_t rows = 0;
	int at;

	(void)state;
	for (from = next_line(from, line); strncmp(line, "  acting:", 9) != 0; from = next_line(from, line)) {
		if (line[2] == ' ') {
			read_fields(&o, line, strspn(line, " "), column);
			continue;
		}
		if (rows++ > 0)
			compare_operation(&o);
		o = (struct row){.stream = STREAM_NONE};
		assert_int_equal(sscanf(line, "  %31s %d%n", o.name, &o.number, &at), 2);
		read_fields(&o, line, (size_t)at, column);
	}
	compare_operation(&o);
	assert_int_equal(rows, OPERATION_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"doc/PROTOCOL has each operation, with its number, its fields and its stream, and no other", operations_of_page, NULL,
		 NULL, NULL},
		{"doc/PROTOCOL has each field of a request, with its tag, kind and size, and no other", fields_of_requests, NULL, NULL,
		 NULL},
		{"doc/PROTOCOL has each field of a reply, with its tag, kind and size, and no other", fields_of_replies, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("protocol", tests, read_page, NULL);
}
