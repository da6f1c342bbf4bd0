/* SPDX-License-Identifier: ISC */
/* Where the helper's state is: the places of the build, or below a folder of the caller's own. */
#ifndef AUTHZ_HELPER_PLACE_H
#define AUTHZ_HELPER_PLACE_H

#include <stdbool.h>

#define PLACE_SIZE 256

struct place {
	char config[PLACE_SIZE]; /* authz.conf */
	char store[PLACE_SIZE];  /* the authority store */
	char tokens[PLACE_SIZE];
	char audit[PLACE_SIZE];
	char view[PLACE_SIZE];   /* where libnss_cabinet looks, if it is of the build */
	char socket[PLACE_SIZE]; /* of the service */
	char launch[PLACE_SIZE]; /* of authz-launch */
	bool own; /* below a folder that the caller named */
};

/* false: the folder's name is too long, or not absolute.  NULL: the places of the build. */
bool place_set(struct place *p, const char *folder);

#endif
