//! Marks, the lines that a text is broken into, and the PDF around them.
//!
//! All places are in points from the lower left corner of the page.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::letters::Face;

/// A page: US Letter, width and height.
pub const PAGE: (f32, f32) = (612.0, 792.0);
/// How far letters reach above and below their baseline, in parts of the size of the font.
pub const CAPITALS: f32 = 0.75;
/// See [`CAPITALS`].
pub const DESCENDERS: f32 = 0.22;

/// Something drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// One line of text.
    Text {
        /// The left end of its baseline.
        at: (f32, f32),
        /// How it is drawn.
        font: Font,
        /// In the code page of [`super::letters`].
        text: Vec<u8>,
    },
    /// A straight line.
    Line {
        /// One end.
        from: (f32, f32),
        /// The other.
        to: (f32, f32),
        /// Its shade.
        ink: Ink,
        /// In points.
        width: f32,
    },
    /// An empty box to be ticked.
    Box {
        /// Its lower left corner.
        at: (f32, f32),
        /// Of all four.
        side: f32,
    },
}

/// How a text is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Font {
    /// Which letters.
    pub face: Face,
    /// In points.
    pub size: f32,
    /// Their shade.
    pub ink: Ink,
}

/// A shade of grey: 0 is black, 1 is white.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink(pub f32);

/// Of what is to be read.
pub const BLACK: Ink = Ink(0.0);
/// Of names and notes.
pub const GREY: Ink = Ink(0.35);
/// Of lines between rows.
pub const PALE: Ink = Ink(0.75);

impl Font {
    /// How wide a text is drawn, in points.
    pub fn width(self, text: &[u8]) -> f32 {
        self.face.width(text, self.size)
    }
}

impl Mark {
    /// Left, bottom, right and top; of a text from its descenders to its capitals.
    pub fn bounds(&self) -> (f32, f32, f32, f32) {
        match self {
            Mark::Text { at: (x, y), font, text } => {
                let (bottom, top) = (y - DESCENDERS * font.size, y + CAPITALS * font.size);
                (*x, bottom, x + font.width(text), top)
            }
            Mark::Line { from, to, .. } => (from.0, from.1, to.0, to.1),
            Mark::Box { at: (x, y), side } => (*x, *y, x + side, y + side),
        }
    }

    /// Whether it stands on another one.
    pub fn overlaps(&self, other: &Mark) -> bool {
        let ((l1, b1, r1, t1), (l2, b2, r2, t2)) = (self.bounds(), other.bounds());
        l1 < r2 && l2 < r1 && b1 < t2 && b2 < t1
    }
}

/// One line of the program's own words, which have no letter beyond ASCII.
pub fn text(at: (f32, f32), font: Font, words: &str) -> Mark {
    Mark::Text { at, font, text: words.as_bytes().to_vec() }
}

/// A thin level line.
pub fn line(from: (f32, f32), to: f32, ink: Ink) -> Mark {
    Mark::Line { from, to: (to, from.1), ink, width: 0.75 }
}

/// A text of the program's own words on several lines no wider than `room`, the first one at this
/// baseline.
pub fn paragraph((x, y): (f32, f32), font: Font, words: &str, room: f32) -> Vec<Mark> {
    let lines = wrapped(words.as_bytes(), font, room);
    let at = |nth: usize| (x, y - nth as f32 * font.size * 1.4);
    let mark = |(nth, text)| Mark::Text { at: at(nth), font, text };
    lines.into_iter().enumerate().map(mark).collect()
}

/// A text broken at its blanks into lines that are no wider than this; a word that is wider by
/// itself is broken inside.
pub fn wrapped(text: &[u8], font: Font, room: f32) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = vec![Vec::new()];
    for word in text.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        let joint = if lines.last().is_some_and(Vec::is_empty) { &b""[..] } else { b" " };
        let last = lines.last().map(Vec::as_slice).unwrap_or_default();
        let joined = [last, joint, word].concat();
        if font.width(&joined) <= room {
            lines.pop();
            lines.push(joined);
            continue;
        }
        if last.is_empty() {
            lines.pop();
        }
        lines.extend(broken(word, font, room));
    }
    lines
}

/// A word in parts that fit.
fn broken(word: &[u8], font: Font, room: f32) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = vec![Vec::new()];
    for byte in word {
        let last = parts.last().map(Vec::as_slice).unwrap_or_default();
        let joined = [last, &[*byte]].concat();
        if font.width(&joined) <= room {
            parts.pop();
            parts.push(joined);
        } else {
            parts.push(vec![*byte]);
        }
    }
    parts
}

const FONTS: [(Face, Name<'static>, Name<'static>); 2] = [
    (Face::Regular, Name(b"Regular"), Name(b"Helvetica")),
    (Face::Bold, Name(b"Bold"), Name(b"Helvetica-Bold")),
];

/// A PDF of these pages, in their order. The title is what readers show above them.
pub fn pdf(title: &str, sheets: &[Vec<Mark>]) -> Vec<u8> {
    let mut next = Ref::new(1);
    let [catalog, pages, info] = [(); 3].map(|()| next.bump());
    let fonts = FONTS.map(|_| next.bump());
    let mut pdf = Pdf::new();
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("piebox"));
    let mut root = pdf.catalog(catalog);
    root.pages(pages).lang(TextStr("en-US"));
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    for ((_, _, base), font) in FONTS.iter().zip(fonts) {
        pdf.type1_font(font).base_font(*base).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    let mut kids = Vec::with_capacity(sheets.len());
    for marks in sheets {
        let (page, content) = (next.bump(), next.bump());
        kids.push(page);
        let mut sheet = pdf.page(page);
        sheet.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).parent(pages).contents(content);
        let mut resources = sheet.resources();
        let mut named = resources.fonts();
        for ((_, name, _), font) in FONTS.iter().zip(fonts) {
            named.pair(*name, font);
        }
        named.finish();
        resources.finish();
        sheet.finish();
        pdf.stream(content, &strokes(marks));
    }
    let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
    pdf.pages(pages).kids(kids).count(count);
    pdf.finish()
}

/// The marks in the language of the page.
fn strokes(marks: &[Mark]) -> Vec<u8> {
    let mut content = Content::new();
    for mark in marks {
        match mark {
            Mark::Text { at, font, text } => {
                let (_, name, _) = FONTS[usize::from(font.face == Face::Bold)];
                content.begin_text().set_fill_gray(font.ink.0).set_font(name, font.size);
                content.next_line(at.0, at.1).show(Str(text)).end_text();
            }
            Mark::Line { from, to, ink, width } => {
                content.set_stroke_gray(ink.0).set_line_width(*width);
                content.move_to(from.0, from.1).line_to(to.0, to.1).stroke();
            }
            Mark::Box { at, side } => {
                content.set_stroke_gray(BLACK.0).set_line_width(0.75);
                content.rect(at.0, at.1, *side, *side).stroke();
            }
        }
    }
    content.finish().into_vec()
}
