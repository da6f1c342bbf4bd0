/* SPDX-License-Identifier: ISC */
/* The plugin of sudo, by its table, with a helper that answers what a test wants: authz_approval/. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "approval_kit.h"
#include "compat/client.h"
#include "compat_kit.h"
#include "module_file.h"
#include "scratch.h"

#define MODULE tree_build("authz_approval/.libs/authz_approval.so")

static struct sudo ran;

/* What is asked of a helper that says yes, by these lists. */
static int allowed(const char *const *info, const char *const *argv)
{
	kit_fake("result 0\n");
	ran.user = sudo_user;
	ran.info = info;
	ran.argv = argv;
	ran.options = sudo_options(compat_client(), NULL);
	sudo_run(&ran);
	return ran.verdict;
}

static int answered(const char *answer)
{
	kit_fake(answer);
	return sudo_id(compat_client(), &ran);
}

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* ---- yes and no */

static void yes(void **state)
{
	(void)state;
	assert_int_equal(answered("result 0\n"), 1);
	kit_was_asked("operation 116", "user bin", "principal root", "data /usr/bin/id\\0-u\\0geheim-7\\0", NULL);
	assert_string_equal(ran.told, "");
	assert_string_equal(ran.logged, "");
}

static void no(void **state)
{
	(void)state;
	assert_int_equal(answered("result 150\nsubject /usr/bin/id\n"), 0);
	assert_string_equal(ran.why, "Not authorized for access: to /usr/bin/id.");
	assert_string_equal(ran.told, "authz_approval: 2035: Not authorized for access: to /usr/bin/id.\n");
	assert_string_equal(ran.logged, "<5> authz_approval: command refused: user=bin as=root command=/usr/bin/id 2035: "
	                                "Not authorized for access: to /usr/bin/id.\n");
	assert_int_equal(answered("result 8\nsubject arguments\n"), 0);
	assert_true(has(ran.told, "CPF3C3C: Value for parameter arguments not valid."));
}

static void exits(void **state)
{
	(void)state;
	assert_int_equal(answered("result 163\nsubject AZ_COMMAND CMND0100 7 /srv/exits/x\n"), 0);
	assert_string_equal(ran.told, "authz_approval: AZ-DENIED: Exit AZ_COMMAND does not allow it.\n");
	assert_string_equal(ran.why, "Exit AZ_COMMAND CMND0100 7 /srv/exits/x does not allow it.");
	assert_true(has(ran.logged, "<5> authz_approval: command refused: ") && has(ran.logged, " AZ-DENIED: ") &&
	            has(ran.logged, ran.why));
	assert_int_equal(answered("result 166\nsubject AZ_COMMAND CMND0100 7 /srv/exits/x: late\n"), -1);
	assert_string_equal(ran.told, "authz_approval: AZ-EXIT: Nothing is performed, for an exit has failed: AZ_COMMAND.\n");
	assert_true(has(ran.logged, "<3> authz_approval: command not checked: ") && has(ran.logged, "7 /srv/exits/x: late"));
}

static void errors(void **state)
{
	static const char *const answers[] = {"result 71\nsubject /store\n", "result 92\n", "result 99999\n", "do crash\n", "do killed\n",
	                                      "do nothing\n", "do garbage\n", "do half\n", "do other-id\n", "do longer\n"};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		assert_int_equal(answered(answers[i]), -1);
		assert_true(ran.why[0] != '\0' && has(ran.told, "authz_approval: ") &&
		            has(ran.logged, "<3> authz_approval: command not checked: "));
	}
	kit_none();
	assert_int_equal(sudo_id(compat_client(), &ran), -1);
	assert_true(has(ran.logged, "AZ-HELPER"));
}

static void hung(void **state)
{
	struct authz_client client;

	(void)state;
	kit_fake("do hang\n");
	client = *compat_client();
	client.timeout_ms = 1000;
	assert_int_equal(sudo_id(&client, &ran), -1);
	assert_true(has(ran.logged, "AZ-LATE"));
}

