/* SPDX-License-Identifier: ISC */
/*
 * WebP, through libwebp. Side: hostile.
 */
#include <webp/encode.h>
#include <webp/mux.h>

#include "sandboxed_parsers/encode/encode.h"
#include "sandboxed_parsers/encode/labels.h"

/* 0 to 9; each level after this costs twice the time for a percent. */
#define LOSSLESS_LEVEL 1

static int
on_write(const uint8_t *data, size_t size, const WebPPicture *picture)
{
	return gbx_sink_bytes(picture->custom_ptr, data, size);
}

static bool
configure(const struct gbx_encode_picture *p, WebPConfig *config)
{
	if (!WebPConfigInit(config))
		return false;
	config->thread_level = 0;
	if (p->quality == 0)
		return WebPConfigLosslessPreset(config, LOSSLESS_LEVEL);
	config->quality = (float)p->quality;
	return WebPValidateConfig(config);
}

/* The image's own chunk first, then those beside it, around both a container:
 * all of it has to be there before the first byte can be written. */
static bool
write_labelled(const struct gbx_encode_picture *p, const WebPData *image,
    struct gbx_sink *sink)
{
	uint8_t exif[GBX_ENCODE_EXIF_LEN];
	WebPData label = {exif, sizeof(exif)}, file = {NULL, 0};
	WebPMux *mux = WebPMuxCreate(image, 0);
	bool good = mux != NULL;

	if (good && p->orientation != 0) {
		gbx_encode_exif(p->orientation, exif);
		good = WebPMuxSetChunk(mux, "EXIF", &label, 1) == WEBP_MUX_OK;
	}
	label.bytes = gbx_encode_profile(p->colour, &label.size);
	if (good && label.bytes != NULL)
		good = WebPMuxSetChunk(mux, "ICCP", &label, 0) == WEBP_MUX_OK;
	good = good && WebPMuxAssemble(mux, &file) == WEBP_MUX_OK &&
	       gbx_sink_bytes(sink, file.bytes, file.size);
	WebPDataClear(&file);
	WebPMuxDelete(mux);
	return good;
}

static bool
has_labels(const struct gbx_encode_picture *p)
{
	size_t length;

	return p->orientation != 0 ||
	       gbx_encode_profile(p->colour, &length) != NULL;
}

static bool
encode(const struct gbx_encode_picture *p, const WebPConfig *config,
    WebPPicture *webp, WebPMemoryWriter *whole, struct gbx_sink *sink)
{
	WebPData image;

	if (!has_labels(p)) {
		webp->writer = on_write;
		webp->custom_ptr = sink;
		return WebPEncode(config, webp);
	}
	webp->writer = WebPMemoryWrite;
	webp->custom_ptr = whole;
	if (!WebPEncode(config, webp))
		return false;
	image = (WebPData){whole->mem, whole->size};
	return write_labelled(p, &image, sink);
}

bool
gbx_encode_webp(const struct gbx_encode_picture *picture, struct gbx_sink *sink)
{
	WebPMemoryWriter whole;
	WebPConfig config;
	WebPPicture webp;
	bool good;

	WebPMemoryWriterInit(&whole);
	if (picture->width > WEBP_MAX_DIMENSION ||
	    picture->height > WEBP_MAX_DIMENSION ||
	    !configure(picture, &config) || !WebPPictureInit(&webp))
		return false;
	webp.use_argb = config.lossless;
	webp.width = (int)picture->width;
	webp.height = (int)picture->height;
	good = WebPPictureImportRGBA(
		   &webp, picture->rgba, (int)picture->width * 4) &&
	       encode(picture, &config, &webp, &whole, sink);
	WebPMemoryWriterClear(&whole);
	WebPPictureFree(&webp);
	return good;
}
