/* SPDX-License-Identifier: Apache-2.0
 *
 * Nearness in time, as a ratio of ages.
 */
#include "gallery/age.h"

#include <math.h>

#include "base/date.h"

static const double GROWN_UP = 18, FREE = 1.5;

double kin_age_weight(int born, int then, int now)
{
    if (!born || !then || !now) return 1;
    double birth = kin_date_years(born);
    double a = 1 + fmin(GROWN_UP, fmax(0, kin_date_years(then) - birth)), b = 1 + fmin(GROWN_UP, fmax(0, kin_date_years(now) - birth));
    double ratio = fmax(a, b) / fmin(a, b);
    return ratio > FREE ? sqrt(FREE / ratio) : 1;
}
