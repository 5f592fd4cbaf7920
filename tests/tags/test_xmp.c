/* SPDX-License-Identifier: Apache-2.0
 *
 * XMP by exempi: regions as several programs write them, what is none, names written and taken back, no memory. Built without
 * exempi, or where it is not installed: that this is said. tests/cli/test_tag.sh and test_enroll_tags.sh ask exiftool.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tags/tags.h"
#include "support/context.h"
#include "support/oom.h"

#define HEAD                                                                                                       \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"          \
    "<rdf:Description rdf:about='' xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/'"              \
    " xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#' xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#'" \
    " xmlns:MP='http://ns.microsoft.com/photo/1.2/' xmlns:MPRI='http://ns.microsoft.com/photo/1.2/t/RegionInfo#'"    \
    " xmlns:MPReg='http://ns.microsoft.com/photo/1.2/t/Region#' xmlns:ps='http://ns.adobe.com/photoshop/1.0/'>"
#define TAIL "</rdf:Description></rdf:RDF></x:xmpmeta>"
#define SIZE(w, h) "<mwg-rs:AppliedToDimensions stDim:w='" w "' stDim:h='" h "' stDim:unit='pixel'/>"
#define MWG(size, list)                                                                                      \
    "<mwg-rs:Regions rdf:parseType='Resource'>" size "<mwg-rs:RegionList><rdf:Bag>" list "</rdf:Bag>" \
    "</mwg-rs:RegionList></mwg-rs:Regions>"
#define FACE(name, x, y, w, h)                                                                    \
    "<rdf:li><rdf:Description mwg-rs:Name='" name "' mwg-rs:Type='Face'><mwg-rs:Area stArea:x='" x \
    "' stArea:y='" y "' stArea:w='" w "' stArea:h='" h "' stArea:unit='normalized'/></rdf:Description></rdf:li>"
#define MICROSOFT(list)                                                                                \
    "<MP:RegionInfo rdf:parseType='Resource'><MPRI:Regions><rdf:Bag>" list "</rdf:Bag></MPRI:Regions>" \
    "</MP:RegionInfo>"
#define PERSON(name, rectangle) "<rdf:li MPReg:PersonDisplayName='" name "' MPReg:Rectangle='" rectangle "'/>"

static kin_regions list;

static kin_status read_from(kin_context *c, const char *xmp)
{
    const size_t size = strlen(xmp);
    uint8_t     *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, xmp, size);
    list = kin_regions_make(c);
    kin_status status = kin_xmp_read(c, copy, size, &list);
    free(copy);
    return status;
}

static void read_ok(const char *xmp)
{
    if (read_from(&ctx, xmp) != KIN_OK) fail_msg("%s", kin_error(&ctx));
}

/* Without exempi each test is skipped, behind a look at what is said. */
static void need_exempi(void)
{
    const kin_status status = read_from(&ctx, HEAD TAIL);
    kin_regions_free(&list);
    if (status == KIN_OK) return;
    assert_int_equal(status, KIN_E_UNSUPPORTED);
    assert_non_null(strstr(kin_error(&ctx), "exempi"));
    kin_buffer    out = kin_buffer_make(&ctx);
    kin_tag       tag = {"Anna", {0.1, 0.1, 0.2, 0.2}};
    kin_tagged    tagged = {KIN_TAG_STANDS, (char *)"x"};
    kin_tag_photo photo = {.width = 40, .height = 30, .orientation = 1};
    assert_int_equal(kin_xmp_tag(&ctx, &photo, &tag, 1, &tagged, &out), KIN_E_UNSUPPORTED);
    assert_true(tagged.result == KIN_TAG_NOTHING && !tagged.other && !out.size);
    assert_false(kin_xmp_of_other(&ctx, (const uint8_t *)HEAD TAIL, sizeof HEAD TAIL - 1, "jpg"));
    skip();
}

static void assert_region(size_t i, const char *name, double x0, double y0, double x1, double y1)
{
    assert_true(i < list.count);
    const kin_area a = list.region[i].area;
    assert_string_equal(list.region[i].name, name);
    if (fabs(a.x0 - x0) + fabs(a.y0 - y0) + fabs(a.x1 - x1) + fabs(a.y1 - y1) > 1e-9)
        fail_msg("%s: %g %g %g %g", name, a.x0, a.y0, a.x1, a.y1);
}

