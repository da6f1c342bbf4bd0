/* SPDX-License-Identifier: ISC */
/*
 * An authorization exit that reads the record (doc/EXITS): *YES to the destinations in the network that its program data
 * names, *NO to all others.
 *
 *	cc $(pkg-config --cflags authz_core) -o /usr/local/libexec/one-network exit_record.c
 *	authzctl exit add QIBM_QNS_SDDSTAUTH AUTH0100 10 /usr/local/libexec/one-network --input record --data SITENET
 */
#include <authz_exit.h>
#include <stdio.h>
#include <string.h>

static unsigned char input[1 << 20];

/* Blanks at the end count for nothing. */
static int same(const unsigned char network[8], const unsigned char *data, uint32_t length)
{
	char padded[8];

	if (length == 0 || length > sizeof padded)
		return 0;
	memset(padded, ' ', sizeof padded);
	memcpy(padded, data, length);
	return memcmp(network, padded, sizeof padded) == 0;
}

int main(void)
{
	const struct authz_exit_auth0100 *q = (const void *)input;
	const size_t length = fread(input, 1, sizeof input, stdin);
	const struct authz_exit_node *node;
	uint32_t i;

	if (length < sizeof *q || memcmp(q->format, AUTHZ_EXIT_AUTH0100, sizeof q->format) != 0)
		return 2;
	if (authz_exit_number(q->length) != length || authz_exit_number(q->destination_length) != sizeof *node)
		return 3; /* an error: nothing is performed */
	node = (const void *)(input + authz_exit_number(q->destinations_offset));
	for (i = 0; i < authz_exit_number(q->destinations_count); i++)
		fputs(same(node[i].network, input + authz_exit_number(q->data_offset), authz_exit_number(q->data_length)) ?
		      AUTHZ_EXIT_YES : AUTHZ_EXIT_NO, stdout);
	return fflush(stdout) == 0 ? 0 : 4;
}
