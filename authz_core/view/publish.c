/* SPDX-License-Identifier: ISC */
#include "view/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "view/format.h"
#include "view/image.h"
#include "view/view.h"

#define PART_NAME VIEW_NAME ".part" /* a new view that is not whole yet */

static enum authz_result error_result(int error)
{
	return error == ENOSPC || error == EFBIG || error == EDQUOT ? AUTHZ_STORE_NO_ROOM : AUTHZ_STORE_IO;
}

/* ---- what may be in a view */

static bool user_fits(const char *name)
{
	const size_t length = strlen(name);

	return length > 0 && length <= VIEW_MEMBER_NAME_MAX && view_names_fit(name, length);
}

static enum authz_result wrong(struct view_content *c, const char *name)
{
	c->wrong = name;
	return AUTHZ_BAD_PARAMETER;
}

static enum authz_result names_fit(struct view_content *c, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!user_fits(names[i]))
			return wrong(c, names[i]);
	return AUTHZ_OK;
}

static enum authz_result cabinet_fits(struct view_content *c, const struct view_cabinet *cabinet)
{
	enum authz_result result = names_fit(c, cabinet->members, cabinet->member_count);

	if (!view_name_fits(cabinet->name) || !view_gid_fits(cabinet->gid))
		return wrong(c, cabinet->name);
	return result == AUTHZ_OK ? names_fit(c, cabinet->administrators, cabinet->administrator_count) : result;
}

static enum authz_result membership_fits(struct view_content *c, const struct view_membership *m)
{
	size_t i;

	if (!user_fits(m->user) || m->gid_count > UINT32_MAX)
		return wrong(c, m->user);
	for (i = 0; i < m->gid_count; i++)
		if (!view_gid_fits(m->gids[i]))
			return wrong(c, m->user);
	return AUTHZ_OK;
}

/* MUST 4 */
static enum authz_result content_fits(struct view_content *c)
{
	enum authz_result result = AUTHZ_OK;
	size_t i;

	c->wrong = NULL;
	for (i = 0; i < c->cabinet_count && result == AUTHZ_OK; i++)
		result = cabinet_fits(c, &c->cabinets[i]);
	for (i = 0; i < c->membership_count && result == AUTHZ_OK; i++)
		result = membership_fits(c, &c->memberships[i]);
	return result;
}

/* ---- the steps */

static enum authz_result write_all(int fd, const unsigned char *bytes, uint64_t size)
{
	ssize_t put;

	for (; size > 0; bytes += put, size -= (uint64_t)put) {
		put = write(fd, bytes, size);
		if (put < 0)
			return error_result(errno);
	}
	/* the umask is not asked: everybody reads it */
	return fchmod(fd, 0644) == 0 && fsync(fd) == 0 ? AUTHZ_OK : error_result(errno);
}

/* What has the new file's name keeps it until the next one is whole: it may be the note that the view is to be made anew. */
static enum authz_result write_file(int folder, const struct view_image *image)
{
	enum authz_result result;
	int fd;

	if (unlinkat(folder, PART_NAME, 0) != 0 && errno != ENOENT)
		return AUTHZ_STORE_IO;
	fd = openat(folder, PART_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_result(errno);
	result = write_all(fd, image->bytes, image->size);
	if (close(fd) != 0 && result == AUTHZ_OK)
		result = error_result(errno);
	if (result == AUTHZ_OK && renameat(folder, PART_NAME, folder, VIEW_NEW_NAME) != 0)
		result = error_result(errno);
	if (result != AUTHZ_OK) {
		unlinkat(folder, PART_NAME, 0);
		return result;
	}
	/* its name too: after a power cut behind the commit it is all that says that there is something to finish */
	if (fsync(folder) == 0)
		return AUTHZ_OK;
	result = error_result(errno);
	unlinkat(folder, VIEW_NEW_NAME, 0);
	return result;
}

enum authz_result publish_write(int folder, struct view_content *c)
{
	struct view_image image;
	enum authz_result result = content_fits(c);

	if (result == AUTHZ_OK)
		result = view_image_make(&image, c);
	if (result != AUTHZ_OK)
		return result;
	result = write_file(folder, &image);
	free(image.bytes);
	return result;
}

static bool tell(int folder)
{
	const int flags = O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	const int fd = openat(folder, VIEW_CHANGED_NAME, flags, 0600);

	return fd >= 0 && close(fd) == 0;
}

static enum authz_result mark_published(int folder)
{
	static const uint8_t mark = 1;
	const off_t at = offsetof(struct view_header, mark);
	const int fd = openat(folder, VIEW_NAME, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	enum authz_result result = AUTHZ_OK;
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? AUTHZ_OK :
		       errno == ELOOP || errno == ENXIO || errno == EISDIR ? AUTHZ_BAD_INSTALL : AUTHZ_STORE_IO;
	if (fstat(fd, &st) != 0)
		result = AUTHZ_STORE_IO;
	else if (!S_ISREG(st.st_mode))
		result = AUTHZ_BAD_INSTALL;
	/* of a file that is too short nobody keeps a mapping */
	else if (st.st_size >= (off_t)sizeof(struct view_header) && pwrite(fd, &mark, sizeof mark, at) != sizeof mark)
		result = AUTHZ_STORE_IO;
	close(fd);
	return result;
}

enum authz_result publish_mark(int folder)
{
	/* while the change can still be refused: where there is no room for the word there will be none behind the commit */
	return tell(folder) ? mark_published(folder) : error_result(errno);
}

enum authz_result publish_rename(int folder)
{
	/* MUST 5, also where this process is killed, or there is no room, behind the rename */
	if (!tell(folder) || renameat(folder, VIEW_NEW_NAME, folder, VIEW_NAME) != 0)
		return error_result(errno);
	/* who was quick has taken it away before the rename; else it is there, and this needs no room */
	tell(folder);
	return fsync(folder) == 0 ? AUTHZ_OK : error_result(errno);
}

enum authz_result publish_drop(int folder)
{
	return unlinkat(folder, VIEW_NEW_NAME, 0) == 0 || errno == ENOENT ? AUTHZ_OK : AUTHZ_STORE_IO;
}
