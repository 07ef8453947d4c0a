/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_HASH_H
#define NOCLOBBER_CORE_HASH_H

/*
 * A hash of 64 bits that keeps up with the page cache (some 4 GB/s): FNV-1a by words of 8 bytes, with
 * a shift so that high bits count as well. Each step is a bijection, so files of one length that
 * differ in one word have different hashes; others by 1 in 2^64. It is not cryptographic: anybody
 * can make two files with one hash. Pure, async-signal-safe.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_START 0xCBF29CE484222325u

static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x100000001B3u;
    return hash ^ hash >> 32;
}

/* Adds `length` bytes to a hash, which begins as HASH_START. What is hashed in pieces comes in pieces of a
 * multiple of 8 bytes, except the last one. Returns the hash. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t word;

    for (; length >= sizeof word; at += sizeof word, length -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = hash_word(hash, word);
    }
    for (; length > 0; length--)
        hash = hash_word(hash, *at++);
    return hash;
}

#endif
