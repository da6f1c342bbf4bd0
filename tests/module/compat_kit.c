/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "compat_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "compat/client.h"
#include "pam_tree.h"

static char scratch[64], real[128], fake[128], asked[128], none[128];
static struct authz_client client;
static struct kit_error last;

const struct authz_client *compat_client(void)
{
	return &client;
}

static void write_file(const char *name, mode_t mode, const char *text)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", scratch, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void write_shadow(void)
{
	write_file("shadow", 0600,
	           "daemon:$6$compat$HbKvxKhnT8Nhvrlt60d14zp5cBA1XvO5fWkwd/LSSOu.zhFhRIgoY0rW9zFkmGe2oYW46YLZwNDjUbbuOtNNw1:20000:0:99999"
	           ":7:::\n"
	           "bin:$6$x$y:20000:0:99999:7:::\n"
	           "mail:$6$x$y:20000:0:30:7:::\n"
	           "games:!$6$x$y:20000:0:99999:7:::\n"
	           "lp:*:20000:0:99999:7:::\n");
}

static void write_helpers(void)
{
	char text[8192];

	(void)snprintf(text, sizeof text, "[authz]\nuid_min = 1\naudit_syslog = no\npassword_tries = 3\nshadow_file = %s/shadow\n", scratch);
	write_file("state/authz.conf", 0600, text);
	(void)snprintf(text, sizeof text, "#!/bin/sh\nexec %s --state %s/state\n", tree_build("helpers/authz-helper/authz-helper"), scratch);
	write_file("real", 0755, text);
	(void)snprintf(text, sizeof text, "#!/bin/sh\nexec %s %s/answer %s/asked\n", tree_build("tests/module/fake_helper"), scratch, scratch);
	write_file("fake", 0755, text);
}

int kit_make(void **state)
{
	static const char *const folders[] = {"state", "state/store", "state/tokens", "state/audit"};
	char path[128];
	size_t i;

	(void)state;
	if (geteuid() == 0 && (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
		return -1; /* the helper does not work as root */
	(void)strcpy(scratch, "/tmp/authz-compat-XXXXXX");
	if (mkdtemp(scratch) == NULL)
		return -1;
	for (i = 0; i < sizeof folders / sizeof *folders; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", scratch, folders[i]);
		if (mkdir(path, 0700) != 0)
			return -1;
	}
	write_shadow();
	write_helpers();
	(void)snprintf(real, sizeof real, "%s/real", scratch);
	(void)snprintf(fake, sizeof fake, "%s/fake", scratch);
	(void)snprintf(asked, sizeof asked, "%s/asked", scratch);
	(void)snprintf(none, sizeof none, "%s/none", scratch);
	return 0;
}

int kit_remove(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %s", scratch);
	return system(command);
}

static void use(const char *helper)
{
	client = (struct authz_client){.helper = helper, .socket = "", .timeout_ms = 20000};
	(void)unlink(asked);
}

int kit_real(void **state)
{
	(void)state;
	use(real);
	return 0;
}

void kit_fake(const char *answer)
{
	write_file("answer", 0600, answer);
	use(fake);
}

void kit_none(void)
{
	use(none);
}

bool kit_asked(void)
{
	return access(asked, F_OK) == 0;
}

struct kit_error *kit_error(void)
{
	memset(&last, 'x', sizeof last);
	last.ec.Bytes_Provided = sizeof last;
	return &last;
}

void kit_succeeded(void)
{
	struct kit_error expected;

	if (last.ec.Bytes_Available != 0)
		fail_msg("%.7s, not success", last.ec.Exception_Id);
	memset(&expected, 'x', sizeof expected);
	expected.ec.Bytes_Provided = sizeof expected;
	expected.ec.Bytes_Available = 0;
	assert_memory_equal(&last, &expected, sizeof last);
}

void kit_refused(void)
{
	assert_int_not_equal(last.ec.Bytes_Available, 0);
}

void kit_failed(const char *id, const void *data, size_t length)
{
	kit_refused();
	if (memcmp(last.ec.Exception_Id, id, 7) != 0)
		fail_msg("%.7s, not %s", last.ec.Exception_Id, id);
	assert_int_equal(last.ec.Bytes_Available, sizeof last.ec + length);
	if (length > 0)
		assert_memory_equal(last.data, data, length);
	assert_int_equal(last.data[length], 'x');
}

void kit_failed_number(const char *id, int number)
{
	kit_failed(id, &number, sizeof number);
}

void kit_failed_user(const char *id, const char user[10])
{
	kit_failed(id, user, 10);
}

void kit_failed_ended(enum authz_result reason)
{
	const int number = (int)reason;
	char data[24];

	memcpy(data, "QSYPTKN   AUTHZ     ", 20);
	memcpy(data + 20, &number, sizeof number);
	kit_failed("CPF9872", data, sizeof data);
}

bool kit_is_zero(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	size_t i;

	for (i = 0; i < length; i++)
		if (at[i] != 0)
			return false;
	return true;
}

void kit_token(char type, unsigned char token[AUTHZ_TOKEN_SIZE])
{
	QsyGenPrfTkn(token, OWNER, NOPWD, &(int){600}, &type, kit_error());
	kit_succeeded();
	assert_false(kit_is_zero(token, AUTHZ_TOKEN_SIZE));
}
