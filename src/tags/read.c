/* SPDX-License-Identifier: Apache-2.0
 *
 * Face regions out of XMP: those of the Metadata Working Group (an area by its middle and size) and of Microsoft (a rectangle
 * by its corner and size), as exiftool's documentation of XMP-mwg-rs and XMP-MP has them.
 */
#include "tags/tags.h"

#ifdef KIN_HAVE_EXEMPI

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tags/xmp.h"

static bool text_of(XmpPtr xmp, const char *ns, const char *path, XmpStringPtr out)
{
    return kin_exempi.xmp_get_property(xmp, ns, path, out, NULL);
}

bool kin_xmp_mwg_region(XmpPtr xmp, int number, XmpStringPtr scratch, XmpStringPtr text, kin_area *area, const char **name)
{
    char   path[KIN_XMP_PATH];
    double n[4];
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, PATH_LIST "[%d]/mwg-rs:Area/stArea:%c", number, "xywh"[i]);
        if (!kin_xmp_number(xmp, NS_MWG, path, scratch, &n[i])) return false;
    }
    *area = (kin_area){n[0] - n[2] / 2, n[1] - n[3] / 2, n[0] + n[2] / 2, n[1] + n[3] / 2};
    snprintf(path, sizeof path, PATH_LIST "[%d]/mwg-rs:Area/stArea:unit", number);
    if (text_of(xmp, NS_MWG, path, scratch) && strcasecmp(kin_exempi.xmp_string_cstr(scratch), "normalized") != 0) return false;
    snprintf(path, sizeof path, PATH_LIST "[%d]/mwg-rs:Type", number); /* Pet, Focus, BarCode are others */
    if (text_of(xmp, NS_MWG, path, scratch) && strcasecmp(kin_exempi.xmp_string_cstr(scratch), "Face") != 0) return false;
    snprintf(path, sizeof path, PATH_LIST "[%d]/mwg-rs:Name", number);
    *name = text_of(xmp, NS_MWG, path, text) ? kin_exempi.xmp_string_cstr(text) : "";
    return kin_area_valid(*area);
}

void kin_xmp_mwg_size(XmpPtr xmp, XmpStringPtr scratch, double *width, double *height)
{
    if (!kin_xmp_number(xmp, NS_MWG, PATH_SIZE "/stDim:w", scratch, width) ||
        !kin_xmp_number(xmp, NS_MWG, PATH_SIZE "/stDim:h", scratch, height) || !(*width > 0) || !(*height > 0))
        *width = *height = 0;
}

static kin_status too_many(kin_context *ctx)
{
    return kin_fail(ctx, KIN_E_LIMIT, "XMP: more than %d regions", (int)KIN_REGIONS_MAX);
}

static kin_status read_mwg(kin_context *ctx, XmpPtr xmp, XmpStringPtr scratch, XmpStringPtr text, kin_regions *out)
{
    double width, height;
    kin_xmp_mwg_size(xmp, scratch, &width, &height);
    for (int i = 1; kin_xmp_has(xmp, NS_MWG, PATH_LIST, i); i++) {
        kin_area    area;
        const char *name;
        if (i > KIN_REGIONS_MAX) return too_many(ctx);
        if (kin_xmp_mwg_region(xmp, i, scratch, text, &area, &name))
            KIN_TRY(kin_regions_add(out, KIN_REGION_MWG, name, strlen(name), area, width, height));
    }
    return KIN_OK;
}

#define PATH_MP "MP:RegionInfo/MPRI:Regions"

/* "0.2, 0.1, 0.3, 0.4": x, y, width, height. */
static bool rectangle(const char *p, kin_area *area)
{
    double n[4];
    for (int i = 0; i < 4; i++) {
        p = kin_xmp_digits(p, &n[i]);
        if (!p) return false;
        while (*p == ' ' || *p == ',') p++;
    }
    *area = (kin_area){n[0], n[1], n[0] + n[2], n[1] + n[3]};
    return *p == '\0' && kin_area_valid(*area);
}

static kin_status read_microsoft(kin_context *ctx, XmpPtr xmp, XmpStringPtr scratch, kin_regions *out)
{
    for (int i = 1; kin_xmp_has(xmp, NS_MP, PATH_MP, i); i++) {
        char     path[KIN_XMP_PATH];
        kin_area area;
        if (i > KIN_REGIONS_MAX) return too_many(ctx);
        snprintf(path, sizeof path, PATH_MP "[%d]/MPReg:Rectangle", i);
        if (!text_of(xmp, NS_MP, path, scratch) || !rectangle(kin_exempi.xmp_string_cstr(scratch), &area)) continue;
        snprintf(path, sizeof path, PATH_MP "[%d]/MPReg:PersonDisplayName", i);
        if (text_of(xmp, NS_MP, path, scratch))
            KIN_TRY(kin_regions_add(out, KIN_REGION_MICROSOFT, kin_exempi.xmp_string_cstr(scratch), kin_exempi.xmp_string_len(scratch), area, 0, 0));
    }
    return KIN_OK;
}

kin_status kin_xmp_read(kin_context *ctx, const uint8_t *packet, size_t size, kin_regions *out)
{
    XmpPtr xmp = NULL;
    KIN_TRY(kin_xmp_enter(ctx));
    XmpStringPtr scratch = kin_exempi.xmp_string_new(), text = kin_exempi.xmp_string_new();
    kin_status   status = kin_xmp_parse(ctx, packet, size, &xmp);
    if (status == KIN_OK) status = read_mwg(ctx, xmp, scratch, text, out);
    if (status == KIN_OK) status = read_microsoft(ctx, xmp, scratch, out);
    if (xmp) kin_exempi.xmp_free(xmp);
    kin_exempi.xmp_string_free(text);
    kin_exempi.xmp_string_free(scratch);
    kin_xmp_leave();
    return status;
}

bool kin_xmp_of_other(kin_context *ctx, const uint8_t *packet, size_t size, const char *ending)
{
    XmpPtr xmp = NULL;
    bool   other = false;
    if (kin_xmp_enter(ctx) != KIN_OK) return false;
    XmpStringPtr of = kin_exempi.xmp_string_new();
    if (kin_xmp_parse(ctx, packet, size, &xmp) == KIN_OK && text_of(xmp, NS_PHOTOSHOP, "photoshop:SidecarForExtension", of))
        other = strcasecmp(kin_exempi.xmp_string_cstr(of), ending) != 0;
    if (xmp) kin_exempi.xmp_free(xmp);
    kin_exempi.xmp_string_free(of);
    kin_xmp_leave();
    return other;
}

#else

kin_status kin_xmp_read(kin_context *ctx, const uint8_t *packet, size_t size, kin_regions *out)
{
    (void)packet, (void)size, (void)out;
    return kin_fail(ctx, KIN_E_UNSUPPORTED, "this kin was built without exempi, which reads XMP");
}

bool kin_xmp_of_other(kin_context *ctx, const uint8_t *packet, size_t size, const char *ending)
{
    (void)ctx, (void)packet, (void)size, (void)ending;
    return false;
}

#endif
