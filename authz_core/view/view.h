/* SPDX-License-Identifier: ISC */
/*
 * Reading the cabinet view (doc/VIEW): answers from a mapped file, by name, by gid, by user, one after the other.
 *
 * MUST 1: no byte outside the file's size is read, whatever the file says.
 * MUST 2: no group is answered whose name is not of the build's prefix and of letters, digits, '.', '_' and '-', or whose
 *         gid is outside the build's range, whatever the file says (nor does the module give a user such a gid).
 * MUST 3: a file with one byte changed, or cut anywhere, gives the right answer or VIEW_DAMAGED: no other group, no other
 *         member, none missing.
 * MUST 4: a search ends, whatever the file says.
 * MUST 5: 1 and 2 hold for a file that is written to meanwhile, too: what was looked at is what is used.
 *
 * No locks, no memory of its own, libc only; any number of threads.  What is answered points into the file and lives as long
 * as the view is open.  It is whole (MUST 3), and no more: who hands it on has its text copied and looked at on the way
 * (view_copy), and its names found in the copy (view_point), both in copy.c.
 */
#ifndef AUTHZ_VIEW_H
#define AUTHZ_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define VIEW_NAME "group"        /* of the file in its folder */
#define VIEW_NEW_NAME VIEW_NAME ".new" /* until it is published */
#define VIEW_GROUP_NAME_MAX 32   /* what groupadd takes, prefix and all */
#define VIEW_MEMBER_NAME_MAX 255

/*
 * A number of a mapped file, read once: whoever may write the file may do so between two reads, and the compiler may make two
 * of one.
 */
#define VIEW_ONCE(number) (*(const volatile __typeof__(number) *)&(number))

struct view {
	const void *bytes;
	uint64_t size;
};

enum view_answer {
	VIEW_FOUND,
	VIEW_ABSENT,  /* no such group, user or file */
	VIEW_DAMAGED, /* or of another owner, mode or kind than a view has */
	VIEW_FAILED,  /* errno says why */
};

struct view_group {
	const char *name;
	uint32_t gid;
	uint32_t members;
	uint32_t administrators;
	const uint32_t *starts; /* where in text each begins, members first: for view_point, which looks where they lead */
	const char *text;       /* the name, the members and the administrators, each with its NUL */
	uint64_t members_end;   /* of the part of the text without administrators */
	uint64_t text_length;
};

struct view_user {
	const uint32_t *gids; /* not all need be of the range: ask view_gid_fits */
	uint32_t count;
};

/* Can there be a group whose name begins so, is this, of this gid?  No file is needed to say no. */
bool view_prefix_fits(const char *name);
bool view_name_fits(const char *name);
bool view_gid_fits(uint32_t gid);

/* No NUL ends it here.  Lists of members are read by programs that split them at commas, colons, blanks and lines. */
bool view_names_fit(const char *text, uint64_t length);
/*
 * Copy a group's text, or its members' part, reading each byte once.  Are there such names alone in the copy, the group's
 * first, and a NUL at its end?
 */
bool view_copy(char *copy, const char *text, uint64_t length);
/* Point at names in such a copy.  False: one would begin outside it; then names[] may be anything. */
bool view_point(char **names, const uint32_t *starts, uint32_t count, char *copy, uint64_t length);

/* Is this a view?  Looks at no more than its header. */
bool view_is_whole(const struct view *v);
uint64_t view_sequence(const struct view *v);
/* "Ask the path": a later view is there, or will be at once. */
bool view_is_marked(const struct view *v);

/* VIEW_ABSENT for a name or gid that does not fit. */
enum view_answer view_by_name(const struct view *v, const char *name, struct view_group *out);
enum view_answer view_by_gid(const struct view *v, uint32_t gid, struct view_group *out);
/* The first group whose gid is at least this.  *hint, 0 at first, is kept between calls: it makes a sweep quick. */
enum view_answer view_from_gid(const struct view *v, uint32_t gid, uint32_t *hint, struct view_group *out);
enum view_answer view_by_user(const struct view *v, const char *name, struct view_user *out);

/*
 * Map the view of a folder: a regular file that is not a link, not writable by group or others, owned by root or by who
 * owns the folder, which must not be writable by others either.  *st is how it was.  No descriptor stays open.  Never waits.
 * VIEW_ABSENT: there is no such file or folder.  errno, unless VIEW_FAILED tells by it why, may be anything afterwards.
 */
enum view_answer view_open(struct view *v, const char *folder, struct stat *st);
/* The same of a file of another name. */
enum view_answer view_open_file(struct view *v, const char *folder, const char *name, struct stat *st);
void view_close(struct view *v);

#endif
