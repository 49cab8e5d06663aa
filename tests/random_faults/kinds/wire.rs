//! Kinds of faults of the connection: where it ends, how an answer is framed, and how it is packed.

use std::time::Duration;

use super::spoiler::{A_WHILE, Chunks, FOREVER};
use super::{Kind, kind, rare};
use crate::random::pick;
use crate::random_faults::proxy::{Step, Wire};

pub(super) static KINDS: &[Kind] = &[
    // The connection.
    kind("closed before the head", |_| {
        Some(Wire::default().then_close())
    }),
    kind("closed within the head", |s| {
        s.closed_within(|head, _| (1, head))
    }),
    kind("closed after the head", |s| {
        s.closed_within(|head, _| (head, head + 1))
    }),
    kind("closed within the body", |s| {
        s.closed_within(|head, whole| (head + 1, whole))
    }),
    rare("no answer", |s| Some(s.whole().then_close().after(FOREVER))),
    rare("no end of the body", |s| {
        let mut wire = s.closed_within(|head, whole| (head, whole))?;
        wire.steps.push(Step::Wait(FOREVER));
        Some(wire)
    }),
    kind("closed after a while", |_| {
        Some(Wire::default().then_close().after(A_WHILE))
    }),
    kind("late", |s| Some(s.whole().after(A_WHILE))),
    kind("byte by byte", |s| {
        let bytes = s.whole_bytes();
        let size = bytes.len().div_ceil(12).max(1);
        let steps = bytes.chunks(size).flat_map(|piece| {
            [
                Step::Send(piece.to_vec()),
                Step::Wait(Duration::from_millis(2)),
            ]
        });
        Some(Wire {
            steps: steps.collect(),
            close: false,
        })
    }),
    // The framing.
    kind("a length that is too long", |s| {
        let more = s.rng.usize(1..5_000);
        Some(
            s.with_length(&(s.clean.body.len() + more).to_string())
                .then_close(),
        )
    }),
    kind("a length that is too short", |s| {
        let length = s.rng.usize(..s.clean.body.len().max(1));
        Some(s.with_length(&length.to_string()).then_close())
    }),
    kind("a length that is none", |s| {
        let length = *pick(
            s.rng,
            &[
                "",
                "-1",
                "1e3",
                "0x40",
                "many",
                "99999999999999999999999",
                "1,2",
            ],
        );
        Some(s.with_length(length).then_close())
    }),
    kind("two lengths", |s| {
        let half = s.clean.body.len() / 2;
        Some(
            s.with_length(&format!("{half}\r\ncontent-length: {}", s.clean.body.len()))
                .then_close(),
        )
    }),
    kind("no length, and closed within the body", |s| {
        // The end of the connection is then the end of the body, so only the JSON tells.
        let length = s.rng.usize(..s.clean.body.len().max(1));
        let mut bytes = s.clean.head().into_bytes();
        bytes.extend(b"\r\n");
        bytes.extend(&s.clean.body[..length.min(s.clean.body.len())]);
        Some(Wire::bytes(bytes).then_close())
    }),
    kind("chunks", |s| Some(s.chunked(Chunks::Right))),
    kind("a chunk's size that is none", |s| {
        Some(s.chunked(Chunks::SizeIsNone))
    }),
    kind("chunks without a last one", |s| {
        Some(s.chunked(Chunks::NoLast))
    }),
    kind("a chunk that is longer than it says", |s| {
        Some(s.chunked(Chunks::Longer))
    }),
    kind("a body without a status line", |s| {
        Some(Wire::bytes(s.clean.body.clone()).then_close())
    }),
    kind("a status line that is none", |s| {
        let line = *pick(
            s.rng,
            &[
                "HTTP/9.9 200 OK",
                "HTTP/1.1 abc",
                "ICY 200 OK",
                "HTTP/1.1 20 OK",
                "\0\0\0\0",
                "HTTP/1.1",
            ],
        );
        Some(
            Wire::bytes(format!("{line}\r\ncontent-length: 2\r\n\r\n{{}}").into_bytes())
                .then_close(),
        )
    }),
    kind("an informational answer first", |s| {
        let mut bytes = b"HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n".to_vec();
        bytes.extend(s.whole_bytes());
        Some(Wire::bytes(bytes))
    }),
    kind("headers of 60 kB", |s| {
        Some(Wire::whole(
            &s.clean.clone().with("x-long", "a".repeat(60_000)),
        ))
    }),
    kind("300 headers", |s| {
        let mut answer = s.clean.clone();
        for number in 0..300 {
            answer = answer.with(&format!("x-{number}"), "a");
        }
        Some(Wire::whole(&answer))
    }),
    kind("a header that is none", |s| {
        let header = *pick(
            s.rng,
            &[
                "no colon here",
                ": no name",
                "a b: c",
                "x: \u{1}\u{7}\u{1b}[31m",
                "x\0y: z",
            ],
        );
        let bytes = format!(
            "HTTP/1.1 200 OK\r\n{header}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            s.clean.body.len()
        );
        let mut bytes = bytes.into_bytes();
        bytes.extend(&s.clean.body);
        (s.clean.status == 200).then(|| Wire::bytes(bytes).then_close())
    }),
    // The encoding.
    kind("gzip", |s| Some(Wire::whole(&s.zipped(|_, _| {})))),
    kind("gzip that is none", |s| {
        Some(Wire::whole(
            &s.clean.clone().with("content-encoding", "gzip"),
        ))
    }),
    kind("gzip that is cut off", |s| {
        Some(Wire::whole(
            &s.zipped(|rng, body| body.truncate(rng.usize(..body.len()))),
        ))
    }),
    kind("gzip with a wrong bit", |s| {
        Some(Wire::whole(&s.zipped(|rng, body| {
            let place = rng.usize(10..body.len());
            body[place] ^= 1 << rng.u8(..8);
        })))
    }),
    kind("an encoding that nobody knows", |s| {
        Some(Wire::whole(
            &s.clean.clone().with("content-encoding", "x-unknown"),
        ))
    }),
    kind("UTF-16", |s| {
        s.body(|_, text| text.encode_utf16().flat_map(u16::to_le_bytes).collect())
    }),
    kind("a byte order mark", |s| {
        s.body(|_, text| format!("\u{feff}{text}").into_bytes())
    }),
    kind("bytes that are no UTF-8", |s| {
        s.body(|rng, text| {
            let mut bytes = text.as_bytes().to_vec();
            let letters: Vec<usize> = (0..bytes.len())
                .filter(|&at| bytes[at].is_ascii_alphabetic())
                .collect();
            if !letters.is_empty() {
                bytes[*pick(rng, &letters)] = *pick(rng, &[0xff, 0xc0, 0xe2]);
            }
            bytes
        })
    }),
];
