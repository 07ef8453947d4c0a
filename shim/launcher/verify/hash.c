/* SPDX-License-Identifier: MIT */
/* Chosen for its speed without special instructions: some three times that of SHA-256. */
#include "launcher/verify/hash.h"

#include <string.h>

static const uint64_t initial[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Which word of the message each step takes; rounds 10 and 11 are 0 and 1 again. */
static const unsigned char schedule[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return (word >> bits) | (word << (64 - bits));
}

static uint64_t read_word(const unsigned char *bytes)
{
    uint64_t word = 0;

    for (unsigned i = 0; i < 8; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

static inline void mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, uint64_t x, uint64_t y)
{
    *a += *b + x;
    *d = rotate(*d ^ *a, 32);
    *c += *d;
    *b = rotate(*b ^ *c, 24);
    *a += *b + y;
    *d = rotate(*d ^ *a, 16);
    *c += *d;
    *b = rotate(*b ^ *c, 63);
}

static void mix_round(uint64_t v[16], const uint64_t m[16], const unsigned char s[16])
{
    for (size_t i = 0; i < 4; i++)
        mix(&v[i], &v[4 + i], &v[8 + i], &v[12 + i], m[s[2 * i]], m[s[2 * i + 1]]);
    for (size_t i = 0; i < 4; i++)
        mix(&v[i], &v[4 + (i + 1) % 4], &v[8 + (i + 2) % 4], &v[12 + (i + 3) % 4], m[s[8 + 2 * i]],
            m[s[9 + 2 * i]]);
}

/* Takes one block in; `last` is all ones for the last one, else 0. */
static void compress(struct hash *hash, const unsigned char *block, uint64_t last)
{
    uint64_t message[16];
    uint64_t work[16];

    for (unsigned i = 0; i < 16; i++)
        message[i] = read_word(block + (size_t)8 * i);
    memcpy(work, hash->state, sizeof hash->state);
    memcpy(work + 8, initial, sizeof initial);
    work[12] ^= hash->length;
    work[14] ^= last;
    for (unsigned i = 0; i < 12; i++)
        mix_round(work, message, schedule[i % 10]);
    for (unsigned i = 0; i < 8; i++)
        hash->state[i] ^= work[i] ^ work[8 + i];
}

void hash_begin(struct hash *hash)
{
    memset(hash, 0, sizeof *hash);
    memcpy(hash->state, initial, sizeof initial);
    hash->state[0] ^= 0x01010000 ^ HASH_SIZE;
}

/* A full block waits until more comes: the last one is compressed differently. */
void hash_update(struct hash *hash, const void *bytes, size_t length)
{
    const unsigned char *from = bytes;

    while (length > 0) {
        const size_t room = HASH_BLOCK - hash->used;
        const size_t part = length < room ? length : room;

        if (room == 0) {
            hash->length += HASH_BLOCK;
            compress(hash, hash->block, 0);
            hash->used = 0;
            continue;
        }
        memcpy(hash->block + hash->used, from, part);
        hash->used += part;
        from += part;
        length -= part;
    }
}

void hash_end(struct hash *hash, unsigned char out[HASH_SIZE])
{
    hash->length += hash->used;
    memset(hash->block + hash->used, 0, HASH_BLOCK - hash->used);
    compress(hash, hash->block, UINT64_MAX);
    for (unsigned i = 0; i < HASH_SIZE; i++)
        out[i] = (unsigned char)(hash->state[i / 8] >> (8 * (i % 8)));
}
