/* SPDX-License-Identifier: ISC */
/*
 * authority FOLDER FROM TO: records of type queue, of the user "nobody-knows" and the group of everybody, on the profiles
 * FROM to before TO (object.h), in the authority store FOLDER, as user authz, in the rules' own format.
 */
#include <stdio.h>

#include "bulk.h"
#include "object.h"
#include "rules/authority_record.h"
#include "rules/authority_who.h"

static enum authz_result put_profile(struct rules *r, struct store_txn *t, unsigned long number, const void *arg)
{
	struct authority_record one = {.entity = {'p', "nobody-knows"}, .entity_id = 2000000000, .object_id = AUTHORITY_UNBOUND,
	                               .mask = 4},
	                        all = {.entity = {'g', AUTHORITY_EVERYBODY}, .entity_id = AUTHORITY_UNBOUND,
	                               .object_id = AUTHORITY_UNBOUND, .mask = 4};
	struct authority_node node;
	char profile[OBJECT_SIZE];
	enum authz_result result;

	(void)arg;
	bench_profile(profile, number);
	result = authority_node_add(r, t, "queue", profile, &node);
	if (result == AUTHZ_OK)
		result = authority_record_add(r, t, "queue", &node, &one);
	return result == AUTHZ_OK ? authority_record_add(r, t, "queue", &node, &all) : result;
}

int main(int argc, char **argv)
{
	const struct bulk profiles = {.put = put_profile};

	if (argc != 4) {
		fprintf(stderr, "usage: authority FOLDER FROM TO\n");
		return 2;
	}
	return bulk_put(&profiles, argv[1], argv[2], argv[3]);
}
