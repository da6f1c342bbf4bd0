/* SPDX-License-Identifier: ISC */
/* Groups, mailboxes and a password server for tests of the rules, on a struct world (world.h). */
#ifndef TEST_UNIT_MAILBOXES_H
#define TEST_UNIT_MAILBOXES_H

#include "rules/mailbox.h"
#include "rules/mailbox_record.h"
#include "world.h"

enum { UID_HELPDESK = 1010, UID_MAIL = 110 };
#define SITE_SERVER "/srv/password-server"

/* The site's password server: it keeps what it is told, and does what is wrong with it. */
struct site_server {
	char owner[8][NAME_SIZE], password[8][PASSWORD_SIZE];
	size_t count;
	char said[16][16]; /* the commands that it got */
	unsigned asked;
	enum site_mode { SITE_RIGHT, SITE_REFUSES, SITE_AWAY, SITE_CUT_OFF, SITE_CUT_OFF_DONE, SITE_SLOW } mode;
	/* cut off: once, nothing or all done; slow: too late where it refuses */
	unsigned cuts; /* how often more it is cut off */
	void (*meanwhile)(struct world *w); /* called once, while it is asked */
	struct world *world;
};

/* A world with helpdesk, and mail, the mail server's user, which is a system's; the site's server is "server". */
int mailboxes_setup(void **state);
struct site_server *site(struct world *w);

/* As the host, with what SERVER, MASTER (password "master"), PRINCIPAL and options are to be; NULL: not said. */
enum authz_result set_group(struct world *w, const char *name, const char *server, const char *master, int add, int drop,
                            bool reconfigure);
/* Two groups, "built" (built-in) and "site", of the manager mail and the master helpdesk; must succeed. */
void make_groups(struct world *w);

/* As the caller.  An empty or NULL string is left out. */
enum authz_result add_box(struct world *w, const char *owner, const char *group, const char *password, const char *address);
enum authz_result alter_box(struct world *w, const char *owner, const char *group, const char *password, const char *address);
enum authz_result delete_box(struct world *w, const char *owner);
enum authz_result bind_box(struct world *w, const char *owner, const char *password, const char *from);
enum authz_result register_box(struct world *w, const char *owner, const char *old, const char *new);
/* As the host, and then be the caller of before again; must succeed. */
void host_adds_box(struct world *w, const char *owner, const char *group, const char *password);

/* Who was let in by the last bind_box: the owner alone, or with a master. */
void assert_entered(struct world *w, const char *owner, const char *master);
/* The record, false: there is none. */
bool find_box(struct world *w, const char *owner, struct mailbox *out);
void find_group(struct world *w, const char *name, struct box_group *out);

#endif
