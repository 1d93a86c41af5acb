//! Letters as pages print them: one byte each, of Windows code page 1252, which every reader of PDF
//! knows as `WinAnsiEncoding`; and how wide the standard fonts draw them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A character without a place in the fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("holds U+{0:04X}, which the fonts do not have")]
pub struct Unprintable(pub u32);

/// A text in the bytes of the code page. Letters whose marks the fonts lack lose their marks.
pub fn encoded(text: &str) -> Result<Vec<u8>, Unprintable> {
    let mut bytes = Vec::with_capacity(text.len());
    for (at, c) in text.nfc().enumerate() {
        match byte(c).or_else(|| bare(c)) {
            Some(byte) => bytes.push(byte),
            // A mark that no letter has taken up is dropped as those of letters are.
            None if at > 0 && is_combining_mark(c) => {}
            None => return Err(Unprintable(u32::from(c))),
        }
    }
    Ok(bytes)
}

/// As [`encoded`], for what is to be printed whatever it is: blanks stand for control characters,
/// question marks for all else that the fonts lack.
pub fn legible(text: &str) -> Vec<u8> {
    let letter = |c: char| match byte(c).or_else(|| bare(c)) {
        Some(byte) => Some(byte),
        None if is_combining_mark(c) => None,
        None if c.is_control() => Some(b' '),
        None => Some(b'?'),
    };
    text.nfc().filter_map(letter).collect()
}

/// What code page 1252 has between 0x80 and 0x9F; blanks are not taken.
const HIGH: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// Characters that are printed as another one.
const LIKE: [(char, u8); 14] = [
    ('\u{a0}', b' '),
    ('\u{2009}', b' '),
    ('\u{202f}', b' '),
    ('\u{2010}', b'-'),
    ('\u{2011}', b'-'),
    ('\u{2212}', b'-'),
    ('\u{2bb}', 0x91),
    ('\u{2bc}', 0x92),
    ('Ł', b'L'),
    ('ł', b'l'),
    ('Đ', b'D'),
    ('đ', b'd'),
    ('ı', b'i'),
    ('ẞ', 0xdf),
];

fn byte(c: char) -> Option<u8> {
    let code = u32::from(c);
    match code {
        0x20..=0x7e | 0xa1..=0xac | 0xae..=0xff => u8::try_from(code).ok(),
        _ => {
            let like = LIKE.iter().find(|(known, _)| *known == c).map(|(_, byte)| *byte);
            let high = || (0x80u8..).zip(HIGH).find(|(_, known)| *known == c && c != ' ');
            like.or_else(|| high().map(|(byte, _)| byte))
        }
    }
}

/// A letter without its marks.
fn bare(c: char) -> Option<u8> {
    let mut parts = std::iter::once(c).nfd();
    let letter = parts.next().filter(|letter| *letter != c)?;
    parts.all(is_combining_mark).then(|| byte(letter)).flatten()
}

/// A standard font, which every reader of PDF has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Helvetica.
    Regular,
    /// Helvetica-Bold.
    Bold,
}

impl Face {
    /// How wide a text is drawn, in points. `size` is that of the font.
    pub fn width(self, text: &[u8], size: f32) -> f32 {
        let widths = match self {
            Face::Regular => &REGULAR,
            Face::Bold => &BOLD,
        };
        let of = |byte: &u8| widths.get(usize::from(byte.saturating_sub(0x20))).copied();
        let sum: u32 = text.iter().filter_map(of).map(u32::from).sum();
        sum as f32 * size / 1_000.0
    }
}

/// Widths from 0x20 on, in thousandths of the size of the font, from the published metrics of the
/// standard fonts. Codes without a letter are drawn as bullets.
type Widths = [u16; 224];

#[rustfmt::skip]
const REGULAR: Widths = [
     278,  278,  355,  556,  556,  889,  667,  191,  333,  333,  389,  584,  278,  333,  278,  278,
     556,  556,  556,  556,  556,  556,  556,  556,  556,  556,  278,  278,  584,  584,  584,  556,
    1015,  667,  667,  722,  722,  667,  611,  778,  722,  278,  500,  667,  556,  833,  722,  778,
     667,  778,  722,  667,  611,  722,  667,  944,  667,  667,  611,  278,  278,  278,  469,  556,
     333,  556,  556,  500,  556,  556,  278,  556,  556,  222,  222,  500,  222,  833,  556,  556,
     556,  556,  333,  500,  278,  556,  500,  722,  500,  500,  500,  334,  260,  334,  584,  350,
     556,  350,  222,  556,  333, 1000,  556,  556,  333, 1000,  667,  333, 1000,  350,  611,  350,
     350,  222,  222,  333,  333,  350,  556, 1000,  333, 1000,  500,  333,  944,  350,  500,  667,
     278,  333,  556,  556,  556,  556,  260,  556,  333,  737,  370,  556,  584,  333,  737,  333,
     400,  584,  333,  333,  333,  556,  537,  278,  333,  333,  365,  556,  834,  834,  834,  611,
     667,  667,  667,  667,  667,  667, 1000,  722,  667,  667,  667,  667,  278,  278,  278,  278,
     722,  722,  778,  778,  778,  778,  778,  584,  778,  722,  722,  722,  722,  667,  667,  611,
     556,  556,  556,  556,  556,  556,  889,  500,  556,  556,  556,  556,  278,  278,  278,  278,
     556,  556,  556,  556,  556,  556,  556,  584,  611,  556,  556,  556,  556,  500,  556,  500,
];

