/* SPDX-License-Identifier: Apache-2.0
 *
 * Days of the calendar as one number that can be compared: year * 10000 + month * 100 + day. 0: not known. A month or a day of 0
 * is not known either, and so stands before all of that year or month.
 */
#ifndef KIN_BASE_DATE_H
#define KIN_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KIN_DATE_BYTES = 11, KIN_TIME_BYTES = 21 };

/* Whether it is a day, month or year from 1800 to 2199 of the Gregorian calendar. */
bool kin_date_valid(int64_t date);
/* "2015", "2015-03" or "2015-03-02"; as EXIF writes it too: colons, blanks or zeros for a month and day that are not known, and what
 * stands behind a blank is not looked at. False: none such. */
bool kin_date_read(const char *text, int *date);
/* The same backwards, KIN_DATE_BYTES at most; "" for 0. Returns `out`. */
const char *kin_date_write(int date, char *out, size_t size);
/* The last day that it may be: of a year or month its last, of a day (or 0) itself. */
int kin_date_last(int date);
/* Years since the year 0; what is not known is taken from the middle. */
double kin_date_years(int date);

/* Seconds since 1970, UTC, as "2024-07-31T18:02:11Z", KIN_TIME_BYTES; "" outside the years 1970 to 2199. Returns `out`. */
const char *kin_time_write(int64_t seconds, char *out, size_t size);
/* The same backwards. False: none such. */
bool kin_time_read(const char *text, int64_t *seconds);

#endif
