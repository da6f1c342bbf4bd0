/* SPDX-License-Identifier: ISC */
#include "records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "worker.h"

struct run {
	const struct store_peer *store;
	const char *folder;
	bool write, kept;
	struct records records;
};

static uint64_t next(struct records *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 7;
	r->random ^= r->random << 17;
	return r->random;
}

void record_key(uint64_t number, char key[RECORD_KEY + 1])
{
	snprintf(key, RECORD_KEY + 1, "k%08llu", (unsigned long long)(number % 100000000));
}

void record_value(struct records *r, unsigned char value[RECORD_VALUE])
{
	uint64_t word = next(r);
	size_t i;

	for (i = 0; i < RECORD_VALUE; i++)
		value[i] = (unsigned char)(word >> i % 8 * 8);
}

bool records_fill(uint64_t count, uint64_t chunk, bool (*some)(uint64_t from, uint64_t to, struct records *r))
{
	struct records r = {.random = 1};
	uint64_t from, to;

	for (from = 0; from < count; from = to) {
		to = count - from < chunk ? count : from + chunk;
		if (!some(from, to, &r))
			return false;
	}
	return true;
}

static bool operate(struct run *r)
{
	unsigned char value[RECORD_VALUE];
	char key[RECORD_KEY + 1];

	record_key(next(&r->records) % r->records.count, key);
	if (!r->write)
		return r->store->get(key);
	if (next(&r->records) % 4 == 0)
		return r->store->erase(key);
	record_value(&r->records, value);
	return r->store->put(key, value);
}

/* Only while it is this one's turn: who opens and closes is to be alone with the file, as a lone process is. */
static bool open_kept(void *arg, size_t count)
{
	struct run *r = arg;

	(void)count;
	return !r->kept || (r->store->open(r->folder, r->write) && operate(r));
}

static void close_kept(void *arg)
{
	struct run *r = arg;

	if (r->kept)
		r->store->close();
}

static bool run_one(void *arg, size_t index)
{
	struct run *r = arg;
	bool done;

	(void)index;
	if (r->kept)
		return operate(r);
	done = r->store->open(r->folder, r->write) && operate(r);
	r->store->close();
	return done;
}

static int fill(const struct run *r)
{
	bool done = r->store->open(r->folder, true) && r->store->fill(r->records.count);

	r->store->close();
	return !done;
}

int records_main(int argc, char **argv, const struct store_peer *store)
{
	struct run r = {.store = store, .folder = argc == 4 ? argv[1] : "", .records = {.random = 88172645463325252u}};
	const struct worker w = {.prepare = open_kept, .run = run_one, .finish = close_kept, .arg = &r};
	const char *what = argc == 4 ? argv[3] : "";

	r.kept = strstr(what, "-kept") != NULL;
	r.write = strncmp(what, "write", 5) == 0;
	r.records.random ^= (uint64_t)getpid() << 32;
	r.records.count = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
	if (r.records.count > 0 && strcmp(what, "fill") == 0)
		return fill(&r);
	if (r.records.count > 0 && (r.write || strncmp(what, "read", 4) == 0))
		return worker_serve(&w);
	fprintf(stderr, "usage: %s FOLDER COUNT fill|write|read|write-kept|read-kept\n", argv[0]);
	return 2;
}
