//! Titles and bodies, made when they are wanted, so that a million pages need no memory for them.

use super::random::{Random, mix};
use super::table::{self, Lines};
use std::fmt::Write;

static TOPICS: Lines = Lines::new(|| table::lines(include_str!("../../words/topics.txt")));

static KINDS: Lines = Lines::new(|| table::lines(include_str!("../../words/kinds.txt")));

static SENTENCES: Lines = Lines::new(|| table::lines(include_str!("../../words/sentences.txt")));

/// The title of generated page `number`: different from every other generated title, whatever the case of its letters.
pub(crate) fn write_title(seed: u64, number: u32, out: &mut String) {
    let dice = mix(seed, u64::from(number));
    let topic = TOPICS[(dice % TOPICS.len() as u64) as usize];
    let kind = KINDS[((dice >> 16) % KINDS.len() as u64) as usize];
    // A title is hostile in 11 of 128 cases, so that one page of a listing shows most of what a client must survive.
    let written = match (dice >> 32) % 128 {
        0 => write!(out, "🚀 {topic} {kind} {number}"),
        1 => write!(out, "„{topic}“ – {kind} \"{number}\""),
        2 => write!(out, "{topic}\n{kind} {number}"),
        3 => write!(out, "Übergabe {topic} ß {number}"),
        4 => write!(out, "{topic} 作業手順書 {number}"),
        5 => write!(out, "C:\\{topic}\\{kind}\\{number}"),
        6 => write!(out, "100% {topic}_{kind} {number}"),
        7 => write!(out, "{topic}\t'{kind}' {number}"),
        8 => write!(out, "<b>{topic}</b> & {kind} {number}"),
        9 => write!(out, "سياسة {topic} {number}"),
        10 => write!(out, "👩‍💻 {topic} e\u{301}te\u{301} {number}"),
        _ => write!(out, "{topic} {kind} {number}"),
    };
    written.expect("a string takes whatever is written to it");
}

/// The name of a label, in small letters and without spaces; different for the first 458 numbers.
pub(crate) fn label_name(number: usize) -> String {
    let words = TOPICS.len() + KINDS.len();
    let name = match number.checked_sub(words) {
        None => (*TOPICS
            .iter()
            .chain(&*KINDS)
            .nth(number)
            .expect("below their count"))
        .to_owned(),
        Some(pair) => format!(
            "{} {}",
            TOPICS[pair % TOPICS.len()],
            KINDS[pair / TOPICS.len() % KINDS.len()]
        ),
    };
    name.to_lowercase().replace(' ', "-")
}

/// The paragraphs of a page in one of its versions.
pub(super) fn paragraphs(seed: u64, page: u64, version: u32) -> impl Iterator<Item = &'static str> {
    let mut random = Random::new(mix(seed ^ page, u64::from(version)));
    let count = 2 + random.index(12);
    (0..count).map(move |_| *random.pick(&SENTENCES))
}

/// A body in the storage format, which is XHTML.
pub(crate) fn storage_body(seed: u64, page: u64, version: u32) -> String {
    paragraphs(seed, page, version).map(storage).collect()
}

/// A paragraph in the storage format.
pub(crate) fn storage(paragraph: &str) -> String {
    format!("<p>{}</p>", storage_line(paragraph))
}

/// Text in the storage format without anything around it.
pub(crate) fn storage_line(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A body in the Atlassian document format, which the API hands out as JSON inside a string.
pub(crate) fn document_body(seed: u64, page: u64, version: u32) -> String {
    document(paragraphs(seed, page, version))
}

/// Paragraphs in the Atlassian document format. An empty one has no text in it.
pub(crate) fn document<'a>(paragraphs: impl Iterator<Item = &'a str>) -> String {
    let content: Vec<_> = paragraphs
        .map(|text| match text {
            "" => serde_json::json!({"type": "paragraph"}),
            _ => serde_json::json!({"type": "paragraph", "content": [{"type": "text", "text": text}]}),
        })
        .collect();
    serde_json::json!({"type": "doc", "version": 1, "content": content}).to_string()
}

pub(crate) fn uuid(random: &mut Random) -> String {
    let (high, low) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        0x8000 | (low >> 48 & 0x3FFF),
        low & 0xFFFF_FFFF_FFFF
    )
}
