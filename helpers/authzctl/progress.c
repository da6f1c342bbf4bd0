/* SPDX-License-Identifier: ISC */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 40
#define EVERY_MS 100

static int64_t now_ms(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *p, const char *what, bool quiet)
{
	*p = (struct progress){.what = what, .on = !quiet && isatty(STDERR_FILENO) == 1};
	p->next = now_ms() + EVERY_MS; /* what is done sooner needs no bar */
}

static void draw(struct progress *p)
{
	char bar[WIDTH + 1] = "";
	const unsigned share = p->done < p->total ? (unsigned)(100.0 * (double)p->done / (double)p->total) : 100;

	memset(bar, ' ', WIDTH);
	memset(bar, '#', share * WIDTH / 100);
	if (p->total > 0)
		fprintf(stderr, "\r%s [%s] %3u %%", p->what, bar, share);
	else
		fprintf(stderr, "\r%s %" PRIu64, p->what, p->done);
	fflush(stderr);
	p->drawn = true;
}

void progress_at(struct progress *p, uint64_t done, uint64_t total)
{
	int64_t now;

	p->done = done;
	p->total = total;
	if (!p->on || (now = now_ms()) < p->next)
		return;
	p->next = now + EVERY_MS;
	draw(p);
}

void progress_end(struct progress *p)
{
	if (p->drawn)
		fprintf(stderr, "\r\033[K");
	p->drawn = false;
}
