/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * The table of the kinds of records: the engine's own and those of the
 * plugins, what their fields are for the rules, and who is to be sent what.
 */
#ifndef SK_ENGINE_KIND_H
#define SK_ENGINE_KIND_H

#include "engine/engine-private.h"

/** The engine's fields of its kind `kind` (SK_KIND_…); the facts of all plugins follow them. */
const SkFieldDecl *sk_own_field (uint32_t kind, uint32_t index);
uint32_t sk_own_n_fields (uint32_t kind);

/** Enters all kinds, and tells the catalogue of them. Once all facts are known. False after a problem
 * when there are too many. */
bool sk_kinds_build (SkEngine *engine, SkCatalogue *catalogue);
/** Once the rules are compiled: which fields they read, and who is to be sent what. */
void sk_kinds_join (SkEngine *engine, const SkCatalogue *catalogue);
/** For g_array_set_clear_func. */
void sk_kind_clear (gpointer kind);
/** "name\ttype\tmeaning", for the catalogue. New string. */
char *sk_kind_describe (const SkFieldDecl *field);
/** What the subscriber calls the field with that number of the rules, or NULL: it does not keep it. */
const char *sk_route_name (const SkRecordRoute *route, uint32_t number);

#endif
