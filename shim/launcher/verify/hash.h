/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_HASH_H
#define NOCLOBBER_LAUNCHER_VERIFY_HASH_H

/* BLAKE2b (RFC 7693) with 32 bytes of output and no key: what `b2sum -l 256` prints. Pure. */

#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE 32
#define HASH_BLOCK 128

struct hash {
    uint64_t state[8];
    uint64_t length; /* bytes compressed so far */
    unsigned char block[HASH_BLOCK];
    size_t used; /* bytes of it that wait */
};

void hash_begin(struct hash *hash);
void hash_update(struct hash *hash, const void *bytes, size_t length);

/* Writes the digest. The hash must be begun anew before it is used again. */
void hash_end(struct hash *hash, unsigned char out[HASH_SIZE]);

#endif
