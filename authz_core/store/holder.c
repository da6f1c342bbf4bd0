/* SPDX-License-Identifier: ISC */
#include "store/holder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "store/twin.h"

#define SEEN_ENOUGH 5 /* looks at a silent holder: one that runs says who it is within microseconds */

/* One of these is the holder's own, the next what waiters saw of a silent one.  All zeros: nobody. */
struct holder {
	uint64_t pid, pid_space; /* the space that the pid is of */
	uint64_t started;        /* field 22 of /proc/PID/stat */
	uint64_t ends;           /* boot clock, milliseconds */
	unsigned char sum[crypto_shorthash_BYTES];
};

enum { HOLDER_OWN, HOLDER_SEEN, HOLDERS };

uint64_t holder_now_ms(int clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void holder_sum(const struct holder *h, unsigned char sum[crypto_shorthash_BYTES])
{
	static const unsigned char key[crypto_shorthash_KEYBYTES] = "authz: a holder";

	crypto_shorthash(sum, (const unsigned char *)h, offsetof(struct holder, sum), key);
}

/* The start time of a process in clock ticks since boot; 0 when it cannot be told. */
static uint64_t process_started(uint64_t pid)
{
	char path[40], text[1024], *at;
	ssize_t length;
	int fd, field;

	snprintf(path, sizeof path, "/proc/%llu/stat", (unsigned long long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, text, sizeof text - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	at = strrchr(text, ')'); /* the name before it may hold anything */
	for (field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at != NULL ? strtoull(at, NULL, 10) : 0;
}

static uint64_t pid_space(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 ? (uint64_t)st.st_ino : 0;
}

/* What never changes in a process, found once; "pid" is set last, and tells a child that it is another process. */
static struct {
	_Atomic uint64_t pid, pid_space, started;
} self;

static void self_find(uint64_t pid)
{
	if (atomic_load_explicit(&self.pid, memory_order_acquire) == pid)
		return;
	/* threads that do this at once write the same */
	atomic_store(&self.pid_space, pid_space());
	atomic_store(&self.started, process_started(pid));
	if (self.pid_space != 0 && self.started != 0)
		atomic_store_explicit(&self.pid, pid, memory_order_release);
}

static void holder_of(struct holder *h, uint64_t pid, unsigned hold_ms)
{
	*h = (struct holder){.pid = pid, .pid_space = self.pid_space};
	h->started = pid == self.pid ? self.started : process_started(pid);
	h->ends = holder_now_ms(CLOCK_BOOTTIME) + hold_ms;
	holder_sum(h, h->sum);
}

static bool holder_read(int fd, int which, struct holder *h)
{
	unsigned char sum[crypto_shorthash_BYTES];

	if (pread(fd, h, sizeof *h, which * (off_t)sizeof *h) != (ssize_t)sizeof *h || h->started == 0)
		return false;
	holder_sum(h, sum);
	return memcmp(sum, h->sum, sizeof sum) == 0;
}

enum authz_result holder_say(int fd, unsigned hold_ms)
{
	struct holder h[HOLDERS] = {{0}};

	self_find((uint64_t)getpid());
	holder_of(&h[HOLDER_OWN], (uint64_t)getpid(), hold_ms);
	return pwrite(fd, h, sizeof h, 0) == (ssize_t)sizeof h ? AUTHZ_OK : store_errno(errno);
}

void holder_unsay(int fd)
{
	static const struct holder nobody;

	if (pwrite(fd, &nobody, sizeof nobody, 0) < 0)
		(void)!ftruncate(fd, 0);
}

/* The process that holds the lock, as the kernel says; 0 if it is not to be seen from here. */
static uint64_t lock_owner(int fd)
{
	char line[256], wanted[64];
	unsigned long long pid, owner = 0;
	struct stat st;
	FILE *locks;

	if (fstat(fd, &st) != 0 || (locks = fopen("/proc/locks", "re")) == NULL)
		return 0;
	snprintf(wanted, sizeof wanted, " %02x:%02x:%llu ", major(st.st_dev), minor(st.st_dev), (unsigned long long)st.st_ino);
	while (owner == 0 && fgets(line, sizeof line, locks) != NULL)
		if (strstr(line, wanted) != NULL && sscanf(line, "%*[0-9]: FLOCK ADVISORY WRITE %llu", &pid) == 1)
			owner = pid;
	fclose(locks);
	return owner;
}

static bool still(int fd, int which, const struct holder *h)
{
	struct holder own, now;

	if (which == HOLDER_SEEN && (lock_owner(fd) != h->pid || (holder_read(fd, HOLDER_OWN, &own) && own.pid == h->pid)))
		return false;
	return holder_read(fd, which, &now) && memcmp(h, &now, sizeof now) == 0;
}

/* MUST 1 */
static void holder_end(int fd, int which, const struct holder *h)
{
	int pidfd;

	if (holder_now_ms(CLOCK_BOOTTIME) < h->ends || h->pid == (uint64_t)getpid())
		return;
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)h->pid, 0);
	if (pidfd < 0)
		return;
	if (process_started(h->pid) == h->started && still(fd, which, h))
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	close(pidfd);
}

/* Nobody who lives says that they hold the lock. */
static void holder_silent(int fd, unsigned hold_ms, struct holder_watch *watch)
{
	const uint64_t pid = lock_owner(fd);
	struct holder seen;

	watch->seen = pid != 0 && pid == watch->pid ? watch->seen + 1 : 0;
	watch->pid = pid;
	if (watch->seen < SEEN_ENOUGH)
		return;
	if (holder_read(fd, HOLDER_SEEN, &seen) && seen.pid == pid && seen.started == process_started(pid)) {
		holder_end(fd, HOLDER_SEEN, &seen);
		return;
	}
	self_find((uint64_t)getpid());
	holder_of(&seen, pid, hold_ms);
	/* if this cannot be written, the next waiter tries again */
	(void)!pwrite(fd, &seen, sizeof seen, HOLDER_SEEN * (off_t)sizeof seen);
}

void holder_look(int fd, unsigned hold_ms, struct holder_watch *watch)
{
	struct holder h;

	if (!holder_read(fd, HOLDER_OWN, &h)) {
		holder_silent(fd, hold_ms, watch);
		return;
	}
	if (h.pid_space != pid_space())
		return;
	if (process_started(h.pid) != h.started) {
		holder_silent(fd, hold_ms, watch); /* what one who was killed left behind */
		return;
	}
	watch->seen = 0;
	holder_end(fd, HOLDER_OWN, &h);
}
