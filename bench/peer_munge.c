/* SPDX-License-Identifier: ISC */
/*
 * MUNGE as a peer, compiled in the namespace alone.  peer_munge SOCKET: a worker that decodes credentials, each of them new, as
 * munged decodes each once.  peer_munge SOCKET COUNT: encode and decode that many, and exit.
 */
#include <munge.h>
#include <stdio.h>
#include <stdlib.h>

#include "worker.h"

struct peer {
	munge_ctx_t context;
	char *credentials[WORKER_COUNT_MAX];
};

static bool encode(struct peer *p, size_t index)
{
	munge_err_t code;

	free(p->credentials[index]);
	code = munge_encode(&p->credentials[index], p->context, NULL, 0);
	if (code != EMUNGE_SUCCESS)
		fprintf(stderr, "bench: munge_encode: %s\n", munge_strerror(code));
	return code == EMUNGE_SUCCESS;
}

static bool prepare(void *arg, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!encode(arg, i))
			return false;
	return true;
}

static bool decode(void *arg, size_t index)
{
	struct peer *p = arg;
	void *payload = NULL;
	int length;
	uid_t uid;
	gid_t gid;
	munge_err_t code = munge_decode(p->credentials[index], p->context, &payload, &length, &uid, &gid);

	free(payload);
	if (code != EMUNGE_SUCCESS)
		fprintf(stderr, "bench: munge_decode: %s\n", munge_strerror(code));
	return code == EMUNGE_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct peer peer;
	const struct worker w = {.prepare = prepare, .run = decode, .arg = &peer};
	unsigned long left;

	if (argc < 2 || argc > 3 || (peer.context = munge_ctx_create()) == NULL ||
	    munge_ctx_set(peer.context, MUNGE_OPT_SOCKET, argv[1]) != EMUNGE_SUCCESS) {
		fprintf(stderr, "usage: peer_munge SOCKET [COUNT]\n");
		return 2;
	}
	if (argc == 2)
		return worker_serve(&w);
	for (left = strtoul(argv[2], NULL, 10); left > 0; left--)
		if (!encode(&peer, 0) || !decode(&peer, 0))
			return 1;
	return 0;
}
