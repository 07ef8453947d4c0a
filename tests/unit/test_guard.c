/* SPDX-License-Identifier: MIT */
#include "engine/guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/loop.h"
#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

/* ---- policies ---- */

#define TO_STDERR .log = "-"

static const struct policy default_policy = {TO_STDERR};
static const struct policy off = {.mode = POLICY_OFF, TO_STDERR};
static const struct policy audit = {.mode = POLICY_AUDIT, TO_STDERR};
static const struct policy protects = {.protect = {"dest*", 1}, TO_STDERR};
static const struct policy protects_other = {.protect = {"/srv/dist/", 1}, TO_STDERR};
static const struct policy allows = {.allow = {"dest*", 1}, TO_STDERR};
static const struct policy allows_quietly = {.allow = {"dest*", 1}};
static const struct policy allows_other = {.allow = {"*.log", 1}, TO_STDERR};
static const struct policy audit_outside = {
    .mode = POLICY_AUDIT, .protect = {"/srv/dist/", 1}, TO_STDERR};
static const struct policy same = {.allow_if = POLICY_ALLOW_IF_SAME, TO_STDERR};
static const struct policy symlinks = {.allow_if = POLICY_ALLOW_IF_SYMLINK, TO_STDERR};
static const struct policy empty = {.allow_if = POLICY_ALLOW_IF_EMPTY, TO_STDERR};
static const struct policy audit_same = {
    .mode = POLICY_AUDIT, .allow_if = POLICY_ALLOW_IF_SAME, TO_STDERR};
static const struct policy audit_symlinks = {
    .mode = POLICY_AUDIT, .allow_if = POLICY_ALLOW_IF_SYMLINK, TO_STDERR};
static const struct policy no_emulation = {.fallback = POLICY_FALLBACK_REFUSE, TO_STDERR};
static const struct policy exits = {.on_refusal = POLICY_REFUSAL_EXIT, TO_STDERR};
static const struct policy fallen_back = {.is_fallen_back = 1, TO_STDERR};

/* ---- files ---- */

enum kind {
    NOTHING,
    A_FILE,
    AN_EMPTY_FILE,
    THE_SAME_FILE, /* as A_FILE named "source" */
    THE_SAME_BUT_MODE,
    A_HARD_LINK, /* to "source" */
    A_LINK,
    ANOTHER_LINK,
    A_DIRECTORY,
    A_FULL_DIRECTORY,
};

static void put_full(const char *name)
{
    char inner[64];

    put_directory(name);
    snprintf(inner, sizeof inner, "%s/f", name);
    put_file(inner, name);
}

static void put(const char *name, enum kind kind)
{
    switch (kind) {
    case NOTHING: break;
    case A_FILE: put_file(name, name); break;
    case AN_EMPTY_FILE: put_file(name, ""); break;
    case THE_SAME_FILE: put_file(name, "source"); break;
    case THE_SAME_BUT_MODE:
        put_file(name, "source");
        ck_assert_int_eq(chmod(name, 0600), 0);
        break;
    case A_HARD_LINK: ck_assert_int_eq(link("source", name), 0); break;
    case A_LINK: put_link(name, "nowhere"); break;
    case ANOTHER_LINK: put_link(name, "elsewhere"); break;
    case A_DIRECTORY: put_directory(name); break;
    case A_FULL_DIRECTORY: put_full(name); break;
    }
}

static int rename_under(const struct policy *policy, const char *source, const char *destination,
                        unsigned flags)
{
    const struct call call = {
        &fake_sys, flags ? CALL_RENAMEAT2 : CALL_RENAME, AT_FDCWD, source, AT_FDCWD, destination,
        flags};

    return guard_rename(policy, &call);
}

/* ---- the decision table ---- */

enum outcome {
    KEPT,  /* both names are what they were */
    MOVED, /* the destination is what the source was, and the source is gone */
};