static void test_both_kinds(void **state)
{
    (void)state;
    need_exempi();
    read_ok(HEAD MWG(SIZE("4000", "3000"), FACE(" Anna ", "0.5", ".25", "2e-1", "+0.10")) MICROSOFT(PERSON("Ben &lt;3", "0.2, 0.1, 0.3, 0.4")) TAIL);
    assert_int_equal(list.count, 2);
    assert_region(0, "Anna", 0.4, 0.2, 0.6, 0.3); /* by its middle */
    assert_region(1, "Ben <3", 0.2, 0.1, 0.5, 0.5); /* by its corner */
    assert_true(list.region[0].kind == KIN_REGION_MWG && list.region[0].width == 4000 && list.region[0].height == 3000);
    assert_true(list.region[1].kind == KIN_REGION_MICROSOFT && list.region[1].width == 0);
    kin_regions_free(&list);
}

/* Prefixes mean nothing: the file says which namespace they are. */
static void test_other_prefixes(void **state)
{
    (void)state;
    need_exempi();
    read_ok("<x:xmpmeta xmlns:x='adobe:ns:meta/'><r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><r:Description r:about=''"
            " xmlns:kin='http://www.metadataworkinggroup.com/schemas/regions/' xmlns:MP='http://ns.adobe.com/xmp/sType/Area#'>"
            "<kin:Regions r:parseType='Resource'><kin:RegionList><r:Bag><r:li r:parseType='Resource'><kin:Name>Anna</kin:Name>"
            "<kin:Area r:parseType='Resource'><MP:x>0.5</MP:x><MP:y>0.5</MP:y><MP:w>0.2</MP:w><MP:h>0.2</MP:h></kin:Area>"
            "</r:li></r:Bag></kin:RegionList></kin:Regions></r:Description></r:RDF></x:xmpmeta>");
    assert_int_equal(list.count, 1);
    assert_region(0, "Anna", 0.4, 0.4, 0.6, 0.6);
    kin_regions_free(&list);
}

static void test_what_is_no_face(void **state)
{
    (void)state;
    need_exempi();
    read_ok(HEAD MWG("", "<rdf:li mwg-rs:Name='no area' mwg-rs:Type='Face'/>" FACE("word", "left", "0.5", "0.2", "0.2")
                             FACE("nan", "nan", "0.5", "0.2", "0.2") FACE("none", "0.5", "0.5", "0", "0.2") FACE("minus", "0.5", "0.5", "-0.2", "0.2")
                                 FACE("outside", "1.5", "0.5", "0.2", "0.2") FACE("far", "1e90", "0.5", "0.2", "0.2")
                                     FACE("comma", "0,5", "0,5", "0,2", "0,2") FACE("huge", "0.5", "0.5", "1e999999", "0.2")
                         "<rdf:li><rdf:Description mwg-rs:Name='Rex' mwg-rs:Type='Pet'><mwg-rs:Area stArea:x='0.5' stArea:y='0.5' stArea:w='0.2'"
                         " stArea:h='0.2'/></rdf:Description></rdf:li>"
                         "<rdf:li><rdf:Description mwg-rs:Name='pixels' mwg-rs:Type='Face'><mwg-rs:Area stArea:x='0.5' stArea:y='0.5' stArea:w='0.2'"
                         " stArea:h='0.2' stArea:unit='pixel'/></rdf:Description></rdf:li><rdf:li>text</rdf:li>" FACE("", "0.5", "0.5", "0.2", "0.2"))
                MICROSOFT(PERSON("three", "0.1, 0.1, 0.2") PERSON("five", "0.1, 0.1, 0.2, 0.2, 0.2") PERSON("empty", "")
                              PERSON("words", "a, b, c, d") PERSON("none", "0.1, 0.1, 0, 0") "<rdf:li MPReg:PersonDisplayName='no rectangle'/>"
                              "<rdf:li MPReg:Rectangle='0.1, 0.1, 0.2, 0.2'/>") TAIL);
    for (size_t i = 0; i < list.count; i++)
        if (*list.region[i].name) fail_msg("'%s' is a face", list.region[i].name);
    assert_int_equal(list.count, 1); /* a face that has no name yet */
    kin_regions_free(&list);
}

