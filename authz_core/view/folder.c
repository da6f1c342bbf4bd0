/* SPDX-License-Identifier: ISC */
#include "view/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static enum view_answer open_view(void *context, enum view_which which, struct view *v)
{
	const struct view_folder *f = context;
	struct stat st;

	return view_open_file(v, f->path, which == VIEW_PENDING ? VIEW_NEW_NAME : VIEW_NAME, &st);
}

static bool is_pending(void *context)
{
	const struct view_folder *f = context;

	return faccessat(AT_FDCWD, f->pending, F_OK, 0) == 0;
}

/* In a folder that is not this user's alone no reader would take the view. */
static enum authz_result open_folder(const struct view_folder *f, int *fd)
{
	struct stat st;

	*fd = open(f->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0)
		return errno == ENOENT ? AUTHZ_VIEW_DAMAGED :
		       errno == ELOOP || errno == ENOTDIR ? AUTHZ_BAD_INSTALL : AUTHZ_STORE_IO;
	if (fstat(*fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return AUTHZ_OK;
	close(*fd);
	return AUTHZ_BAD_INSTALL;
}

static enum authz_result in_folder(void *context, enum authz_result (*step)(int folder))
{
	int fd;
	enum authz_result result = open_folder(context, &fd);

	if (result != AUTHZ_OK)
		return result;
	result = step(fd);
	close(fd);
	return result;
}

static enum authz_result write_view(void *context, struct view_content *c)
{
	int fd;
	enum authz_result result = open_folder(context, &fd);

	c->wrong = NULL;
	if (result != AUTHZ_OK)
		return result;
	result = publish_write(fd, c);
	close(fd);
	return result;
}

static enum authz_result mark(void *context)
{
	return in_folder(context, publish_mark);
}

static enum authz_result rename_new(void *context)
{
	return in_folder(context, publish_rename);
}

static enum authz_result drop(void *context)
{
	return in_folder(context, publish_drop);
}

void view_folder_init(struct view_folder *f, const char *path)
{
	snprintf(f->path, sizeof f->path, "%s", path);
	snprintf(f->pending, sizeof f->pending, "%s/%s", f->path, VIEW_NEW_NAME);
	f->publisher = (struct view_publisher){.context = f, .path = f->path, .open = open_view, .is_pending = is_pending,
	                                       .write = write_view, .mark = mark, .rename = rename_new, .drop = drop};
}
