/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "entry_file.h"

static char folder[128], place[144];
static const struct entry helpdesk = {.owner = 1001, .master = 1002, .name = "helpdesk"};

static int begin(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%.90s/entry.XXXXXX", getenv("TMPDIR") == NULL ? "/tmp" : getenv("TMPDIR"));
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(place, sizeof place, "%s/entries", folder);
	return 0;
}

static int end(void **state)
{
	char command[256];

	(void)state;
	snprintf(command, sizeof command, "chmod -R u+rwx '%.100s'; rm -rf '%.100s'", folder, folder);
	return system(command);
}

static const char *in_place(const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", place, name);
	return path;
}

static unsigned count(void)
{
	DIR *dir = opendir(place);
	const struct dirent *file;
	unsigned n = 0;

	while (dir != NULL && (file = readdir(dir)) != NULL)
		n += file->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return n;
}

static void put(const char *name, const char *text, mode_t mode)
{
	int fd = open(in_place(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void made_and_read(void **state)
{
	char name[ENTRY_NAME_SIZE], second[ENTRY_NAME_SIZE];
	struct entry entry;
	struct stat st;

	(void)state;
	assert_int_equal(entry_file_make(place, &helpdesk, name), 0);
	assert_true(entry_file_is_pending(name));
	assert_int_equal(stat(place, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(in_place(name), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(entry_file_read(place, name, &entry), 0);
	assert_int_equal(entry.owner, 1001);
	assert_int_equal(entry.master, 1002);
	assert_string_equal(entry.name, "helpdesk");
	assert_int_equal(entry_file_make(place, &helpdesk, second), 0);
	assert_string_not_equal(name, second);
	entry_file_remove(place, name);
	assert_int_equal(entry_file_read(place, name, &entry), -1);
	assert_int_equal(entry.owner, (uid_t)-1);
	entry_file_remove(place, name);
	assert_int_equal(count(), 1);
}

static void pending_names(void **state)
{
	static const char *const none[] = {"", "pending.", "pending.0123456789abcdef0123456789abcde",
	                                   "pending.0123456789abcdef0123456789abcdef0", "pending.0123456789ABCDEF0123456789abcdef",
	                                   "../pending.0123456789abcdef0123456789abcdef", "pending./123456789abcdef0123456789abcdef",
	                                   "17.1001.0123456789abcdef0123456789abcdef"};

	(void)state;
	assert_true(entry_file_is_pending("pending.0123456789abcdef0123456789abcdef"));
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (entry_file_is_pending(none[i]))
			fail_msg("%s", none[i]);
}

static void taken(void **state)
{
	char name[ENTRY_NAME_SIZE], session[ENTRY_NAME_SIZE];

	(void)state;
	assert_int_equal(entry_file_has(place, 17, 1001), 0);
	assert_int_equal(entry_file_make(place, &helpdesk, name), 0);
	assert_int_equal(entry_file_has(place, 17, 1001), 0);
	assert_int_equal(entry_file_take(place, name, 17, 1001, session), 0);
	assert_int_equal(strncmp(session, "17.1001.", 8), 0);
	assert_int_equal(entry_file_has(place, 17, 1001), 1);
	assert_int_equal(entry_file_has(place, 17, 100), 0);
	assert_int_equal(entry_file_has(place, 7, 1001), 0);
	assert_int_equal(entry_file_has(place, 171, 1001), 0);
	assert_int_equal(entry_file_has(place, 1, 7), 0);
	assert_int_equal(entry_file_take(place, name, 18, 1001, session), -1);
	assert_int_equal(errno, ENOENT);
}

static void odd_texts(void **state)
{
	static const char *const texts[] = {"", "1", "1 1001 1002 helpdesk", "1 1001 1002 helpdesk\nx", "2 1001 1002 helpdesk\n",
	                                    "1 1001 1002 \n", "1  1001 1002 helpdesk\n", "1 +1001 1002 helpdesk\n",
	                                    "1 01001 1002 helpdesk\n", "1 0 1002 helpdesk\n", "1 1001 0 helpdesk\n",
	                                    "1 1001 1001 alice\n", "1 4294967295 1002 helpdesk\n", "1 1001 4294967295 helpdesk\n",
	                                    "1 1001 1002 help desk\n", "1 -1 1002 helpdesk\n",
	                                    "1 1001 1002 abcdefghijklmnopqrstuvwxyz0123456\n"};
	struct entry entry;

	(void)state;
	assert_int_equal(mkdir(place, 0700), 0);
	put("f", "1 1001 1002 helpdesk\n", 0600);
	assert_int_equal(entry_file_read(place, "f", &entry), 0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		put("f", texts[i], 0600);
		if (entry_file_read(place, "f", &entry) == 0)
			fail_msg("%s", texts[i]);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(entry.master, (uid_t)-1);
	}
}

static void odd_files(void **state)
{
	struct entry entry;
	char second[256];

	(void)state;
	assert_int_equal(mkdir(place, 0700), 0);
	put("f", "1 1001 1002 helpdesk\n", 0600);
	assert_int_equal(symlink("f", in_place("link")), 0);
	assert_int_equal(entry_file_read(place, "link", &entry), -1);
	assert_int_equal(mkfifo(in_place("fifo"), 0600), 0);
	assert_int_equal(entry_file_read(place, "fifo", &entry), -1);
	assert_int_equal(mkdir(in_place("folder"), 0700), 0);
	assert_int_equal(entry_file_read(place, "folder", &entry), -1);
	put("open", "1 1001 1002 helpdesk\n", 0604);
	assert_int_equal(entry_file_read(place, "open", &entry), -1);
	assert_int_equal(entry_file_read(place, "f", &entry), 0);
	snprintf(second, sizeof second, "%s/second", place);
	assert_int_equal(link(in_place("f"), second), 0);
	assert_int_equal(entry_file_read(place, "f", &entry), -1);
}

static void odd_folders(void **state)
{
	char name[ENTRY_NAME_SIZE], moved[ENTRY_NAME_SIZE + 128];
	struct entry entry;

	(void)state;
	assert_int_equal(entry_file_make(place, &helpdesk, name), 0);
	assert_int_equal(chmod(place, 0770), 0);
	assert_int_equal(entry_file_make(place, &helpdesk, moved), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(entry_file_read(place, name, &entry), -1);
	assert_int_equal(entry_file_has(place, 17, 1001), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(chmod(place, 0), 0);
	assert_int_equal(entry_file_has(place, 17, 1001), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(chmod(place, 0700), 0);
	assert_int_equal(entry_file_has(place, 17, 1001), 0);
	snprintf(moved, sizeof moved, "%s/moved", folder);
	assert_int_equal(rename(place, moved), 0);
	assert_int_equal(symlink(moved, place), 0);
	assert_int_equal(entry_file_read(place, name, &entry), -1);
	assert_int_equal(entry_file_has(place, 17, 1001), -1);
}

static void make_old(const char *name, time_t age)
{
	const struct timespec times[2] = {{time(NULL) - age, 0}, {time(NULL) - age, 0}};

	assert_int_equal(utimensat(AT_FDCWD, in_place(name), times, 0), 0);
}

static void stale(void **state)
{
	char names[3][ENTRY_NAME_SIZE], name[ENTRY_NAME_SIZE], session[ENTRY_NAME_SIZE];
	struct entry entry;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(entry_file_make(place, &helpdesk, names[i]), 0);
	assert_int_equal(entry_file_take(place, names[2], 17, 1001, session), 0);
	put("pending.other", "", 0600);
	make_old(names[0], ENTRY_STALE + 10);
	make_old(names[1], ENTRY_STALE - 10);
	make_old(session, ENTRY_STALE * 24);
	make_old("pending.other", ENTRY_STALE * 24);
	assert_int_equal(entry_file_make(place, &helpdesk, name), 0);
	assert_int_equal(entry_file_read(place, names[0], &entry), -1);
	assert_int_equal(entry_file_read(place, names[1], &entry), 0);
	assert_int_equal(entry_file_has(place, 17, 1001), 1);
	assert_int_equal(count(), 4);
}

/* 5,000 names that are none of ours stand before it or behind it; the next entry is made all the same. */
static void many_names(void **state)
{
	char name[ENTRY_NAME_SIZE];
	unsigned left;

	(void)state;
	assert_int_equal(mkdir(place, 0700), 0);
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "pending.%032x", i);
		put(name, "", 0600);
		make_old(name, ENTRY_STALE + 10);
	}
	assert_int_equal(entry_file_make(place, &helpdesk, name), 0);
	left = count();
	assert_in_range(left, 5000 - 4096, 5000);
	assert_int_equal(entry_file_make(place, &helpdesk, name), 0);
	assert_int_equal(count(), 2);
}

/* What su hands on: a limit on the size of files.  The signal is not seen, and nothing half is left. */
static void no_room(void **state)
{
	const struct rlimit none = {0, 0};
	char name[ENTRY_NAME_SIZE];
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		setrlimit(RLIMIT_FSIZE, &none);
		_exit(entry_file_make(place, &helpdesk, name) == -1 && errno == EFBIG ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(count(), 0);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, begin, end, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("an entry is made for nobody else to read, has a name of its own, and says what it was told", made_and_read),
		ROW("a name is pending if it is one that is given, and no path", pending_names),
		ROW("one that is taken is its session's and owner's, once", taken),
		ROW("a text that is not one whole line of ours is no entry (entry_file MUST 2)", odd_texts),
		ROW("a link, a pipe, a folder, a file that others may read or that has two names is no entry (entry_file MUST 1)",
		    odd_files),
		ROW("a folder that others may write, or a link, is none; one that cannot be read is not empty (entry_file MUST 1) "
		    "(entry_file MUST 3)", odd_folders),
		ROW("pending ones that are an hour old are swept, and no other (entry_file MUST 4)", stale),
		ROW("of any number of stale ones so many are swept at a time (entry_file MUST 4)", many_names),
		ROW("without room nothing half is left, and no signal is seen", no_room),
	};

	return cmocka_run_group_tests_name("entry file", tests, NULL, NULL);
}