/* Properties of another form than their schema has. */
static void test_other_forms(void **state)
{
    (void)state;
    need_exempi();
    static const char *const odd[] = {
        HEAD "<mwg-rs:Regions>text</mwg-rs:Regions><MP:RegionInfo>text</MP:RegionInfo>" TAIL,
        HEAD "<mwg-rs:Regions><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></mwg-rs:Regions>" TAIL,
        HEAD MWG(SIZE("-4", "many"), "<rdf:li><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></rdf:li>") TAIL,
        HEAD MWG("", "<rdf:li rdf:parseType='Resource'><mwg-rs:Name><rdf:Alt><rdf:li xml:lang='x-default'>Anna</rdf:li></rdf:Alt></mwg-rs:Name>"
                     "<mwg-rs:Area>0.5</mwg-rs:Area></rdf:li>") TAIL,
        HEAD "<MP:RegionInfo rdf:parseType='Resource'><MPRI:Regions rdf:parseType='Resource'><MPReg:Rectangle>1</MPReg:Rectangle>"
             "</MPRI:Regions></MP:RegionInfo>" TAIL,
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        const kin_status status = read_from(&ctx, odd[i]);
        if ((status != KIN_OK && status != KIN_E_FORMAT) || list.count) fail_msg("form %zu: %d, %zu regions", i, (int)status, list.count);
        kin_regions_free(&list);
    }
}

static void test_damaged(void **state)
{
    (void)state;
    need_exempi();
    static const char *const bad[] = {"", "no XML", "<a", "<x:xmpmeta", HEAD, "<!DOCTYPE a>" HEAD TAIL};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (read_from(&ctx, bad[i]) != KIN_E_FORMAT) fail_msg("'%s' is XMP", bad[i]);
        assert_non_null(strstr(kin_error(&ctx), "XMP"));
        assert_int_equal(list.count, 0);
        kin_regions_free(&list);
    }
}

static void test_too_many(void **state)
{
    (void)state;
    need_exempi();
    static const char one[] = FACE("A", "0.5", "0.5", "0.2", "0.2");
    const size_t      room = (KIN_REGIONS_MAX + 1) * sizeof one + sizeof HEAD MWG("", "") TAIL;
    for (int more = 0; more < 2; more++) {
        char  *xmp = malloc(room), *end = xmp;
        assert_non_null(xmp);
        end += sprintf(end, "%s<mwg-rs:Regions rdf:parseType='Resource'><mwg-rs:RegionList><rdf:Bag>", HEAD);
        for (int i = 0; i < KIN_REGIONS_MAX + more; i++) end += sprintf(end, "%s", one);
        sprintf(end, "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>%s", TAIL);
        assert_int_equal(read_from(&ctx, xmp), more ? KIN_E_LIMIT : KIN_OK);
        kin_regions_free(&list);
        free(xmp);
    }
    ctx.max_memory = 1000; /* a parser would take more */
    assert_int_equal(read_from(&ctx, HEAD TAIL), KIN_E_LIMIT);
    kin_regions_free(&list);
    ctx.max_memory = (uint64_t)1 << 30;
}

static void test_whose_sidecar(void **state)
{
    (void)state;
    need_exempi();
    static const char raw[] = HEAD "<ps:SidecarForExtension>CR2</ps:SidecarForExtension>" TAIL, any[] = HEAD TAIL;
    assert_true(kin_xmp_of_other(&ctx, (const uint8_t *)raw, sizeof raw - 1, "jpg"));
    assert_false(kin_xmp_of_other(&ctx, (const uint8_t *)raw, sizeof raw - 1, "cr2"));
    assert_false(kin_xmp_of_other(&ctx, (const uint8_t *)any, sizeof any - 1, "jpg"));
    assert_false(kin_xmp_of_other(&ctx, (const uint8_t *)"damaged", 7, "jpg"));
}

/* --- writing --- */

static const kin_tag two[] = {{"Anna", {0.1, 0.2, 0.3, 0.5}}, {"Ben", {0.6, 0.2, 0.8, 0.5}}};

static kin_status tag_in(kin_context *c, const char *sidecar, const kin_tag *tag, size_t count, int orientation, kin_tagged *tagged,
                         kin_buffer *out)
{
    kin_tag_photo photo = {.sidecar = (const uint8_t *)sidecar, .sidecar_bytes = sidecar ? strlen(sidecar) : 0,
                           .width = orientation >= 5 ? 3000 : 4000, .height = orientation >= 5 ? 4000 : 3000, .orientation = orientation};
    *out = kin_buffer_make(c);
    return kin_xmp_tag(c, &photo, tag, count, tagged, out);
}

