/* SPDX-License-Identifier: ISC */
/*
 * Exit points and their programs, as the store has them (doc/EXITS).
 *
 * Records of the authority store:
 *	Xl                              the names of all points, in their order
 *	Xp point NUL format             a point: its maximum, and the numbers of its programs, in their order
 *	Xe point NUL format NUL number  a program; the number is four bytes, the highest first
 *
 * A lost record is no exit that nobody asks: a point that Xl has and that is not there, or the other way round, is damage,
 * and so is a program that its point lists and that is not there, or the other way round.
 */
#ifndef AUTHZ_RULES_EXIT_RECORD_H
#define AUTHZ_RULES_EXIT_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "authz_exit.h"
#include "rules/context.h"

#define EXIT_POINTS_MAX 64
#define EXIT_PROGRAMS_MAX 64     /* of a point, whatever its maximum */
#define EXIT_PROGRAMS_DEFAULT 16 /* a point's maximum where nobody has said so */
#define EXIT_NUMBER_MAX 2147483647u
#define EXIT_WAIT_MIN 100 /* milliseconds */
#define EXIT_WAIT_MAX 30000

/* A point is known by both. */
struct exit_name {
	char point[EXIT_POINT_SIZE], format[EXIT_FORMAT_SIZE];
};

/* In the order of strcmp, by point, then by format. */
struct exit_names {
	struct exit_name names[EXIT_POINTS_MAX];
	size_t count;
};

struct exit_point {
	struct exit_name name;
	uint32_t maximum;
	size_t count;
	uint32_t numbers[EXIT_PROGRAMS_MAX]; /* of its programs, the lowest first */
};

struct exit_program {
	uint32_t number;
	enum exit_input input;
	char path[SERVER_SIZE];
	char text[CABINET_TEXT_SIZE];
	uint32_t wait_ms; /* 0: launch_wait */
	unsigned char data[AUTHZ_EXIT_DATA_MAX];
	size_t data_length;
	uid_t changed_by;
	int64_t changed_at; /* microseconds, wall clock */
};

/* A name that may be a point's: false where one of its two is too long, or has other characters. */
bool exit_name_make(const char *point, const char *format, struct exit_name *out);

enum authz_result exit_names_read(struct rules *r, struct store_txn *t, struct exit_names *out);

/* *found false: there is none, and "out" is what a new one would be.  AUTHZ_STORE_DAMAGED. */
enum authz_result exit_point_read(struct rules *r, struct store_txn *t, const struct exit_name *name, struct exit_point *out,
                                  bool *found);
/* In a write transaction: its maximum; a new one is listed.  AUTHZ_EXIT_POINTS_FULL; AUTHZ_IN_USE: it has more programs. */
enum authz_result exit_point_write(struct rules *r, struct store_txn *t, const struct exit_point *p);
/* In a write transaction: it and all of its programs. */
enum authz_result exit_point_erase(struct rules *r, struct store_txn *t, const struct exit_point *p);

/* The lowest and the highest number that no program of it has. */
uint32_t exit_number_low(const struct exit_point *p);
uint32_t exit_number_high(const struct exit_point *p);

/* *found as its point has it.  AUTHZ_STORE_DAMAGED. */
enum authz_result exit_program_read(struct rules *r, struct store_txn *t, const struct exit_point *p, uint32_t number,
                                    struct exit_program *out, bool *found);
/*
 * In a write transaction, of a point that exit_point_read gave; a new point is made.  What has the number is replaced, whole.
 * AUTHZ_EXITS_FULL; AUTHZ_EXIT_POINTS_FULL.
 */
enum authz_result exit_program_put(struct rules *r, struct store_txn *t, struct exit_point *p, const struct exit_program *e);
/* In a write transaction.  The point stays, also without any. */
enum authz_result exit_program_drop(struct rules *r, struct store_txn *t, struct exit_point *p, uint32_t number, bool *found);

#endif
