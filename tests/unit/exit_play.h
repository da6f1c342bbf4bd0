/* SPDX-License-Identifier: ISC */
/* Exits for tests of the asking: registered in the store itself, and played as a test says. */
#ifndef TEST_UNIT_EXIT_PLAY_H
#define TEST_UNIT_EXIT_PLAY_H

#include "world.h"

#include "rules/exit.h"
#include "rules/exit_record.h"

#define SDDST "QIBM_QNS_SDDSTAUTH"
#define AUTH "AUTH0100"

/* What a program does; one without a row of its own says *YES to all. */
struct exit_said {
	const char *path;
	enum authz_result result; /* not AUTHZ_OK: with why */
	const char *why;
	const char *bytes;
	size_t length; /* 0: of the bytes, as a string */
	double takes;  /* seconds */
};

struct exit_play {
	struct world *w;
	const struct exit_said *said;
	size_t said_count;
	void (*meanwhile)(struct exit_play *play, const char *path); /* while it runs */
	unsigned runs;
	char ran[1024];         /* the paths, a blank behind each */
	unsigned wait_ms[64];
	enum host_waits waits;  /* for the last one */
	unsigned files, files_most; /* open: before, and while a program ran */
	char *input;            /* of the last, with a NUL behind */
	size_t input_length;
	/* the stream */
	const char *text;
	size_t text_length, text_read, piece; /* piece: bytes at once, 0: as many as are asked for */
	bool broken, endless, full;
	unsigned opened, proceeded_ms, proceeded_runs;
};

/* The host asks from here on, and these are the programs. */
void exit_play_begin(struct exit_play *play, struct world *w, const struct exit_said *said, size_t count);
void exit_play_end(struct exit_play *play);

/* "/exit/NUMBER", lines, no data, launch_wait. */
struct exit_program exit_program_of(uint32_t number);
void exit_play_put(struct world *w, const char *point, const char *format, const struct exit_program *e);
void exit_play_lines(struct world *w, const char *point, const char *format, uint32_t number);
/* Xl, Xp or Xe is lost; number 0: the point's own. */
void exit_play_lose(struct world *w, const char *kind, const char *point, const char *format, uint32_t number);

/* A request for SDDST of alice; the strings of DATA, "*HOST" and "*SNDINS" among them. */
struct request exit_request(const char *user);
void exit_data(struct request *q, const char *bytes, size_t length);
/* "text" are the destinations; NULL: what play->text has. */
enum authz_result exit_play_check(struct exit_play *play, const struct request *q, const char *text);
/* The rows of the answer: numbers, with a blank behind each, '|', answers. */
const char *exit_play_answer(struct exit_play *play);

#endif