static const struct {
    const char *name;
    const struct policy *policy;
    enum kind source;
    enum kind destination;
    unsigned flags;
    int missing; /* see struct fake */
    int every_rename;
    int result;
    enum outcome outcome;
    const char *event; /* part of the line; NULL: there is none */
} rows[] = {
    {"nothing in the way", &default_policy, A_FILE, NOTHING, 0, 0, 0, 0, MOVED, NULL},
    {"nothing to rename", &default_policy, NOTHING, A_FILE, 0, 0, 0, -ENOENT, KEPT, NULL},
    {"file onto file", &default_policy, A_FILE, A_FILE, 0, 0, 0, -EEXIST, KEPT,
     "\"refused\",\"rule\":\"default\",\"call\":\"rename\""},
    {"link onto file", &default_policy, A_LINK, A_FILE, 0, 0, 0, -EEXIST, KEPT, "refused"},
    {"file onto dangling link", &default_policy, A_FILE, A_LINK, 0, 0, 0, -EEXIST, KEPT, "refused"},
    {"one inode", &default_policy, A_FILE, A_HARD_LINK, 0, 0, 0, 0, KEPT, NULL},
    {"file onto directory", &default_policy, A_FILE, A_DIRECTORY, 0, 0, 0, -EISDIR, KEPT, NULL},
    {"directory onto file", &default_policy, A_DIRECTORY, A_FILE, 0, 0, 0, -ENOTDIR, KEPT, NULL},
    {"directory onto empty directory", &default_policy, A_DIRECTORY, A_DIRECTORY, 0, 0, 0, -EEXIST,
     KEPT, "refused"},
    {"directory onto full directory", &default_policy, A_DIRECTORY, A_FULL_DIRECTORY, 0, 0, 0,
     -EEXIST, KEPT, NULL},

    {"off", &off, A_FILE, A_FILE, 0, 0, 0, 0, MOVED, NULL},
    {"audit", &audit, A_FILE, A_FILE, 0, 0, 0, 0, MOVED, "\"audited\",\"rule\":\"default\""},
    {"audit, nothing in the way", &audit, A_FILE, NOTHING, 0, 0, 0, 0, MOVED, NULL},
    {"audit, one inode", &audit, A_FILE, A_HARD_LINK, 0, 0, 0, 0, KEPT, NULL},
    {"audit, file onto directory", &audit, A_FILE, A_DIRECTORY, 0, 0, 0, -EISDIR, KEPT, NULL},
    {"audit, directory onto full directory", &audit, A_DIRECTORY, A_FULL_DIRECTORY, 0, 0, 0,
     -ENOTEMPTY, KEPT, NULL},
    {"audit, equal files: not read", &audit, A_FILE, THE_SAME_FILE, 0, 0, 0, 0, MOVED,
     "\"audited\",\"rule\":\"default\""},
    {"audit, what an exception allows", &audit_symlinks, A_LINK, ANOTHER_LINK, 0, 0, 0, 0, MOVED,
     "\"allowed\",\"rule\":\"allow_if:symlink\""},
    {"audit, link onto link", &audit, A_LINK, A_LINK, 0, 0, 0, 0, MOVED, ",\"unless\":\"allow_if:"},
    {"audit, directory onto empty directory", &audit, A_DIRECTORY, A_DIRECTORY, 0, 0, 0, 0, MOVED,
     ",\"unless\":\"allow_if:empty\","},
    {"audit outside the guard", &audit_outside, A_FILE, A_FILE, 0, 0, 0, 0, MOVED, NULL},
    {"audit, same: not read", &audit_same, A_FILE, THE_SAME_FILE, 0, 0, 0, 0, MOVED,
     "\"audited\",\"rule\":\"default\""},

    {"protected", &protects, A_FILE, A_FILE, 0, 0, 0, -EEXIST, KEPT,
     "\"refused\",\"rule\":\"protect:dest*\""},
    {"protected, directory onto full directory", &protects, A_DIRECTORY, A_FULL_DIRECTORY, 0, 0, 0,
     -EEXIST, KEPT, NULL},
    {"outside the guard", &protects_other, A_FILE, A_FILE, 0, 0, 0, 0, MOVED, NULL},
    {"allowed", &allows, A_FILE, A_FILE, 0, 0, 0, 0, MOVED, "\"allowed\",\"rule\":\"allow:dest*\""},
    {"allowed, no log", &allows_quietly, A_FILE, A_FILE, 0, 0, 0, 0, MOVED, NULL},
    {"allowed, one inode", &allows, A_FILE, A_HARD_LINK, 0, 0, 0, 0, KEPT, NULL},
    {"allowed, but the kernel says no", &allows, A_FILE, A_DIRECTORY, 0, 0, 0, -EISDIR, KEPT, NULL},
    {"another is allowed", &allows_other, A_FILE, A_FILE, 0, 0, 0, -EEXIST, KEPT,
     "\"refused\",\"rule\":\"default\""},
    {"after a bad policy", &fallen_back, A_FILE, A_FILE, 0, 0, 0, -EEXIST, KEPT, "policy-error"},

    {"same", &same, A_FILE, THE_SAME_FILE, 0, 0, 0, 0, MOVED, "allow_if:same"},
    {"same, other bytes", &same, A_FILE, A_FILE, 0, 0, 0, -EEXIST, KEPT, "\"default\""},
    {"same, other mode", &same, A_FILE, THE_SAME_BUT_MODE, 0, 0, 0, -EEXIST, KEPT, "\"default\""},
    {"same, one inode", &same, A_FILE, A_HARD_LINK, 0, 0, 0, 0, KEPT, NULL},
    {"same, links", &same, A_LINK, A_LINK, 0, 0, 0, 0, MOVED, "allow_if:same"},
    {"same, other links", &same, A_LINK, ANOTHER_LINK, 0, 0, 0, -EEXIST, KEPT, "\"default\""},
    {"same, directories", &same, A_DIRECTORY, A_DIRECTORY, 0, 0, 0, -EEXIST, KEPT, "\"default\""},
    {"same, across mounts", &same, A_FILE, THE_SAME_FILE, 0, 0, -EXDEV, -EEXIST, KEPT, "refused"},
    {"symlink", &symlinks, A_LINK, ANOTHER_LINK, 0, 0, 0, 0, MOVED, "allow_if:symlink"},
    {"symlink, file over it", &symlinks, A_FILE, A_LINK, 0, 0, 0, -EEXIST, KEPT, "\"default\""},
    {"symlink, over a file", &symlinks, A_LINK, A_FILE, 0, 0, 0, -EEXIST, KEPT, "\"default\""},
    {"empty", &empty, A_FILE, AN_EMPTY_FILE, 0, 0, 0, 0, MOVED, "allow_if:empty"},
    {"empty, but it is not", &empty, A_FILE, A_FILE, 0, 0, 0, -EEXIST, KEPT, "\"default\""},
    {"empty, but the source is", &empty, AN_EMPTY_FILE, A_FILE, 0, 0, 0, -EEXIST, KEPT,
     "\"default\""},
    {"empty, a link", &empty, A_FILE, A_LINK, 0, 0, 0, -EEXIST, KEPT, "\"default\""},
    {"empty, directory", &empty, A_FULL_DIRECTORY, A_DIRECTORY, 0, 0, 0, 0, MOVED,
     "allow_if:empty"},
    {"empty, full directory", &empty, A_DIRECTORY, A_FULL_DIRECTORY, 0, 0, 0, -ENOTEMPTY, KEPT,
     NULL},

    {"its own NOREPLACE", &default_policy, A_FILE, A_FILE, RENAME_NOREPLACE, 0, 0, -EEXIST, KEPT,
     NULL},
    {"its own, one inode", &default_policy, A_FILE, A_HARD_LINK, RENAME_NOREPLACE, 0, 0, -EEXIST,
     KEPT, NULL},
    {"its own, allowed", &allows, A_FILE, A_FILE, RENAME_NOREPLACE, 0, 0, -EEXIST, KEPT, NULL},
    {"its own, audit", &audit, A_FILE, A_FILE, RENAME_NOREPLACE, 0, 0, -EEXIST, KEPT, NULL},
    {"its own, exit", &exits, A_FILE, A_FILE, RENAME_NOREPLACE, 0, 0, -EEXIST, KEPT, NULL},
    {"its own, without the flag", &default_policy, A_FILE, NOTHING, RENAME_NOREPLACE, -EINVAL, 0, 0,
     MOVED, NULL},
    {"its own, without the flag, in the way", &default_policy, A_FILE, A_FILE, RENAME_NOREPLACE,
     -EINVAL, 0, -EEXIST, KEPT, NULL},
    {"its own, across mounts", &default_policy, A_FILE, A_FILE, RENAME_NOREPLACE, 0, -EXDEV,
     -EEXIST, KEPT, NULL},
    {"its own, no emulation", &no_emulation, A_FILE, NOTHING, RENAME_NOREPLACE, -EINVAL, 0,
     -EOPNOTSUPP, KEPT, NULL},
    {"unknown flags", &default_policy, A_FILE, A_FILE, 1u << 30, 0, 0, -EINVAL, KEPT, NULL},

    {"without the flag", &default_policy, A_FILE, NOTHING, 0, -EINVAL, 0, 0, MOVED, NULL},
    {"without the call", &default_policy, A_FILE, NOTHING, 0, -ENOSYS, 0, 0, MOVED, NULL},
    {"without support", &default_policy, A_FILE, NOTHING, 0, -EOPNOTSUPP, 0, 0, MOVED, NULL},
    {"without the flag, link", &default_policy, A_LINK, NOTHING, 0, -EINVAL, 0, 0, MOVED, NULL},
    {"without the flag, directory", &default_policy, A_FULL_DIRECTORY, NOTHING, 0, -EINVAL, 0, 0,
     MOVED, NULL},
    {"without the call, in the way", &default_policy, A_FILE, A_FILE, 0, -ENOSYS, 0, -EEXIST, KEPT,
     "\"refused\",\"rule\":\"default\""},
    {"without the flag, nothing to rename", &default_policy, NOTHING, NOTHING, 0, -EINVAL, 0,
     -ENOENT, KEPT, NULL},
    {"without the flag, one inode", &default_policy, A_FILE, A_HARD_LINK, 0, -ENOSYS, 0, 0, KEPT,
     NULL},
    {"without the flag, file onto directory", &default_policy, A_FILE, A_DIRECTORY, 0, -ENOSYS, 0,
     -EISDIR, KEPT, NULL},
    {"without the flag, outside the guard", &protects_other, A_FILE, A_FILE, 0, -EINVAL, 0, 0,
     MOVED, NULL},
    {"without the flag, audit", &audit, A_FILE, A_FILE, 0, -EINVAL, 0, 0, MOVED, "audited"},
    {"without the flag, audit, free", &audit, A_FILE, NOTHING, 0, -EINVAL, 0, 0, MOVED, NULL},
    {"without the flag, same", &same, A_FILE, THE_SAME_FILE, 0, -EINVAL, 0, 0, MOVED,
     "allow_if:same"},
    {"no emulation, free", &no_emulation, A_FILE, NOTHING, 0, -EINVAL, 0, -EOPNOTSUPP, KEPT,
     "\"refused\",\"rule\":\"fallback\""},
    {"no emulation, in the way", &no_emulation, A_FILE, A_FILE, 0, -EINVAL, 0, -EEXIST, KEPT,
     "\"refused\",\"rule\":\"default\""},
    {"no emulation, nothing to rename", &no_emulation, NOTHING, NOTHING, 0, -EINVAL, 0, -ENOENT,
     KEPT, NULL},

    {"across mounts, free", &default_policy, A_FILE, NOTHING, 0, 0, -EXDEV, -EXDEV, KEPT, NULL},
    {"across mounts, in the way", &default_policy, A_FILE, A_FILE, 0, 0, -EXDEV, -EEXIST, KEPT,
     "\"refused\",\"rule\":\"default\""},
    {"across mounts, outside the guard", &protects_other, A_FILE, A_FILE, 0, 0, -EXDEV, -EXDEV,
     KEPT, NULL},
    {"across mounts, allowed", &allows, A_FILE, A_FILE, 0, 0, -EXDEV, -EXDEV, KEPT, "allow:dest*"},
    {"across mounts, audit", &audit, A_FILE, A_FILE, 0, 0, -EXDEV, -EXDEV, KEPT, "audited"},
    {"across mounts, audit, free", &audit, A_FILE, NOTHING, 0, 0, -EXDEV, -EXDEV, KEPT, NULL},
};

