/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/stat of every process, rather than /proc/PID/task/TID/children, which not every kernel has. It is asked only
 * where waitid(2) says that there is a child at all, which is rare: reading 200 processes takes some milliseconds.
 */
#include "launcher/run/family.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct process {
    pid_t pid;
    pid_t parent;
    int is_ours;
};

struct table {
    struct process *list;
    size_t count;
    size_t room;
};

static int has_children(void)
{
    siginfo_t info;

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int append(struct table *table, const struct process *process)
{
    if (table->count == table->room) {
        const size_t room = table->room == 0 ? 256 : 2 * table->room;
        struct process *const list = realloc(table->list, room * sizeof *list);

        if (list == NULL)
            return -ENOMEM;
        table->list = list;
        table->room = room;
    }
    table->list[table->count++] = *process;
    return 0;
}

/* Reads "PID (NAME) STATE PARENT …", where NAME may hold anything: the last ')' ends it. Returns 1, or 0 for what is no
 * running process, or none any more. */
static int read_process(const char *name, struct process *process)
{
    char path[sizeof "/proc//stat" + 256];
    char line[512];
    const char *end;
    FILE *file;
    size_t length;

    snprintf(path, sizeof path, "/proc/%s/stat", name);
    file = fopen(path, "re");
    if (file == NULL)
        return 0;
    length = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[length] = '\0';
    end = strrchr(line, ')');
    if (end == NULL || strlen(end) < sizeof ") R 1" - 1 || strchr("ZX", end[2]) != NULL)
        return 0;
    process->pid = (pid_t)strtol(name, NULL, 10);
    process->parent = (pid_t)strtol(end + 3, NULL, 10);
    process->is_ours = 0;
    return 1;
}

static int read_table(struct table *table)
{
    DIR *const directory = opendir("/proc");
    const struct dirent *entry;
    struct process process;
    int result = 0;

    *table = (struct table){NULL, 0, 0};
    if (directory == NULL)
        return -errno;
    while (result == 0 && (entry = readdir(directory)) != NULL)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            read_process(entry->d_name, &process))
            result = append(table, &process);
    closedir(directory);
    if (result != 0)
        free(table->list);
    return result;
}

int family_take(struct family *family)
{
    struct table table;
    int result;

    *family = (struct family){NULL, 0};
    if (!has_children())
        return 0;
    result = read_table(&table);
    if (result != 0)
        return result;
    family->children = calloc(table.count + 1, sizeof *family->children);
    for (size_t i = 0; family->children != NULL && i < table.count; i++)
        if (table.list[i].parent == getpid())
            family->children[family->count++] = table.list[i].pid;
    free(table.list);
    return family->children != NULL ? 0 : -ENOMEM;
}

static int is_excepted(const struct family *except, pid_t pid)
{
    for (size_t i = 0; i < except->count; i++)
        if (except->children[i] == pid)
            return 1;
    return 0;
}

static int is_parent_ours(const struct table *table, pid_t parent)
{
    if (parent == getpid())
        return 1;
    for (size_t i = 0; i < table->count; i++)
        if (table->list[i].pid == parent)
            return table->list[i].is_ours;
    return 0;
}

/* Marks those whose parent is ours. Returns how many are new: another round may find more, for a parent's number may be the
 * higher one. */
static int mark(const struct table *table, const struct family *except)
{
    int found = 0;

    for (size_t i = 0; i < table->count; i++) {
        struct process *const process = &table->list[i];

        if (process->is_ours || is_excepted(except, process->pid))
            continue;
        process->is_ours = is_parent_ours(table, process->parent);
        found += process->is_ours;
    }
    return found;
}

int family_count(const struct family *except)
{
    struct table table;
    int count = 0;
    int found;
    int result;

    if (!has_children())
        return 0;
    result = read_table(&table);
    if (result != 0)
        return result;
    do {
        found = mark(&table, except);
        count += found;
    } while (found > 0);
    free(table.list);
    return count;
}

void family_free(struct family *family)
{
    free(family->children);
    *family = (struct family){NULL, 0};
}
