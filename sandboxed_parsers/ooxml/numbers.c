/* SPDX-License-Identifier: ISC */
/*
 * Numbers in the formats of lists (ECMA-376 part 1, 17.18.59).
 * Side: hostile. Works in the caller's buffer.
 */
#include <string.h>

#include "sandboxed_parsers/ooxml/lists.h"

/* More of one letter is no number that anybody reads. */
#define REPEAT_MOST 30

struct out {
	char *p;
	size_t n, room;
};

static void
add(struct out *o, const char *s, size_t n)
{
	if (n > o->room - o->n)
		return;
	memcpy(o->p + o->n, s, n);
	o->n += n;
}

static void
add_text(struct out *o, const char *s)
{
	add(o, s, strlen(s));
}

static void
add_decimal(struct out *o, uint32_t n, size_t width)
{
	char digits[12];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	while (sizeof(digits) - i < width && i > 0)
		digits[--i] = '0';
	add(o, digits + i, sizeof(digits) - i);
}

static size_t
width_at(const char *s)
{
	size_t width = 1;

	while (((unsigned char)s[width] & 0xc0) == 0x80)
		width++;
	return width;
}

static void
add_nth(struct out *o, const char *alphabet, size_t k)
{
	while (k-- > 0)
		alphabet += width_at(alphabet);
	add(o, alphabet, width_at(alphabet));
}

static size_t
length_of(const char *alphabet)
{
	size_t n = 0;

	for (; *alphabet != '\0'; alphabet++)
		n += ((unsigned char)*alphabet & 0xc0) != 0x80;
	return n;
}

/* ---- kinds -------------------------------------------------------------- */

static void
roman(struct out *o, uint32_t n, bool upper)
{
	static const struct {
		uint32_t value;
		const char *upper, *lower;
	} parts[] = {{1000, "M", "m"}, {900, "CM", "cm"}, {500, "D", "d"},
	    {400, "CD", "cd"}, {100, "C", "c"}, {90, "XC", "xc"},
	    {50, "L", "l"}, {40, "XL", "xl"}, {10, "X", "x"}, {9, "IX", "ix"},
	    {5, "V", "v"}, {4, "IV", "iv"}, {1, "I", "i"}};
	size_t i;

	if (n == 0 || n > 9999) {
		add_decimal(o, n, 0);
		return;
	}
	for (i = 0; n > 0; i++)
		for (; n >= parts[i].value; n -= parts[i].value)
			add_text(o, upper ? parts[i].upper : parts[i].lower);
}

/* a, b, ... z, aa, bb: letters are repeated. */
static void
letters(struct out *o, uint32_t n, const char *alphabet)
{
	size_t length = length_of(alphabet);
	size_t i, times;

	if (n == 0 || (n - 1) / length >= REPEAT_MOST) {
		add_decimal(o, n, 0);
		return;
	}
	times = (n - 1) / length + 1;
	for (i = 0; i < times; i++)
		add_nth(o, alphabet, (n - 1) % length);
}

static void
digits(struct out *o, uint32_t n, const char *alphabet)
{
	char decimal[12];
	struct out d = {decimal, 0, sizeof(decimal)};
	size_t i;

	add_decimal(&d, n, 0);
	for (i = 0; i < d.n; i++)
		add_nth(o, alphabet, (size_t)(decimal[i] - '0'));
}

