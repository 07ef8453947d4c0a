/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_HASH_H
#define NOCLOBBER_CORE_HASH_H

/*
 * A 64-bit hash that is as fast as the page cache (about 4 GB/s): FNV-1a on words of 8 bytes, with
 * a shift that mixes high bits into low ones. Each step is a bijection, so two files of one length
 * that differ in a single word always have different hashes; others collide once in 2^64. It is not
 * cryptographic: anybody can construct two files with the same hash. Pure, async-signal-safe.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The hash of no bytes. */
#define HASH_START 0xCBF29CE484222325u

/* Adds one word. Returns the new hash. */
static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x100000001B3u;
    return hash ^ hash >> 32;
}

/* Adds `length` bytes to `hash`, which starts as HASH_START. Returns the new hash. Pieces give the
 * hash of the whole if each piece but the last is a multiple of 8 bytes long. */
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
