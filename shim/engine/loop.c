/* SPDX-License-Identifier: MIT */
/*
 * Each place is one 64-bit word, so that it changes atomically without a lock: 32 bits of the
 * pair's hash, 16 bits of the window's first time, 16 bits of count. A word of zeros is a free
 * place.
 */
#include "engine/loop.h"

#include <stdatomic.h>
#include <stdint.h>

#define PLACES 64
#define COUNT_MAX 0xFFFFu

static _Atomic uint64_t places[PLACES];

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t state, unsigned char byte)
{
    return (state ^ byte) * 0x100000001B3u;
}

__attribute__((noinline)) static uint64_t mix_number(uint64_t state, uint64_t number)
{
    for (int bit = 0; bit < 64; bit += 8)
        state = mix(state, (unsigned char)(number >> bit));
    return state;
}

static uint64_t hash_pair(int process, int source_dirfd, const char *source,
                          const struct file *destination)
{
    uint64_t state = 0xCBF29CE484222325u;

    state = mix_number(state, (uint64_t)process << 32 | (uint32_t)source_dirfd);
    if (destination) {
        state = mix_number(state, destination->inode);
        state = mix_number(state,
                           (uint64_t)destination->device_major << 32 | destination->device_minor);
    }
    for (; *source != '\0'; source++)
        state = mix(state, (unsigned char)*source);
    return state;
}

/* Now, in sixteenths of a second, modulo 2^16: a little over an hour. */
static uint16_t now(const struct sys *sys)
{
    struct sys_time time = {0, 0};

    sys_clock_gettime(sys, CLOCK_MONOTONIC_COARSE, &time);
    return (uint16_t)((uint64_t)time.seconds * 16 + (uint32_t)time.nanoseconds / 62500000);
}

static uint64_t pack(uint32_t tag, uint16_t start, unsigned count)
{
    return (uint64_t)tag << 32 | (uint64_t)start << 16 | count;
}

/* How many of a window's `count` refusals have no event and were counted in none: events are
 * written at the first and at the limit. */
static unsigned unlogged(unsigned count)
{
    if (count >= LOOP_LIMIT)
        return count - LOOP_LIMIT;
    return count == 0 ? 0 : count - 1;
}

/* The word after `old` if the pair `tag` is refused at `time`; sets `*loop`. */
static uint64_t advance(uint64_t old, uint32_t tag, uint16_t time, struct loop *loop)
{
    const int is_same = (uint32_t)(old >> 32) == tag;
    const uint16_t start = (uint16_t)(old >> 16);
    const unsigned before = is_same ? (unsigned)(old & COUNT_MAX) : 0;
    const int continues = before != 0 && (uint16_t)(time - start) < LOOP_WINDOW;

    loop->count = continues ? before + (before < COUNT_MAX) : 1;
    loop->is_logged = loop->count == 1 || loop->count == LOOP_LIMIT;
    loop->unlogged = 0;
    if (loop->count == 1)
        loop->unlogged = unlogged(before);
    else if (loop->count == LOOP_LIMIT)
        loop->unlogged = LOOP_LIMIT - 2;
    return pack(tag, continues ? start : time, loop->count);
}

struct loop loop_count(const struct sys *sys, int source_dirfd, const char *source,
                       const struct file *destination)
{
    const uint64_t pair = hash_pair(sys_getpid(sys), source_dirfd, source, destination);
    _Atomic uint64_t *const place = &places[pair % PLACES];
    const uint16_t time = now(sys);
    struct loop loop;
    uint64_t old = atomic_load_explicit(place, memory_order_relaxed);

    while (!atomic_compare_exchange_weak_explicit(place, &old,
                                                  advance(old, (uint32_t)(pair >> 32), time, &loop),
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
    return loop;
}
