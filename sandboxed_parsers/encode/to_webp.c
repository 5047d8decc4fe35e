/* SPDX-License-Identifier: ISC */
/*
 * WebP, through libwebp. Side: hostile.
 */
#include <webp/encode.h>

#include "sandboxed_parsers/encode/encode.h"

#define STANDARD_QUALITY 80

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
	config->quality =
	    p->quality > 0 ? (float)p->quality : (float)STANDARD_QUALITY;
	config->thread_level = 0;
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
