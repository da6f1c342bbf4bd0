/* SPDX-License-Identifier: ISC */
/*
 * A byte of a twin is changed: each byte of the file in turn, by one value each, where readers look; every so many bytes,
 * beginning anywhere, where writers are run too.  "--all": each byte for all, by each of its eight bits.  Everything
 * is tried in children with an alarm: a hang or a crash is a failure, and the offset is named.
 */
#include "store_kit.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/internal.h"

#define KEYS 30
#define JOURNAL_SPARE 40 /* where the identity of the spare is in a journal */
#define JOURNAL_SUM 32

static bool all_bits;

/* What stands where in every state that is tried: shared with the children. */
struct trial {
	long at;
	unsigned char by;
	unsigned long damaged, right; /* clear errors, right answers */
	char wrong[200];
};
static struct trial *trial;

static bool wrong(const char *what, const char *key, int result)
{
	snprintf(trial->wrong, sizeof trial->wrong, "%s \"%s\": result %d", what, key, result);
	return false;
}

static void key_of(unsigned i, char key[32])
{
	snprintf(key, 32, "%s/key%u", i % 3 ? "token" : "a", i);
}

static size_t value_of(unsigned i, char value[128])
{
	return (size_t)snprintf(value, 128, "value of %u: %.*s", i, (int)(i * 11 % 70),
	                        "----------------------------------------------------------------------");
}

/* Is it the right one, or a clear error? */
static bool answer(struct store_txn *t, unsigned i)
{
	char key[32], value[128], wanted[128];
	size_t length;
	bool found;
	enum authz_result result;

	key_of(i, key);
	result = store_get(t, key, strlen(key), value, sizeof value, &length, &found);
	if (result == AUTHZ_STORE_DAMAGED) {
		trial->damaged++;
		return true;
	}
	trial->right++;
	if (result != AUTHZ_OK)
		return wrong("get", key, result);
	if (i >= KEYS)
		return found ? wrong("found what is not there", key, result) : true;
	if (!found)
		return wrong("did not find", key, result);
	return length == value_of(i, wanted) && memcmp(value, wanted, length) == 0 ? true : wrong("wrong value", key, result);
}

static bool answers_walk(struct store_txn *t, unsigned more)
{
	unsigned char key[STORE_KEY_MAX];
	size_t key_length = 0, length;
	unsigned seen = 0;
	char value[256];
	bool matched;
	enum authz_result result;

	do {
		result = store_next(t, "", 0, 10, key, &key_length, value, sizeof value, &length, &matched);
		seen += matched;
	} while (result == AUTHZ_OK && key_length > 0 && seen < 10 * KEYS);
	if (result == AUTHZ_STORE_DAMAGED)
		return true;
	return result == AUTHZ_OK && seen >= KEYS && seen <= KEYS + more ? true : wrong("walk", "", (int)seen);
}

/* Every answer of the store as it is now. */
static bool answers(struct store *s, unsigned more)
{
	struct store_txn *t;
	unsigned i;
	bool good = true;
	enum authz_result result = store_begin(s, false, &t);

	if (result == AUTHZ_STORE_DAMAGED) {
		trial->damaged++;
		return true;
	}
	if (result != AUTHZ_OK)
		return wrong("begin", "", result);
	for (i = 0; i < KEYS + 10 && good; i++)
		good = answer(t, i);
	good = good && answers_walk(t, more);
	store_abort(t);
	return good;
}

/* A write beside what is asked for: done, or a clear error. */
static bool write_beside(struct store *s, unsigned round)
{
	char key[32];
	struct store_txn *t;
	enum authz_result result = store_begin(s, true, &t);

	snprintf(key, sizeof key, "beside%u", round % 4);
	if (result == AUTHZ_OK) {
		store_put(t, key, strlen(key), key, strlen(key));
		result = store_commit(t);
	}
	return result == AUTHZ_OK || result == AUTHZ_STORE_DAMAGED ? true : wrong("write", store_subject(s), result);
}

