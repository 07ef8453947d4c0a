/* SPDX-License-Identifier: MIT */
/*
 * Reads passwd(5) and group(5) directly, because a static program can't load the NSS modules of
 * getpwnam(3).
 */
#include "launcher/run/user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define GROUPS_MAX 1024

static int is_user; /* user_become has succeeded */
static uid_t user_id;

static const struct passwd *find(const char *name)
{
    FILE *const file = fopen("/etc/passwd", "re");
    struct passwd *entry = NULL;

    while (file && (entry = fgetpwent(file)) && strcmp(entry->pw_name, name) != 0)
        ;
    if (file)
        fclose(file);
    return entry; /* static storage */
}

static int is_member(const struct group *group, const char *name)
{
    for (char **member = group->gr_mem; *member; member++)
        if (strcmp(*member, name) == 0)
            return 1;
    return 0;
}

static int set_groups(const char *name, gid_t first)
{
    static gid_t groups[GROUPS_MAX];
    FILE *const file = fopen("/etc/group", "re");
    const struct group *entry;
    size_t count = 0;

    groups[count++] = first;
    while (file && count < GROUPS_MAX && (entry = fgetgrent(file)))
        if (entry->gr_gid != first && is_member(entry, name))
            groups[count++] = entry->gr_gid;
    if (file)
        fclose(file);
    return setgroups(count, groups) == 0 ? 0 : -errno;
}

/* After a change of ids, /proc/self belongs to root and is closed to us. */
static void make_dumpable(void)
{
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int set_ids(const struct passwd *user)
{
    if (setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
        setresuid(user->pw_uid, user->pw_uid, 0) != 0)
        return -errno;
    make_dumpable();
    return 0;
}

static int set_variables(const struct passwd *user)
{
    const char *const shell = *user->pw_shell ? user->pw_shell : "/bin/sh";

    if (setenv("HOME", user->pw_dir, 1) != 0 || setenv("SHELL", shell, 1) != 0 ||
        setenv("USER", user->pw_name, 1) != 0 || setenv("LOGNAME", user->pw_name, 1) != 0)
        return -errno;
    return 0;
}

int user_become(const char *name, char *reason, size_t size)
{
    const struct passwd *const user = geteuid() == 0 ? find(name) : NULL;
    int result = -EINVAL;

    if (geteuid() != 0)
        snprintf(reason, size,
                 "only root can become another user; sudo noclobber --seal --user NAME ...");
    else if (!user)
        snprintf(reason, size, "is not in /etc/passwd; give the name of a user");
    if (!user)
        return result;
    result = set_groups(name, user->pw_gid);
    if (result == 0)
        result = set_ids(user);
    if (result == 0)
        result = set_variables(user);
    if (result < 0)
        snprintf(reason, size, "can't become that user: %s", strerror(-result));
    user_id = user->pw_uid;
    is_user = result == 0;
    return result;
}

int user_regain(void)
{
    return !is_user || setresuid(0, 0, 0) == 0 ? 0 : -errno;
}

int user_drop(void)
{
    if (!is_user)
        return 0;
    if (setresuid(user_id, user_id, user_id) != 0)
        return -errno;
    make_dumpable(); /* a tracer of the same user may attach */
    return 0;
}
