//! Files that options name.

use std::fs::File;
use std::io::{self, Read};

use crate::Error;

/// The largest file that is read. Certificates of all authorities of a system are some 250 kB.
const LARGEST: u64 = 16 << 20;

/// All of a file. Only a regular one: others, a pipe above all, could keep us waiting for ever.
pub(crate) fn read(option: &'static str, path: &str) -> Result<Vec<u8>, Error> {
    let unusable = |cause: String| Error::File {
        option,
        cause: cause.into(),
    };
    let failed = |error: io::Error| unusable(error.to_string());
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(unusable("it is not a regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(unusable(format!("it is larger than {} MB", LARGEST >> 20)));
    }
    Ok(bytes)
}

/// The token in a file: all of its text, but for white space around it.
pub(crate) fn token(path: &str) -> Result<String, Error> {
    const OPTION: &str = "api_token_file";
    let unusable = |cause: &str| Error::File {
        option: OPTION,
        cause: cause.into(),
    };
    let text =
        String::from_utf8(read(OPTION, path)?).map_err(|_| unusable("it is not UTF-8 text"))?;
    let token = text.trim();
    if token.is_empty() {
        Err(unusable("it is empty"))
    } else if token.contains(char::is_whitespace) {
        Err(unusable("it holds more than a token"))
    } else {
        Ok(token.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_file_holds_one_token() {
        let path = std::env::temp_dir().join(format!("confluence-token-{}", std::process::id()));
        let path = path.to_str().expect("a path");
        for (content, expected) in [
            (&b"hush"[..], Some("hush")),
            (b" hush\r\n\n", Some("hush")),
            (b"", None),
            (b"\n", None),
            (b"hush\nhush", None),
            (b"\xff", None),
        ] {
            std::fs::write(path, content).expect("written");
            assert_eq!(token(path).ok().as_deref(), expected, "{content:?}");
        }
        std::fs::remove_file(path).expect("removed");
        assert!(token(path).is_err());
    }

    #[test]
    fn what_is_no_regular_file_is_not_waited_for() {
        for path in ["/", "/dev/zero"] {
            let refused = read("ca_file", path).expect_err(path).to_string();
            assert!(refused.ends_with("it is not a regular file"), "{refused}");
        }
    }
}