/* All files of a store, to be put back. */
struct saved {
	unsigned char *a, *b, *journal;
	size_t a_length, b_length, journal_length;
	char current[2];
};

static void save(struct kit *k, struct saved *v)
{
	v->a = kit_read(kit_path(k, "a"), &v->a_length);
	v->b = kit_read(kit_path(k, "b"), &v->b_length);
	v->journal = kit_read(kit_path(k, "journal"), &v->journal_length);
	memcpy(v->current, kit_current(k), 2);
}

static void put_back(struct kit *k, const struct saved *v)
{
	unlink(kit_path(k, "current"));
	assert_int_equal(symlink(v->current, kit_path(k, "current")), 0);
	kit_write(kit_path(k, "a"), v->a, v->a_length);
	kit_write(kit_path(k, "b"), v->b, v->b_length);
	kit_write(kit_path(k, "journal"), v->journal, v->journal_length);
}

/* KEYS records with a past: replaced by longer and shorter ones, deleted, made again. */
static void make(struct kit *k, struct saved *v)
{
	char key[32], value[128];
	struct store_txn *t;
	unsigned i, pass;

	kit_make(k, NULL, false);
	for (pass = 0; pass < 4; pass++) {
		assert_int_equal(store_begin(k->store, true, &t), AUTHZ_OK);
		for (i = 0; i < KEYS + 10; i++) {
			key_of(i, key);
			if (pass == 1 && i % 4 == 0)
				store_delete(t, key, strlen(key));
			else
				store_put(t, key, strlen(key), value, value_of(i + (pass == 0 ? 7 : pass == 2 ? 3 : 0), value));
		}
		for (i = KEYS; i < KEYS + 10 && pass == 3; i++) {
			key_of(i, key);
			store_delete(t, key, strlen(key));
		}
		assert_int_equal(store_commit(t), AUTHZ_OK);
	}
	save(k, v);
}

static void forget(struct kit *k, struct saved *v)
{
	free(v->a);
	free(v->b);
	free(v->journal);
	kit_remove(k);
}

/* A journal that vouches for the spare as it is now: as if the disk had changed it behind everybody's back. */
static void vouch_for_spare(struct kit *k)
{
	const int twin = open(kit_path(k, kit_current(k)), O_RDONLY | O_CLOEXEC);
	struct layout layout;
	struct header header;
	struct stat st;
	unsigned char *journal;
	uint64_t identity[4];
	size_t length;

	assert_int_equal(layout_open(&layout, twin), AUTHZ_OK);
	assert_int_equal(layout_header(&layout, &header), AUTHZ_OK);
	close(twin);
	assert_int_equal(stat(kit_path(k, kit_spare(k)), &st), 0);
	identity[0] = (uint64_t)st.st_dev;
	identity[1] = (uint64_t)st.st_ino;
	identity[2] = (uint64_t)st.st_size;
	identity[3] = (uint64_t)st.st_ctim.tv_sec * 1000000000u + (uint64_t)st.st_ctim.tv_nsec;
	journal = kit_read(kit_path(k, "journal"), &length);
	memcpy(journal + JOURNAL_SPARE, identity, sizeof identity);
	crypto_generichash(journal + length - JOURNAL_SUM, JOURNAL_SUM, journal, length - JOURNAL_SUM, header.seal_key, SEAL_KEY_SIZE);
	kit_write(kit_path(k, "journal"), journal, length);
	free(journal);
}

struct flips {
	const struct saved *saved;
	bool (*each)(struct kit *k);
	long from, to, step;
	bool spare;
};

static bool each_read(struct kit *k);

static bool flip_one(struct kit *k, const struct flips *f, long at, unsigned char by)
{
	trial->at = at;
	trial->by = by;
	if (f->each != each_read)
		put_back(k, f->saved);
	kit_flip(kit_path(k, f->spare ? kit_spare(k) : kit_current(k)), at, by);
	if (!f->each(k))
		return false;
	if (f->each == each_read)
		kit_flip(kit_path(k, f->spare ? kit_spare(k) : kit_current(k)), at, by);
	return true;
}

