/* SPDX-License-Identifier: ISC */
/* SHA-256 against the vectors of FIPS 180-2, appendix B. Side: tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/sha256.h"

static void
expect(const void *data, size_t size, const char *hex)
{
	char got[GBX_SHA256_HEX];

	gbx_sha256_hex(data, size, got);
	assert_string_equal(got, hex);
}

static void
test_vectors(void **state)
{
	(void)state;
	expect("", 0,
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	expect("abc", 3,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	expect("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1");
}

static void
test_million(void **state)
{
	char *a = malloc(1000000);

	(void)state;
	assert_non_null(a);
	memset(a, 'a', 1000000);
	expect(a, 1000000,
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
	free(a);
}

/* Every way to cut 200 bytes in two gives what one call gives. */
static void
test_pieces(void **state)
{
	uint8_t data[200], whole[GBX_SHA256_LEN], got[GBX_SHA256_LEN];
	struct gbx_sha256 s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31);
	gbx_sha256_init(&s);
	gbx_sha256_add(&s, data, sizeof(data));
	gbx_sha256_done(&s, whole);
	for (i = 0; i <= sizeof(data); i++) {
		gbx_sha256_init(&s);
		gbx_sha256_add(&s, data, i);
		gbx_sha256_add(&s, data + i, sizeof(data) - i);
		gbx_sha256_done(&s, got);
		assert_memory_equal(got, whole, sizeof(whole));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_million),
	    cmocka_unit_test(test_pieces),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
