/* SPDX-License-Identifier: ISC */
/*
 * The folder of a store and the files in it.
 *
 * MUST 1: every file is opened through the folder's descriptor without following a link, and used only if it is a regular
 *         file of the store's owner with mode 0600; what does not fit is AUTHZ_BAD_INSTALL, and opening it never waits.
 */
#ifndef AUTHZ_STORE_FOLDER_H
#define AUTHZ_STORE_FOLDER_H

#include <sys/stat.h>

#include "store/internal.h"

enum authz_result folder_open(struct store *s);
/* Would folder_open come to the same folder? */
bool folder_still_there(const struct store *s);
/*
 * Open a file of the folder; "flags" are O_RDONLY or O_RDWR, O_CREAT, O_EXCL.  AUTHZ_STORE_MISSING: no such file; the
 * caller says what that means.  *fd is -1 unless AUTHZ_OK; *st, which may be NULL, is how the file was then.
 */
enum authz_result folder_file(struct store *s, const char *name, int flags, int *fd, struct stat *st);
/*
 * Is the file that was opened with folder_file, and was so then, still the one of this name?  *now, unless NULL, is how it is
 * (it may be the same as opened).
 */
bool folder_same(const struct store *s, const char *name, const struct stat *opened, struct stat *now);
/* AUTHZ_OK also if there was none. */
enum authz_result folder_remove(struct store *s, const char *name);

/* The twin that "current" names: 'a' or 'b'; 0 if there is no "current". */
enum authz_result folder_current(struct store *s, char *name);
/* As folder_current, of one who asked that when the store was opened, and asks what it names now. */
enum authz_result folder_current_now(struct store *s, char *name);
/* Make "current" name this twin: the commit point. */
enum authz_result folder_switch(struct store *s, char name);

#endif