static int flip_some(struct kit *k, void *argument)
{
	const struct flips *f = argument;
	unsigned bit;
	long at;

	for (at = f->from; at < f->to; at += f->step) {
		if (!all_bits && !flip_one(k, f, at, (unsigned char)(1 + random() % 255)))
			return 1;
		for (bit = 0; bit < 8 && all_bits; bit++)
			if (!flip_one(k, f, at, (unsigned char)(1u << bit)))
				return 1;
	}
	return 0;
}

/* Flip the bytes of a twin, one of "step". */
static void flip_all(bool spare, long step, bool (*each)(struct kit *k))
{
	struct saved v;
	struct kit k;
	struct flips f = {.saved = &v, .each = each, .spare = spare, .step = all_bits ? 1 : step};
	long size;
	int status;

	make(&k, &v);
	memset(trial, 0, sizeof *trial);
	size = kit_size(kit_path(&k, spare ? kit_spare(&k) : kit_current(&k)));
	for (f.from = random() % f.step; f.from < size; f.from += 512 * f.step) {
		f.to = f.from + 512 * f.step < size ? f.from + 512 * f.step : size;
		status = kit_child(flip_some, &k, &f, all_bits ? 300 : 60);
		if (status != 0)
			fail_msg("byte %ld ^ %02x: wait status %x, %s", trial->at, trial->by, (unsigned)status, trial->wrong);
	}
	assert_true(trial->right > 0);
	forget(&k, &v);
}

static bool each_read(struct kit *k)
{
	struct store_txn *t;
	uint64_t records;

	if (!answers(k->store, 0))
		return false;
	/* what was looked at record by record is as many as there should be */
	if (store_begin(k->store, false, &t) != AUTHZ_OK)
		return true;
	if (store_check(t, NULL, &records) == AUTHZ_OK && records != KEYS)
		return wrong("check", "", (int)records);
	store_abort(t);
	return true;
}

/* The journal does not fit what was put back: the writer copies the damaged twin, and writes into the copy. */
static bool each_write_copy(struct kit *k)
{
	unsigned i;

	for (i = 0; i < 3; i++)
		if (!write_beside(k->store, i) || !answers(k->store, 4))
			return false;
	return true;
}

/* The writer has a whole spare and a journal that leads to it: the damage ends with the transaction. */
static bool each_heal(struct kit *k)
{
	const unsigned long damaged = trial->damaged;
	struct store_txn *t;
	unsigned i;

	if (store_begin(k->store, true, &t) != AUTHZ_OK)
		return true;
	store_put(t, "beside0", 7, "1", 1);
	vouch_for_spare(k);
	if (store_commit(t) != AUTHZ_OK)
		return true;
	for (i = 0; i < 3; i++)
		if (!answers(k->store, 4) || !write_beside(k->store, i))
			return false;
	return trial->damaged == damaged ? true : wrong("still damaged", "", 0);
}

/* The spare differs from how it was left: nothing of it is ever seen. */
static bool each_spare(struct kit *k)
{
	const unsigned long damaged = trial->damaged;
	unsigned i;

	for (i = 0; i < 3; i++)
		if (!answers(k->store, 4) || !write_beside(k->store, i))
			return false;
	return trial->damaged == damaged ? true : wrong("the spare was believed", "", 0);
}

/* The disk changed the spare and nothing shows it: libgdbm meets the damage, if it is where the look before does not reach. */
static bool each_spare_unseen(struct kit *k)
{
	unsigned i;

	vouch_for_spare(k);
	for (i = 0; i < 3; i++)
		if (!write_beside(k->store, i) || !answers(k->store, 4))
			return false;
	return true;
}

static void test_read(void **state)
{
	(void)state;
	flip_all(false, 1, each_read);
	assert_true(trial->damaged > 0);
}

