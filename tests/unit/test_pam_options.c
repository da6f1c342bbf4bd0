/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "options.h"
#include "requirement.h"

static const char *parse_one(struct options *o, const char *argument)
{
	return options_parse(o, 1, &argument);
}

static void defaults(void **state)
{
	struct options o;

	(void)state;
	memset(&o, 0xff, sizeof o);
	assert_null(options_parse(&o, 0, NULL));
	assert_false(o.debug);
	assert_true(o.prompt_allowed);
	assert_false(o.reauth);
	assert_false(o.override);
	assert_int_equal(o.timeout, 5);
	assert_int_equal(o.min_uid, 1000);
	assert_string_equal(o.prompt, "Password: ");
	assert_null(o.services);
	assert_null(o.socket);
	assert_null(o.helper);
	assert_int_equal(o.issue, 0);
	assert_int_equal(o.lifetime, 3600);
	assert_null(o.sessions);
	assert_false(o.master || o.mailbox || o.late);
	assert_null(o.split);
	assert_int_equal(o.separator, '*');
	assert_null(o.entries);
	assert_null(o.confdir);
}

static void separators(void **state)
{
	struct options o;
	char argument[] = "separator=?";

	(void)state;
	for (int c = 1; c < 256; c++) {
		const bool of_names = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
		                      c == '_' || c == '-';

		argument[10] = (char)c;
		if (of_names || c <= ' ' || c > '~') {
			assert_ptr_equal(parse_one(&o, argument), argument);
		} else {
			assert_null(parse_one(&o, argument));
			assert_int_equal(o.separator, c);
		}
	}
	assert_non_null(parse_one(&o, "separator="));
	assert_non_null(parse_one(&o, "separator=**"));
}

static void split(void **state)
{
	struct options o;

	(void)state;
	assert_null(parse_one(&o, "debug"));
	assert_false(options_split_service(&o, "dovecot"));
	assert_null(parse_one(&o, "split=dovecot,login"));
	assert_true(options_split_service(&o, "dovecot"));
	assert_true(options_split_service(&o, "login"));
	assert_false(options_split_service(&o, "log"));
	assert_false(options_split_service(&o, "sshd"));
	assert_false(options_split_service(&o, NULL));
}

static void session(void **state)
{
	const char *arguments[] = {"issue=single", "lifetime=60", "sessions=/s"}, *wrong[] = {"issue=", "issue=3", "lifetime=3601",
	                           "lifetime=0", "lifetime=", "lifetime", "sessions=s", "sessions"};
	struct options o;

	(void)state;
	assert_null(options_parse(&o, 3, arguments));
	assert_int_equal(o.issue, '1');
	assert_int_equal(o.lifetime, 60);
	assert_string_equal(o.sessions, "/s");
	assert_null(parse_one(&o, "issue"));
	assert_int_equal(o.issue, '2');
	assert_null(parse_one(&o, "issue=multiple"));
	assert_int_equal(o.issue, '2');
	assert_null(parse_one(&o, "issue=regenerable"));
	assert_int_equal(o.issue, '3');
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_string_equal(parse_one(&o, wrong[i]), wrong[i]);
}

static void values(void **state)
{
	const char *arguments[] = {"debug", "timeout=60", "use_first_pass", "prompt=a=b", "services=su,su-l",
	                           "socket=none", "helper=/h", "min_uid=4294967294", "reauth", "override"};
	struct options o;

	(void)state;
	assert_null(options_parse(&o, 10, arguments));
	assert_true(o.debug);
	assert_false(o.prompt_allowed);
	assert_true(o.reauth);
	assert_true(o.override);
	assert_int_equal(o.timeout, 60);
	assert_int_equal(o.min_uid, 4294967294U);
	assert_string_equal(o.prompt, "a=b");
	assert_string_equal(o.services, "su,su-l");
	assert_string_equal(o.socket, "");
	assert_string_equal(o.helper, "/h");
	assert_null(parse_one(&o, "socket=/s"));
	assert_string_equal(o.socket, "/s");
}

static void first_wrong_one(void **state)
{
	const char *arguments[] = {"debug", "timeout=x", "unknown"};
	struct options o;

	(void)state;
	assert_ptr_equal(options_parse(&o, 3, arguments), arguments[1]);
	assert_null(options_parse(&o, 1, arguments));
}