static unsigned long long inode(const char *name)
{
    struct stat facts;

    return lstat(name, &facts) == 0 ? facts.st_ino : 0;
}

static void check_outcome(const char *row, enum outcome outcome, unsigned long long source,
                          unsigned long long destination)
{
    const unsigned long long source_now = outcome == KEPT ? source : 0;
    const unsigned long long destination_now = outcome == MOVED ? source : destination;

    ck_assert_msg(inode("source") == source_now, "%s: the source", row);
    ck_assert_msg(inode("destination") == destination_now, "%s: the destination", row);
}

START_TEST(a_collision_is_settled)
{
    unsigned long long source;
    unsigned long long destination;
    int result;

    put("source", rows[_i].source);
    put("destination", rows[_i].destination);
    source = inode("source");
    destination = inode("destination");
    fake_reset();
    fake.missing = rows[_i].missing;
    fake.every_rename = rows[_i].every_rename;
    result = rename_under(rows[_i].policy, "source", "destination", rows[_i].flags);
    /* POSIX lets a filesystem say either. */
    if (result == -EEXIST && rows[_i].result == -ENOTEMPTY)
        result = -ENOTEMPTY;
    ck_assert_msg(result == rows[_i].result, "%s: %d; %s", rows[_i].name, result, fake_story());
    check_outcome(rows[_i].name, rows[_i].outcome, source, destination);
    if (rows[_i].event)
        ck_assert_msg(strstr(fake.err, rows[_i].event), "%s: %s", rows[_i].name, fake.err);
    else
        ck_assert_msg(fake.err_length == 0, "%s: %s", rows[_i].name, fake.err);
    ck_assert_msg(!fake.has_exited, "%s", rows[_i].name);
}
END_TEST

