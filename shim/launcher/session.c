/* SPDX-License-Identifier: MIT */
#include "launcher/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/keeping.h"
#include "launcher/message.h"
#include "launcher/probe/probe.h"
#include "launcher/records/records.h"
#include "launcher/report/outlet.h"
#include "launcher/report/report.h"
#include "launcher/run/environment.h"
#include "launcher/run/private_log.h"
#include "launcher/run/run.h"
#include "launcher/run/traced.h"
#include "launcher/run/user.h"
#include "launcher/verify/verify.h"
#include "tracer/tracer.h"

/* One run, from preparation to summary. */
struct session {
    const struct options *options;
    const struct settings *settings;
    char library[PATH_MAX];
    char preload[2 * PATH_MAX]; /* the value of LD_PRELOAD */
    struct snapshot *snapshot;
    struct keeping keeping;
    char unguarded[sizeof(
        ((struct probe *)NULL)->reason)]; /* why the library does not load, or "" */
    struct run_result result;
    struct records records;
    struct changes changes;
    int is_blind; /* the events or the protected files could not be read */
};

static int fail(const char *what, int error)
{
    message_fault(what, NULL, strerror(-error));
    return OWN_ERROR;
}

/* ---- before: 0, or the status to exit with ---- */

static int find_library(struct session *session)
{
    const int result = probe_find_library(session->library, sizeof session->library);

    if (result < 0)
        message_fault("library", result == -EINVAL ? session->library : NULL,
                      probe_library_fault(result));
    return result < 0 ? OWN_ERROR : 0;
}

/* Checks that the tracer works on this machine; it needs no library. */
static int check_trace(void)
{
    char reason[512];

    /* With --user, our saved user id is root's; the command and its tracer drop that. */
    if (tracer_check(user_drop, reason, sizeof reason) == 0)
        return 0;
    message_fault("--trace", NULL, reason);
    return OWN_ERROR;
}

static int check_outlets(const struct session *session)
{
    const char *const log = session->settings->policy.log;

    if (report_check(session->options, &session->settings->policy) < 0)
        return OWN_ERROR;
    return log && *log == '/' && outlet_check_log(log, &session->settings->policy) < 0 ? OWN_ERROR
                                                                                       : 0;
}

static int probe(struct session *session)
{
    static struct probe found;
    static char other[sizeof session->library];
    const char *const command = session->options->arguments[0];

    probe_command(command, session->options->trace ? NULL : session->library, &found);
    if (found.verdict == PROBE_OTHER_ARCHITECTURE &&
        probe_find_library_for(found.program, other, sizeof other) == 0) {
        memcpy(session->library, other, sizeof other);
        probe_command(command, session->library, &found);
    }
    if (found.verdict == PROBE_LOADS) {
        if (!session->options->trace)
            probe_preload(&found, session->library, session->preload, sizeof session->preload);
        return 0;
    }
    if (found.verdict != PROBE_NOT_FOUND && found.verdict != PROBE_NOT_EXECUTABLE &&
        keeping_is_wanted(session->options)) {
        /*
         * --seal and --restore do not need the library; and programs that the command starts may
         * load it.
         */
        snprintf(session->unguarded, sizeof session->unguarded, "%s", found.reason);
        snprintf(session->preload, sizeof session->preload, "%s", session->library);
        return 0;
    }
    message_fault(command, NULL, found.reason);
    if (found.verdict == PROBE_NOT_FOUND)
        return NOT_FOUND;
    return found.verdict == PROBE_NOT_EXECUTABLE ? NOT_EXECUTABLE : OWN_ERROR;
}

/* A warning only: what can't be read can mostly not be written either. */
static void warn_of_blind_spots(const struct session *session)
{
    char more[128];
    size_t count = 0;
    const char *const first = snapshot_blind_spot(session->snapshot, &count);

    if (!first || session->options->quiet)
        return;
    snprintf(more, sizeof more,
             "can't be read, and neither can %zu others; changes there are not detected",
             count - 1);
    message_fault(first, NULL, count > 1 ? more : "can't be read; changes there are not detected");
}

/* In mode off, no change is wrong. */
static int take_snapshot(struct session *session)
{
    const struct policy *const policy = &session->settings->policy;
    const enum options_verify how =
        policy->mode == POLICY_OFF ? OPTIONS_VERIFY_NONE : keeping_verify(session->options);
    const int result = snapshot_take(policy, how, &session->snapshot);

    if (result < 0)
        return fail("can't read the protected files", result);
    warn_of_blind_spots(session);
    return 0;
}

static int begin_keeping(struct session *session)
{
    const int result = keeping_begin(&session->keeping, session->options,
                                     &session->settings->policy, session->snapshot);
    const int is_keeping = keeping_is_active(&session->keeping);
    char line[sizeof session->unguarded + 64];

    if (result < 0)
        return OWN_ERROR;
    if (*session->unguarded == '\0' || (is_keeping && session->options->quiet))
        return 0;
    snprintf(line, sizeof line, "%s%s", session->unguarded,
             is_keeping ? "; only files that exist now are kept" : "");
    message_fault(session->options->arguments[0], NULL, line);
    return is_keeping ? 0 : OWN_ERROR;
}

/* ---- the run ---- */

/* Errors that the probe could not foresee: E2BIG, ETXTBSY, a file removed since. */
static void tell_exec(const struct session *session)
{
    const int error = session->result.exec_error;
    char reason[256];

    snprintf(reason, sizeof reason, "can't be executed: %s%s", strerror(error),
             error == E2BIG ? "; with the policy in it the environment is too long: shorten either"
                            : "");
    message_fault(session->options->arguments[0], NULL, reason);
}