static void prefixes(void **state)
{
	static const char *const arguments[] = {"", "d", "debu", "debugs", "time=5", "timeouts=5", "use_first", "helpe=/h", " debug",
	                                        "debug ", "min-uid=5", "DEBUG",
	                                        "reaut", "reauth=", "reauth=1", "overrid", "override="};
	struct options o;

	(void)state;
	for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
		assert_ptr_equal(parse_one(&o, arguments[i]), arguments[i]);
}

static void numbers(void **state)
{
	static const char *const wrong[] = {"timeout=", "timeout= 5", "timeout=5 ", "timeout=+5", "timeout=-5", "timeout=5.0",
	                                    "timeout=0", "timeout=61", "timeout=18446744073709551621", "timeout=4294967301",
	                                    "min_uid=0", "min_uid=4294967295", "min_uid=18446744073709552616"};
	struct options o;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_ptr_equal(parse_one(&o, wrong[i]), wrong[i]);
	assert_null(parse_one(&o, "timeout=1"));
	assert_int_equal(o.timeout, 1);
}

static void requirements(void **state)
{
	static const char *const good[] = {"require=service:sshd:use", "require=queue:A:B:get", "require=q:PAY.*:allmqi",
	                                   "require=command:a b:use"};
	static const char *const bad[] = {"require", "require=", "require=sshd", "require=service:sshd", "require=service::use",
	                                  "require=service:sshd:", "require=service:sshd:get", "require=service:sshd:none",
	                                  "require=quay:A:get", "require=:A:get", "require=a-type-of-17-byte:A:use",
	                                  "require=queue:1234567890123456789012345678901234567890123456789:get"};
	const char *many[OPTIONS_REQUIRE_MAX + 1];
	struct options o;
	struct requirement r;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_null(parse_one(&o, good[i]));
		assert_int_equal(o.require_count, 1);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_non_null(parse_one(&o, bad[i]));
	assert_true(requirement_read("queue:A:B:get", &r));
	assert_string_equal(r.type, "queue");
	assert_string_equal(r.name, "A:B");
	assert_int_equal(r.mask, 4);
	for (size_t i = 0; i <= OPTIONS_REQUIRE_MAX; i++)
		many[i] = good[0];
	assert_null(options_parse(&o, OPTIONS_REQUIRE_MAX, many));
	assert_int_equal(o.require_count, OPTIONS_REQUIRE_MAX);
	assert_non_null(options_parse(&o, OPTIONS_REQUIRE_MAX + 1, many)); /* none is passed over */
}

static void services(void **state)
{
	struct options o;

	(void)state;
	assert_null(options_parse(&o, 0, NULL));
	assert_true(options_have_service(&o, "anything"));
	assert_true(options_have_service(&o, NULL));
	assert_null(parse_one(&o, "services=su,sshd,su-l"));
	assert_true(options_have_service(&o, "su"));
	assert_true(options_have_service(&o, "sshd"));
	assert_true(options_have_service(&o, "su-l"));
	assert_false(options_have_service(&o, "s"));
	assert_false(options_have_service(&o, "ssh"));
	assert_false(options_have_service(&o, "sshd2"));
	assert_false(options_have_service(&o, "su,sshd"));
	assert_false(options_have_service(&o, ""));
	assert_false(options_have_service(&o, NULL));
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("without options the module has the defaults of its manual page", defaults),
		ROW("every option sets what it names", values),
		ROW("what a session is issued: with a value or without, and none of another form", session),
		ROW("the first argument that is wrong is the one that is named (options MUST 1)", first_wrong_one),
		ROW("an option is known by its whole name alone (options MUST 1)", prefixes),
		ROW("a number is digits in its range and nothing else (options MUST 2)", numbers),
		ROW("a separator is one printable character that no name has in it (options MUST 1)", separators),
		ROW("names are split in the services that are named, and in no other", split),
		ROW("require= is a type, a name, and an authority of that type; there may be eight", requirements),
		ROW("a service is in the list by its whole name alone", services),
	};

	return cmocka_run_group_tests_name("pam options", tests, NULL, NULL);
}