/* ---- what it costs ---- */

static const struct {
    const char *name;
    const struct policy *policy;
    int has_destination;
    long calls[4];
} costs[] = {
    {"no collision", &default_policy, 0, {SYS_renameat2, -1}},
    {"no collision, patterns", &protects, 0, {SYS_renameat2, -1}},
    {"no collision, audit", &audit, 0, {SYS_renameat2, -1}},
#ifdef SYS_rename
    {"off", &off, 1, {SYS_rename, -1}},
#endif
};

START_TEST(a_call_without_collision_is_one_call)
{
    put_file("source", "new");
    if (costs[_i].has_destination)
        put_file("destination", "old");
    fake_reset();
    ck_assert_int_eq(rename_under(costs[_i].policy, "source", "destination", 0), 0);
    ck_assert_msg(fake_was(costs[_i].calls), "%s: %s", costs[_i].name, fake_story());
}
END_TEST

/* ---- two calls for one move ---- */

/* GNU mv across filesystems: an exclusive rename, a plain one, a copy. */
START_TEST(a_move_across_mounts_is_recorded_once)
{
    static const struct policy *const policies[] = {&audit, &allows};
    int lines = 0;

    put_file("source", "new");
    put_file("destination", "old");
    fake_reset();
    fake.every_rename = -EXDEV;
    ck_assert_int_eq(rename_under(policies[_i], "source", "destination", RENAME_NOREPLACE), -EXDEV);
    ck_assert_int_eq(rename_under(policies[_i], "source", "destination", 0), -EXDEV);
    for (const char *at = fake.err; *at; at++)
        lines += *at == '\n';
    ck_assert_int_eq(lines, 1);
}
END_TEST

