/* SPDX-License-Identifier: MIT */
/*
 * faults LIBRARY [NUMBER]: lets every system call that the library makes for a rename fail in turn,
 * in every way (faults/walk.h). It tests the real library, in a process that this one traces. Works
 * in the current directory, on the scene with this number, or on all. With FAULTS=FILE, appends the
 * figures to that file. Exits with 0 if nothing was lost.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "programs/faults/walk.h"
#include "preload/raw.h"
#include "tracer/registers.h"
#include "tracer/syscall_info.h"

/* The traced process reports its rename here. */
static struct report {
    int is_done;
    int result;
    int error; /* errno afterwards */
} * report;

/* ---- the traced process ---- */

static int make_rename(const struct scene *scene, const struct fault *fault)
{
    const int here = scene->by_descriptor ? open(".", O_PATH | O_CLOEXEC) : AT_FDCWD;

    raw_call(SYS_kill, raw_call(SYS_getpid, 0, 0, 0, 0, 0, 0), SIGSTOP, 0, 0, 0, 0);
    errno = UNTOUCHED;
    if (scene->flags != 0 || fault->error % 3 == 0)
        return renameat2(AT_FDCWD, "source", here, "destination", scene->flags);
    if (scene->by_descriptor || fault->error % 3 == 1)
        return renameat(AT_FDCWD, "source", here, "destination");
    return rename("source", "destination");
}

__attribute__((noreturn)) static void be_traced(const struct scene *scene,
                                                const struct fault *fault)
{
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    check(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0, "ptrace");
    report->result = make_rename(scene, fault);
    report->error = errno;
    report->is_done = 1;
    raw_call(SYS_exit_group, 0, 0, 0, 0, 0, 0);
    abort();
}

/* ---- the tracer ---- */

/* A call of the traced process whose result we change. */
struct meddling {
    pid_t child;
    int error; /* the result it shall have; 0: its own */
    struct registers registers;
};

static const struct abi *own_abi(void)
{
    size_t count;

    return abi_list(&count);
}

/* At its entry: replaces the call by one that does nothing. */
static void withhold(struct meddling *meddling)
{
    const struct registers_call nothing = {SYS_getppid, {0}};

    registers_replace(meddling->child, &meddling->registers, own_abi(), &nothing);
}

static void meddle(struct meddling *meddling, int error, int is_made)
{
    meddling->error = error;
    registers_read(meddling->child, &meddling->registers);
    if (!is_made)
        withhold(meddling);
}

/* At its end: sets the result. */
static void answer_for(struct meddling *meddling)
{
    if (meddling->error == 0)
        return;
    registers_set_result(&meddling->registers, own_abi(), -meddling->error);
    registers_write(meddling->child, &meddling->registers);
    meddling->error = 0;
}

/* At the entry of a call: decides what to do with it. */
static void meet_call(struct meddling *meddling, const struct scene *scene,
                      const struct fault *fault, struct answer *answer,
                      const struct syscall_info *info)
{
    const long number = (long)info->number;
    const int current = answer->calls++;
    const int is_at = current == fault->at;
    const int forged = forged_answer(scene, number, (unsigned long)info->arguments[4]);

    if (is_at)
        answer->number = number;
    if (is_at && fault->when == FAULT_KILL)
        kill(meddling->child, SIGKILL);
    else if (is_at || (current > fault->at && fault->when == FAULT_FROM))
        meddle(meddling, number == SYS_exit_group ? 0 : fault->error,
               (fault->when == FAULT_AFTER && forged == 0) || number == SYS_close ||
                   number == SYS_exit_group);
    else if (forged != 0)
        meddle(meddling, forged, 0);
}

/* The number of descriptors of the traced process, before it ends. */
static int count_descriptors(pid_t child)
{
    char name[32];

    snprintf(name, sizeof name, "/proc/%d/fd", child);
    return names_in(name);
}

/* Handles one stop at a call. Returns 1 if the process is done. */
static int take_stop(struct meddling *meddling, const struct scene *scene,
                     const struct fault *fault, struct answer *answer)
{
    struct syscall_info info = {.op = SYSCALL_INFO_NONE};

    if (syscall_info_get(meddling->child, &info) == -EIO)
        fail("ptrace:", "no PTRACE_GET_SYSCALL_INFO", EIO, 0);
    if (info.op == SYSCALL_INFO_EXIT)
        answer_for(meddling);
    else if (info.op == SYSCALL_INFO_ENTRY && !report->is_done)
        meet_call(meddling, scene, fault, answer, &info);
    return info.op == SYSCALL_INFO_ENTRY && report->is_done;
}

