/* SPDX-License-Identifier: ISC */
#include "since.h"

#include <string.h>
#include <time.h>

/* "count" digits exactly, or with count 0 one to eleven of them. */
static bool take_digits(const char **at, int count, int64_t *value)
{
	const int most = count == 0 ? 11 : count;
	int i = 0;

	for (*value = 0; i < most && **at >= '0' && **at <= '9'; i++)
		*value = *value * 10 + (*(*at)++ - '0');
	return count == 0 ? i > 0 : i == count;
}

static bool take(const char **at, const char *one_of)
{
	if (**at == '\0' || strchr(one_of, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

static int64_t days_of(int64_t year, int64_t month)
{
	static const char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (leap && month == 2);
}

static bool take_clock(const char **at, int64_t *hour, int64_t *minute, int64_t *second)
{
	if (**at == '\0')
		return true;
	if (!take(at, " T") || !take_digits(at, 2, hour) || !take(at, ":") || !take_digits(at, 2, minute))
		return false;
	if (**at != '\0' && (!take(at, ":") || !take_digits(at, 2, second)))
		return false;
	return **at == '\0' && *hour < 24 && *minute < 60 && *second < 60;
}

static bool take_day(const char **at, struct tm *tm)
{
	int64_t year, month, day;

	if (!take_digits(at, 4, &year) || !take(at, "-") || !take_digits(at, 2, &month) || !take(at, "-") ||
	    !take_digits(at, 2, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of(year, month))
		return false;
	*tm = (struct tm){.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day, .tm_isdst = -1};
	return true;
}

static bool parse_date(const char *at, int64_t *seconds)
{
	int64_t hour = 0, minute = 0, second = 0;
	struct tm tm;

	if (!take_day(&at, &tm) || !take_clock(&at, &hour, &minute, &second))
		return false;
	tm.tm_hour = (int)hour;
	tm.tm_min = (int)minute;
	tm.tm_sec = (int)second;
	*seconds = mktime(&tm);
	return true;
}

static int64_t unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

/* "8h", as seconds. */
static bool parse_distance(const char *at, int64_t *seconds)
{
	int64_t number, unit;

	if (!take_digits(&at, 0, &number) || (unit = unit_seconds(*at)) == 0)
		return false;
	*seconds = number * unit;
	return at[1] == '\0';
}

bool since_parse(const char *text, int64_t now, int64_t *seconds)
{
	const char *at = text;
	int64_t distance;

	if (take(&at, "@"))
		return take_digits(&at, 0, seconds) && *at == '\0';
	if (take(&at, "+")) {
		if (!parse_distance(at, &distance))
			return false;
		*seconds = now + distance;
		return true;
	}
	if (parse_distance(text, &distance)) {
		*seconds = distance > now ? 0 : now - distance;
		return true;
	}
	return parse_date(text, seconds);
}

bool since_day(const char *text, int64_t *days)
{
	struct tm tm;

	if (!take_day(&text, &tm) || *text != '\0')
		return false;
	*days = timegm(&tm) / 86400;
	return true;
}