/* ---- refusals ---- */

START_TEST(a_refusal_may_end_the_process)
{
    put_file("source", "new");
    put_file("destination", "old");
    fake_reset();
    ck_assert_int_eq(rename_under(&exits, "source", "destination", 0), -EEXIST);
    ck_assert(fake.has_exited);
    ck_assert_int_eq(fake.exit_status, POLICY_EXIT_STATUS);
    ck_assert_ptr_nonnull(strstr(fake.err, "libnoclobber: refused to replace '/"));
    ck_assert_ptr_nonnull(strstr(fake.err, "/destination'; ending"));
}
END_TEST

START_TEST(a_loop_ends_with_ebusy)
{
    static const struct sys_time now = {1000, 0};
    int lines = 0;

    put_file("source", "new");
    put_file("destination", "old");
    fake_reset();
    fake.clock = &now;
    for (int i = 1; i <= 3 * LOOP_LIMIT; i++) {
        const int result = rename_under(&default_policy, "source", "destination", 0);

        ck_assert_msg(result == (i < LOOP_LIMIT ? -EEXIST : -EBUSY), "refusal %d: %d", i, result);
        fake.count = 0;
    }
    for (const char *at = fake.err; *at; at++)
        lines += *at == '\n';
    ck_assert_int_eq(lines, 2);
    ck_assert_ptr_nonnull(strstr(fake.err, "\"repeated\":30}"));
    ck_assert(file_holds("source", "new") && file_holds("destination", "old"));
}
END_TEST

