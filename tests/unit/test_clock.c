/* SPDX-License-Identifier: ISC */
/* The clocks and the boot: host/clock.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "host/machine.h"
#include "scratch.h"

static int64_t microseconds(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void the_clocks(void **state)
{
	struct machine m = {.boot_id = "01234567-89ab-cdef-0123-456789abcdef"};
	struct host_clock now;
	int64_t wall = microseconds(CLOCK_REALTIME), boot = microseconds(CLOCK_BOOTTIME);

	(void)state;
	assert_int_equal(clock_read(&m, &now), AUTHZ_OK);
	assert_true(now.wall >= wall && now.wall <= microseconds(CLOCK_REALTIME));
	assert_true(now.boot >= boot && now.boot <= microseconds(CLOCK_BOOTTIME));
	assert_int_equal(now.today, now.wall / 1000000 / 86400);
	assert_memory_equal(now.boot_id, "\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef", 16);
}

static void bad_boot_id(void **state)
{
	static const char *const texts[] = {"", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdeg"};
	struct machine m = {.boot_id = ""};
	struct host_clock now;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		snprintf(m.boot_id, sizeof m.boot_id, "%s", texts[i]);
		assert_int_equal(clock_read(&m, &now), AUTHZ_INTERNAL);
	}
}

static void this_boot(void **state)
{
	struct machine m;
	char text[37];
	struct host_clock now;
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	char expected[64];

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(expected, sizeof expected, file));
	fclose(file);
	assert_true(clock_boot_id(text));
	assert_int_equal(strlen(text), 36);
	assert_memory_equal(text, expected, 36);
	memcpy(m.boot_id, text, sizeof text);
	assert_int_equal(clock_read(&m, &now), AUTHZ_OK);
}

static void machine(void **state)
{
	struct machine m = {.config_owner = 0, .audit_folder = "/nowhere"};
	struct host host;
	char folder[SCRATCH_SIZE], why[256];
	unsigned char bytes[32] = {0}, none[32] = {0};

	(void)state;
	scratch_make(folder);
	snprintf(m.config_file, sizeof m.config_file, "%s/authz.conf", folder);
	assert_int_equal(machine_host(&m, &host, why), AUTHZ_OK);
	assert_ptr_equal(host.context, &m);
	assert_int_equal(host.config.uid_min, 1000);
	assert_int_equal(strlen(m.boot_id), 36);
	host.random(host.context, bytes, sizeof bytes);
	assert_memory_not_equal(bytes, none, sizeof bytes);
	scratch_write(m.config_file, "[authz]\nuid_min = none\n");
	m.config_owner = (uid_t)-1;
	assert_int_equal(machine_host(&m, &host, why), AUTHZ_BAD_CONFIG);
	scratch_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the boot clock is the one that counts sleep, the wall clock the system's (clock MUST 1)", the_clocks, NULL, NULL, NULL},
		{"a boot id that is none is an error, not a boot", bad_boot_id, NULL, NULL, NULL},
		{"the boot id is the kernel's", this_boot, NULL, NULL, NULL},
		{"the machine is its parts and the configuration", machine, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
