/* SPDX-License-Identifier: ISC */
/* authz.conf: host/config.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/machine.h"
#include "scratch.h"

static char why[256];

static enum authz_result read_file(bool trusted, struct host_config *c)
{
	memset(c, 0x5a, sizeof *c);
	why[0] = '\0';
	return config_read(scratch_path(test_folder, "authz.conf"), geteuid(), trusted, c, why);
}

static enum authz_result read_text(const char *text, struct host_config *c)
{
	scratch_write(scratch_path(test_folder, "authz.conf"), text);
	return read_file(true, c);
}

static enum authz_result read_key(const char *key, const char *value, struct host_config *c)
{
	char text[4096];

	snprintf(text, sizeof text, "[authz]\n%s = %s\n", key, value);
	return read_text(text, c);
}

static void expect_defaults(const struct host_config *c)
{
	assert_memory_equal(c->system_profiles, "root\0nobody\0", 13);
	assert_int_equal(c->uid_min, 1000);
	assert_int_equal(c->quota_total, 2000000);
	assert_int_equal(c->quota_maker, 10000);
	assert_int_equal(c->lock_wait_ms, 2000);
	assert_int_equal(c->chain_life, 86400);
	assert_int_equal(c->password_tries, 5);
	assert_int_equal(c->password_pause, 600);
	assert_false(c->empty_password_allowed || c->unknown_account_allowed || c->kill_on_group_change || c->nested_users);
	assert_true(c->audit_syslog && c->audit_file);
	assert_int_equal(c->audit_max_bytes, 64 << 20);
	assert_int_equal(c->audit_keep, 4);
	assert_false(c->owners_may_forbid);
	assert_string_equal(c->master_hook, "");
	assert_int_equal(c->launch_wait_ms, 2000);
	assert_string_equal(c->shadow_file, "");
}

static void missing(void **state)
{
	struct host_config c;

	(void)state;
	assert_int_equal(read_file(false, &c), AUTHZ_OK);
	expect_defaults(&c);
	assert_int_equal(config_read(scratch_path(test_folder, "no/such/authz.conf"), geteuid(), false, &c, why), AUTHZ_OK);
	assert_int_equal(read_text("", &c), AUTHZ_OK);
	expect_defaults(&c);
	assert_int_equal(read_text("# nothing\n; at all\n\n[authz]\n", &c), AUTHZ_OK);
	expect_defaults(&c);
}

static void every_key(void **state)
{
	struct host_config c;

	(void)state;
	assert_int_equal(read_text("[authz]\n"
	                           "# a comment\n"
	                           "system_profiles = root, backup  www-data\tnobody\n"
	                           "uid_min=500\n"
	                           "quota_total = 100\n"
	                           "quota_maker = 5 ; inline\n"
	                           "lock_wait = 0.25\n"
	                           "chain_life = 7200\npassword_tries = 3\npassword_pause = 60\n"
	                           "empty_password = allowed\n"
	                           "unknown_account = allowed\n"
	                           "kill_on_group_change = yes\n"
	                           "nested_members = users\n"
	                           "owners_may_forbid = yes\nmaster_hook = /usr/local/lib/told\nlaunch_wait = 1.5\n"
	                           "audit_syslog = no\n"
	                           "audit_file = yes\n"
	                           "audit_max_size = 2M\n"
	                           "audit_keep = 12\n"
	                           "shadow_file = /somewhere/shadow\n", &c), AUTHZ_OK);
	assert_memory_equal(c.system_profiles, "root\0backup\0www-data\0nobody\0", 29);
	assert_int_equal(c.uid_min, 500);
	assert_int_equal(c.quota_total, 100);
	assert_int_equal(c.quota_maker, 5);
	assert_int_equal(c.lock_wait_ms, 250);
	assert_int_equal(c.chain_life, 7200);
	assert_true(c.nested_users);
	assert_true(c.owners_may_forbid);
	assert_string_equal(c.master_hook, "/usr/local/lib/told");
	assert_int_equal(c.launch_wait_ms, 1500);
	assert_int_equal(c.password_tries, 3);
	assert_int_equal(c.password_pause, 60);
	assert_true(c.empty_password_allowed && c.unknown_account_allowed && c.kill_on_group_change);
	assert_true(!c.audit_syslog && c.audit_file);
	assert_int_equal(c.audit_max_bytes, 2 << 20);
	assert_int_equal(c.audit_keep, 12);
	assert_string_equal(c.shadow_file, "/somewhere/shadow");
}

static void good_values(void **state)
{
	static const struct { const char *key, *value; } rows[] = {
		{"uid_min", "1"}, {"uid_min", "4294967294"}, {"quota_total", "1"}, {"quota_total", "2000000"},
		{"quota_maker", "1"}, {"chain_life", "none"}, {"chain_life", "1"}, {"chain_life", "31536000"}, {"password_tries", "1"},
		{"password_tries", "1000"}, {"password_pause", "1"}, {"password_pause", "86400"}, {"lock_wait", "0.01"}, {"lock_wait", "3"}, {"empty_password", "disabled"},
		{"unknown_account", "refused"}, {"kill_on_group_change", "no"}, {"nested_members", "all"}, {"audit_file", "no"}, {"audit_max_size", "65536"},
		{"audit_max_size", "64K"}, {"audit_max_size", "1G"}, {"system_profiles", ""},
		{"audit_keep", "1"}, {"audit_keep", "99"}, {"owners_may_forbid", "no"}, {"launch_wait", "0.1"}, {"launch_wait", "3.0"},
	};
	struct host_config c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (read_key(rows[i].key, rows[i].value, &c) != AUTHZ_OK)
			fail_msg("%s = %s: %s", rows[i].key, rows[i].value, why);
}

static void bad_values(void **state)
{
	static const struct { const char *key, *value; } rows[] = {
		{"uid_min", "0"}, {"uid_min", "4294967295"}, {"uid_min", "-1"}, {"uid_min", "+5"}, {"uid_min", ""},
		{"uid_min", "1000x"}, {"uid_min", "0x10"}, {"uid_min", "18446744073709551616"}, {"uid_min", "1 000"},
		{"quota_total", "0"}, {"quota_total", "2000001"}, {"quota_maker", "0"}, {"quota_maker", "many"},
		{"chain_life", "0"}, {"chain_life", "31536001"}, {"chain_life", "-1"}, {"chain_life", "never"}, {"chain_life", "1h"},
		{"password_tries", "0"}, {"password_tries", "1001"}, {"password_pause", "0"}, {"password_pause", "86401"},
		{"lock_wait", "0"}, {"lock_wait", "0.001"}, {"lock_wait", "3.01"}, {"lock_wait", "-1"}, {"lock_wait", "nan"},
		{"lock_wait", "inf"}, {"lock_wait", "1s"}, {"lock_wait", ""}, {"lock_wait", "1e9"},
		{"empty_password", "yes"}, {"unknown_account", "no"}, {"kill_on_group_change", "true"}, {"nested_members", "yes"},
		{"audit_syslog", "1"}, {"audit_file", "YES"}, {"audit_file", ""},
		{"audit_max_size", "65535"}, {"audit_max_size", "M"}, {"audit_max_size", "-1M"}, {"audit_max_size", "1T"},
		{"audit_max_size", "99999999999999999999"}, {"audit_max_size", "17592186044416M"}, {"audit_max_size", ""},
		{"audit_keep", "0"}, {"audit_keep", "100"}, {"audit_keep", ""}, {"audit_keep", "-1"}, {"audit_keep", "4K"},
		{"owners_may_forbid", "maybe"}, {"master_hook", "told"}, {"master_hook", ""}, {"launch_wait", "0.09"}, {"launch_wait", "3.01"},
		{"launch_wait", "-1"}, {"launch_wait", "2s"}, {"launch_wait", ""},
		{"shadow_file", "shadow"}, {"shadow_file", ""},
		{"system_profiles", "a-name-of-more-than-32-bytes-cannot-be-one"},
	};
	struct host_config c;
	char expected[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (read_key(rows[i].key, rows[i].value, &c) != AUTHZ_BAD_CONFIG)
			fail_msg("%s = %s was taken", rows[i].key, rows[i].value);
		snprintf(expected, sizeof expected, "line 2: unknown key or bad value: %s", rows[i].key);
		if (strstr(why, expected) == NULL)
			fail_msg("%s = %s: %s", rows[i].key, rows[i].value, why);
	}
}

static void unknown_keys(void **state)
{
	struct host_config c;

	(void)state;
	assert_int_equal(read_text("[authz]\nuid_min = 1\n\nuid_mim = 1\nquota_total = 0\n", &c), AUTHZ_BAD_CONFIG);
	assert_non_null(strstr(why, "authz.conf, line 4: unknown key or bad value: uid_mim"));
	assert_int_equal(read_text("uid_min = 1\n", &c), AUTHZ_BAD_CONFIG); /* in no section */
	assert_int_equal(read_text("[other]\nuid_min = 1\n", &c), AUTHZ_BAD_CONFIG);
	assert_int_equal(read_text("[authz]\nUID_MIN = 1\n", &c), AUTHZ_BAD_CONFIG);
	assert_int_equal(read_text("[authz]\nnot a line\n", &c), AUTHZ_BAD_CONFIG);
	assert_non_null(strstr(why, "line 2"));
	assert_int_equal(read_text("[authz\nuid_min = 1\n", &c), AUTHZ_BAD_CONFIG);
}

