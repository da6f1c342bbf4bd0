/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: outside of these functions the effective uid is the caller's.
 * MUST 2: nobody's command is run but that of the user whom the token, PAM's authenticate and account, and NSS agree on.
 * MUST 3: what was opened is closed in every case that leaves the process alive.
 * MUST 4: the command's process has nothing of root's left, or does not run.
 * MUST 5: nor has it the caller's keys, or capabilities to inherit: it has what PAM's modules have given it, or none.
 */
#include "config.h"

#include "privileged.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "say.h"

#define SERVICE "authz-run"

/* A change of the effective uid makes a process one that can be dumped and traced, if the host is set up so. */
static bool set_effective(uid_t uid)
{
	return setresuid((uid_t)-1, uid, (uid_t)-1) == 0 && geteuid() == uid && prctl(PR_SET_DUMPABLE, 0) == 0;
}

static bool take_up(void)
{
	return set_effective(0);
}

static void lay_down(void)
{
	if (!set_effective(getuid()))
		_exit(say(RUN_INTERNAL, "root's privilege could not be laid down"));
}

/* A namespace in which not all users are is one that an ordinary user may have made. */
static bool in_user_namespace(void)
{
	char text[64] = "";
	unsigned long inside = 1, outside = 1, count = 0;
	int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	const ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	return length >= 0 && (sscanf(text, "%lu %lu %lu", &inside, &outside, &count) != 3 || inside != 0 || outside != 0 ||
	                      count < UINT32_MAX);
}

static const char *why_not(void)
{
	struct statvfs fs;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return "it has no privilege: the caller runs with no_new_privs";
	if (statvfs("/proc/self/exe", &fs) == 0 && (fs.f_flag & ST_NOSUID) != 0)
		return "it has no privilege: it is on a file system mounted nosuid";
	if (in_user_namespace())
		return "it has no privilege: the caller is in a user namespace";
	return "it has no privilege: it is traced, or is not installed as root's with the set-user-ID bit";
}

/* What may be gained by running a program that lets it be inherited: no change of ids takes it away. */
static bool drop_inheritable(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) != 0)
		return false;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i].inheritable = 0;
	return syscall(SYS_capset, &header, data) == 0;
}

const char *privileged_begin(void)
{
	if (geteuid() != 0)
		return why_not();
	if (!drop_inheritable())
		return "the caller's capabilities could not be laid down";
	if (setresuid((uid_t)-1, getuid(), 0) != 0 || geteuid() != getuid() || prctl(PR_SET_DUMPABLE, 0) != 0)
		return "root's privilege could not be laid down";
	return NULL;
}

const char *privileged_limits(struct limits *limits)
{
	const char *low = "user id";

	if (take_up())
		low = limits_raise(limits);
	lay_down();
	return low;
}

enum authz_result privileged_whose(const unsigned char token[AUTHZ_TOKEN_SIZE], const char *tty,
                                   struct authz_identity *identity, struct authz_error *error)
{
	const struct authz_session session = {.service = SERVICE, .tty = tty, .actor = getuid()};
	enum authz_result result = AUTHZ_SET_REFUSED;

	error->subject[0] = '\0';
	if (take_up())
		result = authz_token_user(NULL, token, &session, identity, error);
	lay_down();
	return result;
}

static enum run_status status_of(int code)
{
	switch (code) {
	case PAM_AUTHINFO_UNAVAIL:
		return RUN_OUT_OF_REACH;
	case PAM_OPEN_ERR:
	case PAM_SYMBOL_ERR:
	case PAM_SERVICE_ERR:
	case PAM_SYSTEM_ERR:
	case PAM_BUF_ERR:
	case PAM_SESSION_ERR:
	case PAM_ABORT:
	case PAM_MODULE_UNKNOWN:
		return RUN_INTERNAL;
	default:
		return RUN_REFUSED;
	}
}

/* Is PAM_USER whom it was?  A module that made it another has left nothing that could be relied on. */
static int same_user(pam_handle_t *pamh, const struct become *account)
{
	const void *user = NULL;

	if (pam_get_item(pamh, PAM_USER, &user) == PAM_SUCCESS && user != NULL && strcmp(user, account->user) == 0)
		return PAM_SUCCESS;
	(void)say(RUN_REFUSED, "a module of PAM has changed the user");
	return PAM_PERM_DENIED;
}

