/* SPDX-License-Identifier: ISC */
#include "mapping.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/stat.h>

#include "nss_cabinet.h"

#define HOLDERS 64 /* number 0 is none.  As many views are in use at once only where threads dwell, or were lost by forks */
#define NUMBER_SHIFT 56
#define COUNT_MASK ((UINT64_C(1) << NUMBER_SHIFT) - 1)

struct holder {
	/* how many took it, less how many are done: negative until those who took it are added, when it is no longer current */
	_Alignas(64) _Atomic int64_t count;
	atomic_bool taken;
	struct view view;
	dev_t device;
	ino_t inode;
};

static struct holder holders[HOLDERS];
static _Atomic uint64_t current; /* number << NUMBER_SHIFT | how often it was taken */

static __attribute__((noinline, cold)) void release(struct holder *h)
{
	view_close(&h->view);
	atomic_store(&h->taken, false);
}

/* MUST 3 */
static void count_off(struct holder *h, int64_t change)
{
	if (atomic_fetch_add(&h->count, change) + change == 0)
		release(h);
}

/* Whoever took the one that "word" says is still to count himself out; "word" itself is current no more. */
static void retire(uint64_t word)
{
	if (word >> NUMBER_SHIFT != 0)
		count_off(&holders[word >> NUMBER_SHIFT], (int64_t)(word & COUNT_MASK));
}

static unsigned claim(void)
{
	unsigned i;
	bool no;

	for (i = 1; i < HOLDERS; i++) {
		no = false;
		if (atomic_compare_exchange_strong(&holders[i].taken, &no, true))
			return i;
	}
	return 0;
}

/*
 * Make what *m has mapped the current mapping, in place of "old", which the caller still uses: so it is not another one of
 * the same number.  If somebody else was first, or no holder is free, *m keeps it for this call alone.
 */
static void install(struct mapping *m, const struct stat *st, const struct holder *old)
{
	const uint64_t old_number = old == NULL ? 0 : (uint64_t)(old - holders);
	const uint64_t number = claim();
	struct holder *h = &holders[number];
	uint64_t word = atomic_load(&current);

	if (number == 0)
		return;
	h->view = m->view;
	h->device = st->st_dev;
	h->inode = st->st_ino;
	atomic_store(&h->count, 0);
	while (word >> NUMBER_SHIFT == old_number)
		/* taken once: by the caller */
		if (atomic_compare_exchange_weak(&current, &word, number << NUMBER_SHIFT | 1)) {
			m->holder = h;
			retire(word);
			return;
		}
	atomic_store(&h->taken, false);
}

/* Is it the one that the path names?  To ask needs no descriptor.  (MUST 4)  An inode that is mapped is no other file's. */
static bool is_current(const struct holder *h)
{
	struct stat st;

	return lstat(CABINET_FOLDER "/" VIEW_NAME, &st) == 0 && st.st_dev == h->device && st.st_ino == h->inode;
}

/* There is no mapping yet, or it is marked. */
static enum view_answer ask_path(struct mapping *m)
{
	struct holder *old = m->holder;
	enum view_answer answer;
	struct view fresh;
	struct stat st;

	if (old != NULL && is_current(old))
		return VIEW_FOUND;
	answer = view_open(&fresh, CABINET_FOLDER, &st);
	*m = (struct mapping){0};
	if (answer == VIEW_FOUND) {
		m->view = fresh;
		install(m, &st, old);
	}
	if (old != NULL)
		count_off(old, -1);
	return answer;
}

/* Not inlined, as it is seldom needed: what it keeps in registers would cost each look-up. */
static __attribute__((noinline, cold)) enum view_answer get_by_path(struct mapping *m)
{
	const int saved = errno;
	enum view_answer answer;
	int cancel;

	/* a thread that is cancelled in open would leave a descriptor */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	answer = ask_path(m);
	pthread_setcancelstate(cancel, &cancel);
	m->code = errno;
	errno = saved;
	return answer;
}

enum view_answer mapping_get(struct mapping *m)
{
	const uint64_t number = atomic_fetch_add(&current, 1) >> NUMBER_SHIFT;

	if (number == 0) {
		*m = (struct mapping){0};
		return get_by_path(m);
	}
	m->view = holders[number].view;
	m->holder = &holders[number];
	return view_is_marked(&m->view) ? get_by_path(m) : VIEW_FOUND;
}

void mapping_put(struct mapping *m)
{
	if (m->holder != NULL)
		count_off(m->holder, -1);
	else
		view_close(&m->view);
}

/* With dlclose.  Also when the process exits, while other threads may still ask: they keep what they have. */
__attribute__((destructor)) static void let_go(void)
{
	retire(atomic_exchange(&current, 0));
}
