/* SPDX-License-Identifier: ISC */
#include "rules/token_record.h"

#include <sodium.h>
#include <string.h>

#include "rules/pack.h"

#define VERSION 2
#define VERSION_WITHOUT_MASTERS 1 /* as authz wrote it before it knew masters: nobody's name is carried */

void token_key(const unsigned char token[TOKEN_SIZE], unsigned char key[TOKEN_KEY_SIZE])
{
	key[0] = 'T';
	crypto_generichash(key + 1, TOKEN_KEY_SIZE - 1, token, TOKEN_SIZE, NULL, 0);
}

void token_id(const unsigned char key[TOKEN_KEY_SIZE], char id[TOKEN_ID_SIZE])
{
	sodium_bin2hex(id, TOKEN_ID_SIZE, key + 1, (TOKEN_ID_SIZE - 1) / 2);
}

size_t token_record_pack(const struct token_record *t, unsigned char to[TOKEN_RECORD_MAX])
{
	struct pack p = {.at = to, .size = TOKEN_RECORD_MAX};

	pack_number(&p, VERSION, 1);
	pack_number(&p, (unsigned char)t->type, 1);
	pack_number(&p, (unsigned)t->password, 1);
	pack_number(&p, (unsigned)t->state, 1);
	pack_number(&p, t->flags, 2);
	pack_number(&p, t->owner, 4);
	pack_number(&p, t->maker, 4);
	pack_number(&p, (uint64_t)t->made_wall, 8);
	pack_number(&p, (uint64_t)t->made_boot, 8);
	pack_number(&p, (uint64_t)t->chain_wall, 8);
	pack_number(&p, (uint64_t)t->chain_boot, 8);
	pack_number(&p, t->timeout, 2);
	pack_number(&p, (uint64_t)t->spent_wall, 8);
	pack_bytes(&p, t->boot_id, sizeof t->boot_id);
	pack_bytes(&p, t->stamp, sizeof t->stamp);
	pack_number(&p, t->bind_uid, 4);
	pack_string(&p, t->owner_name);
	pack_string(&p, t->bind_service);
	pack_string(&p, t->bind_rhost);
	pack_string(&p, t->bind_tty);
	pack_string(&p, t->master_name);
	pack_number(&p, t->master, 4);
	pack_number(&p, t->entered, 4);
	return p.bad ? 0 : p.used;
}

static bool known_values(const struct token_record *t)
{
	return t->type >= '1' && t->type <= '3' && t->password >= PASSWORD_NOPWD && t->password <= PASSWORD_GIVEN &&
	       (t->state == TOKEN_LIVE || t->state == TOKEN_SPENT || t->state == TOKEN_INVALID) &&
	       t->timeout >= 1 && t->timeout <= TOKEN_TIMEOUT_MAX && t->owner_name[0] != '\0';
}

bool token_record_unpack(struct token_record *t, const unsigned char *from, size_t length)
{
	struct unpack u = {.at = from, .left = length};
	const uint64_t version = unpack_number(&u, 1);

	memset(t, 0, sizeof *t);
	if (version != VERSION && version != VERSION_WITHOUT_MASTERS)
		return false;
	t->type = (char)unpack_number(&u, 1);
	t->password = (int)unpack_number(&u, 1);
	t->state = (enum token_state)unpack_number(&u, 1);
	t->flags = (unsigned)unpack_number(&u, 2);
	t->owner = (uid_t)unpack_number(&u, 4);
	t->maker = (uid_t)unpack_number(&u, 4);
	t->made_wall = (int64_t)unpack_number(&u, 8);
	t->made_boot = (int64_t)unpack_number(&u, 8);
	t->chain_wall = (int64_t)unpack_number(&u, 8);
	t->chain_boot = (int64_t)unpack_number(&u, 8);
	t->timeout = (unsigned)unpack_number(&u, 2);
	t->spent_wall = (int64_t)unpack_number(&u, 8);
	unpack_bytes(&u, t->boot_id, sizeof t->boot_id);
	unpack_bytes(&u, t->stamp, sizeof t->stamp);
	t->bind_uid = (uid_t)unpack_number(&u, 4);
	unpack_string(&u, t->owner_name, sizeof t->owner_name);
	unpack_string(&u, t->bind_service, sizeof t->bind_service);
	unpack_string(&u, t->bind_rhost, sizeof t->bind_rhost);
	unpack_string(&u, t->bind_tty, sizeof t->bind_tty);
	if (version == VERSION) {
		unpack_string(&u, t->master_name, sizeof t->master_name);
		t->master = (uid_t)unpack_number(&u, 4);
		t->entered = (uid_t)unpack_number(&u, 4);
	}
	return unpack_done(&u) && known_values(t);
}

int64_t token_time_left(const struct token_record *t, int64_t wall, int64_t boot)
{
	int64_t life = (int64_t)t->timeout * 1000000;
	int64_t by_wall = t->made_wall + life - wall, by_boot = t->made_boot + life - boot;

	return by_wall < by_boot ? by_wall : by_boot;
}
