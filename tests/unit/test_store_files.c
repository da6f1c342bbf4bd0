/* SPDX-License-Identifier: ISC */
/* Files that are not as the store left them: of another kind, mode or owner, gone, cut, forged. */
#include "store_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static enum authz_result open_result(struct kit *k)
{
	enum authz_result result;

	store_close(k->store);
	result = store_open(&k->store, &k->options);
	assert_non_null(k->store);
	return result;
}

static enum authz_result read_result(struct kit *k)
{
	enum authz_result result = open_result(k);
	char value[100];

	if (result == AUTHZ_OK)
		kit_get(k, "x", value, sizeof value, &result);
	return result;
}

static enum authz_result write_result(struct kit *k)
{
	enum authz_result result = open_result(k);

	return result == AUTHZ_OK ? kit_put(k, "x", "written") : result;
}

static void expect_both(struct kit *k, enum authz_result result, const char *name)
{
	assert_int_equal(read_result(k), result);
	assert_string_equal(store_subject(k->store), kit_path(k, name));
	assert_int_equal(write_result(k), result);
	assert_string_equal(store_subject(k->store), kit_path(k, name));
}

/* ---- what libgdbm makes and does not open ---- */

/* The head of a file: where the directory begins, its size, and the file's end. */
#define HEAD_DIRECTORY 8
#define HEAD_DIRECTORY_SIZE 16
#define HEAD_END 32

/* As libgdbm leaves it where the directory grew, and nothing behind it since. */
static void end_with_directory(const char *path)
{
	size_t length;
	unsigned char *bytes = kit_read(path, &length), *longer;
	int64_t directory, end = (int64_t)length;
	int32_t size;

	memcpy(&directory, bytes + HEAD_DIRECTORY, sizeof directory);
	memcpy(&size, bytes + HEAD_DIRECTORY_SIZE, sizeof size);
	longer = realloc(bytes, length + (size_t)size);
	assert_non_null(longer);
	memcpy(longer + length, longer + directory, (size_t)size);
	memcpy(longer + HEAD_DIRECTORY, &end, sizeof end);
	end += size;
	memcpy(longer + HEAD_END, &end, sizeof end);
	kit_write(path, longer, (size_t)end);
	free(longer);
}

/* The current twin is such a one, and the spare will be a copy of it. */
static void all_end_with_directory(struct kit *k)
{
	end_with_directory(kit_path(k, kit_current(k)));
	assert_int_equal(unlink(kit_path(k, "journal")), 0);
}

static void test_directory_last(void **state)
{
	struct kit *k = *state;
	uint64_t records;
	struct store_txn *t;

	assert_int_equal(kit_put(k, "x", "before"), AUTHZ_OK);
	assert_int_equal(kit_put(k, "y", "before"), AUTHZ_OK);
	all_end_with_directory(k);
	kit_expect(k, "x", "before");
	assert_int_equal(kit_put(k, "x", "after"), AUTHZ_OK);
	kit_expect(k, "x", "after");
	all_end_with_directory(k);
	assert_int_equal(kit_delete(k, "x"), AUTHZ_OK);
	kit_expect(k, "x", NULL);
	kit_expect(k, "y", "before");
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(store_check(t, NULL, &records), AUTHZ_OK);
	store_abort(t);
	assert_int_equal(records, 1);
}

/* ---- the folder ---- */

static void test_folder(void **state)
{
	struct kit *k = *state;
	char path[600];

	chmod(k->folder, 0750);
	assert_int_equal(open_result(k), AUTHZ_BAD_INSTALL);
	assert_string_equal(store_subject(k->store), k->folder);
	chmod(k->folder, 0500);
	assert_int_equal(open_result(k), AUTHZ_BAD_INSTALL);
	chmod(k->folder, 0700);
	assert_int_equal(open_result(k), AUTHZ_OK);
	snprintf(path, sizeof path, "%s-link", k->folder);
	assert_int_equal(symlink(k->folder, path), 0);
	k->options.folder = path;
	assert_int_equal(open_result(k), AUTHZ_BAD_INSTALL);
	unlink(path);
	assert_int_equal(open_result(k), AUTHZ_STORE_MISSING);
	assert_string_equal(store_subject(k->store), path);
	kit_write(path, "x", 1);
	assert_int_equal(open_result(k), AUTHZ_BAD_INSTALL);
	unlink(path);
	store_close(NULL);
	assert_string_equal(store_subject(NULL), "");
}

