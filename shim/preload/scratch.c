/* SPDX-License-Identifier: MIT */
#include "preload/scratch.h"

#include <stdatomic.h>
#include <sys/mman.h>

static struct scratch own;
static atomic_flag is_taken = ATOMIC_FLAG_INIT;

struct scratch *scratch_take(const struct sys *sys)
{
    long address;

    if (!atomic_flag_test_and_set_explicit(&is_taken, memory_order_acquire))
        return &own;
    address = sys_map(sys, sizeof own);
    return address < 0 && address > -4096 ? NULL : (struct scratch *)address;
}

void scratch_release(const struct sys *sys, struct scratch *scratch)
{
    if (scratch == &own)
        atomic_flag_clear_explicit(&is_taken, memory_order_release);
    else
        sys_unmap(sys, scratch, sizeof own);
}
