/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the command has no variable of the caller's but TERM and those that were named and may be.
 * MUST 2: what makes a loader, a shell, libc or an interpreter run or read something else cannot be preserved, nor can what
 *         says who the user is.
 * MUST 3: nothing but authz-run says who the user is.
 */
#include "environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The manual page has the same list.  A star: every name that begins so. */
static const char *const dangerous[] = {
	"LD_*", "BASH_*", "GLIBC_TUNABLES", "MALLOC_*", "GCONV_PATH", "LOCPATH", "NLSPATH", "GETCONF_DIR", "TZDIR",
	"HOSTALIASES", "LOCALDOMAIN", "RES_OPTIONS", "RESOLV_*", "NIS_PATH", "TMPDIR", "IFS", "ENV", "CDPATH", "SHELLOPTS",
	"BASHOPTS", "PS4", "PROMPT_COMMAND", "ZDOTDIR", "FPATH", "TERMCAP", "TERMINFO*", "TERMPATH", "PYTHON*", "PERL*",
	"RUBY*", "NODE_*", "JAVA_*", "_JAVA_*", "JDK_*", "CLASSPATH", "LUA_*", "PHP*", "TCLLIBPATH", "AWKPATH", "AWKLIBPATH",
	"GLOBIGNORE", "NULLCMD", "READNULLCMD", "LESSOPEN", "LESSCLOSE", "OPENSSL_*", "KRB5*", "GIT_*", "AUTHZ_*", "PATH", "PWD",
	"HOME", "SHELL", "USER", "LOGNAME", "MAIL", "XDG_*",
};
static const char *const identity[] = {"HOME", "SHELL", "USER", "LOGNAME"};

static bool is_in(const char *const *list, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		const size_t known = strcspn(list[i], "*");

		if (strncmp(list[i], name, known) == 0 && (list[i][known] == '*' ? length >= known : length == known))
			return true;
	}
	return false;
}

static bool is_name(const char *name, size_t length)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

	return length > 0 && length <= 64 && strspn(name, letters) >= length && (name[0] < '0' || name[0] > '9');
}

const char *environment_refused(const char *names)
{
	const char *at = names;

	for (;; at++) {
		const size_t length = strcspn(at, ",");

		if (!is_name(at, length) || is_in(dangerous, sizeof dangerous / sizeof dangerous[0], at, length))
			return *at == '\0' || *at == ',' ? names : at;
		at += length;
		if (*at == '\0')
			return NULL;
	}
}

static bool make_room(struct environment *e)
{
	const size_t room = e->room == 0 ? 32 : e->room * 2;
	char **list;

	if (e->count + 1 < e->room)
		return true;
	list = realloc(e->list, room * sizeof *list);
	if (list == NULL)
		return false;
	e->list = list;
	e->room = room;
	return true;
}

static bool set(struct environment *e, const char *name, size_t length, const char *value)
{
	char *text = NULL;
	size_t i;

	if (!make_room(e) || asprintf(&text, "%.*s=%s", (int)length, name, value) < 0)
		return false;
	for (i = 0; i < e->count; i++)
		if (strncmp(e->list[i], name, length) == 0 && e->list[i][length] == '=')
			break;
	if (i < e->count)
		free(e->list[i]);
	else
		e->list[++e->count] = NULL;
	e->list[i] = text;
	return true;
}

bool environment_set(struct environment *e, const char *name, const char *value)
{
	return set(e, name, strlen(name), value);
}

static const char *find(char **from, const char *name, size_t length)
{
	for (; from != NULL && *from != NULL; from++)
		if (strncmp(*from, name, length) == 0 && (*from)[length] == '=')
			return *from + length + 1;
	return NULL;
}

/* The name of a kind of terminal is a file's name in the end. */
static bool is_terminal_kind(const char *value)
{
	const size_t length = strlen(value);

	return length > 0 && length <= 64 &&
	       strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_:") == length;
}

bool environment_begin(struct environment *e, char **from, const char *names)
{
	const char *value = find(from, "TERM", 4);

	if (!environment_set(e, "PATH", ENVIRONMENT_PATH))
		return false;
	if (value != NULL && is_terminal_kind(value) && !environment_set(e, "TERM", value))
		return false;
	while (names != NULL && *names != '\0') {
		const size_t length = strcspn(names, ",");

		value = find(from, names, length);
		/* a function of bash's, whatever its name */
		if (value != NULL && strncmp(value, "()", 2) != 0 && !set(e, names, length, value))
			return false;
		names += length + (names[length] == ',');
	}
	return true;
}

bool environment_add(struct environment *e, char **list)
{
	for (; list != NULL && *list != NULL; list++) {
		const size_t length = strcspn(*list, "=");

		if ((*list)[length] != '=' || is_in(identity, sizeof identity / sizeof identity[0], *list, length))
			continue;
		if (!set(e, *list, length, *list + length + 1))
			return false;
	}
	return true;
}

bool environment_identity(struct environment *e, const char *user, const char *home, const char *shell)
{
	return environment_set(e, "HOME", home) && environment_set(e, "SHELL", shell) && environment_set(e, "USER", user) &&
	       environment_set(e, "LOGNAME", user);
}

void environment_free(struct environment *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->list[i]);
	free(e->list);
	*e = (struct environment){.list = NULL};
}
