/* SPDX-License-Identifier: ISC */
/* Where owners come from: rules/mailbox_address.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/mailbox_address.h"

static void holds(void **state)
{
	static const struct {
		const char *net, *host;
		bool in;
	} rows[] = {
		{"192.0.2.7", "192.0.2.7", true},       {"192.0.2.7", "192.0.2.8", false},
		{"192.0.2.0/24", "192.0.2.255", true},  {"192.0.2.0/24", "192.0.3.0", false},
		{"192.0.2.77/24", "192.0.2.1", true},   {"192.0.2.128/25", "192.0.2.127", false},
		{"192.0.2.0/31", "192.0.2.1", true},    {"192.0.2.0/31", "192.0.2.2", false},
		{"0.0.0.0/0", "203.0.113.9", true},     {"0.0.0.0/0", "2001:db8::1", false},
		{"192.0.2.7/32", "192.0.2.7", true},    {"192.0.2.7/32", "192.0.2.6", false},
		{"2001:db8::/32", "2001:db8:1::9", true}, {"2001:db8::/32", "2001:db9::9", false},
		{"2001:db8::1", "2001:0DB8:0:0::0001", true}, {"::/0", "2001:db8::1", true},
		{"2001:db8::/33", "2001:db8:8000::", false}, {"2001:db8::/33", "2001:db8:7fff::", true},
		{"192.0.2.7", "::ffff:192.0.2.7", true}, {"::ffff:192.0.2.0/120", "192.0.2.9", true},
		{"::ffff:192.0.2.0/120", "192.0.3.9", false}, {"::192.0.2.7", "192.0.2.7", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (mailbox_address_holds(rows[i].net, rows[i].host) != rows[i].in)
			fail_msg("%s %s", rows[i].net, rows[i].host);
}

static void no_address(void **state)
{
	static const char *const bad[] = {
		"", "x", "mail.example", "192.0.2", "192.0.2.7.1", "192.0.2.256", "192.0.2.7/", "192.0.2.7/33", "192.0.2.7/-1",
		"192.0.2.7/ 1", "192.0.2.7/+1", "192.0.2.7/01", "192.0.2.7/1x", "192.0.2.7/24/24", " 192.0.2.7", "192.0.2.7 ",
		"192.0.2.7\n", "0300.0.2.7", "0x7f.1", "2001:db8::/129", "2001:db8::/1000", "2001:db8::1::2", "fe80::1%eth0", ":", "/0",
		"/", "192.0.2.7/4294967296", "2001:0db8:0000:0000:0000:0000:0000:0001:2001:0db8:0000:0000:0000:0000:0000:0001:aaaa",
	};
	char text[ADDRESS_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (mailbox_address_net(bad[i], text) || mailbox_address_holds(bad[i], "192.0.2.7") ||
		    mailbox_address_holds("0.0.0.0/0", bad[i]) || mailbox_address_holds("::/0", bad[i]))
			fail_msg("%s", bad[i]);
	assert_false(mailbox_address_holds("192.0.2.0/24", "192.0.2.0/24")); /* from a net nobody comes */
	assert_false(mailbox_address_host("192.0.2.0/32", text));
}

static void kept(void **state)
{
	char text[ADDRESS_SIZE];

	(void)state;
	assert_true(mailbox_address_net("2001:0DB8::0001/32", text));
	assert_string_equal(text, "2001:db8::1/32");
	assert_true(mailbox_address_net("192.0.2.7", text));
	assert_string_equal(text, "192.0.2.7");
	assert_true(mailbox_address_net("192.0.2.7/0", text));
	assert_string_equal(text, "192.0.2.7/0");
	assert_true(mailbox_address_host("::FFFF:192.0.2.7", text));
	assert_string_equal(text, "::ffff:192.0.2.7");
	assert_true(mailbox_address_net("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128", text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"addresses are compared in binary, with the prefix and mapped into IPv6 or not", holds, NULL, NULL, NULL},
		{"what is no address is in no net, and none holds it (mailbox_address MUST 1)", no_address, NULL, NULL, NULL},
		{"an address is kept in one form", kept, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("mailbox_address", tests, NULL, NULL);
}
