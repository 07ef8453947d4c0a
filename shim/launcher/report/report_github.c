/* SPDX-License-Identifier: MIT */
#include "launcher/report/formats.h"

#include "launcher/escape.h"

static const char *relative(const char *path)
{
    return workspace_relative("GITHUB_WORKSPACE", path);
}

/* ---- annotations ---- */

static void put_command(FILE *out, const char *command, const char *title, const char *path)
{
    fprintf(out, "::%s title=noclobber%%3A %s,file=", command, title);
    escape_github_property(out, relative(path));
    fputs("::", out);
    escape_github(out, relative(path));
}

static void put_more(FILE *out, size_t count, const char *what)
{
    if (count > TALLY_SHOWN)
        fprintf(out, "::notice title=noclobber::and %zu more %s\n", count - TALLY_SHOWN, what);
}

static void put_places(FILE *out, const struct tally *tally, enum event_verdict verdict,
                       const char *command, const char *title)
{
    for (size_t i = 0; i < tally->place_count[verdict] && i < TALLY_SHOWN; i++) {
        const struct tally_place *const place = &tally->places[verdict][i];

        put_command(out, command, title, place->first->destination);
        fputs(" by ", out);
        escape_github(out, place->first->program);
        fputs(" from ", out);
        escape_github(out, relative(place->first->source));
        fputs(" (", out);
        escape_github(out, place->first->rule);
        fprintf(out, ", %lu time%s)\n", place->times, tally_plural(place->times));
    }
    put_more(out, tally->place_count[verdict], title);
}

static void put_change(FILE *out, const struct change *change)
{
    put_command(out, "error", "protected file changed by other means", change->path);
    fprintf(out, " was %s%s%s", tally_change_name(change->kind),
            change->is_after_refusal ? " after a rename onto it was refused: see --exit-on-refusal"
                                     : "",
            tally_back_name(change->back));
    if (change->beside) {
        fprintf(out, "; %s: ", tally_beside_name(change->back));
        escape_github(out, relative(change->beside));
    }
    fputc('\n', out);
}

void report_github_annotations(FILE *out, const struct tally *tally)
{
    put_places(out, tally, EVENT_REFUSED, "error", "overwrite refused");
    put_places(out, tally, EVENT_AUDITED, "warning", "overwrite would be refused");
    for (size_t i = 0; i < tally->changes->count && i < TALLY_SHOWN; i++)
        put_change(out, &tally->changes->list[i]);
    put_more(out, tally->changes->count, "protected files changed by other means");
    if (tally->records->is_incomplete)
        fputs("::error title=noclobber%3A overwrite refused::some refusals could not be recorded\n",
              out);
}

/* ---- the step's summary ---- */

static void put_cell(FILE *out, const char *text)
{
    fputs(" <code>", out);
    escape_markdown(out, text);
    fputs("</code> |", out);
}

static void put_rows(FILE *out, const struct tally *tally, enum event_verdict verdict,
                     const char *what)
{
    for (size_t i = 0; i < tally->place_count[verdict] && i < TALLY_SHOWN; i++) {
        const struct tally_place *const place = &tally->places[verdict][i];

        fprintf(out, "| %s |", what);
        put_cell(out, relative(place->first->destination));
        put_cell(out, place->first->program);
        put_cell(out, relative(place->first->source));
        put_cell(out, place->first->rule);
        fprintf(out, " %lu |\n", place->times);
    }
    if (tally->place_count[verdict] > TALLY_SHOWN)
        fprintf(out, "| %s | and %zu more | | | | |\n", what,
                tally->place_count[verdict] - TALLY_SHOWN);
}

static void put_changes(FILE *out, const struct changes *changes)
{
    for (size_t i = 0; i < changes->count && i < TALLY_SHOWN; i++) {
        const struct change *const change = &changes->list[i];

        fprintf(out, "| %s by other means%s", tally_change_name(change->kind),
                tally_back_name(change->back));
        if (change->beside) {
            fprintf(out, "; %s: <code>", tally_beside_name(change->back));
            escape_markdown(out, relative(change->beside));
            fputs("</code>", out);
        }
        fputs(" |", out);
        put_cell(out, relative(change->path));
        fputs(" | | | |\n", out);
    }
    if (changes->count > TALLY_SHOWN)
        fprintf(out, "| changed | and %zu more | | | | |\n", changes->count - TALLY_SHOWN);
}

void report_github_summary(FILE *out, const struct tally *tally)
{
    if (tally->times[EVENT_REFUSED] + tally->times[EVENT_AUDITED] + tally->changes->count == 0)
        return;
    fputs("### noclobber\n\n| | Destination | Program | Source | Rule | Times |\n"
          "|---|---|---|---|---|---:|\n",
          out);
    put_rows(out, tally, EVENT_REFUSED, "refused");
    put_rows(out, tally, EVENT_AUDITED, "would be refused");
    put_changes(out, tally->changes);
    fputc('\n', out);
}
