/* SPDX-License-Identifier: ISC */
/* The bytes of a view, in memory.  Names and gids are taken as they come: publish.c has looked at them. */
#ifndef AUTHZ_VIEW_IMAGE_H
#define AUTHZ_VIEW_IMAGE_H

#include "view/publish.h"

struct view_image {
	unsigned char *bytes; /* to be freed */
	uint64_t size;
};

/* AUTHZ_NO_MEMORY; AUTHZ_BAD_PARAMETER: a name, a gid or a user twice, or a group too large (4 GiB), c->wrong. */
enum authz_result view_image_make(struct view_image *image, struct view_content *c);

#endif
