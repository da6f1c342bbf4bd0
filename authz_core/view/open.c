/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "view/view.h"

/*
 * Which uid the helper has is not asked here: that would be a question to NSS from inside NSS.  The folder was made by root
 * (its parent is root's) and given to the helper's user.  In a user namespace, where both are nobody, this holds too.
 */
static bool fits(const struct stat *folder, const struct stat *file)
{
	return S_ISREG(file->st_mode) && (file->st_mode & 022) == 0 && (folder->st_mode & 022) == 0 &&
	       (file->st_uid == folder->st_uid || file->st_uid == 0);
}

static enum view_answer map(struct view *v, int fd, const struct stat *st)
{
	void *bytes;

	/* a mapping of nothing is an error of another kind */
	if (st->st_size <= 0)
		return VIEW_DAMAGED;
	/* where addresses have 32 bits */
	if ((off_t)(size_t)st->st_size != st->st_size) {
		errno = EFBIG;
		return VIEW_FAILED;
	}
	bytes = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return VIEW_FAILED;
	*v = (struct view){bytes, (uint64_t)st->st_size};
	if (view_is_whole(v))
		return VIEW_FOUND;
	view_close(v);
	return VIEW_DAMAGED;
}

static enum view_answer open_error(void)
{
	switch (errno) {
	case ENOENT:
		return VIEW_ABSENT;
	case ELOOP:   /* a link */
	case ENOTDIR: /* a folder that is a file, or a link */
	case ENXIO:   /* a socket */
		return VIEW_DAMAGED;
	default:
		return VIEW_FAILED;
	}
}

enum view_answer view_open_file(struct view *v, const char *folder, const char *name, struct stat *st)
{
	const int at = open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat folder_st;
	enum view_answer answer;
	int fd;

	if (at < 0)
		return open_error();
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		answer = open_error();
	else if (fstat(at, &folder_st) != 0 || fstat(fd, st) != 0)
		answer = VIEW_FAILED;
	else
		answer = fits(&folder_st, st) ? map(v, fd, st) : VIEW_DAMAGED;
	if (fd >= 0)
		close(fd);
	close(at);
	return answer;
}

enum view_answer view_open(struct view *v, const char *folder, struct stat *st)
{
	return view_open_file(v, folder, VIEW_NAME, st);
}

void view_close(struct view *v)
{
	/* a mapping is given back whole, by who got it */
	munmap((void *)(uintptr_t)v->bytes, (size_t)v->size);
	*v = (struct view){0};
}
