/* SPDX-License-Identifier: ISC */
/*
 * publish_view [-f] FOLDER: publish the cabinet view that standard input describes, by the steps of doc/VIEW.
 *
 *     group NAME GID all|administrators|none MEMBERS ADMINISTRATORS    names with commas between them, or "-"
 *     user NAME GIDS                                                   gids beside those of groups that have him
 *
 * With -f it is forged: names and gids are taken as they come, and the sums are right.  So it would be written by
 * somebody who has taken over the helper's user.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/image.h"
#include "view/publish.h"
#include "view/view.h"

#define MOST 64 /* of everything */

struct description {
	struct view_content content;
	struct view_cabinet cabinets[MOST];
	struct view_membership memberships[MOST];
	const char *members[MOST][MOST], *administrators[MOST][MOST];
	gid_t gids[MOST][MOST];
};

static void die(const char *what)
{
	fprintf(stderr, "publish_view: %s\n", what);
	exit(1);
}

static char *word(char **rest)
{
	char *found = strtok_r(NULL, " \n", rest);

	if (found == NULL)
		die("a word is missing");
	return found;
}

static size_t split(char *text, const char **into)
{
	size_t count = 0;
	char *rest, *name;

	if (strcmp(text, "-") == 0)
		return 0;
	for (name = strtok_r(text, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
		if (count == MOST)
			die("too many names");
		into[count++] = name;
	}
	return count;
}

static enum view_listing listing(const char *text)
{
	if (strcmp(text, "all") == 0)
		return VIEW_LIST_ALL;
	return strcmp(text, "none") == 0 ? VIEW_LIST_NONE : VIEW_LIST_ADMINISTRATORS;
}

static void add_gid(struct description *d, const char *user, gid_t gid)
{
	struct view_membership *m;
	size_t i = 0;

	while (i < d->content.membership_count && strcmp(d->memberships[i].user, user) != 0)
		i++;
	m = &d->memberships[i];
	if (i == MOST || m->gid_count == MOST)
		die("too many users or gids");
	if (i == d->content.membership_count) {
		*m = (struct view_membership){.user = user, .gids = d->gids[i]};
		d->content.membership_count++;
	}
	d->gids[i][m->gid_count++] = gid;
}

static gid_t number(const char *text)
{
	char *end;
	const unsigned long value = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		die("no number");
	return (gid_t)value;
}

static void add_group(struct description *d, char **rest)
{
	const size_t n = d->content.cabinet_count++;
	struct view_cabinet *c = &d->cabinets[n];
	size_t i;

	if (n == MOST)
		die("too many groups");
	c->name = word(rest);
	c->gid = number(word(rest));
	c->listing = listing(word(rest));
	c->members = d->members[n];
	c->member_count = split(word(rest), d->members[n]);
	c->administrators = d->administrators[n];
	c->administrator_count = split(word(rest), d->administrators[n]);
	for (i = 0; i < c->member_count; i++)
		add_gid(d, c->members[i], c->gid);
}

static void add_user(struct description *d, char **rest)
{
	const char *user = word(rest), *gids[MOST];
	const size_t count = split(word(rest), gids);
	size_t i;

	for (i = 0; i < count; i++)
		add_gid(d, user, number(gids[i]));
}

/* Lines are kept: what they say is pointed at. */
static void read_description(struct description *d)
{
	char *line = NULL, *rest, *kind;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		kind = strtok_r(line, " \n", &rest);
		if (kind != NULL && strcmp(kind, "group") == 0)
			add_group(d, &rest);
		else if (kind != NULL && strcmp(kind, "user") == 0)
			add_user(d, &rest);
		else
			die("neither a group nor a user");
		line = NULL;
		size = 0;
	}
	free(line);
	d->content.cabinets = d->cabinets;
	d->content.memberships = d->memberships;
}

/* What publish_write does, without its look at what is written. */
static enum authz_result forge(int folder, struct view_content *c)
{
	struct view_image image;
	const enum authz_result result = view_image_make(&image, c);
	int fd;

	if (result != AUTHZ_OK)
		return result;
	fd = openat(folder, VIEW_NAME ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, image.bytes, image.size) != (ssize_t)image.size || close(fd) != 0)
		die("the view could not be written");
	free(image.bytes);
	return AUTHZ_OK;
}

int main(int argc, char **argv)
{
	static struct description d;
	const bool forged = argc == 3 && strcmp(argv[1], "-f") == 0;
	const int folder = argc == 2 + forged ? open(argv[argc - 1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (folder < 0)
		die("no folder");
	read_description(&d);
	if ((forged ? forge(folder, &d.content) : publish_write(folder, &d.content)) != AUTHZ_OK) {
		fprintf(stderr, "publish_view: %s\n", d.content.wrong != NULL ? d.content.wrong : "the view could not be made");
		return 1;
	}
	if (publish_mark(folder) != AUTHZ_OK || publish_rename(folder) != AUTHZ_OK)
		die("the view could not be published");
	return 0;
}