static void shadow_file_of_others(void **state)
{
	struct host_config c;

	(void)state;
	scratch_write(scratch_path(test_folder, "authz.conf"), "[authz]\nshadow_file = /tmp/shadow\n");
	assert_int_equal(read_file(false, &c), AUTHZ_BAD_CONFIG);
	assert_non_null(strstr(why, "shadow_file"));
}

static void no_audit(void **state)
{
	struct host_config c;

	(void)state;
	assert_int_equal(read_text("[authz]\naudit_file = no\naudit_syslog = no\n", &c), AUTHZ_BAD_CONFIG);
	assert_non_null(strstr(why, "cannot both be off"));
}

/* What a list or a value loses without a word is what a site believes in. */
static void long_lists(void **state)
{
	struct host_config c;
	char text[4096] = "[authz]\nsystem_profiles = first";
	enum authz_result result;
	int i;

	(void)state;
	for (i = 0; i < 60; i++)
		sprintf(text + strlen(text), " name-%02d", i);
	strcat(text, "\n");
	result = read_text(text, &c);
	if (result == AUTHZ_OK) { /* the parser has room for 200 bytes a line, more where it was built so */
		assert_non_null(memmem(c.system_profiles, sizeof c.system_profiles, "first\0name-00\0", 14));
		assert_non_null(memmem(c.system_profiles, sizeof c.system_profiles, "name-58\0name-59\0", 17));
	}
	assert_int_equal(read_text("[authz]\nsystem_profiles = first\n\tsecond\n third\n", &c), AUTHZ_OK);
	assert_memory_equal(c.system_profiles, "first\0second\0third\0", 20);
	assert_int_equal(read_text("[authz]\nuid_min = 2000\n 1\n", &c), AUTHZ_BAD_CONFIG);
	assert_int_equal(read_text("[authz]\nuid_min = 2000\nuid_min = 1\n", &c), AUTHZ_BAD_CONFIG);
}

