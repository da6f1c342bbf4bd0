/* SPDX-License-Identifier: ISC */
#include "pam_master.h"

#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pam_real.h"

char master_owner[33], master_name[33];
uid_t master_owner_uid, master_uid;
char master_answer[128], master_asking[64], master_split[80];

static int find_people(void)
{
	char names[2][33];

	real_accounts(names);
	memcpy(master_owner, names[0], sizeof master_owner);
	memcpy(master_name, names[1], sizeof master_name);
	master_owner_uid = getpwnam(master_owner)->pw_uid;
	master_uid = getpwnam(master_name)->pw_uid;
	snprintf(master_answer, sizeof master_answer, "*%s*" MASTER_PASSWORD, master_name);
	snprintf(master_asking, sizeof master_asking, "*%s", master_name);
	snprintf(master_split, sizeof master_split, "%s*%s", master_owner, master_name);
	stack_write("right", MASTER_PASSWORD, 0600);
	return 0;
}

int master_open(void **state)
{
	return stack_open(state) == 0 ? find_people() : -1;
}

int master_open_real(void **state)
{
	return real_open(state) == 0 ? find_people() : -1;
}

int master_begin(void **state)
{
	char command[400];

	(void)state;
	snprintf(command, sizeof command, "chmod -R u+rwx %s 2>/dev/null; rm -rf %s %s", stack_path("entries"),
	         stack_path("entries"), stack_path("items"));
	if (system(command) != 0)
		return -1;
	master_service("", PAM_SUCCESS);
	master_answers_ok();
	return 0;
}

const char *master_options(const char *more)
{
	static char text[1024];

	snprintf(text, sizeof text, "min_uid=1 entries=%s confdir=%s %s", stack_path("entries"), stack_path("pam"), more);
	return text;
}

void master_service(const char *arguments, int account)
{
	const char *witness = stack_path("pam_witness.so");
	char text[1024];

	snprintf(text, sizeof text, "auth required %s items=%s check=%s %s\naccount required %s %s return=%d\n", witness,
	         stack_path("items"), stack_path("right"), arguments, witness, arguments, account);
	stack_write("pam/authz-master", text, 0644);
}

void master_answers_ok(void)
{
	stack_answers("result 0\nuser %s\nuid %u\nmaster %s\nmaster_uid %u\n", master_owner, (unsigned)master_owner_uid,
	              master_name, (unsigned)master_uid);
}

unsigned master_entries(const char *begin)
{
	DIR *dir = opendir(stack_path("entries"));
	const struct dirent *entry;
	unsigned count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.' && strncmp(entry->d_name, begin, strlen(begin)) == 0;
	if (dir != NULL)
		closedir(dir);
	return count;
}
