/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "approval_kit.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "pam_tree.h"

struct approval_plugin *plugin;
const char *const sudo_user[] = {"user=bin", "pid=1", "uid=2", "gid=2", NULL};
const char *const sudo_as_root[] = {"command=/usr/bin/id", "runas_user=root", "runas_uid=0", "runas_gid=0", NULL};

static struct sudo *now;
static bool log_is_open;

__attribute__((format(printf, 3, 0)))
static void append(char *to, size_t size, const char *format, va_list words)
{
	const size_t used = strlen(to);

	(void)vsnprintf(to + used, size - used, format, words);
}

/* A build machine has no daemon that would give the lines back. */
__attribute__((format(printf, 2, 0)))
static void keep_line(int priority, const char *format, va_list words)
{
	const size_t used = strlen(now->logged);

	assert_int_equal(priority & LOG_FACMASK, LOG_AUTHPRIV);
	log_is_open = true;
	snprintf(now->logged + used, sizeof now->logged - used, "<%d> ", priority & LOG_PRIMASK);
	append(now->logged, sizeof now->logged - 1, format, words);
	strcat(now->logged, "\n");
}

__attribute__((visibility("default"), format(printf, 2, 3)))
void kit_syslog(int priority, const char *format, ...) __asm__("syslog");
__attribute__((visibility("default"), format(printf, 3, 4)))
void kit_syslog_chk(int priority, int flag, const char *format, ...) __asm__("__syslog_chk");
__attribute__((visibility("default")))
void kit_closelog(void) __asm__("closelog");

void kit_syslog(int priority, const char *format, ...)
{
	va_list words;

	va_start(words, format);
	keep_line(priority, format, words);
	va_end(words);
}

void kit_syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list words;

	(void)flag;
	va_start(words, format);
	keep_line(priority, format, words);
	va_end(words);
}

void kit_closelog(void)
{
	log_is_open = false;
}

static int __attribute__((format(printf, 2, 3))) say(int type, const char *format, ...)
{
	va_list words;

	assert_true(type == SUDO_CONV_ERROR_MSG || type == SUDO_CONV_INFO_MSG);
	va_start(words, format);
	append(now->told, sizeof now->told, format, words);
	va_end(words);
	return 0;
}

void sudo_load(void)
{
	void *module = dlopen(tree_build("authz_approval/.libs/authz_approval.so"), RTLD_LAZY | RTLD_GLOBAL);

	if (module == NULL)
		print_error("%s\n", dlerror());
	else
		plugin = dlsym(module, "authz_approval");
}

const char *const *sudo_options(const struct authz_client *client, const char *more)
{
	static char helper[300], timeout[32];
	static const char *options[5];

	snprintf(helper, sizeof helper, "helper=%s", client->helper);
	snprintf(timeout, sizeof timeout, "timeout=%d", client->timeout_ms / 1000);
	options[0] = "socket=none";
	options[1] = helper;
	options[2] = timeout;
	options[3] = more;
	return options;
}

/* sudo's own prototypes have no const for the strings. */
static char *const *strings(const char *const *list)
{
	char *const *same;

	memcpy(&same, &list, sizeof same);
	return same;
}

void sudo_run(struct sudo *s)
{
	static const char *const typed[] = {"sudo", "id", NULL}, *const none[] = {NULL};
	const char *why = NULL;

	assert_non_null(plugin);
	s->opened = s->verdict = -9;
	s->why[0] = s->told[0] = s->logged[0] = '\0';
	now = s;
	s->opened = plugin->open(s->version != 0 ? s->version : SUDO_API_VERSION, NULL, s->mute ? NULL : say, strings(none),
	                         strings(s->user), 1, strings(typed), strings(none), strings(s->options), s->mute ? NULL : &why);
	if (s->opened == 1)
		s->verdict = plugin->check(strings(s->info), strings(s->argv), strings(none), s->mute ? NULL : &why);
	assert_false(log_is_open);
	if (why != NULL)
		snprintf(s->why, sizeof s->why, "%s", why);
	plugin->close();
}

int sudo_id(const struct authz_client *client, struct sudo *s)
{
	s->user = sudo_user;
	s->info = sudo_as_root;
	s->argv = KIT_LIST{"id", "-u", "geheim-7", NULL};
	s->options = sudo_options(client, NULL);
	sudo_run(s);
	return s->opened == 1 ? s->verdict : -8;
}
