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

static void test_time(void **state)
{
    (void)state;
    static const struct {
        int64_t     seconds;
        const char *text;
    } good[] = {
        {0, "1970-01-01T00:00:00Z"}, {951782399, "2000-02-28T23:59:59Z"}, {951782400, "2000-02-29T00:00:00Z"},
        {1722448931, "2024-07-31T18:02:11Z"}, {4107542400, "2100-03-01T00:00:00Z"}, {7258118399, "2199-12-31T23:59:59Z"},
    };
    static const char *const bad[] = {"", "2024-07-31", "2024-07-31T18:02:11", "2024-07-31 18:02:11Z", "2024-07-31T24:02:11Z", "2023-02-29T00:00:00Z",
                                      "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "2024-07-31T18:02:11Zx", "2024-00-31T18:02:11Z"};
    char    out[KIN_TIME_BYTES];
    int64_t seconds;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_string_equal(kin_time_write(good[i].seconds, out, sizeof out), good[i].text);
        assert_true(kin_time_read(good[i].text, &seconds));
        assert_true(seconds == good[i].seconds);
    }
    for (int64_t s = 1; s < 7258118400; s += 1234567) assert_true(kin_time_read(kin_time_write(s, out, sizeof out), &seconds) && seconds == s);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (kin_time_read(bad[i], &seconds)) fail_msg("%s", bad[i]);
    assert_string_equal(kin_time_write(-1, out, sizeof out), "");
    assert_string_equal(kin_time_write(7258118400, out, sizeof out), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read_and_write), cmocka_unit_test(test_years), cmocka_unit_test(test_time)};
    return cmocka_run_group_tests_name("base/date", tests, NULL, NULL);
}
