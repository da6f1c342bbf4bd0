/* SPDX-License-Identifier: ISC */
/*
 * A PAM module for tests: stands before or behind pam_prftkn.so in a stack and is what another module would be.
 *
 *	set=FILE     PAM_AUTHTOK becomes what is in FILE, as an earlier module would leave it
 *	old=FILE     the same for PAM_OLDAUTHTOK
 *	report=FILE  writes "none", or "text" and what PAM_AUTHTOK holds, into FILE
 *	wrap=SO      calls the same entry point of that module, with the arguments that follow, and appends to the file
 *	             named by report= what the call did to errno and to the signal mask
 *	update       of the two calls of chauthtok, acts in the second alone
 *	check=FILE   authenticate asks for a password: PAM_SUCCESS if it is what is in FILE, else PAM_AUTH_ERR and a delay
 *	more=TEXT    authenticate asks this, with echo, when the password was right: PAM_SUCCESS for "yes"
 *	say=TEXT     authenticate says this
 *	tell=TEXT    authenticate, when the password was right, and account say this, as news and as an error
 *	ask=TEXT     account asks this, with echo: PAM_SUCCESS for "yes"
 *	items=FILE   appends service, user, remote host, terminal and remote user to FILE
 *	return=N     what every entry point returns; PAM_IGNORE without
 */
#include <dlfcn.h>
#include <errno.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))
#define ERRNO_MARK 4711

typedef int entry_point(pam_handle_t *pamh, int flags, int argc, const char **argv);

struct witness {
	const char *set, *old, *report, *wrap, *check, *more, *say, *tell, *ask, *items;
	bool update;
	int status;
	int used; /* arguments before those of the wrapped module */
};

static void read_arguments(struct witness *w, int argc, const char **argv)
{
	*w = (struct witness){.status = PAM_IGNORE};
	for (w->used = 0; w->used < argc && w->wrap == NULL; w->used++) {
		const char *argument = argv[w->used];

		if (strncmp(argument, "set=", 4) == 0)
			w->set = argument + 4;
		else if (strncmp(argument, "old=", 4) == 0)
			w->old = argument + 4;
		else if (strncmp(argument, "report=", 7) == 0)
			w->report = argument + 7;
		else if (strncmp(argument, "check=", 6) == 0)
			w->check = argument + 6;
		else if (strncmp(argument, "more=", 5) == 0)
			w->more = argument + 5;
		else if (strncmp(argument, "say=", 4) == 0)
			w->say = argument + 4;
		else if (strncmp(argument, "tell=", 5) == 0)
			w->tell = argument + 5;
		else if (strncmp(argument, "ask=", 4) == 0)
			w->ask = argument + 4;
		else if (strncmp(argument, "items=", 6) == 0)
			w->items = argument + 6;
		else if (strcmp(argument, "update") == 0)
			w->update = true;
		else if (strncmp(argument, "return=", 7) == 0)
			w->status = atoi(argument + 7);
		else if (strncmp(argument, "wrap=", 5) == 0)
			w->wrap = argument + 5;
	}
}

static int set_item(pam_handle_t *pamh, int type, const char *path)
{
	char text[4096];
	FILE *f = fopen(path, "re");
	size_t length;

	if (f == NULL)
		return PAM_ABORT;
	length = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[length] = '\0';
	return pam_set_item(pamh, type, text);
}

static int report_authtok(pam_handle_t *pamh, const char *path)
{
	const void *item = NULL;
	FILE *f = fopen(path, "we");

	if (f == NULL || pam_get_item(pamh, PAM_AUTHTOK, &item) != PAM_SUCCESS) {
		if (f != NULL)
			fclose(f);
		return PAM_ABORT;
	}
	if (item == NULL)
		fputs("none", f);
	else
		fprintf(f, "text%s", (const char *)item);
	fclose(f);
	return PAM_SUCCESS;
}

