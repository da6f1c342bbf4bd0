/* SPDX-License-Identifier: ISC */
/* The records that stores are compared with: keys of 9 bytes, values of 100; a quarter of the writes delete. */
#ifndef AUTHZ_BENCH_RECORDS_H
#define AUTHZ_BENCH_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_KEY 9
#define RECORD_VALUE 100

struct records {
	uint64_t count, random;
};

/* What a store does.  Each call is a whole transaction; open and close are around each, or around all. */
struct store_peer {
	bool (*open)(const char *folder, bool write);
	void (*close)(void);
	bool (*fill)(uint64_t count); /* opened for writing; in transactions as large as suits the store */
	bool (*put)(const char key[RECORD_KEY + 1], const unsigned char value[RECORD_VALUE]);
	bool (*erase)(const char key[RECORD_KEY + 1]);
	bool (*get)(const char key[RECORD_KEY + 1]); /* whether it is there or not */
};

void record_key(uint64_t number, char key[RECORD_KEY + 1]);
void record_value(struct records *r, unsigned char value[RECORD_VALUE]);
/* For a store's fill: "some" for each chunk, a transaction that puts the records from "from" to before "to". */
bool records_fill(uint64_t count, uint64_t chunk, bool (*some)(uint64_t from, uint64_t to, struct records *r));
/* main() of a store: PROGRAM FOLDER COUNT fill | write | read | write-kept | read-kept; all but fill are workers. */
int records_main(int argc, char **argv, const struct store_peer *store);

#endif
