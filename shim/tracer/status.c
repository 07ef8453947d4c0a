/* SPDX-License-Identifier: MIT */
#include "tracer/status.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/path.h"

int status_read(pid_t thread, const char *field, int otherwise)
{
    char name[PATH_PROC_NAME_MAX];
    char text[1024]; /* what is asked for stands near its beginning */
    ssize_t length = -1;
    const char *line;
    int fd;

    path_proc_name(name, thread, "/status", -1);
    fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        length = read(fd, text, sizeof text - 1);
        close(fd);
    }
    text[length < 0 ? 0 : length] = '\0';
    line = strstr(text, field);
    return line ? atoi(line + strlen(field)) : otherwise;
}