/* For commands that `rm -rf "$TMPDIR"`. Returns 1. */
static int tell_removed(const char *report)
{
    message_fault(report, NULL,
                  "the command removed it, so later refusals are unknown; set TMPDIR to a "
                  "directory that the command does not remove");
    return 1;
}

static int run_guarded(struct session *session, const char *report, char **environment)
{
    char **const command = session->options->arguments;
    const struct run_entry entry = {keeping_enter, &session->keeping};
    struct policy policy = session->settings->policy;

    policy.report = report;
    return session->options->trace
               ? traced_run(&policy, command, environment, &entry, &session->result)
               : run_command(command, environment, &entry, &session->result);
}

static int run(struct session *session)
{
    const char *const report = private_log_create();
    char **environment;
    int result;

    if (!report)
        return fail("can't create a directory in TMPDIR or /tmp", -errno);
    environment =
        session->options->trace
            ? environment_build(environ, traced_variables, NULL, report)
            : environment_build(environ, session->settings->variables, session->preload, report);
    result = environment ? run_guarded(session, report, environment) : -ENOMEM;
    if (result < 0)
        return keeping_tell_failure(&session->keeping)
                   ? OWN_ERROR
                   : fail(session->options->arguments[0], result);
    keeping_count(&session->keeping, &session->result);
    /* If our stderr is closed, the caller must still get the exit status. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (session->result.exec_error != 0)
        tell_exec(session);
    result = records_read(private_log_path(), &session->records);
    if (result < 0)
        session->is_blind = fail("can't read the events of the run", result);
    if (!private_log_is_there())
        session->is_blind = tell_removed(report);
    return 0;
}

/* ---- after ---- */

static size_t count_refusals(const struct records *records)
{
    size_t count = 0;

    for (size_t i = 0; i < records->count; i++)
        count += records->list[i].verdict == EVENT_REFUSED;
    return count;
}

/* For a command such as "make >log". */
static void forgive_output(struct changes *changes, int fd)
{
    char target[PATH_MAX];
    char entry[32];
    ssize_t length;

    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
        return;
    snprintf(entry, sizeof entry, "/proc/self/fd/%d", fd);
    length = readlink(entry, target, sizeof target - 1);
    if (length > 0) {
        target[length] = '\0';
        changes_forgive(changes, target);
    }
}

/*
 * Removes from `changes` the files that allowed or audited renames left, and the files that are
 * our own standard output and standard error, because the caller wants those written. Marks the
 * changes of files onto which a rename was refused.
 */
static void forgive_explained(const struct records *records, struct changes *changes)
{
    for (size_t i = 0; i < records->count; i++) {
        const struct record *const record = &records->list[i];

        if (record->verdict == EVENT_REFUSED)
            changes_mark_refused(changes, record->destination);
        else if (record->has_left)
            changes_forgive_left(changes, record->destination, &record->left);
    }
    forgive_output(changes, STDOUT_FILENO);
    forgive_output(changes, STDERR_FILENO);
    changes_settle(changes);
}

static void look_again(struct session *session)
{
    const int is_wanted = session->options->verify != OPTIONS_VERIFY_NONE ||
                          session->options->restore != OPTIONS_RESTORE_NONE;
    struct changes *const changes = &session->changes;
    int result = snapshot_compare(is_wanted ? session->snapshot : NULL, changes);

    if (result == 0)
        result = changes_forgive_moves(&session->settings->policy, session->snapshot, changes);
    if (result < 0)
        session->is_blind = fail("can't verify the protected files", result);
    forgive_explained(&session->records, changes);
    keeping_restore(&session->keeping, changes);
}

/* A success that could not be verified does not count. */
static int decide_status(const struct session *session)
{
    if (session->result.status != 0)
        return session->result.status;
    if (session->is_blind)
        return OWN_ERROR;
    if (count_refusals(&session->records) > 0 || session->records.is_incomplete ||
        session->changes.count > 0)
        return session->options->refused_status;
    return 0;
}

static int tell(const struct session *session)
{
    struct report report = {session->options,  &session->settings->policy, &session->records,
                            &session->changes, &session->result,           decide_status(session)};
    int result;

    result = report_write(&report);
    if (result < 0)
        fail("can't write the report", result);
    return result < 0 && report.status == 0 ? OWN_ERROR : report.status;
}

/* A shell ends a loop only if SIGINT itself ended the command. */
static void end_by_interrupt(void)
{
    struct sigaction action;

    if (sigaction(SIGINT, NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
        signal(SIGINT, SIG_DFL);
        raise(SIGINT);
    }
}

static int run_session(struct session *session)
{
    int status = check_outlets(session);

    if (status == 0)
        status = session->options->trace ? check_trace() : find_library(session);
    if (status == 0)
        status = probe(session);
    if (status == 0)
        status = take_snapshot(session);
    if (status == 0)
        status = begin_keeping(session);
    if (status == 0)
        status = run(session);
    if (status == 0) {
        look_again(session);
        private_log_remove();
        status = tell(session);
    }
    private_log_remove();
    changes_free(&session->changes);
    records_free(&session->records);
    keeping_free(&session->keeping);
    snapshot_free(session->snapshot);
    if (session->result.signal == SIGINT)
        end_by_interrupt();
    return status;
}

int session_run(const struct options *options, const struct settings *settings)
{
    static struct session session;

    session.options = options;
    session.settings = settings;
    return run_session(&session);
}
