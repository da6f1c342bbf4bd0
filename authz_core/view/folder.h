/* SPDX-License-Identifier: ISC */
/* The publisher of views in a folder, which is given by its path: it need not be there until something is published. */
#ifndef AUTHZ_VIEW_FOLDER_H
#define AUTHZ_VIEW_FOLDER_H

#include "view/publisher.h"

#define VIEW_PATH_SIZE 256

struct view_folder {
	char path[VIEW_PATH_SIZE];
	char pending[VIEW_PATH_SIZE + sizeof VIEW_NEW_NAME]; /* the path of a view that has not the name yet */
	struct view_publisher publisher;
};

/* "f" must stay where it is.  Nothing stays open between the calls of its publisher.  The path must fit. */
void view_folder_init(struct view_folder *f, const char *path);

#endif