static void no_secrets(void **state)
{
	static const char *const answers[] = {"result 150\nsubject /usr/bin/id\n", "result 163\nsubject x\n", "result 166\nsubject x\n",
	                                      "result 8\nsubject arguments\n", "do crash\n"};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		assert_true(answered(answers[i]) < 1);
		assert_false(has(ran.logged, "geheim") || has(ran.told, "geheim") || has(ran.why, "geheim"));
	}
}

static void control_characters(void **state)
{
	static const char *const info[] = {"command=/tmp/a\nb\x1b[2J \xc3\xa4", "runas_user=root", "runas_uid=0", NULL};

	(void)state;
	assert_int_equal(allowed(info, KIT_LIST{"x", NULL}), 1);
	kit_fake("result 150\nsubject /tmp/a\x1b[2J\n");
	ran.options = sudo_options(compat_client(), NULL);
	sudo_run(&ran);
	assert_int_equal(ran.verdict, 0);
	assert_string_equal(ran.told, "authz_approval: 2035: Not authorized for access: to /tmp/a?[2J.\n");
	assert_true(has(ran.logged, "command=/tmp/a?b?[2J??? 2035: ") && has(ran.logged, "to /tmp/a?[2J.\n"));
}

/* ---- who, as whom, what */

static void root_calls(void **state)
{
	static const char *const root[] = {"user=root", "uid=0", NULL};
	static const struct {
		const char *user[3];
		int verdict;
	} others[] = {
		{{"user=root", "uid=", NULL}, 0}, {{"user=root", "uid=2", NULL}, -1}, {{"user=root", "uid=00", NULL}, -1},
		{{"user=root", "euid=0", NULL}, 0},
	};

	(void)state;
	kit_none();
	ran = (struct sudo){.user = root, .info = sudo_as_root, .argv = KIT_LIST{"id", NULL},
	                    .options = sudo_options(compat_client(), NULL)};
	sudo_run(&ran);
	assert_int_equal(ran.verdict, 1);
	assert_string_equal(ran.logged, "");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		ran.user = others[i].user;
		sudo_run(&ran);
		assert_int_equal(ran.verdict, others[i].verdict);
	}
}

