/* SPDX-License-Identifier: MIT */
/*
 * Finds libnoclobber.so. A file for another architecture is not the one installed with this
 * command.
 */
#include "launcher/probe/probe.h"

#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/probe/elf.h"
#include "launcher/probe/proof.h"

/* The Makefile sets it; a linter may not. */
#ifndef NOCLOBBER_LIBDIR
#define NOCLOBBER_LIBDIR "/usr/local/lib"
#endif

#define NAME "libnoclobber.so"

/* LD_PRELOAD is a list; glibc splits it at blanks and colons, musl at any white space. */
static int check_separators(const char *path)
{
    return path[strcspn(path, ": \t\n\v\f\r")] == '\0' ? 0 : -EINVAL;
}

static int find_given(const char *given, char *out, size_t size)
{
    char here[4096] = "";
    struct elf elf;
    int length;

    if (given[0] != '/' && getcwd(here, sizeof here) == NULL)
        return -ENOENT;
    length = snprintf(out, size, "%s%s%s", here, given[0] == '/' ? "" : "/", given);
    if (length < 0 || (size_t)length >= size || elf_read(out, &elf) != 0)
        return -ENOENT;
    return check_separators(out);
}

/* Writes `path` to `out` with the special characters of glob(3) escaped. */
static void quote(const char *path, char *out, size_t size)
{
    size_t length = 0;

    for (; *path != '\0' && length + 3 <= size; path++) {
        if (strchr("*?[\\", *path) != NULL)
            out[length++] = '\\';
        out[length++] = *path;
    }
    out[length] = '\0';
}

/* Whether the file is a library for the architecture of `elf`, or for another one. */
enum whose { ITS_OWN, ANOTHER };

static int is_library(const char *path, const struct elf *elf, enum whose whose)
{
    struct elf found;

    return elf_read(path, &found) == 0 &&
           elf_is_same_architecture(&found, elf) == (whose == ITS_OWN);
}

/* Copies the path of a library to `out`. */
static int take(const char *path, char *out, size_t size)
{
    return (size_t)snprintf(out, size, "%s", path) < size ? check_separators(out) : -ENOENT;
}

/* Searches the usual directories below `prefix`; Debian has one for each architecture, such as
 * lib/x86_64-linux-gnu. */
static int find_below(const char *prefix, const struct elf *elf, enum whose whose, char *out,
                      size_t size)
{
    static const char *const places[] = {"/lib",   "/lib/*-linux-*",   "/lib64", "/lib64/*-linux-*",
                                         "/lib32", "/lib32/*-linux-*", "/libx32"};
    char pattern[8192 + 64];
    int result = -ENOENT;

    for (size_t i = 0; result == -ENOENT && i < sizeof places / sizeof *places; i++) {
        glob_t found = {0};

        quote(prefix, pattern, sizeof pattern - 64);
        snprintf(pattern + strlen(pattern), 64, "%s/" NAME, places[i]);
        if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
            for (size_t j = 0; result == -ENOENT && j < found.gl_pathc; j++)
                if (is_library(found.gl_pathv[j], elf, whose))
                    result = take(found.gl_pathv[j], out, size);
        globfree(&found);
    }
    return result;
}

/* Removes the last component: "/usr/bin" becomes "/usr", "/bin" becomes "". */
static void cut(char *path)
{
    char *const slash = strrchr(path, '/');

    if (slash != NULL)
        *slash = '\0';
}

/* Beside the running command, below the directory above it, where it was installed. */
static int find_for(const char *program, char *out, size_t size)
{
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "/" NAME);
    struct elf elf;
    int result = -ENOENT;

    if (elf_read(program, &elf) != 0)
        return -ENOENT;
    if (length > 0) {
        path[length] = '\0';
        cut(path);
        strcat(path, "/" NAME); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
        if (is_library(path, &elf, ITS_OWN))
            return take(path, out, size);
        cut(path);
        cut(path);
        result = find_below(path, &elf, ITS_OWN, out, size);
    }
    if (result == -ENOENT && is_library(NOCLOBBER_LIBDIR "/" NAME, &elf, ITS_OWN))
        result = take(NOCLOBBER_LIBDIR "/" NAME, out, size);
    return result;
}

int probe_find_library(char *out, size_t size)
{
    const char *const given = getenv("NOCLOBBER_LIBRARY");

    return given != NULL ? find_given(given, out, size) : find_for("/proc/self/exe", out, size);
}

int probe_find_library_for(const char *program, char *out, size_t size)
{
    return getenv("NOCLOBBER_LIBRARY") != NULL ? -ENOENT : find_for(program, out, size);
}

/* ---- for programs of every architecture ---- */

/* The length of the part of `directory` before what some ld.so replaces $LIB by; or -1. */
static int prefix_of(const char *directory)
{
    const char *component = strrchr(directory, '/');

    if (component && fnmatch("/*-linux-*", component, 0) == 0)
        component = memrchr(directory, '/', (size_t)(component - directory));
    return component && strncmp(component, "/lib", 4) == 0 ? (int)(component - directory) : -1;
}

void probe_preload(const struct probe *probe, const char *library, char *out, size_t size)
{
    char directory[4096];
    char complaint[512];
    char every[sizeof directory];
    char other[sizeof directory];
    struct elf own;
    int prefix;

    snprintf(out, size, "%s", library);
    if (getenv("NOCLOBBER_LIBRARY") != NULL)
        return;
    snprintf(directory, sizeof directory, "%s", library);
    cut(directory);
    prefix = prefix_of(directory);
    if (prefix < 0)
        return;
    directory[prefix] = '\0';
    if ((size_t)snprintf(every, sizeof every, "%s/$LIB/" NAME, directory) >= sizeof every ||
        elf_read(library, &own) != 0 ||
        find_below(directory, &own, ANOTHER, other, sizeof other) == -ENOENT ||
        proof_ask(probe->loader, probe->program, every, library, complaint, sizeof complaint) != 1)
        return;
    snprintf(out, size, "%s:%s", every, library);
}

const char *probe_library_fault(int result)
{
    return result == -EINVAL
               ? "LD_PRELOAD can't contain a path with a blank or a colon; install it elsewhere"
               : "libnoclobber.so was not found; put it beside this command or in ../lib, or name "
                 "it "
                 "in NOCLOBBER_LIBRARY";
}
