/* SPDX-License-Identifier: ISC */
/*
 * WebP, through libwebp. Side: hostile.
 */
#include <webp/encode.h>

#include "sandboxed_parsers/encode/encode.h"

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

bool
gbx_encode_webp(const struct gbx_encode_picture *picture, struct gbx_sink *sink)
{
	WebPConfig config;
	WebPPicture webp;
	bool good;

	if (picture->width > WEBP_MAX_DIMENSION ||
	    picture->height > WEBP_MAX_DIMENSION ||
	    !configure(picture, &config) || !WebPPictureInit(&webp))
		return false;
	webp.use_argb = config.lossless;
	webp.width = (int)picture->width;
	webp.height = (int)picture->height;
	webp.writer = on_write;
	webp.custom_ptr = sink;
	good = WebPPictureImportRGBA(
		   &webp, picture->rgba, (int)picture->width * 4) &&
	       WebPEncode(&config, &webp);
	WebPPictureFree(&webp);
	return good;
}
