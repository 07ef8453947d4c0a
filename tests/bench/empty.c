/* SPDX-License-Identifier: MIT */
/* A preload that does nothing: what ld.so itself costs. */