static void who_calls(void **state)
{
	static const struct {
		const char *user[3], *line;
	} rows[] = {
		{{"user=bin", "uid=2", NULL}, "user bin"}, {{"user=daemon", "uid=2", NULL}, "user bin"},
		{{"user=root", "uid=2", NULL}, "user bin"}, {{"user=no-such-user", "uid=2", NULL}, "user bin"},
		{{"user=bin", "uid=4242424", NULL}, "user #4242424"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		kit_fake("result 0\n");
		ran = (struct sudo){.user = rows[i].user, .info = sudo_as_root, .argv = KIT_LIST{"id", NULL},
		                    .options = sudo_options(compat_client(), NULL)};
		sudo_run(&ran);
		assert_int_equal(ran.verdict, 1);
		kit_was_asked(rows[i].line, NULL);
	}
}

static void as_whom(void **state)
{
	static const struct {
		const char *name, *uid, *euid, *line;
	} rows[] = {
		{"runas_user=bin", "runas_uid=2", NULL, "principal bin"},
		{"runas_user=daemon", "runas_uid=2", NULL, "principal bin"},
		{"runas_user=no-such-user", "runas_uid=2", NULL, "principal bin"},
		{"runas_user=", "runas_uid=2", NULL, "principal bin"},
		{"x=y", "runas_uid=2", NULL, "principal bin"},
		{"runas_user=#4242424", "runas_uid=4242424", NULL, "principal #4242424"},
		{"runas_user=bin", "runas_uid=4242424", NULL, "principal #4242424"},
		{"runas_user=root", "runas_uid=2", "runas_euid=0", "principal root"},
		{"runas_user=root", "runas_uid=0", "runas_uid=2", "principal bin"},
		{"runas_user=bin", "runas_uid=0", NULL, "principal root"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(allowed(KIT_LIST{"command=/bin/x", rows[i].name, rows[i].uid, rows[i].euid, NULL}, KIT_LIST{"x", NULL}), 1);
		kit_was_asked(rows[i].line, NULL);
	}
}

static void nobody_to_run_as(void **state)
{
	static const char *const uids[] = {"runas_gid=0", "runas_uid=", "runas_uid=-1", "runas_uid=4294967295", "runas_uid=0x0",
	                                   "runas_uid=root", "runas_uid= 0", "runas_uid=99999999999999999999"};

	(void)state;
	for (size_t i = 0; i < sizeof uids / sizeof *uids; i++) {
		assert_int_equal(allowed(KIT_LIST{"command=/bin/x", "runas_user=root", uids[i], NULL}, KIT_LIST{"x", NULL}), 0);
		assert_false(kit_asked());
		assert_true(has(ran.logged, "CPF3C3C: Value for parameter runas_uid"));
	}
}

static void edits(void **state)
{
#define ALL "runas_uid=0", "command=/usr/bin/vi"
	(void)state;
	assert_int_equal(allowed(KIT_LIST{ALL, "sudoedit=true", NULL}, KIT_LIST{"/usr/bin/vi", "-x", "--", "/etc/a", "/etc/b", NULL}), 1);
	kit_was_asked("data sudoedit\\0/etc/a\\0/etc/b\\0", NULL);
	assert_int_equal(allowed(KIT_LIST{ALL, "sudoedit=true", "sudoedit_nfiles=1", NULL}, KIT_LIST{"vi", "--", "/etc/a", "--", "/etc/b", NULL}), 1);
	kit_was_asked("data sudoedit\\0/etc/b\\0", NULL);
	assert_int_equal(allowed(KIT_LIST{ALL, "sudoedit=YES", NULL}, KIT_LIST{"vi", "--", "/etc/a", "--", NULL}), 1);
	kit_was_asked("data sudoedit\\0/etc/a\\0--\\0", NULL);
	assert_int_equal(allowed(KIT_LIST{ALL, "sudoedit=true", "sudoedit=false", NULL}, KIT_LIST{"vi", "--", "/etc/a", NULL}), 1);
	kit_was_asked("data /usr/bin/vi\\0--\\0/etc/a\\0", NULL);
}

static void edits_nothing(void **state)
{
	static const char *const counts[] = {"sudoedit_nfiles=0", "sudoedit_nfiles=2", "sudoedit_nfiles=4", "sudoedit_nfiles=x",
	                                     "sudoedit_nfiles=4294967297", "sudoedit_nfiles="};

	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		assert_int_equal(allowed(KIT_LIST{ALL, "sudoedit=true", counts[i], NULL}, KIT_LIST{"vi", "--", "/etc/a", NULL}), 0);
		assert_true(has(ran.logged, "parameter sudoedit"));
	}
	assert_int_equal(allowed(KIT_LIST{ALL, "sudoedit=true", NULL}, KIT_LIST{"vi", "/etc/a", NULL}), 0);
	assert_int_equal(allowed(KIT_LIST{ALL, "sudoedit=true", NULL}, KIT_LIST{"vi", "--", NULL}), 0);
	assert_int_equal(allowed(KIT_LIST{ALL, "sudoedit=true", NULL}, KIT_LIST{"--", NULL}), 0);
	assert_false(kit_asked());
}

static void missing(void **state)
{
	static const char *const no_user[] = {"uid=2", NULL}, *const empty_user[] = {"user=", "uid=2", NULL}, *const nothing[] = {NULL};
	const char *const *const users[] = {NULL, nothing, no_user, empty_user};

	(void)state;
	assert_int_equal(allowed(NULL, KIT_LIST{"x", NULL}), 0);
	assert_int_equal(allowed(nothing, KIT_LIST{"x", NULL}), 0);
	assert_int_equal(allowed(KIT_LIST{"runas_uid=0", NULL}, KIT_LIST{"x", NULL}), 0);
	assert_int_equal(allowed(KIT_LIST{"runas_uid=0", "command=", NULL}, KIT_LIST{"x", NULL}), 0);
	assert_int_equal(allowed(sudo_as_root, NULL), 0);
	assert_int_equal(allowed(sudo_as_root, nothing), 0);
	ran.argv = KIT_LIST{"x", NULL};
	for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
		ran.user = users[i];
		sudo_run(&ran);
		assert_int_equal(ran.verdict, 0);
		assert_true(has(ran.logged, "parameter user"));
	}
	assert_false(kit_asked());
}