/* ---- somebody else before each call ---- */

enum scene { REFUSED, PROTECTED, ALLOWED, SAME, EXDEV_REFUSED, EMULATED_FILE };

static const struct {
    const char *name;
    enum kind source;
    enum kind destination;
    struct policy policy; /* its log is a file of the sandbox */
    int missing;
    int every_rename;
} scenes[] = {
    [REFUSED] = {"refused", A_FILE, A_FILE, {.mode = POLICY_ENFORCE}, 0, 0},
    [PROTECTED] = {"protected", A_FILE, A_FILE, {.protect = {"dest*", 1}}, 0, 0},
    [ALLOWED] = {"allowed", A_FILE, A_FILE, {.allow = {"dest*", 1}}, 0, 0},
    [SAME] = {"same", A_FILE, THE_SAME_FILE, {.allow_if = POLICY_ALLOW_IF_SAME}, 0, 0},
    [EXDEV_REFUSED] = {"EXDEV", A_FILE, A_FILE, {.mode = POLICY_ENFORCE}, 0, -EXDEV},
    [EMULATED_FILE] = {"emulated", A_FILE, NOTHING, {.mode = POLICY_ENFORCE}, -ENOSYS, 0},
};

static int play(int scene, const struct policy *policy)
{
    fake.missing = scenes[scene].missing;
    fake.every_rename = scenes[scene].every_rename;
    return rename_under(policy, "source", "destination", 0);
}

static void racer_replaces_destination(void)
{
    put_file("theirs", "racer");
    ck_assert_int_eq(rename("theirs", "destination"), 0);
}

static void racer_replaces_source(void)
{
    put_file("theirs", "racer");
    ck_assert_int_eq(rename("theirs", "source"), 0);
}

static void racer_removes_destination(void)
{
    remove("destination");
}

static void racer_takes_source(void)
{
    rename("source", "taken");
}

