/* SPDX-License-Identifier: ISC */
/*
 * Authorization exits: programs of the site's that have the last word before something happens (doc/EXITS has the rules).  Each
 * takes a decoded request and fills the answer; the result is the reply's.
 *
 * Rows: exit_list: of a program its point, format, number, path, input ("lines", "record"), wait (milliseconds, 0:
 * launch_wait), text, length of the program data, the data (hexadecimal), uid of who registered it, second of that.
 * Of a point without programs: point, format, "", its maximum.  exit_check: the numbers of the programs that said
 * *NO, the lowest first, an item each; then the answers, a character for each destination, 1000 in a row: '0' is
 * *YES, the i-th character behind it *NO of the i-th of these programs, which was the first to say so.
 */
#ifndef AUTHZ_RULES_EXIT_H
#define AUTHZ_RULES_EXIT_H

#include "rules/store_tools.h"

/* The points that this host asks itself. */
#define EXIT_POINT_SIGNON "AZ_SIGNON"
#define EXIT_FORMAT_SIGNON "SIGN0100"
#define EXIT_POINT_COMMAND "AZ_COMMAND"
#define EXIT_FORMAT_COMMAND "CMND0100"

/* Root's and *SECADM's.  Reply of exit_add: NUMBER; of exit_remove and exit_point COUNT, programs that are gone. */
enum authz_result exit_add(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result exit_remove(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result exit_point(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result exit_list(struct rules *r, const struct request *request, struct answer *answer);

/*
 * AUTH0100.  DATA: change request, sequence (decimal), activity, type, transport, verb, global name, each with its NUL.  Stream
 * in: the destinations, each with a newline.
 */
enum authz_result exit_check(struct rules *r, const struct request *request, const struct rules_stream *stream,
                             struct answer *answer);
/* The host's. */
enum authz_result exit_signon(struct rules *r, const struct request *request);
/*
 * The host's.  DATA: the command's path and its arguments, each with its NUL; the path alone, without its NUL: they were too
 * long; empty: the path was, too.
 */
enum authz_result exit_command(struct rules *r, const struct request *request);

#endif
