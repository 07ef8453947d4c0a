/* SPDX-License-Identifier: MIT */
#include "preload/setup.h"

#include <stdatomic.h>
#include <sys/auxv.h>

#include "engine/log.h"
#include "preload/route.h"

extern char **environ;

static struct policy parsed;
static const struct policy strictest;
static const struct policy inert = {.mode = POLICY_OFF};

/* The policy in force, once it is known; NULL until then. */
static const struct policy *_Atomic in_force;
static atomic_flag is_parsing = ATOMIC_FLAG_INIT;
/* Not in .bss, which would be a page that a start has to map by a call of its own. */
static const struct sys *_Atomic way = &route_raw;

/* Apart, because what it says takes much of a stack that parse needs of others too. */
__attribute__((noinline)) static void complain(const struct policy_error *error)
{
    char message[POLICY_MESSAGE_MAX];

    log_stderr(&route_raw, message, policy_error_message(error, message, sizeof message));
}

/* Memory for what the policy keeps, mapped for good: most processes need none. */
static char *map_storage(size_t size)
{
    const long address = size == 0 ? 0 : sys_map(&route_raw, size);

    return address < 0 && address > -4096 ? NULL : (char *)address;
}

/* Parses once, whoever comes first; a thread that comes meanwhile gets the strictest policy. */
static const struct policy *parse(char *const *environment)
{
    struct policy_error error;
    size_t size;
    char *storage;

    if (getauxval(AT_SECURE) != 0) {
        atomic_store_explicit(&in_force, &inert, memory_order_release);
        return &inert;
    }
    if (!environment || atomic_flag_test_and_set_explicit(&is_parsing, memory_order_acquire))
        return &strictest;
    size = policy_storage_size(environment);
    storage = map_storage(size);
    if (policy_parse(&parsed, environment, storage, storage ? size : 0, &error) < 0)
        complain(&error);
    atomic_store_explicit(&in_force, &parsed, memory_order_release);
    return &parsed;
}

const struct policy *setup_policy(void)
{
    const struct policy *const known = atomic_load_explicit(&in_force, memory_order_acquire);

    return known ? known : parse(environ);
}

const struct sys *setup_sys(void)
{
    return atomic_load_explicit(&way, memory_order_acquire);
}

/* glibc passes a constructor main's arguments, and may do so before it has set environ itself; musl
 * passes nothing, but has set it by then. */
__attribute__((constructor)) static void start(int count, char **arguments, char **environment)
{
    (void)count;
    (void)arguments;
    if (!atomic_load_explicit(&in_force, memory_order_acquire))
        parse(environ ? environ : environment);
    if (atomic_load_explicit(&in_force, memory_order_acquire) != &inert) {
        route_setup();
        if (parsed.on_refusal == POLICY_REFUSAL_EXIT || policy_logs_to_stderr(&parsed))
            log_remember_stderr(&route_raw);
        atomic_store_explicit(&way, &route_next, memory_order_release);
    }
}
