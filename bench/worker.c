/* SPDX-License-Identifier: ISC */
#include "worker.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

double worker_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

bool worker_read(int fd, void *to, size_t length)
{
	char *at = to;
	ssize_t got;

	for (; length > 0; at += got, length -= (size_t)got) {
		got = read(fd, at, length);
		if (got <= 0)
			return false;
	}
	return true;
}

bool worker_write(int fd, const void *from, size_t length)
{
	const char *at = from;
	ssize_t put;

	for (; length > 0; at += put, length -= (size_t)put) {
		put = write(fd, at, length);
		if (put <= 0)
			return false;
	}
	return true;
}

static bool run_all(const struct worker *w, size_t count, float *times)
{
	double start;
	size_t i;

	for (i = 0; i < count; i++) {
		start = worker_now();
		if (!w->run(w->arg, i))
			return false;
		times[i] = (float)(worker_now() - start);
	}
	if (w->finish != NULL)
		w->finish(w->arg);
	return true;
}

int worker_serve(const struct worker *w)
{
	static float times[WORKER_COUNT_MAX];
	uint32_t count;
	char go = 0;

	while (worker_read(STDIN_FILENO, &count, sizeof count)) {
		if (count > WORKER_COUNT_MAX || (w->prepare != NULL && !w->prepare(w->arg, count)))
			return 1;
		if (!worker_write(STDOUT_FILENO, &go, 1) || !worker_read(STDIN_FILENO, &go, 1))
			return 1;
		if (!run_all(w, count, times) || !worker_write(STDOUT_FILENO, times, count * sizeof times[0]))
			return 1;
	}
	return 0;
}
