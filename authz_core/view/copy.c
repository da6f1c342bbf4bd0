/* SPDX-License-Identifier: ISC */
#include "view/copy.h"

#include <string.h>

#include "view/format.h"
#include "view/view.h"

#if defined __x86_64__ && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#define HAVE_WIDE 1 /* the C library knows the processor, so nobody has to ask it */
#define WIDE __attribute__((target("avx2")))
#endif

/* ---- text */

typedef uint8_t letters __attribute__((vector_size(16)));
/* of the file: wherever it lies, read once */
typedef const volatile letters __attribute__((aligned(1), may_alias)) file_letters;

static bool is_unfit(unsigned char c)
{
	return (c <= ' ' && c != '\0') || c == 0x7f || c == ':' || c == ',';
}

/* The same of many at once.  A macro, as the next: for vectors of two sizes. */
#define UNFIT(c) (((c)-1 < ' ') | ((c) == 0x7f) | ((c) == ':') | ((c) == ','))

/* At least as many as are done at once; the last of them lie partly over those before. */
#define COPY(many, to, from, length, bad) \
	for (uint64_t at_ = 0;; at_ += sizeof(many)) { \
		const uint64_t here_ = at_ < (length) - sizeof(many) ? at_ : (length) - sizeof(many); \
		const many some_ = *(file_##many *)((from) + here_); \
\
		memcpy((to) + here_, &some_, sizeof some_); \
		(bad) |= (many)UNFIT(some_); \
		if (at_ >= (length) - sizeof(many)) \
			break; \
	}

static bool copy_many(char *to, const char *from, uint64_t length)
{
	letters bad = {0};
	uint64_t word[2];

	COPY(letters, to, from, length, bad)
	memcpy(word, &bad, sizeof word);
	return (word[0] | word[1]) == 0;
}

#ifdef HAVE_WIDE
typedef uint8_t wide_letters __attribute__((vector_size(32)));
typedef const volatile wide_letters __attribute__((aligned(1), may_alias)) file_wide_letters;

WIDE static bool copy_wide(char *to, const char *from, uint64_t length)
{
	wide_letters bad = {0};
	uint64_t word[4];

	COPY(wide_letters, to, from, length, bad)
	memcpy(word, &bad, sizeof word);
	return (word[0] | word[1] | word[2] | word[3]) == 0;
}
#endif

static bool copy_bytes(char *to, const char *from, uint64_t length)
{
	bool bad = false;
	uint64_t i;

	for (i = 0; i < length; i++) {
		to[i] = VIEW_ONCE(from[i]);
		bad |= is_unfit((unsigned char)to[i]);
	}
	return !bad;
}

static bool copy_text(char *to, const char *from, uint64_t length)
{
#ifdef HAVE_WIDE
	if (length >= VIEW_LARGE && CPU_FEATURE_ACTIVE(AVX2))
		return copy_wide(to, from, length);
#endif
	return length >= sizeof(letters) ? copy_many(to, from, length) : copy_bytes(to, from, length);
}

bool view_copy(char *copy, const char *text, uint64_t length)
{
	return length > 0 && copy_text(copy, text, length) && copy[length - 1] == '\0' && view_name_fits(copy);
}

bool view_names_fit(const char *text, uint64_t length)
{
	uint64_t i;

	for (i = 0; i < length; i++)
		if (is_unfit((unsigned char)text[i]))
			return false;
	return true;
}

/* ---- names */

#define MANY 4

typedef uint32_t numbers __attribute__((vector_size(MANY * sizeof(uint32_t))));
typedef uintptr_t pointers __attribute__((vector_size(MANY * sizeof(uintptr_t))));
typedef const volatile numbers __attribute__((aligned(4), may_alias)) file_numbers;

/* Compiled into both its callers, for the one's processor and the other's. */
static inline __attribute__((always_inline)) bool point(char **names, const uint32_t *starts, uint32_t count, char *copy, uint64_t length)
{
	const uint32_t last = length > UINT32_MAX ? UINT32_MAX : (uint32_t)(length - 1);
	numbers some, bad = {0};
	pointers to;
	uint32_t i, one, outside = 0;

	for (i = 0; count - i >= MANY; i += MANY) {
		some = *(file_numbers *)(starts + i);
		bad |= (numbers)(some > last);
		to = __builtin_convertvector(some, pointers) + (uintptr_t)copy;
		memcpy(names + i, &to, sizeof to);
	}
	for (; i < count; i++) {
		one = VIEW_ONCE(starts[i]);
		outside |= one > last;
		names[i] = copy + one;
	}
	return (bad[0] | bad[1] | bad[2] | bad[3] | outside) == 0;
}

#ifdef HAVE_WIDE
WIDE static bool point_wide(char **names, const uint32_t *starts, uint32_t count, char *copy, uint64_t length)
{
	return point(names, starts, count, copy, length);
}
#endif

bool view_point(char **names, const uint32_t *starts, uint32_t count, char *copy, uint64_t length)
{
#ifdef HAVE_WIDE
	if (count >= VIEW_LARGE / sizeof *starts && CPU_FEATURE_ACTIVE(AVX2))
		return point_wide(names, starts, count, copy, length);
#endif
	return point(names, starts, count, copy, length);
}

/* ---- sums */

#ifdef HAVE_WIDE
typedef uint64_t row __attribute__((vector_size(VIEW_ROW)));

WIDE static uint64_t sum_wide(const void *bytes, uint64_t length, uint64_t seed)
{
	row words, low = {0}, high = {0}, low_sums = {0}, high_sums = {0};
	struct view_sums s;
	uint64_t at;

	for (at = 0; at < length; at += VIEW_ROW) {
		memcpy(&words, (const char *)bytes + at, VIEW_ROW);
		low += words & UINT32_MAX;
		high += words >> 32;
		low_sums += low;
		high_sums += high;
	}
	memcpy(s.low, &low, sizeof low);
	memcpy(s.high, &high, sizeof high);
	memcpy(s.low_sums, &low_sums, sizeof low_sums);
	memcpy(s.high_sums, &high_sums, sizeof high_sums);
	return view_sum_end(&s, length, seed);
}
#endif

uint64_t view_sum_large(const void *bytes, uint64_t length, uint64_t seed)
{
#ifdef HAVE_WIDE
	if (CPU_FEATURE_ACTIVE(AVX2))
		return sum_wide(bytes, length, seed);
#endif
	return view_sum(bytes, length, seed);
}
