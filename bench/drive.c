/* SPDX-License-Identifier: ISC */
/*
 * drive ROUNDS MILLISECONDS FILE: run workers side by side and print what they take.
 *
 * On standard input a row each:  NAME|BASE|CLIENTS|COMMAND    BASE: the name of the row that it is compared with, also of two
 * with a semicolon between them, before it; its own name: none
 * CLIENTS processes of COMMAND, by sh, are the row's workers (worker.h).  Each round runs every row once, for about that many
 * milliseconds, and begins with another row than the last.  The table goes to standard output, and with tabs to FILE.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spread.h"
#include "worker.h"

#define ROWS_MAX 256
#define CLIENTS_MAX 64

struct client {
	int to, from;
	float times[WORKER_COUNT_MAX];
};

struct row {
	char name[96], command[1024];
	const struct row *bases[2];
	size_t client_count;
	struct client *clients;
	uint32_t count;           /* of operations of a client in a round */
	double *rates, *middles;  /* operations a second, and the median time in microseconds, of each round */
	double *times;            /* of all rounds */
	size_t time_count, round_count;
};

static bool start_client(struct client *c, char *command)
{
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, command, NULL};
	posix_spawn_file_actions_t actions;
	int in[2], out[2];
	pid_t pid;
	bool done;

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || posix_spawn_file_actions_init(&actions) != 0)
		return false;
	posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	done = posix_spawn(&pid, "/bin/sh", &actions, NULL, argv, environ) == 0;
	posix_spawn_file_actions_destroy(&actions);
	close(in[0]);
	close(out[1]);
	c->to = in[1];
	c->from = out[0];
	return done;
}

static bool start_row(struct row *r, size_t rounds)
{
	size_t i;

	r->clients = calloc(r->client_count, sizeof *r->clients);
	r->rates = calloc(rounds, sizeof *r->rates);
	r->middles = calloc(rounds, sizeof *r->middles);
	if (r->clients == NULL || r->rates == NULL || r->middles == NULL)
		return false;
	for (i = 0; i < r->client_count; i++)
		if (!start_client(&r->clients[i], r->command))
			return false;
	return true;
}

/* Everybody does COUNT; how long until the last one was done, or below 0. */
static double run_clients(struct row *r, uint32_t count)
{
	double start;
	char byte = 0;
	size_t i;

	for (i = 0; i < r->client_count; i++)
		if (!worker_write(r->clients[i].to, &count, sizeof count))
			return -1;
	for (i = 0; i < r->client_count; i++)
		if (!worker_read(r->clients[i].from, &byte, 1))
			return -1;
	start = worker_now();
	for (i = 0; i < r->client_count; i++)
		if (!worker_write(r->clients[i].to, &byte, 1))
			return -1;
	for (i = 0; i < r->client_count; i++)
		if (!worker_read(r->clients[i].from, r->clients[i].times, count * sizeof(float)))
			return -1;
	return worker_now() - start;
}

/* The first few warm up; the next say how many fill the time of a round. */
static bool calibrate(struct row *r, double microseconds)
{
	double took = run_clients(r, 4), count;

	if (took >= 0)
		took = run_clients(r, 8);
	if (took < 0)
		return false;
	count = microseconds / (took / 8);
	r->count = count < 8 ? 8 : count > WORKER_COUNT_MAX ? WORKER_COUNT_MAX : (uint32_t)count;
	return true;
}

static bool run_row(struct row *r)
{
	size_t all = r->count * r->client_count, i, k;
	double *times = realloc(r->times, (r->time_count + all) * sizeof *times), took;

	if (times == NULL)
		return false;
	r->times = times;
	took = run_clients(r, r->count);
	if (took < 0)
		return false;
	times += r->time_count;
	for (i = 0; i < r->client_count; i++)
		for (k = 0; k < r->count; k++)
			times[i * r->count + k] = r->clients[i].times[k];
	r->rates[r->round_count] = (double)all / (took / 1e6);
	r->middles[r->round_count++] = spread_of(times, all).middle;
	r->time_count += all;
	return true;
}

static bool report(const struct row *r, bool done)
{
	if (!done)
		fprintf(stderr, "\nbench: %s failed: %s\n", r->name, r->command);
	return done;
}

static void progress(const char *what, size_t number, size_t of)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%s %zu of %zu%8s%s", what, number, of, "", number == of ? "\r" : "");
}

