/* SPDX-License-Identifier: MIT */
#include "launcher/report/formats.h"

#include "launcher/escape.h"

static const char red[] = "\033[1;31m";
static const char yellow[] = "\033[33m";

/* Begins a line with its heading. */
static void put_head(FILE *out, const char *words, const char *colour)
{
    if (colour)
        fprintf(out, "noclobber: %s%s\033[0m", colour, words);
    else
        fprintf(out, "noclobber: %s", words);
}

static void put_name(FILE *out, const char *before, const char *name)
{
    fprintf(out, "%s\"", before);
    escape_json(out, name);
    fputc('"', out);
}

static void put_more(FILE *out, size_t count)
{
    if (count > TALLY_SHOWN)
        fprintf(out, "noclobber:   and %zu more\n", count - TALLY_SHOWN);
}

/* ---- renames ---- */

static void put_renames(FILE *out, const struct tally *tally, enum event_verdict verdict,
                        const char *words, const char *colour)
{
    const unsigned long times = tally->times[verdict];
    const size_t count = tally->place_count[verdict];

    if (times == 0)
        return;
    put_head(out, words, colour);
    fprintf(out, " %lu rename%s onto %zu destination%s\n", times, tally_plural(times), count,
            tally_plural(count));
}

static void put_place(FILE *out, const struct tally_place *place)
{
    put_name(out, "noclobber:   ", place->first->destination);
    put_name(out, " by ", place->first->program);
    put_name(out, " from ", place->first->source);
    fputs(" (", out);
    escape_json(out, place->first->rule);
    if (place->times > 1)
        fprintf(out, ", %lu times", place->times);
    fputs(")\n", out);
}

static void put_places(FILE *out, const struct tally *tally, enum event_verdict verdict)
{
    for (size_t i = 0; i < tally->place_count[verdict] && i < TALLY_SHOWN; i++)
        put_place(out, &tally->places[verdict][i]);
    put_more(out, tally->place_count[verdict]);
}

static void put_refused(FILE *out, const struct tally *tally, int is_coloured)
{
    put_renames(out, tally, EVENT_REFUSED, "refused", is_coloured ? red : NULL);
}

static void put_audited(FILE *out, const struct tally *tally, int is_coloured)
{
    put_renames(out, tally, EVENT_AUDITED, "would have refused", is_coloured ? yellow : NULL);
}

static void put_allowed(FILE *out, const struct tally *tally)
{
    put_renames(out, tally, EVENT_ALLOWED, "allowed by exceptions:", NULL);
}

static void put_exceptions(FILE *out, const struct tally *tally)
{
    for (size_t i = 0; i < tally->exception_count && i < TALLY_SHOWN; i++) {
        fputs("noclobber:   ", out);
        escape_json(out, tally->exceptions[i].rule);
        fprintf(out, " (%lu time%s)\n", tally->exceptions[i].times,
                tally_plural(tally->exceptions[i].times));
    }
    put_more(out, tally->exception_count);
}

/* ---- changes ---- */

static void put_changed(FILE *out, const struct tally *tally, int is_coloured)
{
    const size_t count = tally->changes->count;

    if (count == 0)
        return;
    put_head(out, "changed by other means:", is_coloured ? red : NULL);
    fprintf(out, " %zu protected file%s\n", count, tally_plural(count));
}

/* A rename leaves another file under the name; a write in place does not. */
static int is_replaced(const struct change *change)
{
    return change->kind == CHANGE_REPLACED;
}

static int is_after_refusal(const struct change *change)
{
    return change->is_after_refusal;
}

static size_t count_changes(const struct changes *changes, int (*is)(const struct change *))
{
    size_t count = 0;

    for (size_t i = 0; i < changes->count; i++)
        count += is(&changes->list[i]) != 0;
    return count;
}

/* Typical causes; neither library nor tracer sees other jobs. */
static void put_means(FILE *out, const struct tally *tally)
{
    const struct changes *const changes = tally->changes;
    const size_t copied = count_changes(changes, is_after_refusal);

    if (copied > 0 && tally->policy->on_refusal != POLICY_REFUSAL_EXIT)
        fputs("noclobber:   --exit-on-refusal ends a program that copies after a refusal\n", out);
    if (copied == changes->count)
        return;
    if (tally->options->trace) {
        fputs("noclobber:   not caused by a rename onto it in this run; typical causes: cp, "
              "install, rm, "
              "mv away, `>`, another job\n",
              out);
        return;
    }
    fputs("noclobber:   not caused by a rename onto it that the library saw; typical causes: cp, "
          "install, "
          "rm, mv away, `>`, static and Go programs, another job\n",
          out);
    if (count_changes(changes, is_replaced) > 0)
        fputs("noclobber:   if it was a rename by a static or Go program, --trace refuses it\n",
              out);
}

/* What --restore did. */
static void put_back(FILE *out, const struct change *change)
{
    fputs(tally_back_name(change->back), out);
    if (!change->beside)
        return;
    fprintf(out, "; %s:", tally_beside_name(change->back));
    put_name(out, " ", change->beside);
}

static void put_broken_seal(FILE *out)
{
    fputs("noclobber:   not prevented by the seal: a moved directory, another job, a hard link "
          "elsewhere, an unsealed file\n",
          out);
}

static void put_changes(FILE *out, const struct tally *tally)
{
    const struct changes *const changes = tally->changes;

    for (size_t i = 0; i < changes->count && i < TALLY_SHOWN; i++) {
        fprintf(out, "noclobber:   %s", tally_change_name(changes->list[i].kind));
        put_name(out, " ", changes->list[i].path);
        fputs(changes->list[i].is_after_refusal ? ", after a rename onto it was refused" : "", out);
        put_back(out, &changes->list[i]);
        fputc('\n', out);
    }
    put_more(out, changes->count);
    if (changes->count > 0 && tally->result->is_sealed)
        put_broken_seal(out);
    else if (changes->count > 0)
        put_means(out, tally);
}

/* ---- the rest ---- */

static void put_sealed(FILE *out, const struct run_result *result)
{
    fprintf(out, "noclobber: sealed %zu file%s", result->sealed, tally_plural(result->sealed));
    if (result->unsealed > 0)
        fprintf(out, ", left %zu unsealed for --allow-if", result->unsealed);
    fputs("\n", out);
}

static void put_remarks(FILE *out, const struct tally *tally)
{
    const size_t damaged = tally->records->damaged;

    if (tally->result->is_sealed)
        put_sealed(out, tally->result);
    if (tally->result->has_leftovers)
        fputs("noclobber: some processes of the command are still running; what they do is not "
              "counted\n",
              out);
    if (tally->records->is_incomplete)
        fputs("noclobber: some refusals could not be recorded (disk full, or no file descriptor "
              "left)\n",
              out);
    if (damaged > 0)
        fprintf(out, "noclobber: %zu damaged line%s in the log\n", damaged, tally_plural(damaged));
}

void report_text_counts(FILE *out, const struct tally *tally, int is_coloured)
{
    put_refused(out, tally, is_coloured);
    put_audited(out, tally, is_coloured);
    put_allowed(out, tally);
    put_changed(out, tally, is_coloured);
    put_remarks(out, tally);
}

void report_text(FILE *out, const struct tally *tally, int is_coloured)
{
    put_refused(out, tally, is_coloured);
    put_places(out, tally, EVENT_REFUSED);
    put_audited(out, tally, is_coloured);
    put_places(out, tally, EVENT_AUDITED);
    put_allowed(out, tally);
    put_exceptions(out, tally);
    put_changed(out, tally, is_coloured);
    put_changes(out, tally);
    put_remarks(out, tally);
}