/* One character each, up to as many as there are. */
static void
signs(struct out *o, uint32_t n, uint32_t first, uint32_t most)
{
	uint32_t c = first + n - 1;
	char s[3] = {(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
	    (char)(0x80 | (c & 0x3f))};

	if (n == 0 || n > most)
		add_decimal(o, n, 0);
	else
		add(o, s, 3);
}

/* Chinese and Japanese counting, to 9999: 12 is ten two. */
static void
counting(struct out *o, uint32_t n)
{
	static const char figures[] = "〇一二三四五六七八九";
	static const char *const units[] = {"千", "百", "十", ""};
	static const uint32_t values[] = {1000, 100, 10, 1};
	bool begun = false, zero = false;
	uint32_t figure;
	size_t i;

	if (n == 0 || n > 9999) {
		digits(o, n, figures);
		return;
	}
	for (i = 0; i < 4; i++) {
		figure = n / values[i] % 10;
		if (figure == 0) {
			zero = begun;
			continue;
		}
		if (zero)
			add_text(o, "〇");
		zero = false;
		if (figure > 1 || i == 3 || (i < 2) || begun)
			add_nth(o, figures, figure);
		add_text(o, units[i]);
		begun = true;
	}
}

static void
ordinal(struct out *o, uint32_t n)
{
	static const char *const ends[] = {"th", "st", "nd", "rd"};
	uint32_t k = n % 10;

	add_decimal(o, n, 0);
	add_text(o, ends[n / 10 % 10 == 1 || k > 3 ? 0 : k]);
}

static const char *const cardinals[] = {"zero", "one", "two", "three", "four",
    "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen"};
static const char *const ordinals[] = {"zeroth", "first", "second", "third",
    "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth"};
static const char *const tens[] = {"", "", "twent", "thirt", "fort", "fift",
    "sixt", "sevent", "eight", "ninet"};

/* English words; Word takes the document's language. */
static void
words(struct out *o, uint32_t n, bool is_ordinal)
{
	size_t start = o->n;

	if (n >= 100) {
		if (is_ordinal)
			ordinal(o, n);
		else
			add_decimal(o, n, 0);
		return;
	}
	if (n >= 20) {
		add_text(o, tens[n / 10]);
		add_text(o, is_ordinal && n % 10 == 0 ? "ieth" : "y");
		if (n % 10 != 0)
			add_text(o, "-");
	}
	if (n < 20 || n % 10 != 0)
		add_text(o, is_ordinal ? ordinals[n < 20 ? n : n % 10]
				       : cardinals[n < 20 ? n : n % 10]);
	if (o->n > start && o->p[start] >= 'a' && o->p[start] <= 'z')
		o->p[start] = (char)(o->p[start] - 'a' + 'A');
}

static void
hexadecimal(struct out *o, uint32_t n)
{
	int shift = 28;

	while (shift > 0 && n >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		add(o, &"0123456789ABCDEF"[n >> shift & 15], 1);
}

/* ---- by name ------------------------------------------------------------ */

enum kind {
	DECIMAL,
	ZERO,
	ROMAN_UPPER,
	ROMAN_LOWER,
	LETTERS,
	DIGITS,
	CIRCLED,
	BRACKETS,
	FULL_STOP,
	DASHES,
	COUNTING,
	ORDINAL,
	CARDINAL_TEXT,
	ORDINAL_TEXT,
	HEXADECIMAL,
	NOTHING
};

static const struct {
	const char *name;
	enum kind kind;
	const char *alphabet;
} formats[] = {
    {"decimal", DECIMAL, NULL},
    {"upperRoman", ROMAN_UPPER, NULL},
    {"lowerRoman", ROMAN_LOWER, NULL},
    {"upperLetter", LETTERS, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"lowerLetter", LETTERS, "abcdefghijklmnopqrstuvwxyz"},
    {"decimalZero", ZERO, NULL},
    {"ordinal", ORDINAL, NULL},
    {"cardinalText", CARDINAL_TEXT, NULL},
    {"ordinalText", ORDINAL_TEXT, NULL},
    {"hex", HEXADECIMAL, NULL},
    {"chicago", LETTERS, "*†‡§"},
    {"bullet", NOTHING, NULL},
    {"none", NOTHING, NULL},
    {"numberInDash", DASHES, NULL},
    {"decimalEnclosedCircle", CIRCLED, NULL},
    {"decimalEnclosedCircleChinese", CIRCLED, NULL},
    {"decimalEnclosedParen", BRACKETS, NULL},
    {"decimalEnclosedFullstop", FULL_STOP, NULL},
    {"decimalFullWidth", DIGITS, "０１２３４５６７８９"},
    {"decimalFullWidth2", DIGITS, "０１２３４５６７８９"},
    {"decimalHalfWidth", DECIMAL, NULL},
    {"ideographDigital", DIGITS, "〇一二三四五六七八九"},
    {"japaneseDigitalTenThousand", DIGITS, "〇一二三四五六七八九"},
    {"taiwaneseDigital", DIGITS, "〇一二三四五六七八九"},
    {"koreanDigital", DIGITS, "영일이삼사오육칠팔구"},
    {"japaneseCounting", COUNTING, NULL},
    {"chineseCounting", COUNTING, NULL},
    {"chineseCountingThousand", COUNTING, NULL},
    {"taiwaneseCounting", COUNTING, NULL},
    {"taiwaneseCountingThousand", COUNTING, NULL},
    {"ideographTraditional", LETTERS, "甲乙丙丁戊己庚辛壬癸"},
    {"ideographZodiac", LETTERS, "子丑寅卯辰巳午未申酉戌亥"},
    {"ganada", LETTERS, "가나다라마바사아자차카타파하"},
    {"chosung", LETTERS, "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"},
    {"russianLower", LETTERS, "абвгдежзиклмнопрстуфхцчшщыэюя"},
    {"russianUpper", LETTERS, "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ"},
    {"aiueoFullWidth", LETTERS,
	"アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ"
	"ヤユヨラリルレロワヲン"},
    {"irohaFullWidth", LETTERS,
	"イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテ"
	"アサキユメミシヱヒモセス"},
    {"hindiNumbers", DIGITS, "०१२३४५६७८९"},
    {"thaiNumbers", DIGITS, "๐๑๒๓๔๕๖๗๘๙"},
};

static void
write_kind(struct out *o, enum kind kind, const char *alphabet, uint32_t n)
{
	switch (kind) {
	case DECIMAL:
		add_decimal(o, n, 0);
		break;
	case ZERO:
		add_decimal(o, n, 2);
		break;
	case ROMAN_UPPER:
	case ROMAN_LOWER:
		roman(o, n, kind == ROMAN_UPPER);
		break;
	case LETTERS:
		letters(o, n, alphabet);
		break;
	case DIGITS:
		digits(o, n, alphabet);
		break;
	case CIRCLED:
		signs(o, n, 0x2460, 20);
		break;
	case BRACKETS:
		signs(o, n, 0x2474, 20);
		break;
	case FULL_STOP:
		signs(o, n, 0x2488, 20);
		break;
	case DASHES:
		add_text(o, "- ");
		add_decimal(o, n, 0);
		add_text(o, " -");
		break;
	case COUNTING:
		counting(o, n);
		break;
	case ORDINAL:
		ordinal(o, n);
		break;
	case CARDINAL_TEXT:
	case ORDINAL_TEXT:
		words(o, n, kind == ORDINAL_TEXT);
		break;
	case HEXADECIMAL:
		hexadecimal(o, n);
		break;
	case NOTHING:
		break;
	}
}

size_t
gbx_ooxml_number(const char *format, uint32_t n, char *out, size_t room)
{
	struct out o = {out, 0, room};
	size_t i;

	/* "001, 002, 003, ...": Word's custom format, its zeros a width. */
	if (format[0] == '0') {
		add_decimal(&o, n, strspn(format, "0123456789"));
		return o.n;
	}
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(format, formats[i].name) == 0)
			break;
	if (i < sizeof(formats) / sizeof(formats[0]))
		write_kind(&o, formats[i].kind, formats[i].alphabet, n);
	else
		add_decimal(&o, n, 0);
	return o.n;
}

/* ---- a:buAutoNum -------------------------------------------------------- */

/* Its type is the kind of number and what stands around it. */
static const struct {
	const char *start, *format;
} schemes[] = {{"arabic", "decimal"}, {"alphaLc", "lowerLetter"},
    {"alphaUc", "upperLetter"}, {"romanLc", "lowerRoman"},
    {"romanUc", "upperRoman"}, {"circleNum", "decimalEnclosedCircle"},
    {"ea1Chs", "chineseCounting"}, {"ea1Cht", "taiwaneseCounting"},
    {"ea1Jpn", "japaneseCounting"}, {"thaiNum", "thaiNumbers"},
    {"hindiNum", "hindiNumbers"}};

static void
write_scheme(struct out *o, const char *type, uint32_t n)
{
	const char *format = "decimal";
	size_t i, length = strlen(type);

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncmp(type, schemes[i].start, strlen(schemes[i].start)) ==
		    0)
			format = schemes[i].format;
	if (length > 9 && strcmp(type + length - 9, "ParenBoth") == 0)
		add_text(o, "(");
	o->n += gbx_ooxml_number(format, n, o->p + o->n, o->room - o->n);
	if (strstr(type, "Paren") != NULL)
		add_text(o, ")");
	else if (strstr(type, "Period") != NULL)
		add_text(o, ".");
	else if (strstr(type, "Minus") != NULL)
		add_text(o, "-");
	add_text(o, " ");
}

size_t
gbx_ooxml_auto_next(struct gbx_ooxml_auto *a, const struct gbx_ooxml_para *para,
    char *out, size_t room)
{
	size_t i = para->level < GBX_LEVELS ? para->level : GBX_LEVELS - 1;
	struct out o = {out, 0, room};

	/* What is deeper starts again; so does this level, when its list is
	 * another one. */
	if (!para->automatic || strcmp(a->level[i].type, para->type) != 0 ||
	    a->level[i].start != para->start)
		memset(&a->level[i], 0, sizeof(a->level[i]));
	if (i + 1 < GBX_LEVELS)
		memset(&a->level[i + 1], 0,
		    (GBX_LEVELS - i - 1) * sizeof(a->level[0]));
	if (!para->automatic)
		return 0;
	memcpy(a->level[i].type, para->type, sizeof(para->type));
	a->level[i].start = para->start;
	write_scheme(&o, para->type, para->start + a->level[i].count++);
	return o.n;
}
