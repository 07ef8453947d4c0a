/* SPDX-License-Identifier: MIT */
#include "tracer/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/path.h"

#define PREFIX "/proc/"

static int held = -1;

/* Whether "self" leads to this process. In the /proc of another namespace it is another number, or
 * does not exist. */
static int is_ours(int fd)
{
    char self[16];
    const ssize_t length = readlinkat(fd, "self", self, sizeof self - 1);

    if (length < 0)
        return 0;
    self[length] = '\0';
    return atoi(self) == getpid();
}

int proc_hold(void)
{
    struct statfs facts;
    const int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int result = 0;

    if (fd < 0)
        return -errno;
    if (fstatfs(fd, &facts) != 0 || facts.f_type != PROC_SUPER_MAGIC)
        result = -ENOENT;
    else if (!is_ours(fd))
        result = -EXDEV;
    if (result == 0)
        held = fd;
    else
        close(fd);
    return result;
}

int proc_is_held(void)
{
    return held >= 0;
}

long proc_call(long number, const char *name, long c, long d, long e)
{
    const long result = held < 0 ? -1 : syscall(number, held, name + sizeof PREFIX - 1, c, d, e, 0);

    if (held < 0)
        return -ESRCH;
    return result == -1 ? -errno : result;
}

/* Reads the beginning of the status, which has all fields that we need. */
static void read_status(pid_t thread, char *text, size_t size)
{
    char name[PATH_PROC_NAME_MAX];
    ssize_t length = -1;
    int fd;

    path_proc_name(name, thread, "/status", -1);
    fd = (int)proc_call(SYS_openat, name, O_RDONLY | O_CLOEXEC, 0, 0);
    if (fd >= 0) {
        length = read(fd, text, size - 1);
        close(fd);
    }
    text[length < 0 ? 0 : length] = '\0';
}

/* What follows `field` at the beginning of a line; NULL if there is none. A program chooses its
 * name, on the first line, but cannot forge a field by it: the kernel escapes line feeds there. */
static const char *find_field(const char *text, const char *field)
{
    const size_t length = strlen(field);
    const char *line = text;

    while (line && strncmp(line, field, length) != 0) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return line ? line + length : NULL;
}

int proc_number(pid_t thread, const char *field, int otherwise)
{
    char text[1024];
    const char *value;

    read_status(thread, text, sizeof text);
    value = find_field(text, field);
    return value ? atoi(value) : otherwise;
}

pid_t proc_process_of_stopped(pid_t thread)
{
    char text[1024] = "";
    const char *state;
    const char *process;

    if (held < 0)
        return 0;
    read_status(thread, text, sizeof text);
    state = find_field(text, "State:\t");
    process = find_field(text, "Tgid:");
    return state && process && *state == 't' ? atoi(process) : -ESRCH;
}
