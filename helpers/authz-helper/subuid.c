/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a line that is none counts for nothing and spoils no other, and what is read is bounded.
 * MUST 2: files that are missing, or may not be read, are no ranges, and nothing fails; where a file could not be read
 *         this time, the ranges that are known stay, and it is tried again.
 * MUST 3: root's ranges make no one user of many: they are those of containers.
 */
#include "subuid.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/deadline.h"

#define FILE_MAX (16 << 20) /* bytes of a file that are looked at */
#define UID_LAST (UINT32_MAX - 1) /* the one above means none */

bool subuid_init(struct subuids *s, const char *ranges, const char *users)
{
	*s = (struct subuids){.path = {ranges, users}, .next = INT64_MIN};
	return pthread_mutex_init(&s->lock, NULL) == 0;
}

void subuid_free(struct subuids *s)
{
	free(s->range);
	pthread_mutex_destroy(&s->lock);
}

/* ---- files */

static bool read_whole(int fd, char *to, size_t length)
{
	ssize_t got;

	for (; length > 0; to += got, length -= (size_t)got) {
		got = read(fd, to, length);
		if (got <= 0)
			return false;
	}
	return true;
}

/* So many bytes of whole lines, and the NUL that is to be behind them. */
static void make_text(char *bytes, size_t length, bool cut)
{
	char *at;

	for (at = bytes; at < bytes + length; at++)
		if (*at == '\0')
			*at = '?';
	at = cut ? strrchr(bytes, '\n') : NULL;
	if (at != NULL)
		*at = '\0';
}

static bool read_text(int fd, char **text)
{
	struct stat st;
	size_t length;

	if (fstat(fd, &st) != 0)
		return false;
	if (!S_ISREG(st.st_mode))
		return true;
	length = st.st_size < FILE_MAX ? (size_t)st.st_size : FILE_MAX;
	*text = calloc(1, length + 1);
	if (*text == NULL || !read_whole(fd, *text, length))
		return false;
	make_text(*text, length, st.st_size > FILE_MAX);
	return true;
}

/* To be freed; NULL: there is none.  false: it is not known what is in it. */
static bool read_file(const char *path, char **text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool known;

	*text = NULL;
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EACCES || errno == ENXIO;
	known = read_text(fd, text);
	close(fd);
	return known;
}

/* The fields of the next line that has as many; false: there is none. */
static bool next_fields(char **text, char *field[], int count)
{
	char *line;
	int i;

	while ((line = strsep(text, "\n")) != NULL) {
		for (i = 0; i < count && line != NULL; i++)
			field[i] = strsep(&line, ":");
		if (i == count)
			return true;
	}
	return false;
}

/* In the bases that newuidmap(1) knows. */
static bool number(const char *text, int base, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, base);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

static uint64_t hash(const char *name)
{
	static const unsigned char key[crypto_shorthash_KEYBYTES] = "authz: a subuid";
	uint64_t sum;

	_Static_assert(sizeof sum == crypto_shorthash_BYTES, "a hash is a number");
	crypto_shorthash((unsigned char *)&sum, (const unsigned char *)name, strlen(name), key);
	return sum;
}

/* ---- ranges */

static bool take_range(struct subuid_range *r, char *const field[3])
{
	uint64_t owner, first, count;

	if (field[0][0] == '\0' || !number(field[1], 0, &first) || !number(field[2], 0, &count) || first > UID_LAST ||
	    count == 0)
		return false;
	*r = (struct subuid_range){.name = hash(field[0]), .first = (uid_t)first};
	r->last = count - 1 < UID_LAST - first ? (uid_t)(first + count - 1) : UID_LAST;
	r->known = number(field[0], 10, &owner) && owner <= UID_LAST;
	r->owner = r->known ? (uid_t)owner : 0;
	return true;
}

static size_t take_ranges(struct subuid_range *range, char *text)
{
	char *field[3];
	size_t count = 0;

	while (count < SUBUID_RANGES_MAX && next_fields(&text, field, 3))
		count += take_range(&range[count], field);
	return count;
}

