/* SPDX-License-Identifier: MIT */
#include "preload/setup.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>

#include "engine/alias.h"
#include "engine/filesystem.h"
#include "engine/log.h"
#include "preload/route.h"

extern char **environ;

static struct policy parsed;
static const struct policy strictest;
static const struct policy inert = {.mode = POLICY_OFF};

/* The policy in force, once it is known; NULL until then. */
static const struct policy *_Atomic in_force;
static atomic_flag is_parsing = ATOMIC_FLAG_INIT;
static atomic_int is_parsed;
/* The message about a parse error until it is written: POLICY_MESSAGE_MAX mapped bytes; or NULL. */
static char *_Atomic complaint;
/* Whether route_next may be used. (A pointer to it would be one more relocation.) */
static atomic_int is_routed;

/* Maps `size` bytes, for the policy's storage or the message. NULL for 0 bytes or if mmap fails. */
static char *map_storage(size_t size)
{
    const long address = size == 0 ? 0 : sys_map(&route_raw, size);

    return address < 0 && address > -4096 ? NULL : (char *)address;
}

/* Written out now: the program may change its environment before the first rename. */
static void prepare_complaint(const struct policy_error *error)
{
    char *const message = map_storage(POLICY_MESSAGE_MAX);

    if (message)
        message[policy_error_message(error, message, POLICY_MESSAGE_MAX - 1)] = '\0';
    atomic_store_explicit(&complaint, message, memory_order_release);
}

static void complain(void)
{
    char *const message = atomic_exchange_explicit(&complaint, NULL, memory_order_acq_rel);

    if (!message)
        return;
    log_stderr(&route_raw, message, strlen(message));
    sys_unmap(&route_raw, message, POLICY_MESSAGE_MAX);
}

/* Parses the environment and returns 1; 0 if there is none yet, or if another thread parses it. */
static int parse(char *const *environment)
{
    struct policy_error error;
    size_t size;
    char *storage;

    if (!environment || atomic_flag_test_and_set_explicit(&is_parsing, memory_order_acquire))
        return 0;
    size = policy_storage_size(environment);
    storage = map_storage(size);
    if (policy_parse(&parsed, environment, storage, storage ? size : 0, &error) < 0)
        prepare_complaint(&error);
    atomic_store_explicit(&is_parsed, 1, memory_order_release);
    return 1;
}

static const struct policy *put_in_force(const struct policy *policy)
{
    atomic_store_explicit(&in_force, policy, memory_order_release);
    return policy;
}

/* The policy for a rename while in_force is not set: before the constructor, or with a message to
 * write. */
static const struct policy *begin(void)
{
    if (getauxval(AT_SECURE) != 0)
        return put_in_force(&inert);
    if (!atomic_load_explicit(&is_parsed, memory_order_acquire) && !parse(environ))
        return &strictest;
    complain();
    return put_in_force(&parsed);
}

const struct policy *setup_policy(void)
{
    const struct policy *const known = atomic_load_explicit(&in_force, memory_order_acquire);

    return known ? known : begin();
}

const struct sys *setup_sys(void)
{
    return atomic_load_explicit(&is_routed, memory_order_acquire) ? &route_next : &route_raw;
}

/* glibc passes a constructor main's arguments, and may do so before it has set environ itself; musl
 * passes nothing, but has set it by then. */
__attribute__((constructor)) static void start(int count, char **arguments, char **environment)
{
    (void)count;
    (void)arguments;
    if (getauxval(AT_SECURE) != 0) {
        put_in_force(&inert);
        return;
    }
    if (route_is_repeated(route_mark))
        put_in_force(&inert);
    else if (!atomic_load_explicit(&is_parsed, memory_order_acquire))
        parse(environ ? environ : environment);
    if (atomic_load_explicit(&complaint, memory_order_relaxed) ||
        parsed.on_refusal == POLICY_REFUSAL_EXIT || policy_logs_to_stderr(&parsed))
        log_remember_stderr(&route_raw);
    if (!atomic_load_explicit(&complaint, memory_order_relaxed) &&
        atomic_load_explicit(&is_parsed, memory_order_acquire))
        put_in_force(&parsed);
    alias_learn(&route_raw, &parsed);
    filesystem_setup(&route_raw);
    route_setup();
    atomic_store_explicit(&is_routed, 1, memory_order_release);
}