static void test_write_copy(void **state)
{
	(void)state;
	flip_all(false, 11, each_write_copy);
}

static void test_heal(void **state)
{
	(void)state;
	flip_all(false, 17, each_heal);
}

static void test_spare(void **state)
{
	(void)state;
	flip_all(true, 23, each_spare);
}

static void test_spare_unseen(void **state)
{
	(void)state;
	flip_all(true, 7, each_spare_unseen);
}

static bool each_truncated(struct kit *k, long length)
{
	trial->at = length;
	return truncate(kit_path(k, kit_current(k)), length) == 0 && each_read(k) && each_write_copy(k);
}

static int truncate_all(struct kit *k, void *argument)
{
	const struct flips *f = argument;
	long length;

	for (length = f->to - 1; length >= 0; length -= length % 512 == 0 ? 1 : length % 512) {
		put_back(k, f->saved);
		if (!each_truncated(k, length))
			return 1;
	}
	return 0;
}

/* A store of its own, which "how" spoils up to "to", the length of a twin. */
static void spoil(int (*how)(struct kit *k, void *argument))
{
	struct saved v;
	struct kit k;
	struct flips f = {.saved = &v};
	int status;

	make(&k, &v);
	memset(trial, 0, sizeof *trial);
	f.to = kit_size(kit_path(&k, kit_current(&k)));
	status = kit_child(how, &k, &f, 60);
	if (status != 0)
		fail_msg("at %ld: wait status %x, %s", trial->at, (unsigned)status, trial->wrong);
	forget(&k, &v);
}

static void test_truncated(void **state)
{
	(void)state;
	spoil(truncate_all);
	assert_true(trial->damaged > 0);
}

static int noise(struct kit *k, void *argument)
{
	const struct flips *f = argument;
	unsigned char bytes[512];
	unsigned round;
	int fd;

	for (round = 0; round < 200; round++) {
		put_back(k, f->saved);
		trial->at = random() % f->to;
		if (round % 4 == 0)
			memset(bytes, round % 8 == 0 ? 0xff : 0, sizeof bytes);
		else
			randombytes_buf(bytes, sizeof bytes);
		fd = open(kit_path(k, round % 2 ? kit_spare(k) : kit_current(k)), O_WRONLY | O_CLOEXEC);
		if (pwrite(fd, bytes, 1 + (size_t)random() % sizeof bytes, trial->at) <= 0)
			return 2;
		close(fd);
		if (round % 2)
			vouch_for_spare(k);
		if (!each_write_copy(k))
			return 1;
	}
	return 0;
}

static void test_noise(void **state)
{
	(void)state;
	spoil(noise);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		{"each byte of the current twin flipped: readers get the right answer or a clear error, never a wrong one or none "
		 "(layout MUST 1, layout MUST 2)", test_read, NULL, NULL, NULL},
		{"any byte of the current twin flipped, no journal: writers do their work or say damaged, and nothing wrong comes of it "
		 "(twin MUST 1)", test_write_copy, NULL, NULL, NULL},
		{"any byte of the current twin flipped: the next transaction makes good what it does not meet", test_heal, NULL, NULL,
		 NULL},
		{"any byte of the spare twin flipped: nobody ever sees it", test_spare, NULL, NULL, NULL},
		{"any byte of the spare twin flipped without a trace: the right answer or a clear error", test_spare_unseen, NULL, NULL,
		 NULL},
		{"a current twin cut off anywhere: the right answer or a clear error", test_truncated, NULL, NULL, NULL},
		{"noise and zeros over parts of the twins: the right answer or a clear error", test_noise, NULL, NULL, NULL},
	};

	all_bits = argc == 2 && strcmp(argv[1], "--all") == 0;
	srandom((unsigned)getpid());
	trial = mmap(NULL, sizeof *trial, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (trial == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests_name("store, damaged", tests, NULL, NULL);
}
