/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no byte is written behind the size that the caller gave.
 */
#include "config.h"

#include "compat/errcode.h"

#include <string.h>

#include "qusec.h"

#define KEY (-1)
#define CCSID_UTF8 1208

static int read_int(const unsigned char *at)
{
	int value;

	memcpy(&value, at, sizeof value);
	return value;
}

bool errcode_open(struct errcode *e, void *structure)
{
	int provided;

	if (structure == NULL)
		return false;
	e->at = structure;
	provided = read_int(e->at);
	e->keyed = provided == KEY;
	if (e->keyed)
		provided = read_int(e->at + offsetof(Qus_ERRC0200_t, Bytes_Provided));
	if (provided < (e->keyed ? 12 : 8))
		return false;
	e->size = (size_t)provided;
	return true;
}

/* Where the answer begins; what is before it is the caller's to say. */
static size_t answer_at(const struct errcode *e)
{
	return e->keyed ? offsetof(Qus_ERRC0200_t, Bytes_Available) : offsetof(Qus_EC_t, Bytes_Available);
}

void errcode_clear(const struct errcode *e)
{
	memset(e->at + answer_at(e), 0, sizeof(int));
}

static void write_answer(const struct errcode *e, const unsigned char *whole, size_t length)
{
	const size_t from = answer_at(e);

	if (length > e->size)
		length = e->size;
	memcpy(e->at + from, whole + from, length - from);
}

void errcode_set(const struct errcode *e, const char id[ERRCODE_ID], const void *data, size_t length)
{
	unsigned char whole[sizeof(Qus_ERRC0200_t) + ERRCODE_DATA_MAX];
	const size_t head = e->keyed ? sizeof(Qus_ERRC0200_t) : sizeof(Qus_EC_t);
	Qus_EC_t plain = {.Bytes_Available = (int)(head + length)};
	Qus_ERRC0200_t keyed = {.Bytes_Available = (int)(head + length), .CCSID = CCSID_UTF8,
	                        .Offset_Exc_Data = (int)head, .Length_Exc_Data = (int)length};

	memcpy(plain.Exception_Id, id, ERRCODE_ID);
	memcpy(keyed.Exception_Id, id, ERRCODE_ID);
	if (e->keyed)
		memcpy(whole, &keyed, head);
	else
		memcpy(whole, &plain, head);
	if (length > 0)
		memcpy(whole + head, data, length);
	write_answer(e, whole, head + length);
}
