/* SPDX-License-Identifier: MIT */
/*
 * beside KIND COUNT COMMAND…: runs COMMAND beside COUNT processes that end with it.
 *   idle   each of them sleeps
 *   busy   each of them computes, in the session of COMMAND
 *   apart  each of them computes, in a session of its own: the scheduler may group processes by session (autogroup, sched(7))
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn static void compute(void)
{
    for (volatile unsigned long i = 0;; i++)
        ;
}

_Noreturn static void be_neighbour(const char *kind, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    if (strcmp(kind, "apart") == 0)
        setsid();
    if (strcmp(kind, "idle") != 0)
        compute();
    for (;;)
        pause();
}

static int is_kind(const char *word)
{
    return strcmp(word, "idle") == 0 || strcmp(word, "busy") == 0 || strcmp(word, "apart") == 0;
}

/* Waits for a byte from `gate`. It is older than its neighbours, because whoever waits for any child finds the oldest last. */
_Noreturn static void be_command(const int *gate, char **command)
{
    char byte;

    close(gate[1]);
    if (read(gate[0], &byte, 1) != 1)
        _exit(1);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

static int start_neighbours(const char *kind, int count)
{
    const pid_t parent = getpid();

    for (int i = 0; i < count; i++) {
        const pid_t process = fork();

        if (process == 0)
            be_neighbour(kind, parent);
        if (process < 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const int count = argc > 3 ? atoi(argv[2]) : -1;
    int status = 1 << 8;
    int gate[2];
    pid_t command;

    if (count < 0 || !is_kind(argv[1])) {
        fprintf(stderr, "usage: beside idle|busy|apart COUNT COMMAND...\n");
        return 2;
    }
    if (pipe2(gate, O_CLOEXEC) != 0)
        return 1;
    command = fork();
    if (command == 0)
        be_command(gate, argv + 3);
    if (command < 0 || start_neighbours(argv[1], count) < 0 || write(gate[1], "", 1) != 1) {
        perror("beside");
        return 1;
    }
    waitpid(command, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1; /* and the others end with us */
}
