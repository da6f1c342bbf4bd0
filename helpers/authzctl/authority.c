/* SPDX-License-Identifier: ISC */
#include "authority.h"

#include <string.h>

#include "output.h"

const struct option authority_options[] = {
	AUTHORITY_OBJECT,
	AUTHORITY_ENTITIES,
	{.name = NULL},
};

const struct option authority_object_options[] = {
	AUTHORITY_OBJECT,
	{.name = NULL},
};

bool authority_is_entity(const struct given *g)
{
	return strcmp(g->option->name, "p") == 0 || strcmp(g->option->name, "g") == 0;
}

static bool read_signs(const struct args *args, struct authority_wish *w)
{
	for (size_t i = 0; i < args->sign_count; i++) {
		const char *sign = args->signs[i];
		uint32_t bits;

		if (!authority_bits(w->type, sign + 1, &bits)) {
			args_wrong(args, "unknown authority %s", sign);
			return false;
		}
		if (sign[0] == '+')
			w->added |= bits;
		else
			w->dropped |= bits;
		w->left = sign[0] == '+' ? w->left | bits : w->left & ~bits;
	}
	return true;
}

bool authority_read(const struct args *args, struct authority_wish *w)
{
	const char *type = args_value(args, "t");

	*w = (struct authority_wish){.name = args_value(args, "n")};
	for (size_t i = 0; i < args->given_count; i++)
		w->entities += authority_is_entity(&args->given[i]);
	if (type == NULL)
		return true;
	w->type = authority_type_named(type);
	if (w->type != NULL)
		return read_signs(args, w);
	args_wrong(args, "unknown object type %s", type);
	return false;
}

static bool put_object(struct request *r, const struct authority_wish *w)
{
	return request_set_string(r, FIELD_OBJECT_TYPE, w->type) && *w->name != '\0' &&
	       request_set_string(r, FIELD_OBJECT, w->name);
}

static bool put_entity(struct request *r, const struct given *g)
{
	return *g->value != '\0' &&
	       request_set_string(r, strcmp(g->option->name, "g") == 0 ? FIELD_GROUP : FIELD_PRINCIPAL, g->value);
}

int authority_read_all(const struct app *app, const struct args *args, struct authority_wish *w, bool entities)
{
	struct request r;

	if (!authority_read(args, w))
		return EXIT_USAGE;
	if (w->type == NULL || w->name == NULL)
		return args_wrong(args, "option -%s is missing", w->type == NULL ? "t" : "n");
	if (entities && w->entities == 0)
		return args_wrong(args, "option -p or -g is missing");
	memset(&r, 0, sizeof r);
	if (!put_object(&r, w))
		return answer_bad_parameter(app, "name");
	for (size_t i = 0; i < args->given_count; i++)
		if (authority_is_entity(&args->given[i]) && !put_entity(&r, &args->given[i]))
			return answer_bad_parameter(app, strcmp(args->given[i].option->name, "g") == 0 ? "group" : "principal");
	return EXIT_DONE;
}

void authority_begin(struct call *c, enum operation operation, const struct authority_wish *w, const struct given *entity)
{
	call_begin(c, operation);
	(void)put_object(&c->request, w);
	if (entity != NULL)
		(void)put_entity(&c->request, entity);
}

json_t *authority_json(const char *type, uint32_t mask)
{
	json_t *words = json_array();

	for (uint32_t bit = 1; bit != 0 && words != NULL; bit <<= 1) {
		const char *word = (mask & bit) != 0 ? authority_word(type, bit) : NULL;

		if (word != NULL && json_array_append_new(words, json_string(word)) != 0) {
			json_decref(words);
			words = NULL;
		}
	}
	return words;
}
