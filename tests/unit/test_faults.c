/* SPDX-License-Identifier: MIT */
/*
 * Every call that guard_rename makes of the kernel fails in turn, in every way (tests/programs/faults/walk.h): here through
 * a table of calls that passes on all others to the kernel. With FAULTS=FILE, what was run is added to that file
 * for tests/fault/prove-faults.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "engine/guard.h"
#include "engine/scratch.h"
#include "preload/raw.h"
#include "preload/route.h"
#include "programs/faults/walk.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static struct {
    const struct scene *scene;
    const struct fault *fault;
    struct answer *answer;
    jmp_buf end; /* where a process that ends comes out */
} playing;

static struct policy policy;

/* ---- the table of calls ---- */

/* So far apart that no two refusals are a loop. */
static long step_clock(long out)
{
    static long seconds;
    struct sys_time *const time = (struct sys_time *)out;

    time->seconds = seconds += 1000;
    time->nanoseconds = 0;
    return 0;
}

static long make(long number, long a, long b, long c, long d, long e, long f)
{
    const int forged = forged_answer(playing.scene, number, (unsigned long)e);

    if (forged != 0)
        return -forged;
    if (number == SYS_exit_group) {
        playing.answer->exit_status = (int)a;
        longjmp(playing.end, 1);
    }
    if (number == SYS_write && a == STDERR_FILENO)
        return c;
    return number == SYS_CLOCK ? step_clock(b) : raw_call(number, a, b, c, d, e, f);
}

static long call(long number, long a, long b, long c, long d, long e, long f)
{
    const struct fault *const fault = playing.fault;
    const int current = playing.answer->calls++;

    if (current == fault->at)
        playing.answer->number = number;
    if (current == fault->at && fault->when == FAULT_KILL)
        longjmp(playing.end, 1);
    if (current == fault->at || (current > fault->at && fault->when == FAULT_FROM)) {
        if (fault->when == FAULT_AFTER || number == SYS_close || number == SYS_exit_group)
            make(number, a, b, c, d, e, f);
        return -fault->error;
    }
    return make(number, a, b, c, d, e, f);
}

static const struct sys faulty = {.path = call, .kernel = call};

/* ---- the scene ---- */

/* The lowest descriptor that is free. */
static int lowest_free(void)
{
    const int fd = open(".", O_PATH | O_CLOEXEC);

    close(fd);
    return fd;
}

/* Closes what has been opened since `lowest` was the lowest free one. Returns how many. */
static int close_from(int lowest)
{
    const int now = lowest_free();

    for (int fd = lowest; fd < now; fd++)
        close(fd);
    return now - lowest;
}

/* As in a process that has met no collision yet, the library maps its scratch area anew. */
static void forget_scratch(void)
{
    munmap(scratch_take(&route_raw), sizeof(struct scratch));
}

/* Kept apart from whoever calls it: nothing of theirs is lost when it ends by a jump. */
__attribute__((noinline)) static void make_rename(const struct scene *scene, int here,
                                                  struct answer *answer)
{
    const struct call rename = {
        &faulty,     scene->flags ? CALL_RENAMEAT2 : CALL_RENAMEAT, AT_FDCWD,
        "source",    scene->by_descriptor ? here : AT_FDCWD,        "destination",
        scene->flags};

    if (setjmp(playing.end) == 0) {
        answer->error = -guard_rename(&policy, &rename);
        answer->is_done = 1;
    }
}

static void play(const struct scene *scene, const struct fault *fault, struct answer *answer)
{
    const int here = open(".", O_PATH | O_CLOEXEC);
    const int before = lowest_free();

    memset(answer, 0, sizeof *answer);
    answer->errno_kept = 1; /* only the names of libc set errno */
    answer->exit_status = -1;
    playing.scene = scene;
    playing.fault = fault;
    playing.answer = answer;
    forget_scratch();
    make_rename(scene, here, answer);
    answer->descriptors = close_from(before);
    close(here);
}

/* ---- the walk ---- */

/* The policy that the scene's variables give. */
static void take_policy(const struct scene *scene, const char *directory)
{
    static char storage[POLICY_STORAGE_SIZE];
    static char variable[64];
    static char log[4096 + 32];
    static char report[4096 + 32];
    char *environment[4] = {NULL};
    unsigned count = 0;
    struct policy_error error;

    snprintf(log, sizeof log, "NOCLOBBER_LOG=%s/log", directory);
    snprintf(report, sizeof report, "NOCLOBBER_REPORT=%s/report", directory);
    snprintf(variable, sizeof variable, "%s", scene->variable ? scene->variable : "");
    if (scene->variable)
        environment[count++] = variable;
    if (!scene->is_unlogged)
        environment[count++] = log;
    if (scene->is_reported)
        environment[count++] = report;
    ck_assert_int_eq(policy_parse(&policy, environment, storage, sizeof storage, &error), 0);
}

/* Changes to a fresh directory: in memory, where there is such a place, because all is made anew for
 * each fault. */
static void enter_fresh(char *directory)
{
    if (access("/dev/shm", W_OK) < 0 || !mkdtemp(directory))
        strcpy(directory, sandbox_path());
    ck_assert_int_eq(chdir(directory), 0);
    put_directory("here");
    ck_assert_int_eq(chdir("here"), 0);
}

START_TEST(any_failing_call_loses_nothing)
{
    struct walk walk = {.scene = &scenes[_i], .play = play};
    char directory[4096] = "/dev/shm/faults.XXXXXX";

    enter_fresh(directory);
    take_policy(walk.scene, directory);
    walk_scene(&walk);
    ck_assert_int_eq(chdir(directory), 0);
    sweep();
    rmdir(directory);
    report_walk(&walk, "table of calls");
    ck_assert_uint_ge(walk.runs, 50);
    ck_assert_uint_eq(walk.violations, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, any_failing_call_loses_nothing, 0, ROWS(scenes));
}

int main(void)
{
    return run_tests("faults", add);
}
