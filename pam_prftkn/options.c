/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what is not understood is refused by name; nothing is guessed, shortened or passed over.
 * MUST 2: a number is decimal digits and in its range: no sign, no blank, no unit, no overflow.
 */
#include "options.h"

#include <stddef.h>
#include <string.h>

#include "authz.h"
#include "client/option.h"
#include "requirement.h"

#define UID_MAX ((uid_t)-2) /* (uid_t)-1 means "no user" */

static bool read_debug(struct options *o, const char *value)
{
	(void)value;
	o->debug = true;
	return true;
}

static bool read_use_first_pass(struct options *o, const char *value)
{
	(void)value;
	o->prompt_allowed = false;
	return true;
}

static bool read_try_first_pass(struct options *o, const char *value)
{
	(void)value;
	o->prompt_allowed = true;
	return true;
}

static bool read_reauth(struct options *o, const char *value)
{
	(void)value;
	o->reauth = true;
	return true;
}

static bool read_override(struct options *o, const char *value)
{
	(void)value;
	o->override = true;
	return true;
}

static bool read_timeout(struct options *o, const char *value)
{
	return option_timeout(value, &o->timeout);
}

static bool read_min_uid(struct options *o, const char *value)
{
	unsigned long long uid;

	if (!option_number(value, 1, UID_MAX, &uid))
		return false;
	o->min_uid = (uid_t)uid;
	return true;
}

static bool read_prompt(struct options *o, const char *value)
{
	o->prompt = value;
	return *value != '\0';
}

static bool read_helper(struct options *o, const char *value)
{
	return option_helper(value, &o->helper);
}

static bool read_socket(struct options *o, const char *value)
{
	return option_socket(value, &o->socket);
}

/* Names between single commas.  libpam folds a service's name to lower case, so a capital would never fit. */
static bool is_list(const char *at)
{
	for (;;) {
		size_t length = strcspn(at, ",");

		if (length == 0)
			return false;
		for (size_t i = 0; i < length; i++)
			if ((at[i] >= 'A' && at[i] <= 'Z') || at[i] == '/' || at[i] == ' ')
				return false;
		if (at[length] == '\0')
			return true;
		at += length + 1;
	}
}

static bool read_services(struct options *o, const char *value)
{
	o->services = value;
	return is_list(value);
}

static bool read_split(struct options *o, const char *value)
{
	o->split = value;
	return is_list(value);
}

/* No character that a name may have in it. */
static bool read_separator(struct options *o, const char *value)
{
	static const char of_names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	o->separator = *value;
	return *value > ' ' && *value <= '~' && strchr(of_names, *value) == NULL && value[1] == '\0';
}

static bool read_master(struct options *o, const char *value)
{
	(void)value;
	o->master = true;
	return true;
}

static bool read_mailbox(struct options *o, const char *value)
{
	(void)value;
	o->mailbox = true;
	return true;
}

static bool read_late(struct options *o, const char *value)
{
	(void)value;
	o->late = true;
	return true;
}

/* "value" is NULL where there is none. */
static bool read_issue(struct options *o, const char *value)
{
	if (value == NULL || strcmp(value, "multiple") == 0)
		o->issue = AUTHZ_MULTIPLE_USE;
	else if (strcmp(value, "single") == 0)
		o->issue = AUTHZ_SINGLE_USE;
	else if (strcmp(value, "regenerable") == 0)
		o->issue = AUTHZ_REGENERABLE;
	else
		return false;
	return true;
}

static bool read_lifetime(struct options *o, const char *value)
{
	unsigned long long seconds;

	if (!option_number(value, 1, OPTIONS_LIFETIME, &seconds))
		return false;
	o->lifetime = (int)seconds;
	return true;
}

static bool read_sessions(struct options *o, const char *value)
{
	o->sessions = value;
	return *value == '/';
}

static bool read_entries(struct options *o, const char *value)
{
	o->entries = value;
	return *value == '/';
}

static bool read_confdir(struct options *o, const char *value)
{
	o->confdir = value;
	return *value == '/';
}

static bool read_require(struct options *o, const char *value)
{
	struct requirement unused;

	if (o->require_count == OPTIONS_REQUIRE_MAX || !requirement_read(value, &unused))
		return false;
	o->require[o->require_count++] = value;
	return true;
}

static bool read_exits(struct options *o, const char *value)
{
	(void)value;
	o->exits = true;
	return true;
}

enum kind { FLAG, VALUE, EITHER };

static const struct option {
	const char *name;
	enum kind kind;
	bool (*read)(struct options *o, const char *value);
} option_table[] = {
#define O(name, kind) {#name, kind, read_##name},
	OPTIONS(O)
#undef O
};

static bool read_argument(struct options *o, const char *argument)
{
	size_t length = strcspn(argument, "=");
	bool has_value = argument[length] == '=';

	for (size_t i = 0; i < sizeof option_table / sizeof *option_table; i++) {
		const struct option *option = &option_table[i];

		if (strlen(option->name) != length || strncmp(option->name, argument, length) != 0)
			continue;
		return (option->kind == EITHER || has_value == (option->kind == VALUE)) &&
		       option->read(o, has_value ? argument + length + 1 : NULL);
	}
	return false;
}

const char *options_parse(struct options *options, int argc, const char **argv)
{
	*options = (struct options){
		.prompt_allowed = true,
		.timeout = OPTION_TIMEOUT,
		.min_uid = OPTIONS_MIN_UID,
		.prompt = OPTIONS_PROMPT,
		.lifetime = OPTIONS_LIFETIME,
		.separator = OPTIONS_SEPARATOR,
	};
	for (int i = 0; i < argc; i++)
		if (!read_argument(options, argv[i]))
			return argv[i];
	return NULL;
}

static bool list_has(const char *at, const char *service)
{
	size_t length;

	if (service == NULL)
		return false;
	for (;; at += length + 1) {
		length = strcspn(at, ",");
		if (strlen(service) == length && strncmp(at, service, length) == 0)
			return true;
		if (at[length] == '\0')
			return false;
	}
}

bool options_have_service(const struct options *options, const char *service)
{
	return options->services == NULL || list_has(options->services, service);
}

bool options_split_service(const struct options *options, const char *service)
{
	return options->split != NULL && list_has(options->split, service);
}