/* The sidecar as text; NULL: it needs no change. free it. */
static char *tagged_text(const char *sidecar, const kin_tag *tag, size_t count, int orientation)
{
    kin_tagged tagged[4];
    kin_buffer out;
    if (tag_in(&ctx, sidecar, tag, count, orientation, tagged, &out) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    char *text = out.size ? malloc(out.size + 1) : NULL;
    if (text) memcpy(text, out.data, out.size), text[out.size] = 0;
    kin_buffer_free(&out);
    for (size_t i = 0; i < count; i++) kin_release(&ctx, tagged[i].other);
    return text;
}

static void test_written_and_read(void **state)
{
    (void)state;
    need_exempi();
    for (int o = 1; o <= 8; o++) {
        char *text = tagged_text(NULL, two, 2, o);
        assert_non_null(text);
        read_ok(text);
        assert_int_equal(list.count, 2);
        for (size_t i = 0; i < 2; i++) {
            const kin_area a = kin_area_upright(list.region[i].area, o), b = two[i].area;
            assert_string_equal(list.region[i].name, two[i].name);
            assert_true(fabs(a.x0 - b.x0) + fabs(a.y0 - b.y0) + fabs(a.x1 - b.x1) + fabs(a.y1 - b.y1) < 1e-5);
            assert_true(list.region[i].width == 4000 && list.region[i].height == 3000);
        }
        kin_regions_free(&list);
        assert_null(tagged_text(text, two, 2, o)); /* the same again */
        char *fewer = tagged_text(text, two + 1, 1, o);
        assert_true(fewer && !strstr(fewer, "Anna") && strstr(fewer, "Ben"));
        free(fewer);
        free(text);
    }
}

static void test_nobody(void **state)
{
    (void)state;
    need_exempi();
    const kin_tag unknown = {NULL, {0.1, 0.1, 0.2, 0.2}};
    assert_null(tagged_text(NULL, &unknown, 1, 1));
    assert_null(tagged_text(NULL, NULL, 0, 1));
    assert_null(tagged_text(HEAD TAIL, &unknown, 1, 1));
}

static void test_names_with_marks(void **state)
{
    (void)state;
    need_exempi();
    const kin_tag odd = {"<b>\"Ann\" & 'Co' ]]> \xC3\x84\xF0\x9F\x98\x80", {0.1, 0.1, 0.2, 0.2}};
    char         *text = tagged_text(NULL, &odd, 1, 1);
    assert_non_null(text);
    read_ok(text);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.region[0].name, odd.name);
    kin_regions_free(&list);
    free(text);
}

/* exempi reads this and writes it so that nobody can read it. */
static void test_what_cannot_be_written(void **state)
{
    (void)state;
    need_exempi();
    kin_tagged tagged[2];
    kin_buffer out;
    assert_int_equal(tag_in(&ctx, HEAD "<odd:A xmlns:odd='urn:\"\"'>1</odd:A>" TAIL, two, 2, 1, tagged, &out), KIN_E_FORMAT);
    assert_non_null(strstr(kin_error(&ctx), "left as it is"));
    assert_int_equal(out.size, 0);
    kin_buffer_free(&out);
}

static void test_another_shape(void **state)
{
    (void)state;
    need_exempi();
    kin_tagged tagged[2];
    kin_buffer out;
    assert_int_equal(tag_in(&ctx, HEAD MWG(SIZE("1000", "1000"), FACE("A", "0.5", "0.5", "0.2", "0.2")) TAIL, two, 2, 1, tagged, &out), KIN_E_REFUSED);
    assert_int_equal(out.size, 0);
    kin_buffer_free(&out);
    assert_int_equal(tag_in(&ctx, "damaged", two, 2, 1, tagged, &out), KIN_E_FORMAT);
    kin_buffer_free(&out);
}

/* --- no memory: exempi's own is another --- */

static kin_status reading(kin_context *c)
{
    kin_status status = read_from(c, HEAD MWG("", FACE("Anna", "0.5", "0.5", "0.2", "0.2") FACE("Ben", "0.2", "0.2", "0.1", "0.1")) TAIL);
    kin_regions_free(&list);
    return status;
}

static kin_status writing(kin_context *c)
{
    kin_tagged tagged[2];
    kin_buffer out;
    kin_status status = tag_in(c, HEAD MWG("", FACE("Grandpa", "0.2", "0.35", "0.2", "0.3")) TAIL, two, 2, 1, tagged, &out);
    for (int i = 0; i < 2; i++) kin_release(c, tagged[i].other);
    kin_buffer_free(&out);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    need_exempi();
    oom_walk(&ctx, reading, 3, false);
    oom_walk(&ctx, writing, 7, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_both_kinds), TEST(test_other_prefixes), TEST(test_what_is_no_face),   TEST(test_other_forms),
        TEST(test_damaged),    TEST(test_too_many),       TEST(test_whose_sidecar),     TEST(test_written_and_read),
        TEST(test_nobody),     TEST(test_names_with_marks), TEST(test_what_cannot_be_written), TEST(test_another_shape),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
