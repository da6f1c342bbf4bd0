/* SPDX-License-Identifier: ISC */
/*
 * What an authorization exit reads on stdin where it was registered with "--input record", and what it writes to stdout
 * (doc/EXITS).  For programs of the site's; needs no library.
 *
 * Text is ASCII, padded with blanks, without a NUL.  Numbers are BINARY(4): the highest byte first.  All members are
 * bytes, so that no compiler puts anything between them.
 */
#ifndef AUTHZ_EXIT_H
#define AUTHZ_EXIT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTHZ_EXIT_AUTH0100 "AUTH0100"
/* An answer: four bytes for each destination, in their order.  Anything else in such a place is no. */
#define AUTHZ_EXIT_YES "*YES"
#define AUTHZ_EXIT_NO  "*NO "

#define AUTHZ_EXIT_DESTINATIONS_MAX 10000
#define AUTHZ_EXIT_DATA_MAX 2048

/* A destination where the transport type is *SVDS or *SNADS. */
struct authz_exit_node {
	unsigned char network[8], name[8], reserved[4];
};

/* A destination where it is *HOST. */
struct authz_exit_host {
	unsigned char name[64];
};

/* The offsets are from its first byte. */
struct authz_exit_auth0100 {
	unsigned char format[8];
	unsigned char length[4]; /* of it all, program data and destinations too */
	unsigned char number[4]; /* under which the program is registered */
	unsigned char data_offset[4], data_length[4];
	unsigned char destination_length[4]; /* of each: sizeof one of the two above */
	unsigned char reserved[4];
	unsigned char change_request[10];     /*  1 */
	unsigned char sequence[4];            /*  2 */
	unsigned char activity[10];           /*  3 */
	unsigned char type[10];               /*  4: "*OBJ", "*PTF", … */
	unsigned char transport[10];          /*  5: "*SVDS", "*SNADS", "*HOST" */
	unsigned char verb[10];               /*  6: "*SNDINS", … */
	unsigned char global_name[64];        /*  7 */
	unsigned char destinations_offset[4]; /*  8 */
	unsigned char destinations_count[4];  /*  9 */
	unsigned char user[10];               /* 10 */
};

/* A number of the record. */
static inline uint32_t authz_exit_number(const unsigned char bytes[4])
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

#ifdef __cplusplus
}
#endif

#endif
