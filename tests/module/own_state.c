/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "own_state.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pam_tree.h"

#define NOBODY 65534

char state_folder[112], helper[128], owner[NAME_SIZE];
uid_t owner_uid;

static char folder[96];

static const char *below(const char *in, const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", in, name);
	return path;
}

const char *beside_state(const char *name)
{
	return below(folder, name);
}

const char *in_state(const char *name)
{
	return below(state_folder, name);
}

void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

void write_script(const char *path, const char *format, ...)
{
	char text[1024], whole[1040];
	va_list words;

	va_start(words, format);
	vsnprintf(text, sizeof text, format, words);
	va_end(words);
	snprintf(whole, sizeof whole, "#!/bin/sh\n%s\n", text);
	write_file(path, whole);
	assert_int_equal(chmod(path, 0755), 0);
}

void write_child(const char *path)
{
	write_script(path, "exec %s --state %s", helper, state_folder);
}

static void run_rm(const char *path)
{
	char command[512];

	snprintf(command, sizeof command, "rm -rf -- '%s'", path);
	assert_int_equal(system(command), 0);
}

static bool find_owner(void)
{
	struct passwd *pw;

	setpwent();
	while ((pw = getpwent()) != NULL)
		if (pw->pw_uid > 0 && pw->pw_uid != NOBODY && pw->pw_uid != geteuid() && strlen(pw->pw_name) < sizeof owner) {
			snprintf(owner, sizeof owner, "%s", pw->pw_name);
			owner_uid = pw->pw_uid;
			break;
		}
	endpwent();
	return owner[0] != '\0';
}

static bool become_ordinary(void)
{
	const gid_t gid = NOBODY;

	if (geteuid() != 0)
		return true;
	return chown(folder, NOBODY, NOBODY) == 0 && setgroups(1, &gid) == 0 && setresgid(gid, gid, gid) == 0 &&
	       setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

/* For a build's folder need not be one that an ordinary user may enter. */
static bool copy(const char *from)
{
	const char *to = beside_state(strrchr(from, '/') + 1);
	char command[2 * 4096];

	snprintf(command, sizeof command, "cp -L '%s' '%s' && chmod 755 '%s'", tree_build(from), to, to);
	return system(command) == 0;
}

int state_open(const char *also)
{
	const char *parent = getenv("TMPDIR");

	/* it ends in a socket's path */
	snprintf(folder, sizeof folder, "%s/state.XXXXXX", parent != NULL && strlen(parent) < 60 ? parent : "/tmp");
	if (mkdtemp(folder) == NULL || !copy("helpers/authz-helper/authz-helper") || (also != NULL && !copy(also)) ||
	    !become_ordinary() || !find_owner()) {
		perror("a state of its own");
		return -1;
	}
	snprintf(helper, sizeof helper, "%s", beside_state("authz-helper"));
	snprintf(state_folder, sizeof state_folder, "%s", beside_state("state"));
	return 0;
}

int state_close(void **state)
{
	(void)state;
	run_rm(folder);
	return 0;
}

void configure_also(const char *lines)
{
	char text[512];

	snprintf(text, sizeof text, "[authz]\nuid_min = 1\nsystem_profiles = nobody\nshadow_file = %s\naudit_syslog = no\n%s",
	         in_state("shadow"), lines);
	write_file(in_state("authz.conf"), text);
}

void configure(void)
{
	configure_also("");
}

void state_make(void)
{
	char text[512];

	assert_int_equal(mkdir(state_folder, 0700), 0);
	assert_int_equal(mkdir(in_state("store"), 0700), 0);
	assert_int_equal(mkdir(in_state("tokens"), 0700), 0);
	assert_int_equal(mkdir(in_state("audit"), 0700), 0);
	assert_int_equal(mkdir(in_state("view"), 0755), 0);
	configure();
	snprintf(text, sizeof text, "%s:$6$salt$hash:19000:0:99999:7:::\n", owner);
	write_file(in_state("shadow"), text);
}

int state_remove(void **state)
{
	(void)state;
	run_rm(state_folder);
	return 0;
}
