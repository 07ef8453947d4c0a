/* SPDX-License-Identifier: MIT */
#include "launcher/verify/hash.h"

#include <stdio.h>
#include <string.h>

#include "unit/run.h"

static const char *digest(struct hash *hash)
{
    static char out[2 * HASH_SIZE + 1];
    unsigned char bytes[HASH_SIZE];

    hash_end(hash, bytes);
    for (int i = 0; i < HASH_SIZE; i++)
        snprintf(out + 2 * (size_t)i, 3, "%02x", bytes[i]);
    return out;
}

/* `length` bytes 0, 1, … 250, 0, …, of which `step` at a time are handed over. */
static const char *digest_of_count(size_t length, size_t step)
{
    struct hash hash;
    unsigned char bytes[4096];

    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(i % 251);
    hash_begin(&hash);
    for (size_t at = 0; at < length; at += step)
        hash_update(&hash, bytes + at, length - at < step ? length - at : step);
    return digest(&hash);
}

/* What `b2sum -l 256` and Python's hashlib.blake2b(digest_size=32) print: none, part of a
 * block, one block less or more a byte, several. */
static const struct {
    size_t length;
    const char *expected;
} vectors[] = {
    {0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
    {1, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314"},
    {127, "f2fe67ff342e21b8f45e8f2e0bcd1d9243245d50ee6c78042e9c491388791c72"},
    {128, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1"},
    {129, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9"},
    {255, "d9ef0fc521b4266d16df662bec231bc2ec3989e7adeaf63169c295dc239dbbea"},
    {256, "582f782226018ec33076bd8d1c42413530ac7e1126260ffc0f306ba3befc3f24"},
    {257, "227e15ed64ee8e93eb7bc53828f76eed974f2c4ab1408c3d08f212b7f8d69904"},
    {4096, "11c294a11dc67e3ddb25f8c06cca2721e58d2a044243abea6c7063fd17d589e5"},
};

START_TEST(a_known_message_has_its_known_digest)
{
    ck_assert_str_eq(digest_of_count(vectors[_i].length, 4096), vectors[_i].expected);
}
END_TEST

START_TEST(it_does_not_matter_in_which_pieces_a_message_comes)
{
    static const size_t steps[] = {1, 3, 64, 127, 128, 129, 1000};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        ck_assert_str_eq(digest_of_count(vectors[_i].length, steps[i]), vectors[_i].expected);
}
END_TEST

START_TEST(words_have_their_digest)
{
    struct hash hash;

    hash_begin(&hash);
    hash_update(&hash, "abc", 3);
    ck_assert_str_eq(digest(&hash),
                     "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_known_message_has_its_known_digest, 0, ROWS(vectors));
    tcase_add_loop_test(tcase, it_does_not_matter_in_which_pieces_a_message_comes, 0,
                        ROWS(vectors));
    tcase_add_test(tcase, words_have_their_digest);
}

int main(void)
{
    return run_tests("hash", add);
}