static int set_items(pam_handle_t *pamh, const char *tty)
{
	const struct passwd *caller = getpwuid(getuid());
	int code = PAM_SUCCESS;

	if (caller != NULL)
		code = pam_set_item(pamh, PAM_RUSER, caller->pw_name);
	return code == PAM_SUCCESS && tty != NULL ? pam_set_item(pamh, PAM_TTY, tty) : code;
}

/* Has a module asked for the token?  Without that it is not spent, nor are its bindings looked at. */
static int asked(const struct conversation *c)
{
	if (c->text[0] == '\0')
		return PAM_SUCCESS;
	(void)say(RUN_REFUSED, "PAM has not asked for the token");
	return PAM_PERM_DENIED;
}

static int pass(struct visit *v, const struct become *account, const struct conversation *c, const char *tty)
{
	int code = set_items(v->pamh, tty);

	if (code == PAM_SUCCESS)
		code = pam_authenticate(v->pamh, PAM_DISALLOW_NULL_AUTHTOK);
	if (code == PAM_SUCCESS)
		code = asked(c);
	if (code == PAM_SUCCESS)
		code = same_user(v->pamh, account);
	if (code == PAM_SUCCESS)
		code = pam_acct_mgmt(v->pamh, PAM_DISALLOW_NULL_AUTHTOK);
	if (code == PAM_SUCCESS)
		code = pam_setcred(v->pamh, PAM_ESTABLISH_CRED);
	v->has_credentials = code == PAM_SUCCESS;
	if (code == PAM_SUCCESS)
		code = pam_open_session(v->pamh, 0);
	v->has_session = code == PAM_SUCCESS;
	return code == PAM_SUCCESS ? same_user(v->pamh, account) : code;
}

/* The number of the session's keyring; -1 and errno where there is none to be had. */
static long session_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
}

/*
 * pam_keyinit may be left out, and it fails where the user's own keys have used up all that the host lets the user have,
 * which is the user's to arrange.  A kernel without keys, or a filter that forbids them, forbids them to the command too.
 */
static bool leave_keys(long callers)
{
	const long now = session_keyring();

	if (now < 0 ? errno == ENOSYS || errno == EPERM : callers >= 0 && now != callers)
		return true;
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0;
}

int privileged_open(struct visit *v, const struct become *account, struct conversation *conversation, const char *tty)
{
	int code = PAM_SYSTEM_ERR;

	*v = (struct visit){.converse = {conversation_hold, conversation}, .callers_keys = session_keyring()};
	if (take_up())
		code = pam_start(SERVICE, account->user, &v->converse, &v->pamh);
	if (code == PAM_SUCCESS)
		code = pass(v, account, conversation, tty);
	explicit_bzero(conversation->text, sizeof conversation->text);
	lay_down();
	return code == PAM_SUCCESS ? 0 : (int)say(status_of(code), "%s", pam_strerror(v->pamh, code));
}

void privileged_close(struct visit *v)
{
	int code = PAM_SUCCESS;

	if (v->pamh == NULL)
		return;
	if (!take_up())
		_exit(say(RUN_INTERNAL, "the session could not be closed"));
	if (v->has_session)
		code = pam_close_session(v->pamh, 0);
	if (v->has_credentials)
		(void)pam_setcred(v->pamh, PAM_DELETE_CRED);
	(void)pam_end(v->pamh, code);
	v->pamh = NULL;
	lay_down();
}

bool privileged_give_terminal(int fd, uid_t uid)
{
	struct stat st;
	const bool done = take_up() && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && fchown(fd, uid, (gid_t)-1) == 0;

	lay_down();
	return done;
}

static int become_and_run(const struct become *account, long callers_keys, const struct limits *limits,
                          int (*run)(void *data), void *data)
{
	if (!limits_give_back(limits))
		return say(RUN_INTERNAL, "the limits could not be set");
	if (!become_possible() || become_user(account) != BECOME_DONE)
		return say(RUN_INTERNAL, "the process could not become user %s", account->user);
	if (!leave_keys(callers_keys))
		return say(RUN_INTERNAL, "the caller's keys could not be left: %s", strerror(errno));
	if (prctl(PR_SET_DUMPABLE, 0) != 0)
		return RUN_INTERNAL;
	return run(data);
}

pid_t privileged_start(const struct visit *v, const struct become *account, const struct limits *limits,
                       int (*run)(void *data), void *data)
{
	pid_t pid = -1;

	if (take_up())
		pid = fork();
	if (pid == 0)
		_exit(become_and_run(account, v->callers_keys, limits, run, data));
	lay_down();
	return pid;
}

void privileged_signal(pid_t pid, int number)
{
	if (take_up())
		(void)kill(pid, number);
	lay_down();
}
