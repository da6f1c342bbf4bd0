/* SPDX-License-Identifier: ISC */
/*
 * What keeps the stores themselves: authzctl store check | stats | dump | load.
 */
#ifndef AUTHZ_RULES_STORE_TOOLS_H
#define AUTHZ_RULES_STORE_TOOLS_H

#include "rules/context.h"

/* Where a long answer goes to, or a long question comes from, beside request and reply. */
struct rules_stream {
	void *context;
	bool (*open)(void *context); /* once, before all else: the other end may make it wait from now on; false: too many do */
	bool (*put)(void *context, const void *bytes, size_t length); /* false: nobody takes it any more */
	bool (*flush)(void *context);                                 /* what was put goes out now */
	long (*get)(void *context, void *bytes, size_t size); /* how many; 0: that was all; -1: it broke off */
	/* All of it was got, to its end, and the reply may take so long from now on: another stream may have its place. */
	void (*proceed)(void *context, unsigned ms);
};

/* For whoever has found that the caller may: AUTHZ_OK, or AUTHZ_TOO_MANY, of those that it says. */
#define STREAMS_OF_ROOT "root, which read or write a store"
enum authz_result rules_stream_open(struct rules *r, const struct rules_stream *stream, const char *of);

enum authz_result store_tools_stats(struct rules *r, const struct request *request, struct answer *answer);
/* To the stream: "DONE TOTAL", a few times a second at most. */
enum authz_result store_tools_check(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                    struct answer *answer);
enum authz_result store_tools_dump(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                   struct answer *answer);
/*
 * "ready" is called under the writer lock before what was loaded is committed.  *loaded: there is another store now, whatever
 * else failed.
 */
enum authz_result store_tools_load(struct rules *r, const struct request *request, const struct rules_stream *stream,
                                   struct answer *answer, void (*ready)(struct rules *r), bool *loaded);

#endif
