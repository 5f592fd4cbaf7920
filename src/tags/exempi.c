/* SPDX-License-Identifier: Apache-2.0
 *
 * exempi: started once, used by one thread at a time, its errors as ours. It prints a line about damaged XMP to standard error
 * itself, which it offers no switch for.
 */
#include "tags/tags.h"

#ifdef KIN_HAVE_EXEMPI

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "tags/xmp.h"

struct kin_exempi  kin_exempi;
static kin_library library = KIN_LIBRARY_INIT(kin_exempi, KIN_EXEMPI_FILE, EXEMPI);

const char *kin_xmp_library(void)
{
    return "exempi " KIN_EXEMPI_VERSION;
}

/* Ours before any file's: a file may claim these prefixes for something else, and paths are written with them. */
static const char *const names[][2] = {
    {NS_MWG, "mwg-rs"},
    {"http://ns.adobe.com/xmp/sType/Area#", "stArea"},
    {"http://ns.adobe.com/xap/1.0/sType/Dimensions#", "stDim"},
    {NS_IPTC, "Iptc4xmpExt"},
    {NS_MP, "MP"},
    {"http://ns.microsoft.com/photo/1.2/t/RegionInfo#", "MPRI"},
    {"http://ns.microsoft.com/photo/1.2/t/Region#", "MPReg"},
    {NS_KIN, "kin"},
};

/* The library's state is the process's, so is what guards it. It stays until the process ends: xmp_terminate while another
 * part of the program uses exempi would take it away from that. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool            started;

static bool start(void)
{
    XmpStringPtr prefix = kin_exempi.xmp_init() ? kin_exempi.xmp_string_new() : NULL;
    bool         good = prefix != NULL;
    for (size_t i = 0; good && i < sizeof names / sizeof *names; i++) good = kin_exempi.xmp_register_namespace(names[i][0], names[i][1], prefix);
    if (prefix) kin_exempi.xmp_string_free(prefix);
    return good;
}

kin_status kin_xmp_enter(kin_context *ctx)
{
    KIN_TRY(kin_library_load(ctx, &library));
    pthread_mutex_lock(&lock);
    if (!started) started = start();
    if (started) return KIN_OK;
    pthread_mutex_unlock(&lock);
    return kin_fail(ctx, KIN_E_MEMORY, "exempi cannot be started");
}

void kin_xmp_leave(void)
{
    pthread_mutex_unlock(&lock);
}

kin_status kin_xmp_fail(kin_context *ctx, const char *what)
{
    static const struct {
        int         code;
        const char *text;
    } errors[] = {{XMPErr_BadXML, "no well-formed XML"}, {XMPErr_BadRDF, "RDF of a form that XMP does not have"},
                  {XMPErr_BadXMP, "not what XMP should be"}, {XMPErr_BadUnicode, "bad Unicode"},
                  {XMPErr_BadXPath, "a property of another form than its schema has"},
                  {XMPErr_BadParse, "cannot be parsed"}};
    const int error = kin_exempi.xmp_get_error();
    if (error == XMPErr_NoMemory) return kin_fail(ctx, KIN_E_MEMORY, "out of memory");
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == error) return kin_fail(ctx, KIN_E_FORMAT, "%s: %s", what, errors[i].text);
    return kin_fail(ctx, KIN_E_FORMAT, "%s: exempi's error %d", what, error);
}

/* Parsed, a packet takes about 20 times its size. */
enum { TIMES = 20 };

kin_status kin_xmp_parse(kin_context *ctx, const uint8_t *packet, size_t size, XmpPtr *out)
{
    *out = NULL;
    KIN_TRY(kin_xmp_check(ctx, packet, size));
    const uint64_t held = ctx->memory;
    if (held > ctx->max_memory || (uint64_t)size * TIMES > ctx->max_memory - held)
        return kin_fail(ctx, KIN_E_LIMIT, "XMP of %zu bytes would take more memory than the limit leaves", size);
    *out = kin_exempi.xmp_new((const char *)packet, size);
    return *out ? KIN_OK : kin_xmp_fail(ctx, "XMP");
}

/* Numbers are written with a point, whatever the program's locale: digits are read here. */
const char *kin_xmp_digits(const char *p, double *out)
{
    double     value = 0, unit = 1;
    const bool minus = *p == '-';
    int        digits = 0, tens = 0, sign = 1;
    if (*p == '-' || *p == '+') p++;
    for (; *p >= '0' && *p <= '9' && digits < 30; p++, digits++) value = value * 10 + (*p - '0');
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++, digits++)
            if (digits < 30) value += (*p - '0') * (unit /= 10);
    if (!digits) return NULL;
    if (*p == 'e' || *p == 'E') { /* exiftool writes 1e-05 */
        p++;
        if (*p == '-' || *p == '+') sign = *p++ == '-' ? -1 : 1;
        for (; *p >= '0' && *p <= '9' && tens < 100; p++) tens = tens * 10 + (*p - '0');
        while (tens-- > 0) value = sign < 0 ? value / 10 : value * 10;
    }
    *out = minus ? -value : value;
    return p;
}

bool kin_xmp_number(XmpPtr xmp, const char *ns, const char *path, XmpStringPtr scratch, double *out)
{
    if (!kin_exempi.xmp_get_property(xmp, ns, path, scratch, NULL)) return false;
    const char *end = kin_xmp_digits(kin_exempi.xmp_string_cstr(scratch), out);
    return end && *end == '\0';
}

bool kin_xmp_has(XmpPtr xmp, const char *ns, const char *list, int number)
{
    char path[KIN_XMP_PATH];
    snprintf(path, sizeof path, "%s[%d]", list, number);
    return kin_exempi.xmp_has_property(xmp, ns, path);
}

#else

const char *kin_xmp_library(void)
{
    return NULL;
}

#endif
