/* SPDX-License-Identifier: ISC */
/*
 * A file that is there whole, or not at all: written without a name, which it gets at the end, so that nothing stays of it when
 * the process ends before; or, where the file system has no such files, under another name beside it, and renamed.
 */
#ifndef AUTHZCTL_BACKUP_FILE_H
#define AUTHZCTL_BACKUP_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct backup_file {
	const char *path;
	char *folder;
	char *temporary; /* NULL: it has no name */
	int fd;
};

/* Mode 0600: what is in it is nobody else's.  false: errno says why. */
bool backup_file_open(struct backup_file *f, const char *path);
bool backup_file_write(struct backup_file *f, const void *bytes, size_t length);
/* On the disk, and under its name.  false: errno says why, and nothing is left but what was there before. */
bool backup_file_finish(struct backup_file *f);
/* Of one that was opened.  Leaves nothing but what backup_file_finish finished. */
void backup_file_drop(struct backup_file *f);

#endif
