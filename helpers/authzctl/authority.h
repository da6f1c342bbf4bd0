/* SPDX-License-Identifier: ISC */
/* What the commands about authorities have in common: an object, entities, and signed words. */
#ifndef AUTHZCTL_AUTHORITY_H
#define AUTHZCTL_AUTHORITY_H

#include <jansson.h>

#include "app.h"
#include "wire/authority_word.h"

/* What stands on the line. */
struct authority_wish {
	const char *type; /* as the helper knows it; NULL: not given */
	const char *name; /* of the object; NULL: not given */
	size_t entities;  /* how many -p and -g */
	uint32_t added, dropped; /* bits of all +words, and of all -words */
	uint32_t left;    /* bits that are left when words are taken one after the other, beginning with none */
};

/* Read -t, -n, -p, -g and signs.  False after a usage error, which has been said. */
bool authority_read(const struct args *args, struct authority_wish *w);
/* Read it, where -t, -n and an entity have to be there, and look at all names before the first question. */
int authority_read_all(const struct app *app, const struct args *args, struct authority_wish *w, bool entities);

bool authority_is_entity(const struct given *g);
/* A question about the object; and of one entity.  The names were looked at. */
void authority_begin(struct call *c, enum operation operation, const struct authority_wish *w, const struct given *entity);

/* The words of a mask as an array; NULL: no memory. */
json_t *authority_json(const char *type, uint32_t mask);

#define AUTHORITY_OBJECT \
	{.name = "t", .value = "TYPE", .help = "type of the object: queue, qmgr, profile, service and so on"}, \
	{.name = "n", .value = "NAME", .help = "name of the object, or a generic profile"}
#define AUTHORITY_ENTITIES \
	{.name = "p", .value = "USER", .times = MANY, .help = "the user whose authority it is"}, \
	{.name = "g", .value = "GROUP", .times = MANY, .help = "the group whose authority it is; nobody is everybody's"}

extern const struct option authority_options[], authority_object_options[];

#endif
