/* SPDX-License-Identifier: ISC */
#include "store/journal.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/folder.h"

#define MAGIC "AZjourn1"
#define MAGIC_SIZE 8
#define SUM_SIZE 32
#define CHANGE_HEAD 4

/* All before the changes.  Never leaves this machine's boot, so it is in this machine's own order of bytes. */
struct journal_head {
	char magic[MAGIC_SIZE];
	unsigned char boot_id[BOOT_ID_SIZE];
	uint64_t from, to;
	struct identity spare, current;
	uint64_t length; /* of the changes */
};

struct identity identity_from(const struct stat *st)
{
	return (struct identity){.device = (uint64_t)st->st_dev, .inode = (uint64_t)st->st_ino, .size = (uint64_t)st->st_size,
	                         .changed = (uint64_t)st->st_ctim.tv_sec * 1000000000u + (uint64_t)st->st_ctim.tv_nsec};
}

bool identity_of(int fd, struct identity *id)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	*id = identity_from(&st);
	return true;
}

bool identity_same(const struct identity *a, const struct identity *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* Keyed, so that the journal of another store does not count. */
static void journal_sum(const struct header *h, const unsigned char *bytes, size_t length, unsigned char sum[SUM_SIZE])
{
	crypto_generichash(sum, SUM_SIZE, bytes, length, h->seal_key, SEAL_KEY_SIZE);
}

static bool read_all(int fd, unsigned char *to, size_t length)
{
	ssize_t got;

	while (length > 0) {
		got = read(fd, to, length);
		if (got <= 0)
			return false;
		to += got;
		length -= (size_t)got;
	}
	return true;
}

static bool write_all(int fd, const unsigned char *from, size_t length)
{
	ssize_t put;

	while (length > 0) {
		put = write(fd, from, length);
		if (put <= 0)
			return false;
		from += put;
		length -= (size_t)put;
	}
	return true;
}

/* Is what stands in j->bytes, of j->length bytes, a journal?  If so, leave its changes there. */
static bool journal_whole(const struct store *s, const struct header *h, struct journal *j)
{
	const size_t covered = j->length - SUM_SIZE;
	unsigned char sum[SUM_SIZE];
	struct journal_head head;

	memcpy(&head, j->bytes, sizeof head);
	if (memcmp(head.magic, MAGIC, MAGIC_SIZE) != 0 || memcmp(head.boot_id, s->boot_id, BOOT_ID_SIZE) != 0)
		return false;
	if (head.length != covered - sizeof head)
		return false;
	journal_sum(h, j->bytes, covered, sum);
	if (sodium_memcmp(sum, j->bytes + covered, SUM_SIZE) != 0)
		return false;
	j->from = head.from;
	j->to = head.to;
	j->spare = head.spare;
	j->current = head.current;
	j->length = covered;
	j->at = sizeof head;
	return true;
}

void journal_read(struct store *s, const struct header *h, struct journal *j)
{
	struct stat st;
	int fd;

	*j = (struct journal){0};
	if (folder_file(s, "journal", O_RDONLY, &fd, &st) != AUTHZ_OK)
		return;
	if (st.st_size >= (off_t)(sizeof(struct journal_head) + SUM_SIZE) && st.st_size <= JOURNAL_MAX) {
		j->length = (size_t)st.st_size;
		j->bytes = malloc(j->length);
		j->valid = j->bytes != NULL && read_all(fd, j->bytes, j->length) && journal_whole(s, h, j);
	}
	close(fd);
}

bool journal_next(struct journal *j, struct change *c)
{
	const unsigned char *at = j->bytes + j->at;
	uint16_t length;

	if (j->length - j->at < CHANGE_HEAD)
		return false;
	memcpy(&length, at + 2, sizeof length);
	*c = (struct change){.kind = at[0], .key_length = at[1], .length = length, .key = at + CHANGE_HEAD};
	if (j->length - j->at - CHANGE_HEAD < c->key_length + c->length)
		return false;
	if (c->kind != CHANGE_DELETE)
		c->record = c->key + c->key_length;
	j->at += CHANGE_HEAD + c->key_length + c->length;
	return true;
}

void journal_clear(struct journal *j)
{
	if (j->bytes != NULL)
		sodium_memzero(j->bytes, j->length);
	free(j->bytes);
	*j = (struct journal){0};
}

static size_t changes_length(const struct overlay *changes)
{
	const struct overlay_entry *e;
	size_t length = 0;

	for (e = changes->first; e != NULL; e = e->next)
		if (e->change.kind != CHANGE_NOTHING)
			length += CHANGE_HEAD + e->change.key_length + e->change.length;
	return length;
}

static void pack_changes(unsigned char *to, const struct overlay *changes)
{
	const struct overlay_entry *e;
	uint16_t length;

	for (e = changes->first; e != NULL; e = e->next) {
		if (e->change.kind == CHANGE_NOTHING)
			continue;
		length = (uint16_t)e->change.length;
		to[0] = (unsigned char)e->change.kind;
		to[1] = (unsigned char)e->change.key_length;
		memcpy(to + 2, &length, sizeof length);
		memcpy(to + CHANGE_HEAD, e->key, e->change.key_length);
		to += CHANGE_HEAD + e->change.key_length;
		if (length > 0)
			memcpy(to, e->change.record, length);
		to += length;
	}
}

static unsigned char *journal_pack(const struct store *s, const struct header *h, const struct journal *j,
                                   const struct overlay *changes, size_t length)
{
	struct journal_head head = {.from = j->from, .to = j->to, .spare = j->spare, .current = j->current, .length = length};
	unsigned char *bytes = malloc(sizeof head + length + SUM_SIZE);

	if (bytes == NULL)
		return NULL;
	memcpy(head.magic, MAGIC, MAGIC_SIZE);
	memcpy(head.boot_id, s->boot_id, BOOT_ID_SIZE);
	memcpy(bytes, &head, sizeof head);
	pack_changes(bytes + sizeof head, changes);
	journal_sum(h, bytes, sizeof head + length, bytes + sizeof head + length);
	return bytes;
}

void journal_write(struct store *s, const struct header *h, const struct journal *j, const struct overlay *changes, size_t most)
{
	const size_t length = changes_length(changes), all = sizeof(struct journal_head) + length + SUM_SIZE;
	unsigned char *bytes;
	bool written;
	int fd;

	if (all > JOURNAL_MAX || all > most)
		return;
	bytes = journal_pack(s, h, j, changes, length);
	if (bytes == NULL)
		return;
	if (folder_file(s, "journal", O_WRONLY | O_CREAT | O_EXCL, &fd, NULL) == AUTHZ_OK) {
		written = write_all(fd, bytes, all);
		close(fd);
		if (!written)
			unlinkat(s->folder_fd, "journal", 0);
	}
	sodium_memzero(bytes, all);
	free(bytes);
}