#[rustfmt::skip]
const BOLD: Widths = [
     278,  333,  474,  556,  556,  889,  722,  238,  333,  333,  389,  584,  278,  333,  278,  278,
     556,  556,  556,  556,  556,  556,  556,  556,  556,  556,  333,  333,  584,  584,  584,  611,
     975,  722,  722,  722,  722,  667,  611,  778,  722,  278,  556,  722,  611,  833,  722,  778,
     667,  778,  722,  667,  611,  722,  667,  944,  667,  667,  611,  333,  278,  333,  584,  556,
     333,  556,  611,  556,  611,  556,  333,  611,  611,  278,  278,  556,  278,  889,  611,  611,
     611,  611,  389,  556,  333,  611,  556,  778,  556,  556,  500,  389,  280,  389,  584,  350,
     556,  350,  278,  556,  500, 1000,  556,  556,  333, 1000,  667,  333, 1000,  350,  611,  350,
     350,  278,  278,  500,  500,  350,  556, 1000,  333, 1000,  556,  333,  944,  350,  500,  667,
     278,  333,  556,  556,  556,  556,  280,  556,  333,  737,  370,  556,  584,  333,  737,  333,
     400,  584,  333,  333,  333,  611,  556,  278,  333,  333,  365,  556,  834,  834,  834,  611,
     722,  722,  722,  722,  722,  722, 1000,  722,  667,  667,  667,  667,  278,  278,  278,  278,
     722,  722,  778,  778,  778,  778,  778,  584,  778,  722,  722,  722,  722,  667,  667,  611,
     556,  556,  556,  556,  556,  556,  889,  556,  556,  556,  556,  556,  278,  278,  278,  278,
     611,  611,  611,  611,  611,  611,  611,  584,  611,  611,  611,  611,  611,  556,  611,  556,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_are_printed_with_their_marks_or_without() {
        for (text, bytes) in [
            ("Steve Rogers", &b"Steve Rogers"[..]),
            ("José Núñez", b"Jos\xe9 N\xfa\xf1ez"),
            ("Jose\u{301}", b"Jos\xe9"),
            ("Nguyễn Dũng", b"Nguyen Dung"),
            ("Łukasz Őry", b"Lukasz Ory"),
            ("X\u{30b}", b"X"),
            ("Ke\u{2bb}ala “Œ” €5 – Ž", b"Ke\x91ala \x93\x8c\x94 \x805 \x96 \x8e"),
            ("A\u{a0}B", b"A B"),
        ] {
            assert_eq!(encoded(text).as_deref(), Ok(bytes), "{text}");
            assert_eq!(legible(text), bytes, "{text}");
        }
        for (text, code, shown) in [
            ("田中", 0x7530, &b"??"[..]),
            ("a\nb", 0x0a, b"a b"),
            ("a\tb", 0x09, b"a b"),
            ("Ann 😀", 0x1f600, b"Ann ?"),
            ("a\u{ad}b", 0xad, b"a?b"),
            ("a\u{85}b", 0x85, b"a b"),
            ("\u{301}a", 0x301, b"a"),
            ("Αθήνα", 0x391, b"?????"),
        ] {
            assert_eq!(encoded(text), Err(Unprintable(code)), "{text:?}");
            assert_eq!(legible(text), shown, "{text:?}");
        }
    }

    #[test]
    fn the_fonts_have_the_published_widths() {
        assert_eq!(Face::Regular.width(b"Hello, World", 1_000.0), 5_445.0);
        assert_eq!(Face::Bold.width(b"Hello, World", 1_000.0), 5_834.0);
        assert_eq!(Face::Regular.width(b"\xe9\x80@", 10.0), (556 + 556 + 1_015) as f32 / 100.0);
    }

    proptest! {
        #[test]
        fn whatever_the_text_what_is_printed_are_letters(text in "\\PC{0,110}") {
            let is_letter = |byte: &u8| *byte >= 0x20 && *byte != 0x7f;
            prop_assert!(legible(&text).iter().all(is_letter));
            if let Ok(bytes) = encoded(&text) {
                prop_assert_eq!(&bytes, &legible(&text));
            }
        }
    }
}
