/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what is taken from the lists is what sudo itself goes by: the number and not the name decides who calls it and
 *         whom a command runs as, and the last of two with one name counts.
 * MUST 2: what is missing, or is no such value, is refused; of the arguments none is left out, none is cut.
 */
#include "config.h"

#include "told.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "client/failure.h"
#include "client/option.h"

#define ENTRY_MAX (1 << 20) /* bytes of a user's entry */
#define UID_MAX ((uid_t)-2)

static const char *value_of(char *const list[], const char *name)
{
	const size_t length = strlen(name);
	const char *value = NULL;

	for (; list != NULL && *list != NULL; list++)
		if (strncmp(*list, name, length) == 0 && (*list)[length] == '=')
			value = *list + length + 1;
	return value;
}

/* The words that sudo takes for yes. */
static bool is_set(char *const list[], const char *name)
{
	static const char *const words[] = {"true", "yes", "on", "1"};
	const char *value = value_of(list, name);

	for (size_t i = 0; value != NULL && i < sizeof words / sizeof *words; i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

bool told_root(char *const user_info[])
{
	const char *uid = value_of(user_info, "uid");

	return uid != NULL && strcmp(uid, "0") == 0;
}

/* ---- who, and as whom */

/* By name, or by uid where that is NULL.  0, and *found says whether there is one; or an error's number. */
static int look_up(const char *name, uid_t uid, struct passwd *entry, char **room, bool *found)
{
	struct passwd *result = NULL;
	int status = ERANGE;

	for (size_t size = 1024; status == ERANGE && size <= ENTRY_MAX; size *= 2) {
		char *more = realloc(*room, size);

		if (more == NULL)
			return ENOMEM;
		*room = more;
		status = name != NULL ? getpwnam_r(name, entry, more, size, &result) : getpwuid_r(uid, entry, more, size, &result);
	}
	*found = status == 0 && result != NULL;
	return status == ENOENT || status == ESRCH ? 0 : status;
}

static bool put(char out[AUTHZ_NAME_SIZE], const char *name)
{
	const int length = snprintf(out, AUTHZ_NAME_SIZE, "%s", name);

	return length > 0 && length < AUTHZ_NAME_SIZE;
}

/* MUST 1: sudo's name for it, if it is that user's; else the user's own, or the number. */
static enum authz_result name_user(uid_t uid, const char *name, char out[AUTHZ_NAME_SIZE], const char *parameter,
                                   struct authz_error *error)
{
	char *room = NULL, number[sizeof "#4294967295"];
	struct passwd entry;
	bool found = false, fits;
	int status = 0;

	if (name != NULL && *name != '\0')
		status = look_up(name, 0, &entry, &room, &found);
	if (status == 0 && !(found && entry.pw_uid == uid))
		status = look_up(NULL, uid, &entry, &room, &found);
	(void)snprintf(number, sizeof number, "#%u", (unsigned)uid);
	fits = status == 0 && put(out, found ? entry.pw_name : number);
	free(room);
	if (status != 0)
		return failure_errno(error, AUTHZ_INTERNAL, "the look-up of a user", status);
	return fits ? AUTHZ_OK : failure(error, AUTHZ_BAD_PARAMETER, parameter);
}

static enum authz_result read_as(char *const info[], struct told *out, struct authz_error *error)
{
	const char *uid = value_of(info, "runas_euid");
	unsigned long long number;

	if (uid == NULL)
		uid = value_of(info, "runas_uid");
	if (uid == NULL || !option_number(uid, 0, UID_MAX, &number))
		return failure(error, AUTHZ_BAD_PARAMETER, "runas_uid");
	return name_user((uid_t)number, value_of(info, "runas_user"), out->as, "as", error);
}

static enum authz_result read_user(char *const info[], struct told *out, struct authz_error *error)
{
	const char *uid = value_of(info, "uid"), *name = value_of(info, "user");
	unsigned long long number;

	if (name == NULL || *name == '\0' || uid == NULL || !option_number(uid, 0, UID_MAX, &number))
		return failure(error, AUTHZ_BAD_PARAMETER, "user");
	return name_user((uid_t)number, name, out->user, "user", error);
}

/* ---- what */

static size_t length_of(char *const argv[])
{
	size_t count = 0;

	while (argv != NULL && argv[count] != NULL)
		count++;
	return count;
}

/* Behind the editor, its options and "--": the first of the files, or 0. */
static size_t first_file(char *const info[], char *const argv[], size_t count)
{
	const char *told = value_of(info, "sudoedit_nfiles");
	unsigned long long files;
	size_t first;

	if (told == NULL) {
		for (first = 1; first < count && strcmp(argv[first], "--") != 0; first++)
			;
		return first + 1 < count ? first + 1 : 0;
	}
	if (!option_number(told, 1, INT_MAX, &files) || files + 1 >= count)
		return 0;
	first = count - (size_t)files;
	return strcmp(argv[first - 1], "--") == 0 ? first : 0;
}

static enum authz_result read_command(char *const info[], char *const argv[], struct told *out, struct authz_error *error)
{
	const bool edits = is_set(info, "sudoedit");
	const char *path = edits ? "sudoedit" : value_of(info, "command");
	const size_t count = length_of(argv), first = edits && count > 0 ? first_file(info, argv, count) : 1;

	if (path == NULL || *path == '\0' || count == 0)
		return failure(error, AUTHZ_BAD_PARAMETER, "command");
	if (first == 0)
		return failure(error, AUTHZ_BAD_PARAMETER, "sudoedit");
	out->command = calloc(1 + count - first, sizeof *out->command);
	if (out->command == NULL)
		return failure(error, AUTHZ_NO_MEMORY, "");
	out->command[out->count++] = path;
	for (size_t i = first; i < count; i++)
		out->command[out->count++] = argv[i];
	return AUTHZ_OK;
}

/* ---- all */

enum authz_result told_read(char *const user_info[], char *const command_info[], char *const run_argv[], struct told *out,
                            struct authz_error *error)
{
	enum authz_result result;

	*out = (struct told){.count = 0};
	result = read_user(user_info, out, error);
	if (result == AUTHZ_OK)
		result = read_command(command_info, run_argv, out, error);
	return result == AUTHZ_OK ? read_as(command_info, out, error) : result;
}

void told_forget(struct told *told)
{
	free(told->command);
	told->command = NULL;
	told->count = 0;
}
