/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits of enrolment: an ordinary portrait passes, each bad figure is refused with its reason.
 */
#include "gallery/admit.h"
#include "gallery/fixture.h"

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        kin_quality quality;
        const char *reason; /* NULL: admitted */
    } table[] = {
        {{80, 0.5f, 5, -3, 1}, NULL},
        {{30, 0.21f, -54, 24, 170}, NULL},
        {{22, 0.5f, 0, 0, 0}, "22 px wide, at least 30 wanted"},
        {{80, 0.18f, 0, 0, 0}, "blurred (sharpness 0.18, at least 0.20 wanted)"},
        {{80, 0.5f, 75, 0, 0}, "in profile (turned by 75 degrees"},
        {{80, 0.5f, -75, 0, 0}, "in profile (turned by 75 degrees, at most 55 wanted)"},
        {{29.6f, 0.5f, 0, 0, 0}, "29.6 px wide, at least 30 wanted"},
        {{80, 0.5f, 0, -35, 0}, "from above or below (35 degrees, at most 25 wanted)"},
        {{22, 0.01f, 80, 0, 0}, "; in profile"},
        {{NAN, 0.5f, 0, 0, 0}, "size unknown"},
        {{80, NAN, 0, 0, 0}, "sharpness unknown"},
        {{0, 0, 0, 0, 0}, "0 px wide"},
        {{-INFINITY, -INFINITY, -INFINITY, INFINITY, NAN}, "roll unknown"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        kin_status status = kin_gallery_admit(&ctx, &table[i].quality);
        assert_int_equal(status, table[i].reason ? KIN_E_REFUSED : KIN_OK);
        if (table[i].reason && !strstr(kin_error(&ctx), table[i].reason)) fail_msg("%s", kin_error(&ctx));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_limits, fresh, clean)};
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