static void test_made(void **state)
{
	struct kit *k = *state;
	static const char *const names[] = {"a", "b", "lock", "journal"};
	struct stat st;
	unsigned i;

	umask(0);
	for (i = 0; i < 3; i++)
		kit_put(k, "x", "1");
	for (i = 0; i < 4; i++) {
		assert_int_equal(lstat(kit_path(k, names[i]), &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0600);
		assert_int_equal(st.st_uid, geteuid());
	}
	assert_int_equal(lstat(kit_path(k, "current"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

/* ---- kinds, modes, owners ---- */

enum bad { BAD_MODE, BAD_LINK, BAD_FIFO, BAD_SOCKET, BAD_FOLDER, BAD_OWNER, BADS };

/* Put something else in the place of a file; false where that cannot be done here. */
static bool spoil(const char *path, enum bad how)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (how == BAD_MODE)
		return chmod(path, 0640) == 0;
	if (how == BAD_OWNER)
		return chown(path, 12345, (gid_t)-1) == 0;
	unlink(path);
	if (how == BAD_LINK)
		return symlink("/etc/passwd", path) == 0;
	if (how == BAD_FIFO)
		return mkfifo(path, 0600) == 0;
	if (how == BAD_FOLDER)
		return mkdir(path, 0700) == 0;
	snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && close(fd) == 0;
}

static void three_transactions(struct kit *k)
{
	unsigned i;

	kit_make(k, NULL, false);
	for (i = 0; i < 3; i++)
		assert_int_equal(kit_put(k, "x", "1"), AUTHZ_OK);
}

static void test_bad_current_twin(void **state)
{
	struct kit k;
	unsigned how;
	char name[2];

	(void)state;
	for (how = 0; how < BADS; how++) {
		three_transactions(&k);
		memcpy(name, kit_current(&k), 2);
		if (spoil(kit_path(&k, name), how))
			expect_both(&k, AUTHZ_BAD_INSTALL, name);
		else
			assert_int_equal(how, BAD_OWNER);
		kit_remove(&k);
	}
}

/* What is in the spare's place is put away, and a copy takes it; but a folder is not for us to remove. */
static void test_bad_spare_twin(void **state)
{
	struct kit k;
	unsigned how;

	(void)state;
	for (how = 0; how < BADS; how++) {
		three_transactions(&k);
		if (spoil(kit_path(&k, kit_spare(&k)), how)) {
			assert_int_equal(write_result(&k), how == BAD_FOLDER ? AUTHZ_BAD_INSTALL : AUTHZ_OK);
			kit_expect(&k, "x", how == BAD_FOLDER ? "1" : "written");
		}
		kit_remove(&k);
	}
}

static void test_bad_journal(void **state)
{
	struct kit k;
	unsigned how, i;

	(void)state;
	for (how = 0; how < BADS; how++) {
		three_transactions(&k);
		if (spoil(kit_path(&k, "journal"), how)) {
			for (i = 0; i < 3; i++)
				assert_int_equal(write_result(&k), how == BAD_FOLDER ? AUTHZ_BAD_INSTALL : AUTHZ_OK);
			kit_expect(&k, "x", how == BAD_FOLDER ? "1" : "written");
		}
		kit_remove(&k);
	}
}

static void test_bad_lock(void **state)
{
	struct kit k;
	unsigned how;

	(void)state;
	for (how = 0; how < BADS; how++) {
		three_transactions(&k);
		if (spoil(kit_path(&k, "lock"), how)) {
			assert_int_equal(write_result(&k), AUTHZ_BAD_INSTALL);
			assert_string_equal(store_subject(k.store), kit_path(&k, "lock"));
			assert_int_equal(read_result(&k), AUTHZ_OK);
		}
		kit_remove(&k);
	}
}

static void test_bad_current(void **state)
{
	static const char *const targets[] = {"c", "aa", "", "../a", "/etc/passwd", "A"};
	struct kit k;
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		three_transactions(&k);
		unlink(kit_path(&k, "current"));
		if (symlink(targets[i], kit_path(&k, "current")) == 0)
			expect_both(&k, AUTHZ_STORE_DAMAGED, "current");
		kit_remove(&k);
	}
	three_transactions(&k);
	unlink(kit_path(&k, "current"));
	kit_write(kit_path(&k, "current"), "a", 1);
	expect_both(&k, AUTHZ_BAD_INSTALL, "current");
	kit_remove(&k);
	three_transactions(&k);
	if (lchown(kit_path(&k, "current"), 12345, (gid_t)-1) == 0)
		expect_both(&k, AUTHZ_BAD_INSTALL, "current");
	kit_remove(&k);
}

/* ---- gone, empty, replaced ---- */

static void test_lost_current(void **state)
{
	struct kit *k = *state;
	char value[10];
	enum authz_result result;

	kit_put(k, "x", "1");
	unlink(kit_path(k, "current"));
	/* one who has the store open */
	assert_int_equal(kit_get(k, "x", value, sizeof value, &result), -2);
	assert_int_equal(result, AUTHZ_STORE_DAMAGED);
	expect_both(k, AUTHZ_STORE_DAMAGED, "current");
	/* nothing was made in its place, so that it can be mended by hand */
	assert_int_equal(symlink("b", kit_path(k, "current")), 0);
	assert_int_equal(read_result(k), AUTHZ_OK);
	kit_expect(k, "x", "1");
}

static void test_lost_twins(void **state)
{
	struct kit *k = *state;
	char name[2];

	kit_put(k, "x", "1");
	kit_put(k, "x", "2");
	unlink(kit_path(k, kit_spare(k)));
	assert_int_equal(write_result(k), AUTHZ_OK);
	kit_expect(k, "x", "written");
	memcpy(name, kit_current(k), 2);
	unlink(kit_path(k, name));
	expect_both(k, AUTHZ_STORE_DAMAGED, name);
}

static void test_empty_twins(void **state)
{
	struct kit *k = *state;
	char name[2];

	kit_put(k, "x", "1");
	kit_put(k, "x", "2");
	assert_int_equal(truncate(kit_path(k, kit_spare(k)), 0), 0);
	assert_int_equal(write_result(k), AUTHZ_OK);
	kit_expect(k, "x", "written");
	memcpy(name, kit_current(k), 2);
	assert_int_equal(truncate(kit_path(k, name), 0), 0);
	expect_both(k, AUTHZ_STORE_DAMAGED, name);
}

static void test_foreign_twin(void **state)
{
	struct kit *k = *state, other;
	unsigned char *bytes;
	size_t length;

	kit_put(k, "x", "1");
	kit_put(k, "x", "2");
	kit_make(&other, NULL, false);
	kit_put(&other, "x", "other");
	kit_put(&other, "x", "other");
	bytes = kit_read(kit_path(&other, "a"), &length);
	kit_write(kit_path(k, kit_spare(k)), bytes, length);
	free(bytes);
	kit_remove(&other);
	assert_int_equal(kit_put(k, "y", "3"), AUTHZ_OK);
	kit_expect(k, "x", "2");
	kit_expect(k, "y", "3");
}

/* Replaced while a reader has it open: the reader goes on in its own, the next one sees the new one. */
static void test_replaced(void **state)
{
	struct kit *k = *state;
	unsigned char *bytes;
	struct store_txn *t;
	size_t length;
	char value[10];
	bool found;

	kit_put(k, "x", "1");
	bytes = kit_read(kit_path(k, kit_current(k)), &length);
	kit_write(kit_path(k, "new"), bytes, length);
	free(bytes);
	assert_int_equal(store_begin(k->store, false, &t), AUTHZ_OK);
	assert_int_equal(rename(kit_path(k, "new"), kit_path(k, kit_current(k))), 0);
	assert_int_equal(store_get(t, "x", 1, value, sizeof value, &length, &found), AUTHZ_OK);
	assert_true(found);
	store_abort(t);
	kit_expect(k, "x", "1");
	assert_int_equal(kit_put(k, "x", "2"), AUTHZ_OK);
	assert_int_equal(kit_put(k, "y", "2"), AUTHZ_OK);
	kit_expect(k, "x", "2");
	kit_expect(k, "y", "2");
}

static void test_left_over(void **state)
{
	struct kit *k = *state;
	struct stat st;

	kit_put(k, "x", "1");
	unlink(kit_path(k, "journal"));
	kit_write(kit_path(k, "spare.new"), "half a copy", 11);
	assert_int_equal(symlink("b", kit_path(k, "current.new")), 0);
	assert_int_equal(write_result(k), AUTHZ_OK);
	kit_expect(k, "x", "written");
	assert_int_not_equal(lstat(kit_path(k, "spare.new"), &st), 0);
	assert_int_not_equal(lstat(kit_path(k, "current.new"), &st), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a twin that ends with its directory, which libgdbm makes and does not open again, is written to", test_directory_last,
		 kit_setup, kit_teardown, NULL},
		{"a folder of another kind or mode is a bad install, none is missing, and each is named", test_folder, kit_setup,
		 kit_teardown, NULL},
		{"what the store makes is for its owner alone, whatever the mask", test_made, kit_setup, kit_teardown, NULL},
		{"a current twin of another kind, mode or owner is a bad install (folder MUST 1)", test_bad_current_twin, NULL, NULL, NULL},
		{"a spare twin of another kind, mode or owner is copied anew (folder MUST 1)", test_bad_spare_twin, NULL, NULL, NULL},
		{"a journal of another kind, mode or owner counts for nothing (journal MUST 1)", test_bad_journal, NULL, NULL, NULL},
		{"a lock of another kind, mode or owner stops writers, not readers", test_bad_lock, NULL, NULL, NULL},
		{"a link that names no twin is damage, what is no link a bad install", test_bad_current, NULL, NULL, NULL},
		{"a store that lost its link is not made anew (store MUST 3)", test_lost_current, kit_setup_durable, kit_teardown, NULL},
		{"a spare that is gone is made again, a current twin that is gone is damage", test_lost_twins, kit_setup, kit_teardown, NULL},
		{"an empty spare is made again, an empty current twin is damage", test_empty_twins, kit_setup, kit_teardown, NULL},
		{"the twin of another store in the spare's place is copied over", test_foreign_twin, kit_setup, kit_teardown, NULL},
		{"a twin that was replaced under a reader", test_replaced, kit_setup, kit_teardown, NULL},
		{"what a killed writer left lying is removed (commit MUST 4)", test_left_over, kit_setup, kit_teardown, NULL},
	};

	return cmocka_run_group_tests_name("store, files", tests, NULL, NULL);
}