static bool run_rounds(struct row *rows, size_t count, size_t rounds, double microseconds)
{
	size_t round, i;

	for (i = 0; i < count; i++) {
		progress("row", i + 1, count);
		if (!report(&rows[i], start_row(&rows[i], rounds) && calibrate(&rows[i], microseconds)))
			return false;
	}
	for (round = 0; round < rounds; round++) {
		progress("round", round + 1, rounds);
		for (i = 0; i < count; i++)
			if (!report(&rows[(i + round) % count], run_row(&rows[(i + round) % count])))
				return false;
	}
	return true;
}

static const struct row *find_row(const struct row *rows, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static bool read_row(struct row *rows, size_t count, const char *line)
{
	struct row *r = &rows[count];
	char bases[200], *second;

	if (count == ROWS_MAX ||
	    sscanf(line, "%95[^|]|%199[^|]|%zu|%1023[^\n]", r->name, bases, &r->client_count, r->command) != 4 ||
	    r->client_count < 1 || r->client_count > CLIENTS_MAX)
		return false;
	second = strchr(bases, ';');
	if (second != NULL) {
		*second++ = '\0';
		r->bases[1] = find_row(rows, count, second);
	}
	r->bases[0] = find_row(rows, count + 1, bases);
	return r->bases[0] != NULL && (second == NULL || r->bases[1] != NULL);
}

static bool read_rows(struct row *rows, size_t *count)
{
	char line[1400];

	for (*count = 0; fgets(line, sizeof line, stdin) != NULL; ++*count)
		if (!read_row(rows, *count, line)) {
			fprintf(stderr, "bench: no row, or no row before it that is its base: %s", line);
			return false;
		}
	return *count > 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void print_base(const struct row *r, const struct row *base, const char *start, FILE *file)
{
	struct spread rate = spread_of_ratios(r->rates, base->rates, r->round_count);
	struct spread time = spread_of_ratios(r->middles, base->middles, r->round_count);

	fprintf(file, "%s\t%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\n", start, base->name, rate.middle, rate.low, rate.high,
	        time.middle, time.low, time.high);
	if (base != r)
		printf("  %6.2f (%.2f to %.2f)  %6.2f (%.2f to %.2f)  %s", rate.middle, rate.low, rate.high, time.middle, time.low,
		       time.high, base->name);
	putchar('\n');
}

static void print_row(struct row *r, FILE *file)
{
	struct spread rate = spread_of(r->rates, r->round_count);
	double p50, p99;
	char start[256];

	qsort(r->times, r->time_count, sizeof *r->times, compare);
	p50 = r->times[r->time_count / 2];
	p99 = r->times[r->time_count * 99 / 100];
	snprintf(start, sizeof start, "%s\t%zu\t%.1f\t%.1f\t%.1f\t%.2f\t%.2f", r->name, r->client_count, rate.middle, rate.low,
	         rate.high, p50, p99);
	printf("%-46s %8.0f %8.1f %8.1f", r->name, rate.middle, p50, p99);
	print_base(r, r->bases[0], start, file);
	if (r->bases[1] != NULL) {
		printf("%73s", "");
		print_base(r, r->bases[1], start, file);
	}
}

static bool print_rows(struct row *rows, size_t count, const char *path)
{
	FILE *file = fopen(path, "w");
	size_t i;

	if (file == NULL) {
		perror(path);
		return false;
	}
	printf("%-46s %8s %8s %8s  %-21s  %-21s  %s\n", "", "a second", "p50 us", "p99 us", "rate, ratio (rounds)",
	       "p50, ratio (rounds)", "to");
	fputs("row\tclients\trate\trate_p10\trate_p90\tp50\tp99\tbase\trate_ratio\trate_ratio_p10\trate_ratio_p90\tp50_ratio\t"
	      "p50_ratio_p10\tp50_ratio_p90\n", file);
	for (i = 0; i < count; i++)
		print_row(&rows[i], file);
	return fclose(file) == 0;
}

int main(int argc, char **argv)
{
	static struct row rows[ROWS_MAX];
	size_t count, rounds;

	if (argc != 4 || (rounds = strtoul(argv[1], NULL, 10)) < 1) {
		fprintf(stderr, "usage: drive ROUNDS MILLISECONDS FILE <ROWS\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (!read_rows(rows, &count) || !run_rounds(rows, count, rounds, atof(argv[2]) * 1000))
		return 1;
	return !print_rows(rows, count, argv[3]);
}
