/* SPDX-License-Identifier: MIT */
#include "launcher/probe/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 10

/* An alarm survives execve(2) and ends a loader that hangs; then the pipe closes. */
static void set_alarm(void)
{
    sigset_t none;

    signal(SIGALRM, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    alarm(SECONDS);
}

/* Variables that debug the loader would add output to the answer. */
static void set_environment(const char *preload)
{
    static const char *const disturbing[] = {
        "LD_DEBUG", "LD_DEBUG_OUTPUT",         "LD_VERBOSE",
        "LD_WARN",  "LD_TRACE_LOADED_OBJECTS", "LD_TRACE_PRELINKING"};

    for (size_t i = 0; i < sizeof disturbing / sizeof *disturbing; i++)
        unsetenv(disturbing[i]);
    setenv("LD_PRELOAD", preload, 1);
}

_Noreturn static void become(const char *loader, const char *program, const char *preload,
                             int output)
{
    /*
     * The resolved file, as the kernel would run it, because $ORIGIN is the directory of the file
     * and not of a link to it; and a name without '/' would be searched for like a library.
     */
    char path[PATH_MAX + 2];

    if (!realpath(program, path))
        snprintf(path, sizeof path, "%s%s", program[0] == '/' ? "" : "./", program);
    set_alarm();
    set_environment(preload);
    if (dup2(output, STDOUT_FILENO) != -1 && dup2(output, STDERR_FILENO) != -1)
        execl(loader, loader, "--list", path, (char *)NULL);
    _exit(127);
}

/*
 * glibc: "\tLIBRARY (0x...)" or "\t.../$LIB/... => LIBRARY (0x...)"; musl: "\tLIBRARY => LIBRARY
 * (0x...)".
 */
static int names(const char *line, const char *library)
{
    const size_t length = strlen(library);
    const char *const arrow = strstr(line, " => ");
    const char *const path = arrow ? arrow + strlen(" => ") : line + 1;

    return line[0] == '\t' && strncmp(path, library, length) == 0 && path[length] == ' ';
}

/* Reads to the end, because a loader whose pipe breaks would be killed early. */
static int read_answer(FILE *answer, const char *library, char *complaint, size_t size)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int is_named = 0;

    while ((length = getline(&line, &room, answer)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (line[0] != '\t' && complaint[0] == '\0')
            snprintf(complaint, size, "%s", line);
        is_named |= names(line, library);
    }
    free(line);
    return is_named;
}

/* If standard streams are closed, the pipe would get their numbers. Returns the new one or -errno. */
static int lift(int fd)
{
    const int lifted = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int result = lifted == -1 ? -errno : lifted;

    close(fd);
    return result;
}

static int read_child(int input, const char *library, char *complaint, size_t size)
{
    FILE *const answer = input < 0 ? NULL : fdopen(input, "r");
    int result = input < 0 ? input : -errno;

    if (answer != NULL) {
        result = read_answer(answer, library, complaint, size);
        fclose(answer);
    } else if (input >= 0) {
        close(input);
    }
    return result;
}

int proof_ask(const char *loader, const char *program, const char *preload, const char *library,
              char *complaint, size_t size)
{
    int ends[2];
    int result;
    pid_t pid;

    complaint[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -errno;
    ends[0] = lift(ends[0]);
    ends[1] = lift(ends[1]);
    pid = fork();
    if (pid == 0)
        become(loader, program, preload, ends[1]);
    result = -errno;
    close(ends[1]);
    if (pid == -1) {
        close(ends[0]);
        return result;
    }
    result = read_child(ends[0], library, complaint, size);
    /* The answer says more than the status, which is lost if SIGCHLD is ignored. */
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
        ;
    return result;
}
