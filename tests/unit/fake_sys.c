/* SPDX-License-Identifier: MIT */
#include "unit/fake_sys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "preload/raw.h"

struct fake fake;

void fake_reset(void)
{
    memset(&fake, 0, sizeof fake);
    fake.fail_at = -1;
    fake.race_at = -1;
}

/* ---- calls that are never real ---- */

static long collect(const char *bytes, size_t length)
{
    const size_t room = sizeof fake.err - 1 - fake.err_length;
    const size_t taken = length < room ? length : room;

    memcpy(fake.err + fake.err_length, bytes, taken);
    fake.err_length += taken;
    return (long)length;
}

static long stop_clock(long out)
{
    struct sys_time *const time = (struct sys_time *)out;

    *time = *fake.clock;
    return 0;
}

static long exit_group(long status)
{
    fake.has_exited = 1;
    fake.exit_status = (int)status;
    return 0;
}

/* ---- renames ---- */

static int is_exclusive(long number, long flags)
{
    return number == SYS_renameat2 && (flags & RENAME_NOREPLACE) != 0;
}

static int is_probe(long number, long source, long destination)
{
    const long first_good = 4096; /* bad pointers are passed on */

    return number == SYS_renameat2 && source >= first_good && destination >= first_good &&
           *(const char *)source == '\0' && *(const char *)destination == '\0';
}

/* What a rename answers without being made, or 0. */
static long forged_rename(long number, long source, long destination, long flags)
{
    if (!sys_is_rename(number))
        return 0;
    if (is_exclusive(number, flags) && is_probe(number, source, destination))
        return fake.is_filtered ? -EPERM : 0;
    if (fake.missing != 0 && is_exclusive(number, flags))
        return fake.missing;
    return fake.every_rename;
}

/* ---- both entries ---- */

static void note(long number, int is_path)
{
    if (fake.count < FAKE_CALLS_MAX) {
        fake.calls[fake.count] = number;
        fake.is_path[fake.count] = (char)is_path;
    }
    if (fake.count == fake.race_at) {
        fake.has_raced = 1;
        fake.racer();
    }
    fake.count++;
}

/* Whether the call just noted is to fail. */
static int is_to_fail(void)
{
    const int current = fake.count - 1;

    if (fake.fail_at < 0 || current != fake.fail_at)
        return 0;
    fake.has_failed = 1;
    return 1;
}

static long make(long number, long a, long b, long c, long d, long e, long f)
{
    if (number == SYS_exit_group)
        return exit_group(a);
    if (number == SYS_write && a == 2)
        return collect((const char *)b, (size_t)c);
    if (number == SYS_CLOCK && fake.clock)
        return stop_clock(b);
    return raw_call(number, a, b, c, d, e, f);
}

static long fake_call(long number, long a, long b, long c, long d, long e, long f)
{
    const long forged = forged_rename(number, b, d, e);

    if (is_to_fail()) {
        if (number == SYS_close) /* close(2) closes whatever it says */
            raw_call(number, a, b, c, d, e, f);
        return fake.fail_with;
    }
    if (fake.intercept != 0 && number == fake.intercept)
        return fake.intercept_with;
    if (fake.hides_words && number == SYS_openat && c == SYS_WORD_FLAGS)
        return -ENOSYS;
    return forged != 0 ? forged : make(number, a, b, c, d, e, f);
}

static long fake_path(long number, long a, long b, long c, long d, long e, long f)
{
    note(number, 1);
    return fake_call(number, a, b, c, d, e, f);
}

static long fake_kernel(long number, long a, long b, long c, long d, long e, long f)
{
    note(number, 0);
    return fake_call(number, a, b, c, d, e, f);
}

const struct sys fake_sys = {.path = fake_path, .kernel = fake_kernel};

/* ---- what was recorded ---- */

int fake_count(long number)
{
    int found = 0;

    for (int i = 0; i < fake.count && i < FAKE_CALLS_MAX; i++)
        found += fake.calls[i] == number;
    return found;
}

int fake_was(const long *expected)
{
    int i = 0;

    while (i < fake.count && i < FAKE_CALLS_MAX && expected[i] == fake.calls[i])
        i++;
    return i == fake.count && expected[i] < 0;
}

static const char *call_word(long number)
{
    static const struct {
        long number;
        const char *word;
    } words[] = {
#ifdef SYS_rename
        {SYS_rename, "rename"},
#endif
#ifdef SYS_renameat
        {SYS_renameat, "renameat"},
#endif
        {SYS_renameat2, "renameat2"}, {SYS_linkat, "linkat"},         {SYS_unlinkat, "unlinkat"},
        {SYS_mkdirat, "mkdirat"},     {SYS_statx, "statx"},           {SYS_openat, "openat"},
        {SYS_close, "close"},         {SYS_readlinkat, "readlinkat"}, {SYS_read, "read"},
        {SYS_write, "write"},         {SYS_getdents64, "getdents"},   {SYS_CLOCK, "clock_gettime"},
        {SYS_getpid, "getpid"},       {SYS_exit_group, "exit_group"}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].number == number)
            return words[i].word;
    return "?";
}

const char *fake_story(void)
{
    static char story[2048];
    size_t used = 0;

    story[0] = '\0';
    for (int i = 0; i < fake.count && i < FAKE_CALLS_MAX && used + 32 < sizeof story; i++)
        used +=
            (size_t)snprintf(story + used, sizeof story - used, "%s ", call_word(fake.calls[i]));
    return story;
}
