/* SPDX-License-Identifier: MIT */
/*
 * A thread that has been cancelled renames once more before it reaches a cancellation point. rename
 * is not a cancellation point in any libc, so each of these calls must return: one for which the
 * policy must open a directory (through the link `way`), a comparison (ALLOW_IF=same), a directory
 * that is not empty. No descriptor may be left open.
 */
#include "host.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>

static int count_descriptors(void)
{
    DIR *const all = opendir("/proc/self/fd");
    int count = 0;

    check(all != NULL, "/proc");
    while (readdir(all))
        count++;
    closedir(all);
    return count;
}

static int answered;

static void *work(void *nothing)
{
    pthread_cancel(pthread_self());
    expect(0, "new", "vacant");
    expect(EEXIST, "vacant", "way/old");
    expect(0, "one", "two");
    expect(EEXIST, "full", "full.too");
    answered = 1;
    pthread_testcancel();
    return nothing;
}

int main(void)
{
    void *result = NULL;
    pthread_t thread;
    int before;

    mkdir("place", 0755);
    mkdir("full", 0755);
    mkdir("full.too", 0755);
    check(symlink("place", "way") == 0, "a link");
    put("full.too/file", "");
    put("new", "new");
    put("place/old", "old");
    put("one", "equal");
    put("two", "equal");
    before = count_descriptors();
    check(pthread_create(&thread, NULL, work, NULL) == 0, "a thread");
    check(pthread_join(thread, &result) == 0, "its end");
    check(answered, "every call was answered");
    check(result == PTHREAD_CANCELED, "the thread was cancelled afterwards");
    check(count_descriptors() == before, "no descriptor is left");
    holds("place/old", "old");
    return 0;
}
