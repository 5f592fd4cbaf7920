/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers as JSON, CSV or text. Numbers carry the fewest digits that keep what is meaningful:
 * pixels 0.1, scores 0.0001, similarities 0.001.
 */
#ifndef KIN_APP_ANSWER_H
#define KIN_APP_ANSWER_H

#include <jansson.h>

#include "app/photos.h"

/* A real number rounded to `step` (0.1, 0.001); null when it is not finite. */
json_t *kin_json_number(double value, double step);
/* UTF-8 text; bytes that are no UTF-8 become '?', so that the document stays valid. */
json_t *kin_json_text(const char *text);
/* Prints the document on a line of its own and frees it. KIN_E_MEMORY comes out as a remark and EXIT_RESOURCES. */
void kin_json_print(kin_app *app, json_t *document);

/* Who a face is, in words: "Anna", "Anna or Eva?", "ignored", "unknown". Returns `out`. */
enum { KIN_LABEL_BYTES = KIN_CANDIDATES_MAX * (KIN_NAME_MAX + 4) + 8 };
const char *kin_who_label(const kin_who *who, char *out, size_t size);

/* The document of one photo as in interfaces.md: file, size, faces with what is known of them; or its error. */
json_t *kin_seen_json(const kin_seen *seen, size_t vector_width);

/* A field of a CSV line (RFC 4180: quoted where needed), with the comma before it unless it is the first. */
void kin_csv_text(const char *text, bool first);
void kin_csv_number(double value, double step, bool first);
void kin_csv_header_faces(void);
void kin_csv_face(const kin_seen *seen, size_t i);

/* {"count", "of", "low", "high"} */
json_t *kin_rate_json(const kin_rate *rate);
/* "12 of 300, 4.0 % (2.3 to 6.9)" */
void kin_put_rate(const kin_rate *rate);

/* Rounds to a multiple of `step`. */
double kin_round_to(double value, double step);

/* Rounds to two significant digits. */
double kin_round_rate(double value);

/* Characters of a valid UTF-8 text. */
int kin_columns(const char *text);
/* Prints a foreign text and pads it to `columns` (characters, not bytes). */
void kin_put_cell(const char *text, int columns);
/* "PATH: " in the column of paths. */
void kin_put_path(const kin_app *app, const char *path);

/* A foreign text fit for the terminal, in `out`. */
const char *kin_shown(const char *text, char *out, size_t size);

#endif
