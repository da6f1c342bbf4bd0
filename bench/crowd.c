/* SPDX-License-Identifier: ISC */
/*
 * crowd FOLDER CABINET FROM TO: users whom nobody knows, crowd-uFROM to before crowd-uTO, become members of the cabinet in the
 * authority store FOLDER, as user authz, in the rules' own format; the view is not made.
 */
#include <stdio.h>

#include "bulk.h"
#include "rules/cabinet_link.h"

static enum authz_result put_member(struct rules *r, struct store_txn *t, unsigned long number, const void *cabinet)
{
	struct cabinet_link link = {.relation = RELATION_MEMBER, .member = {.kind = 'u'}, .profile_type = 1,
	                            .uid = (uid_t)(2000000000 - number)};

	snprintf(link.cabinet, sizeof link.cabinet, "%s", (const char *)cabinet);
	snprintf(link.member.name, sizeof link.member.name, "crowd-u%lu", number);
	return cabinet_link_add(r, t, &link);
}

int main(int argc, char **argv)
{
	struct bulk members = {.put = put_member};

	if (argc != 5) {
		fprintf(stderr, "usage: crowd FOLDER CABINET FROM TO\n");
		return 2;
	}
	members.arg = argv[2];
	return bulk_put(&members, argv[1], argv[3], argv[4]);
}
