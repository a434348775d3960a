/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The frame of every unit test: a Check suite, run, told as TAP.
 */
#ifndef SK_TEST_H
#define SK_TEST_H

#include <check.h>
#include <glib.h>

/** Runs the suite with a program log that fails the test on an unexpected warning, prints TAP.
 * Returns the exit status for main. Takes the suite. */
int sk_test_main (Suite *suite);

/** A new empty folder below the test's working folder, removed by sk_test_remove. Transfer full. */
char *sk_test_folder (void);
/** Removes a folder with all that is in it. */
void sk_test_remove (const char *folder);
/** Writes a file below `folder`, makes parents; returns its path, transfer full. */
char *sk_test_file (const char *folder, const char *name, const void *bytes, size_t size);

#endif