static const struct {
    const char *name;
    int scene;
    void (*racer)(void);
    const char *kept; /* the content that must be there in the end */
} races[] = {
    {"refused, destination replaced", REFUSED, racer_replaces_destination, "racer"},
    {"refused, destination removed", REFUSED, racer_removes_destination, "source"},
    {"refused, source replaced", REFUSED, racer_replaces_source, "racer"},
    {"refused, source taken", REFUSED, racer_takes_source, "source"},
    {"protected, destination replaced", PROTECTED, racer_replaces_destination, "racer"},
    {"protected, destination removed", PROTECTED, racer_removes_destination, "source"},
    {"allowed, source replaced", ALLOWED, racer_replaces_source, "racer"},
    {"allowed, source taken", ALLOWED, racer_takes_source, "source"},
    {"same, destination replaced", SAME, racer_replaces_destination, "racer"},
    {"same, source replaced", SAME, racer_replaces_source, "racer"},
    {"same, source taken", SAME, racer_takes_source, "source"},
    {"EXDEV, destination replaced", EXDEV_REFUSED, racer_replaces_destination, "racer"},
    {"EXDEV, source replaced", EXDEV_REFUSED, racer_replaces_source, "racer"},
    {"emulated, destination replaced", EMULATED_FILE, racer_replaces_destination, "racer"},
    {"emulated, source replaced", EMULATED_FILE, racer_replaces_source, "racer"},
    {"emulated, source taken", EMULATED_FILE, racer_takes_source, "source"},
};

/* unlinkat(2) removes a name, whatever has come there since it was looked at: a file that is put at
 * the source in that moment goes. The rename after an equal comparison replaces whatever has come to
 * the destination since the last look. */
static int is_known_window(int row, int n)
{
    if (races[row].racer == racer_replaces_source)
        return fake.calls[n] == SYS_unlinkat;
    return races[row].scene == SAME && n > 0 && sys_is_rename(fake.calls[n]);
}

START_TEST(whoever_comes_between_loses_nothing)
{
    const int scene = races[_i].scene;
    struct policy policy = scenes[scene].policy;
    char log[4096];
    int n = 0;
    int has_raced;

    policy.log = sandbox_name("log", log, sizeof log);
    do {
        sweep();
        put("source", scenes[scene].source);
        put("destination", scenes[scene].destination);
        fake_reset();
        fake.race_at = n;
        fake.racer = races[_i].racer;
        play(scene, &policy);
        has_raced = fake.has_raced;
        if (has_raced && !is_known_window(_i, n))
            ck_assert_msg(is_kept(races[_i].kept), "%s: before call %d of %s", races[_i].name, n,
                          fake_story());
        n++;
    } while (has_raced);
    ck_assert_int_gt(n, 3);
}
END_TEST

/* ---- no memory ---- */

START_TEST(without_memory_nothing_is_replaced)
{
    put_file("source", "new");
    put_file("destination", "old");
    fake_reset();
    fake.intercept = SYS_MAP;
    fake.intercept_with = -ENOMEM;
    ck_assert_int_eq(rename_under(&default_policy, "source", "destination", 0), -ENOMEM);
    ck_assert(file_holds("source", "new") && file_holds("destination", "old"));
}
END_TEST

/* No exception holds where the directories cannot be held: others might be renamed. */
START_TEST(no_descriptor_is_left_for_an_exception)
{
    put_directory("d");
    put("d/source", A_LINK);
    put("d/destination", ANOTHER_LINK);
    fake_reset();
    fake.intercept = SYS_openat;
    fake.intercept_with = -EMFILE;
    ck_assert_int_eq(rename_under(&symlinks, "d/source", "d/destination", 0), -EEXIST);
    ck_assert_ptr_nonnull(strstr(fake.err, "refused"));
    fake_reset();
    ck_assert_int_eq(rename_under(&symlinks, "d/source", "d/destination", 0), 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, no_descriptor_is_left_for_an_exception);
    tcase_add_loop_test(tcase, a_collision_is_settled, 0, ROWS(rows));
    tcase_add_loop_test(tcase, a_call_without_collision_is_one_call, 0, ROWS(costs));
    tcase_add_loop_test(tcase, a_move_across_mounts_is_recorded_once, 0, 2);
    tcase_add_test(tcase, a_refusal_may_end_the_process);
    tcase_add_test(tcase, a_loop_ends_with_ebusy);
    tcase_add_loop_test(tcase, whoever_comes_between_loses_nothing, 0, ROWS(races));
    tcase_add_test(tcase, without_memory_nothing_is_replaced);
}

int main(void)
{
    return run_tests("guard", add);
}
