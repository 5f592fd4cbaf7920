/* SPDX-License-Identifier: Apache-2.0
 *
 * Dates: check, read, write.
 */
#include "base/date.h"

#include <stdio.h>
#include <string.h>

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool       leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool kin_date_valid(int64_t date)
{
    if (date < 18000000 || date > 21991231) return false;
    const int year = (int)(date / 10000), month = (int)(date / 100 % 100), day = (int)(date % 100);
    if (month == 0) return day == 0;
    return month <= 12 && day <= days_of(year, month);
}

/* `count` digits; *text moves behind them. */
static bool digits(const char **text, int count, int *out)
{
    for (*out = 0; count--; ++*text) {
        if (**text < '0' || **text > '9') return false;
        *out = *out * 10 + (**text - '0');
    }
    return true;
}

bool kin_date_read(const char *text, int *date)
{
    int  year, part[2] = {0, 0}; /* month, day */
    *date = 0;
    if (!digits(&text, 4, &year)) return false;
    const char mark = *text;
    for (int i = 0; i < 2 && (mark == '-' || mark == ':') && *text == mark; i++) {
        text++;
        if (mark == ':' && (strncmp(text, "00", 2) == 0 || strncmp(text, "  ", 2) == 0))
            text += 2;
        else if (!digits(&text, 2, &part[i]) || part[i] == 0) return false;
    }
    const int found = year * 10000 + part[0] * 100 + part[1];
    if ((*text != '\0' && *text != ' ') || !kin_date_valid(found)) return false;
    *date = found;
    return true;
}

const char *kin_date_write(int date, char *out, size_t size)
{
    const int year = date / 10000, month = date / 100 % 100, day = date % 100;
    if (day)
        snprintf(out, size, "%04d-%02d-%02d", year, month, day);
    else if (month)
        snprintf(out, size, "%04d-%02d", year, month);
    else if (date)
        snprintf(out, size, "%04d", year);
    else
        *out = '\0';
    return out;
}

int kin_date_last(int date)
{
    const int year = date / 10000, month = date / 100 % 100;
    if (!date || date % 100) return date;
    return month ? date + days_of(year, month) : date + 1231;
}

double kin_date_years(int date)
{
    const int month = date / 100 % 100, day = date % 100;
    return date / 10000 + (month ? (month - 1 + (day ? (day - 1) / 31.0 : 0.5)) / 12.0 : 0.5);
}

static const int64_t DAY = 86400, TIME_END = INT64_C(7258118400); /* the year 2200 */

const char *kin_time_write(int64_t seconds, char *out, size_t size)
{
    *out = '\0';
    if (seconds < 0 || seconds >= TIME_END) return out;
    int year = 1970, month = 1, of_day = (int)(seconds % DAY);
    int64_t days = seconds / DAY;
    for (int length; days >= (length = 337 + days_of(year, 2)); year++) days -= length;
    for (; days >= days_of(year, month); month++) days -= days_of(year, month);
    snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, (int)days + 1, of_day / 3600, of_day / 60 % 60, of_day % 60);
    return out;
}

bool kin_time_read(const char *text, int64_t *seconds)
{
    static const char marks[] = "--T::Z";
    int               part[6]; /* year .. second */
    *seconds = 0;
    for (int i = 0; i < 6; i++, text++)
        if (!digits(&text, i ? 2 : 4, &part[i]) || *text != marks[i]) return false;
    const int year = part[0], month = part[1];
    if (*text || year < 1970 || month == 0 || part[2] == 0 || !kin_date_valid(year * 10000 + month * 100 + part[2])) return false;
    if (part[3] > 23 || part[4] > 59 || part[5] > 59) return false;
    int64_t days = part[2] - 1;
    for (int y = 1970; y < year; y++) days += 337 + days_of(y, 2);
    for (int m = 1; m < month; m++) days += days_of(year, m);
    *seconds = days * DAY + part[3] * 3600 + part[4] * 60 + part[5];
    return true;
}
