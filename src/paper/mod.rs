//! Documents that people print: letters in the standard fonts, marks on a page, pages in a PDF.
//!
//! Pure: the same marks give the same bytes, and no moment enters a document but one that is
//! printed on it. What stands on a page, the families know; they lay it out as [`page::Mark`]s,
//! which tests can look at, and have it drawn. Left out: pictures, and fonts that are embedded.

pub mod letters;
pub mod page;