static int call_wrapped(const struct witness *w, const char *name, pam_handle_t *pamh, int flags, int argc,
                        const char **argv)
{
	sigset_t before, after;
	entry_point *entry;
	int status, seen;
	void *symbol, *module = dlopen(w->wrap, RTLD_NOW | RTLD_NODELETE); /* pam_end cleans up in it */
	FILE *f = fopen(w->report, "ae");

	if (module == NULL || f == NULL || (symbol = dlsym(module, name)) == NULL)
		abort();
	memcpy(&entry, &symbol, sizeof entry);
	memset(&before, 0, sizeof before); /* the kernel fills the front alone */
	memset(&after, 0, sizeof after);
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	errno = ERRNO_MARK;
	status = entry(pamh, flags, argc - w->used, argv + w->used);
	seen = errno;
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	fprintf(f, "%s %d errno %s mask %s\n", name, status, seen == ERRNO_MARK ? "kept" : "lost",
	        memcmp(&before, &after, sizeof before) == 0 ? "kept" : "lost");
	fclose(f);
	dlclose(module);
	return status;
}

static void note_items(pam_handle_t *pamh, const char *name, const char *path)
{
	static const int types[] = {PAM_SERVICE, PAM_USER, PAM_RHOST, PAM_TTY, PAM_RUSER};
	FILE *f = fopen(path, "ae");

	if (f == NULL)
		abort();
	fprintf(f, "%s", name);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		const void *item = NULL;

		fprintf(f, " %s", pam_get_item(pamh, types[i], &item) == PAM_SUCCESS && item != NULL ? (const char *)item : "-");
	}
	fputs("\n", f);
	fclose(f);
}

static void tell(pam_handle_t *pamh, const struct witness *w)
{
	if (w->tell == NULL)
		return;
	(void)pam_info(pamh, "%s", w->tell);
	(void)pam_error(pamh, "%s", w->tell);
}

static int ask(pam_handle_t *pamh, const char *text)
{
	char *typed = NULL;
	int status = pam_prompt(pamh, PAM_PROMPT_ECHO_ON, &typed, "%s", text);

	if (status == PAM_SUCCESS)
		status = typed != NULL && strcmp(typed, "yes") == 0 ? PAM_SUCCESS : PAM_AUTH_ERR;
	free(typed);
	return status;
}

static int check_password(pam_handle_t *pamh, const struct witness *w)
{
	char right[512] = "";
	const char *typed = NULL;
	FILE *f = fopen(w->check, "re");
	int status;

	if (f == NULL || (fgets(right, sizeof right, f) == NULL && ferror(f)))
		abort();
	fclose(f);
	(void)pam_fail_delay(pamh, 20000000);
	if (w->say != NULL)
		(void)pam_info(pamh, "%s", w->say);
	status = pam_get_authtok(pamh, PAM_AUTHTOK, &typed, NULL);
	if (status != PAM_SUCCESS)
		return status;
	if (strcmp(typed, right) != 0)
		return PAM_AUTH_ERR;
	tell(pamh, w);
	return w->more == NULL ? PAM_SUCCESS : ask(pamh, w->more);
}

static int act(const char *name, pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct witness w;

	read_arguments(&w, argc, argv);
	if (w.update && ((unsigned)flags & PAM_PRELIM_CHECK) != 0)
		return w.status;
	if (w.wrap != NULL)
		return call_wrapped(&w, name, pamh, flags, argc, argv);
	if (w.items != NULL)
		note_items(pamh, name, w.items);
	if (w.check != NULL && strcmp(name, "pam_sm_authenticate") == 0)
		return check_password(pamh, &w);
	if (strcmp(name, "pam_sm_acct_mgmt") == 0) {
		tell(pamh, &w);
		if (w.ask != NULL)
			return ask(pamh, w.ask);
	}
	if (w.set != NULL && set_item(pamh, PAM_AUTHTOK, w.set) != PAM_SUCCESS)
		return PAM_ABORT;
	if (w.old != NULL && set_item(pamh, PAM_OLDAUTHTOK, w.old) != PAM_SUCCESS)
		return PAM_ABORT;
	if (w.report != NULL && report_authtok(pamh, w.report) != PAM_SUCCESS)
		return PAM_ABORT;
	return w.status;
}

#define ENTRY_POINT(name) \
	EXPORTED int name(pam_handle_t *pamh, int flags, int argc, const char **argv) \
	{ \
		return act(#name, pamh, flags, argc, argv); \
	}

ENTRY_POINT(pam_sm_authenticate)
ENTRY_POINT(pam_sm_setcred)
ENTRY_POINT(pam_sm_acct_mgmt)
ENTRY_POINT(pam_sm_open_session)
ENTRY_POINT(pam_sm_close_session)
ENTRY_POINT(pam_sm_chauthtok)