/* The path stays, so that the authority can be asked about; without its NUL it says that there is more. */
static void oversized(void **state)
{
	static char argument[4000], path[5000];
	static const char *many[3000];

	(void)state;
	memset(argument, 'a', sizeof argument - 1);
	assert_int_equal(allowed(sudo_as_root, KIT_LIST{"id", argument, NULL}), 1);
	kit_was_asked("data /usr/bin/id", NULL);
	for (size_t i = 0; i + 1 < sizeof many / sizeof *many; i++)
		many[i] = "a";
	assert_int_equal(allowed(sudo_as_root, many), 1);
	kit_was_asked("data /usr/bin/id", NULL);
	strcpy(path, "command=/");
	memset(path + strlen(path), 'p', sizeof path - strlen(path) - 1);
	assert_int_equal(allowed(KIT_LIST{path, "runas_uid=0", NULL}, KIT_LIST{"id", NULL}), 1);
	kit_was_asked("data ", NULL);
	kit_fake("result 8\nsubject command\n");
	ran = (struct sudo){.user = sudo_user, .info = KIT_LIST{path, "runas_uid=0", NULL}, .argv = many,
	                    .options = sudo_options(compat_client(), NULL)};
	sudo_run(&ran);
	assert_int_equal(ran.verdict, 0);
	assert_true(strlen(ran.logged) < 1024);
}

/* ---- open, close, and the host */

static void bad_options(void **state)
{
	static const char *const bad[] = {"", "socket", "socket=", "socket=x", "socket=None", "helper=", "helper=x", "helper", "timeout=0",
	                                  "timeout=61", "timeout=-1", "timeout= 5", "timeout=5s", "timeout=", "debug", "Timeout=5",
	                                  "timeouts=5", "tim=5", "=", "a\nb"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		kit_fake("result 0\n");
		ran = (struct sudo){.user = sudo_user, .info = sudo_as_root, .argv = KIT_LIST{"id", NULL},
		                    .options = sudo_options(compat_client(), bad[i])};
		sudo_run(&ran);
		assert_int_equal(ran.opened, -1);
		assert_true(has(ran.why, "option not valid: ") && has(ran.told, ran.why) &&
		            has(ran.logged, "<3> authz_approval: option not valid: "));
		assert_int_equal(plugin->check(NULL, NULL, NULL, NULL), -1);
		assert_false(kit_asked());
	}
}

static void versions(void **state)
{
	static const unsigned bad[] = {SUDO_API_MKVERSION(1, 14), SUDO_API_MKVERSION(2, 0), SUDO_API_MKVERSION(2, 30)};

	(void)state;
	kit_none();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ran = (struct sudo){.user = sudo_user, .info = sudo_as_root, .argv = KIT_LIST{"id", NULL}, .version = bad[i]};
		sudo_run(&ran);
		assert_int_equal(ran.opened, -1);
		assert_string_equal(ran.why, "this sudo has another plugin interface");
	}
	ran.version = SUDO_API_MKVERSION(1, 15);
	sudo_run(&ran);
	assert_int_equal(ran.opened, 1);
	ran.version = SUDO_API_MKVERSION(1, 99);
	sudo_run(&ran);
	assert_int_equal(ran.opened, 1);
	assert_int_equal(plugin->type, SUDO_APPROVAL_PLUGIN);
	assert_int_equal(SUDO_API_VERSION_GET_MAJOR(plugin->version), 1);
}

static void closed(void **state)
{
	(void)state;
	assert_int_equal(answered("result 0\n"), 1);
	assert_int_equal(plugin->check(NULL, NULL, NULL, NULL), -1);
	plugin->close();
	assert_int_equal(plugin->show_version(1), 1);
}

