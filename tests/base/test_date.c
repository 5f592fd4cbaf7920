/* SPDX-License-Identifier: Apache-2.0
 *
 * Dates: what is one, in and out, hostile text.
 */
#include <math.h>
#include <string.h>

#include "base/date.h"
#include "support/cmocka.h"

static void test_read_and_write(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int         date;
        const char *back;
    } good[] = {
        {"2015-03-02", 20150302, "2015-03-02"}, {"2015-03", 20150300, "2015-03"}, {"2015", 20150000, "2015"},
        {"2024:02:29 18:02:11", 20240229, "2024-02-29"}, {"1800-01-01", 18000101, "1800-01-01"}, {"2199-12-31", 21991231, "2199-12-31"},
        {"2015:00:00 00:00:00", 20150000, "2015"}, {"2015:  :     :  :  ", 20150000, "2015"}, {"2015:03:00 12:00:00", 20150300, "2015-03"},
        {"2015:03:  ", 20150300, "2015-03"}, {"2015:00", 20150000, "2015"},
    };
    static const char *const bad[] = {"", " ", "2015-", "2015-3", "2015-13", "2015-00", "2015-02-30", "2015-02-29", "2015-03-00",
                                      "1799", "2200", "0000:00:00 00:00:00", "    :  :     :  :  ", "2015-03:02", "2015/03/02", "20150302",
                                      "-015", "2015-03-02x", "+2015", "2015-03-02-01", "1900-02-29",
                                      "2015:00:05", "2015:  :05", "2015: 3", "2015:0", "2015-00-00", "2015-  -  ", "2015:13:00"};
    char out[KIN_DATE_BYTES];
    int  date;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(kin_date_read(good[i].text, &date));
        assert_int_equal(date, good[i].date);
        assert_string_equal(kin_date_write(date, out, sizeof out), good[i].back);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        date = 1;
        if (kin_date_read(bad[i], &date) || date) fail_msg("%s", bad[i]);
    }
    assert_string_equal(kin_date_write(0, out, sizeof out), "");
    assert_false(kin_date_valid(20150003)); /* a day of no month */
    assert_false(kin_date_valid(-20150302));
    assert_false(kin_date_valid(INT64_MAX));
}

static void test_years(void **state)
{
    (void)state;
    assert_true(fabs(kin_date_years(20150701) - 2015.5) < 1e-9);
    assert_true(fabs(kin_date_years(20150000) - 2015.5) < 1e-9);
    for (int d = 1; d < 31; d++) assert_true(kin_date_years(20150100 + d) < kin_date_years(20150101 + d));
    assert_int_equal(kin_date_last(20160000), 20161231);
    assert_int_equal(kin_date_last(20160200), 20160229);
    assert_int_equal(kin_date_last(20151200), 20151231);
    assert_int_equal(kin_date_last(20160215), 20160215);
    assert_int_equal(kin_date_last(0), 0);
    assert_true(kin_date_years(20151231) < kin_date_years(20160101));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read_and_write), cmocka_unit_test(test_years)};
    return cmocka_run_group_tests_name("base/date", tests, NULL, NULL);
}