static int by_name(const void *one, const void *other)
{
	const struct subuid_range *a = one, *b = other;

	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

static struct subuid_range *find_name(struct subuid_range *range, size_t count, uint64_t name)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (range[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	return &range[low];
}

static void own(struct subuid_range *range, size_t count, uint64_t name, uid_t owner)
{
	struct subuid_range *r;

	for (r = find_name(range, count, name); r < range + count && r->name == name && !r->known; r++) {
		r->owner = owner;
		r->known = true;
	}
}

/* Who is not in the file of users, but in a directory: all ranges of that name are one user, beside the owner. */
static void own_rest(struct subuid_range *range, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		own(range, count, range[i].name, range[i].first);
}

static void find_owners(struct subuid_range *range, size_t count, char *users)
{
	char *field[3];
	uint64_t uid;

	qsort(range, count, sizeof *range, by_name);
	while (next_fields(&users, field, 3))
		if (number(field[2], 10, &uid) && uid <= UID_LAST)
			own(range, count, hash(field[0]), (uid_t)uid);
	own_rest(range, count);
}

/* MUST 3 */
static size_t without_root(struct subuid_range *range, size_t count)
{
	size_t i, left = 0;

	for (i = 0; i < count; i++)
		if (range[i].owner != 0)
			range[left++] = range[i];
	return left;
}

static bool fill(struct subuid_range *range, const struct subuids *s, size_t *count)
{
	char *ranges, *users;
	bool known = read_file(s->path[SUBUID_RANGES], &ranges);

	known = read_file(s->path[SUBUID_OWNERS], &users) && known;
	if (known) {
		*count = ranges != NULL ? take_ranges(range, ranges) : 0;
		find_owners(range, *count, users);
		*count = without_root(range, *count);
	}
	free(ranges);
	free(users);
	return known;
}

/* MUST 2 */
static bool replace(struct subuids *s)
{
	/* what is not used of it is never touched, and so takes no memory */
	struct subuid_range *range = calloc(SUBUID_RANGES_MAX, sizeof *range), *old = range;
	size_t count = 0;
	const bool known = range != NULL && fill(range, s, &count);

	if (known) {
		pthread_mutex_lock(&s->lock);
		old = s->range;
		s->range = range;
		s->count = count;
		pthread_mutex_unlock(&s->lock);
	}
	free(old);
	return known;
}

/* ---- calls */

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       same_time(&a->st_mtim, &b->st_mtim) && same_time(&a->st_ctim, &b->st_ctim);
}

/* Also where it changed so short a time ago that it may have changed again since, and show the same time. */
static bool has_changed(struct subuids *s, int which)
{
	struct stat was = s->seen[which], *is = &s->seen[which];

	if (stat(s->path[which], is) != 0)
		*is = (struct stat){0};
	return !same(&was, is) || is->st_ctim.tv_sec + 1 >= time(NULL);
}

static bool begin_look(struct subuids *s)
{
	bool begun;

	pthread_mutex_lock(&s->lock);
	begun = !s->looking && s->next <= deadline_in(0);
	if (begun)
		s->looking = true;
	pthread_mutex_unlock(&s->lock);
	return begun;
}

void subuid_look(struct subuids *s)
{
	bool ranges, users;

	if (!begin_look(s))
		return;
	ranges = has_changed(s, SUBUID_RANGES);
	users = has_changed(s, SUBUID_OWNERS);
	if ((ranges || users) && !replace(s))
		memset(s->seen, 0, sizeof s->seen);
	pthread_mutex_lock(&s->lock);
	s->looking = false;
	s->next = deadline_in(SUBUID_LOOK_MS);
	pthread_mutex_unlock(&s->lock);
}

uid_t subuid_owner(struct subuids *s, uid_t uid)
{
	uid_t owner = uid;
	size_t i;

	pthread_mutex_lock(&s->lock);
	for (i = 0; i < s->count && owner == uid; i++)
		if (uid >= s->range[i].first && uid <= s->range[i].last)
			owner = s->range[i].owner;
	pthread_mutex_unlock(&s->lock);
	return owner;
}
