#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Make small OOXML documents of our own: the built-in samples of the OOXML
worker as C on stdout, the cases of tests/cases/ooxml, the seeds of its fuzz
target. The same bytes every time.

usage: mkooxml.py > sandboxed_parsers/ooxml/samples.c
       mkooxml.py cases tests/cases/ooxml
       mkooxml.py seeds fuzz/ooxml/seeds
"""
import os
import struct
import sys
import zlib

OOXML = "http://schemas.openxmlformats.org/"
STRICT = "http://purl.oclc.org/ooxml/"
W = OOXML + "wordprocessingml/2006/main"
A = OOXML + "drawingml/2006/main"
P = OOXML + "presentationml/2006/main"
R = OOXML + "officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument."
DOCX = TYPE + "wordprocessingml.document.main+xml"
PPTX = TYPE + "presentationml.presentation.main+xml"
XLSX = TYPE + "spreadsheetml.sheet.main+xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


# ---- ZIP ------------------------------------------------------------------

def deflate(data, strategy):
    z = zlib.compressobj(9, zlib.DEFLATED, -15, 8, strategy)
    return z.compress(data) + z.flush()


def packed(data, how):
    """how: stored, dynamic or fixed (the two kinds of Huffman codes)."""
    if how == "stored":
        return 0, data
    return 8, deflate(data, zlib.Z_FIXED if how == "fixed"
                      else zlib.Z_DEFAULT_STRATEGY)


def make_zip(members, bits=0):
    """[(name, text or bytes, how)]; bits 8 writes data descriptors."""
    out, directory = b"", b""
    for name, data, how in members:
        data = data.encode() if isinstance(data, str) else data
        method, body = packed(data, how)
        sizes = struct.pack("<III", zlib.crc32(data), len(body), len(data))
        start = struct.pack("<HHHHH", 20, bits, method, 0, 0x21)
        names = struct.pack("<HH", len(name), 0)
        directory += (b"PK\1\2" + struct.pack("<H", 20) + start + sizes
                      + names + struct.pack("<HHHII", 0, 0, 0, 0, len(out))
                      + name.encode())
        out += (b"PK\3\4" + start + (bytes(12) if bits & 8 else sizes) + names
                + name.encode() + body)
        if bits & 8:
            out += b"PK\7\x08" + sizes
    return out + directory + b"PK\5\6" + struct.pack(
        "<HHHHIIH", 0, 0, len(members), len(members), len(directory),
        len(out), 0)


# ---- parts ----------------------------------------------------------------

def types(main, content_type):
    return (HEAD + f'<Types xmlns="{OOXML}package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/'
            'vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{main}" ContentType="{content_type}"/>'
            '</Types>')


def rels(*triples, base=R):
    """(Id, short type or URI, target), external with a fourth."""
    text = HEAD + f'<Relationships xmlns="{OOXML}package/2006/relationships">'
    for rid, kind, target, *external in triples:
        uri = kind if ":" in kind else f"{base}/{kind}"
        text += (f'<Relationship Id="{rid}" Type="{uri}" Target="{target}"'
                 + (' TargetMode="External"' if external else "") + "/>")
    return text + "</Relationships>"


def root_rels(main, base=R):
    core = OOXML + "package/2006/relationships/metadata/core-properties"
    app = ("extended-properties" if base == R else "extendedProperties")
    return rels(("r1", "officeDocument", main),
                ("r2", core, "docProps/core.xml"),
                ("r3", app, "docProps/app.xml"), base=base)


def core(**fields):
    names = {"title": "dc:title", "author": "dc:creator",
             "created": "dcterms:created", "keywords": "cp:keywords"}
    return (HEAD + f'<cp:coreProperties xmlns:cp="{OOXML}package/2006/metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/">'
            + "".join(f"<{names[k]}>{v}</{names[k]}>"
                      for k, v in fields.items()) + "</cp:coreProperties>")


def app(**fields):
    return (HEAD + f'<Properties xmlns="{OOXML}officeDocument/2006/'
            'extended-properties">'
            + "".join(f"<{k}>{v}</{k}>" for k, v in fields.items())
            + "</Properties>")


def word(root, body, ns=W):
    return (HEAD + f'<w:{root} xmlns:w="{ns}" xmlns:r="{R}" xmlns:mc="{OOXML}'
            'markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com'
            '/office/word/2010/wordprocessingShape" xmlns:m="'
            f'{OOXML}officeDocument/2006/math" xmlns:q="urn:made-up">'
            f"{body}</w:{root}>")


def para(*runs):
    return "<w:p>" + "".join(
        r if r.startswith("<") else f"<w:r><w:t>{r}</w:t></w:r>"
        for r in runs) + "</w:p>"


def document(body, ns=W):
    return word("document", f"<w:body>{body}</w:body>", ns)


def slide(root, *lines):
    return (HEAD + f'<p:{root} xmlns:p="{P}" xmlns:a="{A}"><p:cSld><p:spTree>'
            '<p:sp><p:txBody><a:bodyPr/>' + "".join(
                f"<a:p><a:r><a:t>{x}</a:t></a:r></a:p>" for x in lines)
            + f'</p:txBody></p:sp></p:spTree></p:cSld></p:{root}>')


def presentation(*ids):
    return (HEAD + f'<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst>'
            + "".join(f'<p:sldId id="{256 + i}" r:id="{rid}"/>'
                      for i, rid in enumerate(ids))
            + "</p:sldIdLst></p:presentation>")


# ---- documents ------------------------------------------------------------

def sample_docx():
    return make_zip([
        ("[Content_Types].xml", types("word/document.xml", DOCX), "fixed"),
        ("_rels/.rels", root_rels("word/document.xml"), "stored"),
        ("word/document.xml", document(
            para("Glovebox ", "warms up") + para("Gr\u00fc\u00dfe, "
                                                 "\u0395\u03bb\u03bb\u03ac\u03c2"
                                                 " \u65e5\u672c \U0001f9e4")
            + "".join(para(f"line {i} of many to make codes dynamic")
                      for i in range(12))), "dynamic"),
        ("word/_rels/document.xml.rels",
         rels(("r1", "header", "header1.xml")), "dynamic"),
        ("word/header1.xml", word("hdr", para("a header")), "dynamic"),
        ("docProps/core.xml", core(title="Sample", author="glovebox"),
         "dynamic"),
        ("docProps/app.xml", app(Application="glovebox"), "stored"),
    ])


def sample_pptx():
    return make_zip([
        ("[Content_Types].xml", types("ppt/presentation.xml", PPTX), "dynamic"),
        ("_rels/.rels", rels(("r1", "officeDocument", "ppt/presentation.xml")),
         "stored"),
        ("ppt/presentation.xml", presentation("s1"), "dynamic"),
        ("ppt/_rels/presentation.xml.rels",
         rels(("s1", "slide", "slides/slide1.xml")), "stored"),
        ("ppt/slides/slide1.xml", slide("sld", "A title", "A point"), "fixed"),
        ("ppt/slides/_rels/slide1.xml.rels",
         rels(("n1", "notesSlide", "../notesSlides/notesSlide1.xml")),
         "stored"),
        ("ppt/notesSlides/notesSlide1.xml", slide("notes", "A note"),
         "dynamic"),
    ], bits=8)


def docx(body, beside=(), how="dynamic", ns=W, base=R, bits=0, **properties):
    """beside: [(short type, target, text)] for other parts of word/."""
    beside = list(beside)
    return make_zip([
        ("[Content_Types].xml", types("word/document.xml", DOCX), how),
        ("_rels/.rels", root_rels("word/document.xml", base), how),
        ("word/document.xml", document(body, ns), how),
        ("word/_rels/document.xml.rels", rels(
            *[(f"r{i}", kind, target)
              for i, (kind, target, _) in enumerate(beside)], base=base), how),
        ("docProps/core.xml", core(**properties), how),
    ] + [("word/" + target, text, how) for _, target, text in beside], bits)


BREAKS = (para("a", "<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/>"
               "<w:t>d</w:t><w:noBreakHyphen/><w:softHyphen/><w:ptab/>"
               "<w:t>e</w:t></w:r>")
          + "<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='1'/></w:tabs>"
          "</w:pPr><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden stays</w:t>"
          "</w:r></w:p>" + para("") + para("<w:r><w:t> two\nlines </w:t></w:r>"))
CHANGES = para("kept ", "<w:ins w:id='1'><w:r><w:t>inserted</w:t></w:r></w:ins>",
               "<w:del w:id='2'><w:r><w:delText>deleted</w:delText></w:r>"
               "<w:r><w:t>sneaked</w:t></w:r></w:del>",
               "<w:moveFrom w:id='3'><w:r><w:t>old place</w:t></w:r>"
               "</w:moveFrom>",
               "<w:moveTo w:id='4'><w:r><w:t> moved</w:t></w:r></w:moveTo>")
FIELDS = para("see ", "<w:hyperlink w:anchor='x'><w:r><w:t>a link</w:t></w:r>"
              "</w:hyperlink>", " page ",
              "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>"
              " PAGEREF x </w:instrText></w:r><w:r><w:fldChar w:fldCharType="
              "'separate'/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar "
              "w:fldCharType='end'/></w:r>", " of ",
              "<w:fldSimple w:instr='NUMPAGES'><w:r><w:t>9</w:t></w:r>"
              "</w:fldSimple>")


def cell(*paras):
    return ("<w:tc><w:tcPr><w:tcW w:w='1'/></w:tcPr>"
            + "".join(para(p) for p in paras) + "</w:tc>")


TABLE = (para("before") + "<w:tbl><w:tblPr/><w:tblGrid/><w:tr>" + cell("a1")
         + cell("b1", "b1 more") + cell("") + "</w:tr><w:tr>" + cell("a2")
         + "<w:tc><w:tbl><w:tr>" + cell("in") + cell("side")
         + "</w:tr></w:tbl><w:p/></w:tc>" + cell("c2") + "</w:tr></w:tbl>"
         + para("after"))
BOX = ("<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>"
       "<wps:txbx><w:txbxContent>" + para("choice") + "</w:txbxContent>"
       "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>"
       "<w:txbxContent>" + para("fallback") + "</w:txbxContent></w:pict>"
       "</mc:Fallback></mc:AlternateContent>")
STRANGE = ("<mc:AlternateContent><mc:Choice Requires='q'><w:r><w:t>not "
           "understood</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>"
           "understood</w:t></w:r></mc:Fallback></mc:AlternateContent>"
           "<q:more><w:r><w:t>ignored</w:t></w:r></q:more>")
SYMBOLS = para("x", "<w:r><w:sym w:font='Wingdings' w:char='F0E0'/></w:r>", "y",
               "<w:r><w:sym w:font='Arial' w:char='2192'/></w:r>", "z",
               "<m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath>")

BESIDE = [
    ("comments", "comments.xml", word("comments", "<w:comment w:id='0'>"
                                      + para("a comment") + "</w:comment>")),
    ("footer", "footer1.xml", word("ftr", para("a footer"))),
    ("endnotes", "endnotes.xml", word("endnotes", "<w:endnote w:id='1'>"
                                      + para("an endnote") + "</w:endnote>")),
    ("header", "header1.xml", word("hdr", para("first header"))),
    ("footnotes", "footnotes.xml", word("footnotes", "<w:footnote w:id='1'>"
                                        + para("a footnote")
                                        + "</w:footnote>")),
    ("header", "header2.xml", word("hdr", para("second header"))),
    ("styles", "styles.xml", word("styles", para("no text"))),
]


def deck():
    """Slides in another order than their names, one hidden, notes."""
    table = ('<a:tbl xmlns:a="%s"><a:tr><a:tc><a:txBody><a:p><a:r><a:t>a1'
             '</a:t></a:r></a:p></a:txBody><a:tcPr/></a:tc><a:tc><a:txBody>'
             '<a:p><a:r><a:t>b1</a:t></a:r></a:p></a:txBody></a:tc></a:tr>'
             '</a:tbl>' % A)
    third = slide("sld", "third").replace(
        "</p:spTree>", f"<p:graphicFrame>{table}</p:graphicFrame></p:spTree>")
    first = slide("sld", "first").replace(
        "</a:r></a:p>", "</a:r><a:br/><a:r><a:t>broken\ttab</a:t></a:r></a:p>")
    return make_zip([
        ("[Content_Types].xml", types("ppt/presentation.xml", PPTX), "dynamic"),
        ("_rels/.rels", rels(("r1", "officeDocument",
                              "/ppt/presentation.xml")), "dynamic"),
        ("ppt/presentation.xml", presentation("c", "a", "b"), "dynamic"),
        ("ppt/_rels/presentation.xml.rels", rels(
            ("a", "slide", "slides/slide1.xml"),
            ("b", "slide", "slides/slide2.xml"),
            ("c", "slide", "slides/slide3.xml")), "dynamic"),
        ("ppt/slides/slide1.xml", slide("sld", "second", "more"), "dynamic"),
        ("ppt/slides/slide2.xml", third, "dynamic"),
        ("ppt/slides/slide3.xml", first, "dynamic"),
        ("ppt/slides/_rels/slide1.xml.rels", rels(
            ("n", "notesSlide", "../notesSlides/notesSlide1.xml")), "dynamic"),
        ("ppt/notesSlides/notesSlide1.xml", slide("notes", "of the second"),
         "dynamic"),
    ])


# ---- constructs, many in one document -------------------------------------

def field(code, result=None, data=""):
    char = "<w:r><w:fldChar w:fldCharType='%s'>%s</w:fldChar></w:r>"
    out = (char % ("begin", data) + "<w:r><w:instrText>" + code
           + "</w:instrText></w:r>")
    if result is not None:
        out += char % ("separate", "") + result
    return out + char % ("end", "")


def run(text, pr=""):
    return f"<w:r>{pr}<w:t>{text}</w:t></w:r>"


def math_of(tag, *operands):
    return f"<m:{tag}>" + "".join(
        f"<m:{name}><m:r><m:t>{text}</m:t></m:r></m:{name}>"
        for name, text in operands) + f"</m:{tag}>"


FORMS = (para("Country: ", field(
    " FORMDROPDOWN ", data="<w:ffData><w:ddList><w:result w:val='1'/>"
    "<w:listEntry w:val='Austria'/><w:listEntry w:val='Belgium'/></w:ddList>"
    "</w:ffData>"), ".") + para("I agree: ", field(
        " FORMCHECKBOX ", data="<w:ffData><w:checkBox><w:checked/>"
        "</w:checkBox></w:ffData>")) + para("Dear ", field(
            " IF " + "</w:instrText></w:r>" + field(
                " MERGEFIELD Sex ", run("no")) + "<w:r><w:instrText>"
            + " = 1 ", run("Sir")), ", hello")
    + para(field(" EQ \\f(1,2)")))
FORMULAS = para("Dose ", "<m:oMath>" + math_of("f", ("num", "1"), ("den", "2"))
                + "</m:oMath>", " tablet, ", "<m:oMath>"
                + math_of("sSup", ("e", "10"), ("sup", "3"))
                + "<m:rad><m:deg/>" + "<m:e><m:r><m:t>x</m:t></m:r></m:e></m:rad>"
                + "<m:nary><m:naryPr><m:chr m:val='\u2211'/></m:naryPr><m:sub>"
                "<m:r><m:t>i</m:t></m:r></m:sub><m:sup/><m:e><m:r><m:t>k</m:t>"
                "</m:r></m:e></m:nary><m:d><m:dPr><m:begChr m:val='['/></m:dPr>"
                "<m:e><m:m><m:mr>" + "<m:e><m:r><m:t>1</m:t></m:r></m:e>" * 2
                + "</m:mr></m:m></m:e></m:d></m:oMath>")
MARKS = ("<w:p><w:pPr><w:framePr w:dropCap='drop'/></w:pPr>" + run("O")
         + "</w:p>" + para("nce ", "<w:r><w:ruby><w:rt>" + run("to")
                           + "</w:rt><w:rubyBase>" + run("\u6771")
                           + "</w:rubyBase></w:ruby></w:r>",
                           "<w:bdo w:val='rtl'>" + run("ab") + "</w:bdo>")
         + "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + run("one ")
         + "</w:p>" + para("line ", run("b", "<w:rPr><w:rFonts w:ascii="
                                        "'Symbol' w:hAnsi='Symbol'/></w:rPr>"))
         + "<w:tbl><w:tr><w:trPr><w:del/></w:trPr>" + cell("gone")
         + "</w:tr><w:tr>" + cell("kept") + "</w:tr></w:tbl>"
         + "<w:p mc:ProcessContent='q:more'><q:more>" + run("inside")
         + "</q:more></w:p>")


def item(list_id, level, text):
    return (f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{level}'/><w:numId w:val="
            f"'{list_id}'/></w:numPr></w:pPr>{run(text)}</w:p>")


def level(i, form, text, more=""):
    return (f"<w:lvl w:ilvl='{i}'><w:start w:val='1'/><w:numFmt w:val='{form}'/>"
            f"{more}<w:lvlText w:val='{text}'/></w:lvl>")


NUMBERING = word("numbering", "<w:abstractNum w:abstractNumId='0'>"
                 + level(0, "decimal", "%1.", "<w:pStyle w:val='H'/>")
                 + level(1, "upperRoman", "%1.%2", "<w:isLgl/>")
                 + level(2, "bullet", "\uf0b7", "<w:lvlRestart w:val='0'/>"
                         "<w:rPr><w:rFonts w:ascii='Symbol'/></w:rPr>")
                 + "</w:abstractNum><w:abstractNum w:abstractNumId='1'>"
                 "<w:numStyleLink w:val='S'/></w:abstractNum><w:num w:numId='1'>"
                 "<w:abstractNumId w:val='0'/></w:num><w:num w:numId='2'>"
                 "<w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'>"
                 "<w:startOverride w:val='7'/></w:lvlOverride></w:num>")
STYLES = word("styles", "<w:style w:type='paragraph' w:styleId='H'><w:basedOn "
              "w:val='H'/><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr>"
              "</w:pPr></w:style>")
LISTS = (item(1, 0, "a") + item(1, 1, "b") + item(1, 2, "c") + item(2, 0, "d")
         + "<w:p><w:pPr><w:pStyle w:val='H'/></w:pPr>" + run("e") + "</w:p>")
CHART = (HEAD + f'<c:chartSpace xmlns:c="{OOXML}drawingml/2006/chart" '
         f'xmlns:a="{A}"><c:title><a:p><a:r><a:t>Sales</a:t></a:r></a:p>'
         '</c:title><c:strCache><c:pt><c:v>North</c:v></c:pt></c:strCache>'
         '<c:numCache><c:pt><c:v>1</c:v></c:pt></c:numCache></c:chartSpace>')
LINKS = (para("See ", "<w:hyperlink r:id='h'>" + run("our bank")
              + "</w:hyperlink>", " or ", field(
                  ' HYPERLINK "http://x.example/" \\l "top" ', run("here")))
         + "<w:p><w:pict><w:r/></w:pict></w:p>")


def linked():
    """A hyperlink by relationship, which docx() does not make."""
    return make_zip([
        ("[Content_Types].xml", types("word/document.xml", DOCX), "dynamic"),
        ("_rels/.rels", rels(("r1", "officeDocument", "word/document.xml")),
         "dynamic"),
        ("word/document.xml", document(LINKS), "dynamic"),
        ("word/_rels/document.xml.rels", rels(
            ("h", "hyperlink", "https://link.example/", True),
            ("c", "chart", "chart1.xml")), "dynamic"),
        ("word/chart1.xml", CHART, "dynamic"),
    ])


# name -> (document, its text)
CASES = {
    "forms.docx": (docx(FORMS), "Country: Belgium.\nI agree: \u2612\n"
                   "Dear Sir, hello\n\\f(1,2)\n"),
    "formulas.docx": (docx(FORMULAS), "Dose 1/2 tablet, 10^3 \u221ax "
                      "\u2211_i k[\u25a0(1&1))\n"),
    "marks.docx": (docx(MARKS), "Once \u6771(to)\u202eab\u202c\n"
                   "one line \u03b2\nkept\ninside\n"),
    "lists.docx": (docx(LISTS, [("numbering", "numbering.xml", NUMBERING),
                                ("styles", "styles.xml", STYLES)]),
                   "1. a\n1.1 b\n\u2022 c\n7. d\n8. e\n"),
    "links.docx": (linked(), "See our bank or here\n\nSales\nNorth\n"),
    "paragraphs.docx": (docx(para("One") + para("Two ", "and ", "a half")),
                        "One\nTwo and a half\n"),
    "breaks.docx": (docx(BREAKS), "a\tb\nc\nd\u2011\u00ad\te\n"
                    "hidden stays\n\n two lines \n"),
    "changes.docx": (docx(CHANGES), "kept inserted moved\n"),
    "fields.docx": (docx(FIELDS), "see a link page 7 of 9\n"),
    "table.docx": (docx(TABLE), "before\na1\tb1\nb1 more\t\na2\tin\tside\n\t"
                   "c2\nafter\n"),
    "textbox.docx": (docx(para("around ", f"<w:r>{BOX}</w:r>", "the box")),
                     "around \nchoice\nthe box\n"),
    "alternatives.docx": (docx(para(STRANGE)), "understood\n"),
    "symbols.docx": (docx(SYMBOLS), "x\U0001f86ay\u2192zE=mc\n"),
    "beside.docx": (docx(para("the body"), BESIDE),
                    "the body\nfirst header\nsecond header\na footer\n"
                    "a footnote\nan endnote\na comment\n"),
    "strict.docx": (docx(para("strict"), [
        ("header", "header1.xml", word("hdr", para("header"),
                                       STRICT + "wordprocessingml/main"))],
        ns=STRICT + "wordprocessingml/main",
        base=STRICT + "officeDocument/relationships"), "strict\nheader\n"),
    "stored.docx": (docx(para("stored"), how="stored"), "stored\n"),
    "descriptors.docx": (docx(para("streamed"), bits=8), "streamed\n"),
    "bidi.docx": (docx(para("\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd")),
                  "\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd\n"),
    "empty.docx": (docx(""), ""),
    "slides.pptx": (deck(), "first\nbroken\ttab\nsecond\nmore\nof the second\n"
                    "third\na1\tb1\n"),
}


def xlsx():
    return make_zip([
        ("[Content_Types].xml", types("xl/workbook.xml", XLSX), "dynamic"),
        ("_rels/.rels", rels(("r1", "officeDocument", "xl/workbook.xml")),
         "dynamic"),
        ("xl/workbook.xml", HEAD + "<workbook/>", "dynamic"),
    ])


def bomb():
    entities = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    return make_zip([
        ("[Content_Types].xml", types("word/document.xml", DOCX), "dynamic"),
        ("_rels/.rels", root_rels("word/document.xml"), "dynamic"),
        ("word/document.xml", document(para("&b;")).replace(
            HEAD, HEAD + entities), "dynamic"),
    ])


# ---- what is asked for ----------------------------------------------------

def c_array(name, data):
    lines = [f"static const uint8_t {name}[] = {{"]
    for i in range(0, len(data), 12):
        lines.append("    " + ", ".join(
            f"0x{b:02x}" for b in data[i:i + 12]) + ",")
    return "\n".join(lines) + "\n};\n"


def write_samples():
    print("/* SPDX-License-Identifier: ISC */\n"
          "/* Made by tests/support/mkooxml.py; not for editing. Side: hostile."
          " */\n/* clang-format off */\n"
          '#include "sandboxed_parsers/ooxml/samples.h"\n')
    print(c_array("docx", sample_docx()))
    print(c_array("pptx", sample_pptx()))
    print("const struct gbx_sample gbx_ooxml_samples[GBX_OOXML_SAMPLES] = {\n"
          '    {"docx", docx, sizeof(docx), GBX_WIRE_OP_TEXT},\n'
          '    {"pptx", pptx, sizeof(pptx), GBX_WIRE_OP_TEXT},\n};')


def write_file(directory, name, data):
    with open(os.path.join(directory, name), "wb") as f:
        f.write(data)


def write_cases(directory):
    for name, (data, text) in CASES.items():
        write_file(directory, name, data)
        write_file(directory, name + ".txt", text.encode())


def write_seeds(directory):
    """fuzz/ooxml/target.c takes one more byte at the end: what is asked."""
    for name, (data, _) in CASES.items():
        write_file(directory, name, data + b"\0")
    write_file(directory, "probe.pptx", deck() + b"\1")
    write_file(directory, "sheet.xlsx", xlsx() + b"\0")
    write_file(directory, "bomb.docx", bomb() + b"\0")
    write_file(directory, "sample.docx", sample_docx() + b"\0")
    plain = make_zip([("a", "b", "stored")])
    write_file(directory, "plain.zip", plain + b"\0")
    members = make_zip([("a/b", "c" * 300, ""), ("../up", "d", "stored"),
                        ("a/b", "e", ""), ("f/", "", "")])
    write_file(directory, "list.zip", members + b"\x88")
    write_file(directory, "extract.zip", members + b"\xb0")


def main(args):
    if not args:
        write_samples()
    elif len(args) == 2 and args[0] in ("cases", "seeds"):
        os.makedirs(args[1], exist_ok=True)
        (write_cases if args[0] == "cases" else write_seeds)(args[1])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
