/* SPDX-License-Identifier: ISC */
#include "rules/exit_host.h"

#include "rules/mailbox_server.h"

enum authz_result exit_host_programs(struct rules *r, const char *point, const char *format, struct exit_programs *out)
{
	struct exit_name name;

	*out = (struct exit_programs){.count = 0};
	if (!exit_name_make(point, format, &name))
		return rules_refuse(r, AUTHZ_INTERNAL, point);
	return exit_programs_read(r, &name, out);
}

enum authz_result exit_host_word(struct rules *r, const char *word, const char *value)
{
	const char *c = value;

	while ((unsigned char)*c > ' ' && *c != '\x7f')
		c++;
	return value[0] != '\0' && *c == '\0' ? AUTHZ_OK : rules_refuse(r, AUTHZ_BAD_PARAMETER, word);
}

static enum authz_result this_host(struct rules *r, struct exit_destination *out)
{
	const struct exit_activity of_hosts = {.transport = "*HOST"};
	char name[HOST_NAME_SIZE] = "";

	if (r->host->host_name(r->host->context, name) == AUTHZ_OK && exit_destination_make(&of_hosts, name, out))
		return AUTHZ_OK;
	return rules_refuse(r, AUTHZ_INTERNAL, "the name of this host");
}

static enum authz_result denied(struct rules *r, const struct exit_name *point, const struct exit_program *e)
{
	char subject[SUBJECT_SIZE];

	exit_sentence(point, e, "", subject);
	return rules_refuse(r, AUTHZ_EXIT_DENIED, subject);
}

enum authz_result exit_host_ask(struct rules *r, const struct exit_programs *p, const struct exit_line *lines, size_t count,
                                uint32_t *number)
{
	struct exit_destination here;
	const struct exit_asking asking = {.programs = p, .lines = lines, .line_count = count, .to = {&here, 1},
	                                   .within_ms = SERVER_LIFE_MS};
	unsigned char first;
	enum authz_result result = this_host(r, &here);

	*number = 0;
	if (result == AUTHZ_OK)
		result = exit_ask(r, &asking, &first);
	if (result != AUTHZ_OK || first == 0)
		return result;
	*number = p->all[first - 1].number;
	return denied(r, &p->name, &p->all[first - 1]);
}
