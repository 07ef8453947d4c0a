/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_EXPECT_PATH_H
#define NOCLOBBER_TESTS_EXPECT_PATH_H

/*
 * Fails the test, with its `name`, unless a resolution gave what it should: `result` 0 and in
 * `resolved` the path `expected`, in which `@` stands for the sandbox; or, where `expected` is
 * NULL, the result `error`.
 */
void expect_path(const char *resolved, const char *name, int result, const char *expected,
                 int error);

#endif