static void follow(struct meddling *meddling, const struct scene *scene, const struct fault *fault,
                   struct answer *answer)
{
    const pid_t child = meddling->child;
    int status;
    int at_start = 0;

    waitpid(child, &status, 0);
    check(WIFSTOPPED(status), "a process that can be traced");
    ptrace(PTRACE_SETOPTIONS, child, NULL,
           (void *)(uintptr_t)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
    at_start = count_descriptors(child);
    while (ptrace(PTRACE_SYSCALL, child, NULL, NULL) == 0 && waitpid(child, &status, 0) == child &&
           WIFSTOPPED(status)) {
        if (WSTOPSIG(status) != (SIGTRAP | 0x80))
            continue;
        if (take_stop(meddling, scene, fault, answer)) {
            answer->descriptors = count_descriptors(child) - at_start;
            kill(child, SIGKILL);
        }
    }
    answer->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void play(const struct scene *scene, const struct fault *fault, struct answer *answer)
{
    struct meddling meddling = {.error = 0};

    memset(answer, 0, sizeof *answer);
    memset(report, 0, sizeof *report);
    meddling.child = fork();
    if (meddling.child == 0)
        be_traced(scene, fault);
    follow(&meddling, scene, fault, answer);
    answer->is_done = report->is_done;
    answer->error = report->result == 0 ? 0 : report->error;
    answer->errno_kept = report->error == UNTOUCHED;
}

/* ---- scenes ---- */

/* Walks the scene in this process, whose library has the scene's policy. */
static int walk_here(const struct scene *scene)
{
    struct walk walk = {.scene = scene, .play = play};

    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(report != MAP_FAILED, "mmap");
    check(chdir("here") == 0, "chdir");
    walk_scene(&walk);
    report_walk(&walk, "library");
    printf("%s: %u calls, %u errors, %u runs, %u violations\n", scene->name, walk.calls,
           walk.errors, walk.runs, walk.violations);
    return walk.violations != 0 || walk.runs < 50;
}

/* Executes this program again, under the library and the scene's policy. */
__attribute__((noreturn)) static void start_scene(const char *program, const char *library,
                                                  size_t number)
{
    const struct scene *const scene = &scenes[number];
    char directory[2048];
    char log[2100];
    char report_file[2100];
    char *variable = strdup(scene->variable ? scene->variable : "NOCLOBBER_MODE=enforce");
    char text[16];

    check(getcwd(directory, sizeof directory) != NULL, "getcwd");
    snprintf(log, sizeof log, "%s/log", directory);
    snprintf(report_file, sizeof report_file, "%s/report", directory);
    snprintf(text, sizeof text, "%zu", number);
    setenv("LD_PRELOAD", library, 1);
    putenv(variable);
    if (!scene->is_unlogged)
        setenv("NOCLOBBER_LOG", log, 1);
    if (scene->is_reported)
        setenv("NOCLOBBER_REPORT", report_file, 1);
    execl("/proc/self/exe", program, "-", text, (char *)NULL);
    fail("exec of", program, errno, 0);
}

static int run_scene(const char *program, const char *library, size_t number)
{
    const pid_t child = fork();
    int status;

    if (child == 0)
        start_scene(program, library, number);
    waitpid(child, &status, 0);
    return status != 0;
}

int main(int count, char **arguments)
{
    int failed = 0;

    if (count < 2 || count > 3) {
        fputs("usage: faults LIBRARY [NUMBER]\n", stderr);
        return 125;
    }
    if (count == 3 && strcmp(arguments[1], "-") == 0)
        return walk_here(&scenes[atoi(arguments[2])]);
    check(mkdir("here", 0755) == 0, "mkdir");
    for (size_t i = 0; i < SCENE_COUNT; i++)
        if (count == 2 || (size_t)atoi(arguments[2]) == i)
            failed |= run_scene(arguments[0], arguments[1], i);
    unlink("log");
    unlink("report");
    unlink("report.whole");
    rmdir("here");
    return failed;
}