static void mute(void **state)
{
	(void)state;
	for (int verdict = -1; verdict < 2; verdict++) {
		ran = (struct sudo){.mute = true};
		assert_int_equal(answered(verdict == 1 ? "result 0\n" : verdict == 0 ? "result 150\n" : "do crash\n"), verdict);
	}
	kit_fake("result 0\n");
	ran.options = sudo_options(compat_client(), "debug");
	sudo_run(&ran);
	assert_int_equal(ran.opened, -1);
	ran.mute = false;
}

static void as_they_were(void **state)
{
	static const char *const answers[] = {"result 0\n", "result 150\n", "do crash\n", "do half\n"};
	const int before = open_descriptors(), kept = dup(STDOUT_FILENO);
	const int to = open(beside_state("out"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct sigaction action, same;
	sigset_t mask, after;
	struct stat out;

	(void)state;
	assert_true(kept >= 0 && to >= 0);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigaction(SIGCHLD, NULL, &action);
	fflush(stdout);
	dup2(to, STDOUT_FILENO);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		(void)answered(answers[i]);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	assert_int_equal(fstat(to, &out), 0);
	assert_int_equal(out.st_size, 0);
	close(kept);
	close(to);
	assert_int_equal(open_descriptors(), before);
	assert_false(any_child());
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int signal = 1; signal < SIGRTMAX; signal++)
		assert_int_equal(sigismember(&mask, signal), sigismember(&after, signal));
	sigaction(SIGCHLD, NULL, &same);
	assert_true(same.sa_handler == action.sa_handler);
}

static void file(void **state)
{
	static const char *const others[] = {"write", "puts", "fputs", "fwrite", "sigprocmask", "kill", NULL};

	(void)state;
	module_gives(MODULE, "authz_approval\n");
	module_wants(MODULE, "libc.so.6\n");
	module_leaves_host_alone(MODULE, others);
}

static int begin(void **state)
{
	sudo_load();
	return plugin == NULL ? -1 : kit_make(state);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("the plugin of sudo gives its table alone, wants libc alone, and leaves the process alone (authz_approval MUST 3)", file),
		ROW("a command that the helper allows runs, and nobody says a word", yes),
		ROW("a command that is refused does not run, and sudo, its user and the log know why", no),
		ROW("of an exit the user is told the point and nothing else, the log all (authz_approval MUST 5)", exits),
		ROW("whatever is not the helper's OK is a refusal or an error (authz_approval MUST 1)", errors),
		ROW("a helper that hangs is an error when the time is over (authz_approval MUST 1)", hung),
		ROW("no argument of a command is in the log, nor in what the user is told (authz_approval MUST 4)", no_secrets),
		ROW("what a command's name has in it ends no line and writes nothing to a terminal", control_characters),
		ROW("when root calls sudo nobody is asked; what is not uid 0 is not root (authz_approval MUST 1)", root_calls),
		ROW("who calls sudo is told by the number, too, whatever user has that name here (told MUST 1)", who_calls),
		ROW("whom a command would run as is told by the number that sudo goes by (told MUST 1)", as_whom),
		ROW("without such a number the command is refused (told MUST 2)", nobody_to_run_as),
		ROW("sudoedit is a command of that name, with its files and not the editor's options (told MUST 1)", edits),
		ROW("sudoedit whose files cannot be told is refused (told MUST 2)", edits_nothing),
		ROW("lists that are missing, and what is missing in them, are refused (told MUST 2)", missing),
		ROW("what has no room in a request is not cut: the helper gets to know so (told MUST 2)", oversized),
		ROW("a bad option is an error, never a plugin that sudo goes on without (authz_approval MUST 1, authz_approval MUST 2)", bad_options),
		ROW("another interface than the one that has such plugins is an error (authz_approval MUST 1)", versions),
		ROW("a plugin that is not open allows nothing (authz_approval MUST 1)", closed),
		ROW("a sudo that has no printf and wants no reason gets the same verdicts", mute),
		ROW("sudo finds descriptors, children and signals as they were, and its standard output empty (authz_approval MUST 3)",
		    as_they_were),
	};

	return cmocka_run_group_tests_name("approval", tests, begin, state_close);
}
