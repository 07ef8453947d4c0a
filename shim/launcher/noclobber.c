/* SPDX-License-Identifier: MIT */
/*
 * noclobber(1): runs a command under the library, verifies the protected files, and gives the
 * caller an exit status to rely on. Nothing is started unless the policy is valid and the library
 * loads.
 */
#include <stdio.h>

#include "launcher/forecast.h"
#include "launcher/message.h"
#include "launcher/options.h"
#include "launcher/questions.h"
#include "launcher/run/user.h"
#include "launcher/session.h"
#include "launcher/settings/settings.h"

static int explain_itself(void)
{
    fputs("noclobber: nothing to protect was specified; the command was not run\n"
          "  noclobber --protect dist/ -- COMMAND    the tree dist/ here\n"
          "  noclobber --protect '*.deb' -- COMMAND  such files anywhere\n"
          "  noclobber --protect-all -- COMMAND      every file that a rename could replace\n"
          "or use --policy FILE, or set NOCLOBBER_PROTECT; see noclobber --help\n",
          stderr);
    return OWN_ERROR;
}

static int start(const struct options *options, const struct settings *settings)
{
    if (!settings->is_policy_chosen)
        return explain_itself();
    if (!options->arguments[0]) {
        message_fault("no command", NULL, "noclobber [options] [--] COMMAND [ARGUMENT...]");
        return OWN_ERROR;
    }
    if (*options->arguments[0] == '\0') {
        message_fault("the command", "", "is empty; is a variable unset?");
        return NOT_FOUND;
    }
    forecast_warn(&settings->policy);
    return session_run(options, settings);
}

/* First of all, because files are created, found and read as that user. */
static int become_user(const char *name)
{
    char reason[256];
    const int result = user_become(name, reason, sizeof reason);

    if (result < 0)
        message_fault("--user", name, reason);
    return result;
}

static int with_settings(const struct options *options)
{
    struct settings settings;
    int status = OWN_ERROR;

    if (options->user && become_user(options->user) < 0)
        return OWN_ERROR;
    if (settings_build(options, &settings) == 0)
        status = options->action == OPTIONS_EXPLAIN
                     ? explain(&settings, options->seal != OPTIONS_SEAL_NONE, options->arguments)
                     : start(options, &settings);
    settings_free(&settings);
    return status;
}

static int act(const struct options *options)
{
    switch (options->action) {
    case OPTIONS_RUN:
    case OPTIONS_EXPLAIN: return with_settings(options);
    case OPTIONS_DOCTOR: return doctor(options->arguments[0]);
    case OPTIONS_VERSION: return puts("noclobber " NOCLOBBER_VERSION) < 0 ? OWN_ERROR : 0;
    case OPTIONS_HELP: options_help(); break;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct options options;
    int status = OWN_ERROR;

    if (options_parse(argc, argv, &options) == 0)
        status = act(&options);
    options_free(&options);
    /* If the output could not be written, this is a failure. */
    if (fflush(stdout) != 0 && status == 0)
        status = OWN_ERROR;
    return status;
}
