/* SPDX-License-Identifier: MIT */
#include "engine/scratch.h"

#include <stdatomic.h>

/* An area that is not in use, or NULL. */
static struct scratch *_Atomic spare;

struct scratch *scratch_take(const struct sys *sys)
{
    struct scratch *const kept = atomic_exchange_explicit(&spare, NULL, memory_order_acquire);
    long address;

    if (kept)
        return kept;
    address = sys_map(sys, sizeof *kept);
    return address < 0 && address > -4096 ? NULL : (struct scratch *)address;
}

void scratch_release(const struct sys *sys, struct scratch *scratch)
{
    struct scratch *none = NULL;

    if (!atomic_compare_exchange_strong_explicit(&spare, &none, scratch, memory_order_release,
                                                 memory_order_relaxed))
        sys_unmap(sys, scratch, sizeof *scratch);
}
