/* SPDX-License-Identifier: Apache-2.0
 *
 * Best assignment: who takes what, so that the sum is greatest and nobody and nothing is taken twice.
 */
#ifndef KIN_GALLERY_ASSIGN_H
#define KIN_GALLERY_ASSIGN_H

#include "base/context.h"

#define KIN_UNASSIGNED SIZE_MAX

/* Gives each of `rows` rows at most one of `columns` columns, each at most once, so that the sum of their weights is greatest.
 * weight: [rows, columns], finite; what is not above 0 is never given. column: [rows], the column or KIN_UNASSIGNED.
 * *total: the sum. The same weights give the same answer; time: min(rows, columns)^2 * max(rows, columns). KIN_E_MEMORY.
 * The Hungarian method as successive shortest paths: Jonker and Volgenant, Computing 38 (1987). */
kin_status kin_assign(kin_context *ctx, size_t rows, size_t columns, const double *weight, size_t *column, double *total);

#endif
