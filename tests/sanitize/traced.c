/* SPDX-License-Identifier: MIT */
/*
 * traced COMMAND…: runs COMMAND under the tracer with the policy of the environment, as `noclobber --trace` does but without
 * its trial of the machine, which takes a process of one thread: ThreadSanitizer adds one of its own to each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/tracer.h"

_Noreturn static void be_command(const struct tracer *tracer, char **command)
{
    const int result = tracer_enter(tracer);

    if (result < 0)
        fprintf(stderr, "traced: %d\n", result);
    else
        execvp(command[0], command);
    _exit(127);
}

int main(int argc, char **argv)
{
    static char storage[POLICY_STORAGE_SIZE];
    struct policy_error error;
    struct policy policy;
    struct tracer tracer;
    int command_status = 1 << 8;
    int tracer_status = 0;
    pid_t command;

    if (argc < 2 || policy_parse(&policy, environ, storage, sizeof storage, &error) < 0 ||
        tracer_start(&policy, &tracer) < 0)
        return 2;
    command = fork();
    if (command == 0)
        be_command(&tracer, argv + 1);
    tracer_leave(&tracer);
    waitpid(command, &command_status, 0);
    waitpid(tracer.process, &tracer_status, 0);
    if (!WIFEXITED(tracer_status) || WEXITSTATUS(tracer_status) != 0)
        return 66; /* what was seen in it */
    return WIFEXITED(command_status) ? WEXITSTATUS(command_status) : 1;
}
