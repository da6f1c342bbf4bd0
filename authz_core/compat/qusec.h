/* SPDX-License-Identifier: ISC */
/*
 * The documents' error code parameter, as their header of this name has it.  See qsyptkn.h for what the calls do with
 * it.
 *
 * Both structures end with exception data, CHAR(*), for which a program makes room behind them:
 *
 *	struct { Qus_EC_t ec; char data[48]; } error = {.ec = {.Bytes_Provided = sizeof error}};
 */
#ifndef QUSEC_H
#define QUSEC_H

/* Format ERRC0100. */
typedef struct Qus_EC {
	int Bytes_Provided;  /* in: the size of all of it, exception data included */
	int Bytes_Available; /* out: 0, or how many bytes there were to be had, exception data included */
	char Exception_Id[7]; /* out: "CPF2204", not terminated, in ASCII */
	char Reserved;
	/* char Exception_Data[]; */
} Qus_EC_t;

/* Format ERRC0200: where the first field is -1. */
typedef struct Qus_ERRC0200 {
	int Key; /* in: -1 */
	int Bytes_Provided;
	int Bytes_Available;
	char Exception_Id[7];
	char Reserved;
	int CCSID;              /* out: of names in the exception data: 1208, UTF-8 */
	int Offset_Exc_Data;    /* out: 32 */
	int Length_Exc_Data;    /* out */
	/* char Exception_Data[]; */
} Qus_ERRC0200_t;

#endif