static void too_many_names(void **state)
{
	struct host_config c;
	char text[8192] = "[authz]\nsystem_profiles = a\n";
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		sprintf(text + strlen(text), " twelve-bytes-%05d\n", i);
	assert_int_equal(read_text(text, &c), AUTHZ_BAD_CONFIG);
}

static void expect_refused(uid_t owner)
{
	struct host_config c;

	why[0] = '\0';
	assert_int_equal(config_read(scratch_path(test_folder, "authz.conf"), owner, true, &c, why), AUTHZ_BAD_CONFIG);
	assert_non_null(strstr(why, "authz.conf"));
}

static void owner_and_mode(void **state)
{
	static const mode_t modes[] = {0620, 0602, 0666, 0664, 0777};
	const char *path = scratch_path(test_folder, "authz.conf");
	struct host_config c;
	size_t i;

	(void)state;
	scratch_write(path, "");
	for (i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		chmod(path, modes[i]);
		expect_refused(geteuid());
	}
	chmod(path, 0644);
	expect_refused(geteuid() + 1);
	assert_int_equal(config_read(path, geteuid(), true, &c, why), AUTHZ_OK);
}

static void other_types(void **state)
{
	const char *path = scratch_path(test_folder, "authz.conf"), *good = scratch_path(test_folder, "good");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	scratch_write(good, "");
	assert_int_equal(symlink(good, path), 0);
	expect_refused(geteuid());
	unlink(path);
	assert_int_equal(symlink("/nowhere", path), 0);
	expect_refused(geteuid());
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(5); /* a FIFO that hangs would be one that waits for a writer */
	expect_refused(geteuid());
	alarm(0);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	expect_refused(geteuid());
	rmdir(path);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	expect_refused(geteuid());
	close(fd);
}

#define TEST(sentence, function) {sentence, function, scratch_setup, scratch_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a missing or empty file means the defaults (config MUST 2)", missing),
		TEST("each key is taken", every_key),
		TEST("the ends of each range are in it", good_values),
		TEST("a bad value is refused, with its key and line (config MUST 2)", bad_values),
		TEST("an unknown key is refused, with its line (config MUST 2)", unknown_keys),
		TEST("shadow_file is unknown where the helper has privilege (config MUST 2)", shadow_file_of_others),
		TEST("audit_file and audit_syslog cannot both be off", no_audit),
		TEST("no part of a long list, and no second value, is passed over (config MUST 2)", long_lists),
		TEST("a list that does not fit is refused (config MUST 2)", too_many_names),
		TEST("a file of another owner, or one that others may write, is refused (config MUST 1)", owner_and_mode),
		TEST("a symlink, a FIFO, a folder and a socket are refused, and none hangs (config MUST 1)", other_types),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
