/* SPDX-License-Identifier: ISC */
/*
 * libauthz_compat: cabinets by Con-nect's own calls.  See z_cabinet(3).
 *
 * A thin layer on authz.h.  Where the documents say Z-ADD17A, C has Z_ADD17A; the parameters are theirs, in their order.
 *
 * Forms.  An is n bytes, padded with blanks, not terminated, ASCII or all of CCSID 37 as in qsyptkn.h; N2 is int, P8 is
 * int32_t, from 1 to 99999999.  Inputs are const.  Names in CCSID 37 are folded to lower case; in ASCII they are taken as
 * they are.  A name that is longer than eight bytes cannot be said here; in lists it is blank, and the ISN tells it apart.
 *
 * Cabinet and Password, the first inputs of each call: as which cabinet the caller acts.  Both blank: as itself, whom the
 * kernel names.  A password in ASCII has no byte above X'7F' here.
 *
 * Return code, the first parameter of each call; where it is NULL nothing is done.  After any but 0, outputs are cleared.
 * The documents' own:
 *
 *	00  done                                    77  the end of a list
 *	02  the cabinet's name                      90  contains a shared cabinet; Z_ERA05…: there is no such cabinet
 *	03  the password                            91  is a member of another shared cabinet
 *	04  there is no such ISN                    92  the parameters; Z_ERA05…: it is not marked
 *	08  a name or an ISN, not both              93  members must be users or cabinets
 *	15  administrator status                    95  it is a member already
 *	32  the member could not be found           97  a shared cabinet cannot be a member of itself
 *	53  there is no such object                 98  the shared cabinet does not exist
 *	                                            99  the special profile does not exist
 *
 * N2 has two digits and no sign, so what the documents have no code for is one of those that they leave free:
 *
 *	55  the cabinet is marked for deletion and locked, or not marked
 *	56  a cabinet, user or group of that name exists
 *	57  there are no more numbers
 *	58  it was carried out, or may have been: the answer, its record or the view did not get through
 *	59  not available: the helper, its store, the configuration, or no room; nothing was done
 *
 * Success always ends the transaction: there is no other way here.
 *
 * Threads: all calls can be made from any thread at any time.  Each blocks for at most five seconds a request.
 */
#ifndef Z_CABINET_H
#define Z_CABINET_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

#define Z_ROWS 20 /* of a list, a call */

/* A55.  Security is a digit from 0 to 9, blank is 0; of the others anything but a blank is a mark, which is given as X. */
struct z_profile {
	char Security_read, Security_modify, Security_copy, Security_print;
	char Read_mail, Reply, Forward, Send_mail;
	char Display_calendar, Modify_calendar;
	char Modify_other_items, Erase_other_items, Display_other_items;
	char Filler[42];
};

/* A row of Z_DIS17C. */
struct z_member {
	char Member[8];
	char Cabinet_type; /* 0 private: a user; 2 shared */
	char Profile_type; /* 1 shared, 2 private, 3 special */
	int32_t Member_ISN;
};

/* A row of Z_MEMSHP. */
struct z_membership {
	char Cabinet[8];
	char Type;         /* S shared, P private */
	char Profile_type;
	int32_t Member_ISN;
};

/* Where a list goes on: all zeros at first, then the call's own. */
struct z_position {
	unsigned char Opaque[160];
};

/*
 * Add a member to a shared cabinet.
 *
 *	Profile_type     in, A1: 1 the cabinet's, 2 the member's own, 3 a copy; anything else, and NULL, is 1
 *	Special_profile  in, A8: with 3, whose is copied; else not looked at, and may be NULL
 *	Member_ISN       out, P8; may be NULL
 */
void Z_ADD17A(int *Return_code, const char *Cabinet, const char *Password, const char *Shared_cabinet, const char *Member,
              const char *Profile_type, const char *Special_profile, int32_t *Member_ISN);

/*
 * The members of a shared cabinet, Z_ROWS a call: 00 with up to so many rows, then 77 with none.
 *
 *	Shared_cabinet, Shared_cabinet_ISN  in: one of them, the other blank or NULL, and 0 or NULL
 *	Position                            in and out
 *	Members, Number_of_members          out
 *
 * A list that changes meanwhile may have a member twice, or not at all.
 */
void Z_DIS17C(int *Return_code, const char *Cabinet, const char *Password, const char *Shared_cabinet,
              const int32_t *Shared_cabinet_ISN, struct z_position *Position, struct z_member Members[Z_ROWS],
              int *Number_of_members);

/* What a shared cabinet lets a member do, or a private one a user who is authorized, and by which kind of profile. */
void Z_DIS17F(int *Return_code, const char *Cabinet, const char *Password, const char *Shared_cabinet,
              const int32_t *Shared_cabinet_ISN, const char *Member, char *Profile_type, struct z_profile *Profile);

/* Where the user who acts may go to, Z_ROWS a call, as Z_DIS17C: shared cabinets, then private ones. */
void Z_MEMSHP(int *Return_code, const char *Cabinet, const char *Password, struct z_position *Position,
              struct z_membership Memberships[Z_ROWS], int *Number_of_memberships);

/*
 * Make a cabinet.
 *
 *	Cabinet_type  in, A1: 0 private, 1 standalone, 2 shared, 3 public
 *	New_password  in, A8: what opens it; blank or NULL: none
 *	Cabinet_ISN   out, P8; may be NULL
 */
void Z_ADD05(int *Return_code, const char *Cabinet, const char *Password, const char *New_cabinet, const char *Cabinet_type,
             const char *New_password, int32_t *Cabinet_ISN);

/* Give a cabinet another profile.  A parameter left out, that is blank, is deleted from the profile. */
void Z_MOD05F(int *Return_code, const char *Cabinet, const char *Password, const char *Cabinet_name,
              const struct z_profile *Profile);

/*
 * Let a user into the private cabinet of the user who acts, with a profile of her own, or give her another.  A parameter left
 * out is deleted from the profile.  Only users can be authorized.
 */
void Z_MOD17(int *Return_code, const char *Cabinet, const char *Password, const char *User, const struct z_profile *Profile);

/*
 * Mark a cabinet for deletion; Z_ERA05A locks it too, and its group is gone.
 *
 *	Date        in, A8: YYYYMMDD, from which day on; blank or NULL: today
 *	Reset_flag  in, A1: not blank: take the mark away instead; may be NULL
 */
void Z_ERA05(int *Return_code, const char *Cabinet, const char *Password, const char *Cabinet_name, const char *Date,
             const char *Reset_flag);
void Z_ERA05A(int *Return_code, const char *Cabinet, const char *Password, const char *Cabinet_name, const char *Date,
              const char *Reset_flag);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
