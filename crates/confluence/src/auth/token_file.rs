//! The token file: an API token out of a file, which somebody may replace while it is used.

use std::fmt;

use reqwest::header::HeaderValue;
use tokio::sync::Mutex;

use super::credential::{basic, basic_secrets};
use crate::file;
use crate::secret::Secret;

/// The token as it was last read, and where it comes from.
pub(crate) struct TokenFile {
    email: String,
    path: String,
    /// Locked while the file is read: whoever was refused meanwhile waits for that.
    current: Mutex<ReadToken>,
}

struct ReadToken {
    token: String,
    header: HeaderValue,
    /// How many there have been.
    number: u64,
    /// What nobody is to see of this one and those before.
    secrets: Vec<Secret>,
}

impl fmt::Debug for TokenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenFile").finish_non_exhaustive()
    }
}

impl TokenFile {
    /// None if what was read cannot be sent.
    pub fn new(email: String, path: String, token: String) -> Option<Self> {
        let header = basic(&email, &token)?;
        Some(Self {
            email,
            path,
            current: Mutex::new(ReadToken {
                token,
                header,
                number: 0,
                // The session holds those of the first one.
                secrets: Vec::new(),
            }),
        })
    }

    /// What to show, and its number.
    pub async fn get(&self) -> (HeaderValue, u64) {
        let current = self.current.lock().await;
        (current.header.clone(), current.number)
    }

    /// That token was refused. Whether there is another one by now.
    pub async fn reread(&self, refused: u64) -> bool {
        let mut current = self.current.lock().await;
        if current.number != refused {
            return true;
        }
        let path = self.path.clone();
        // A file on a network may take its time, and others are waiting for this thread.
        let read = tokio::task::spawn_blocking(move || file::token(&path)).await;
        let Ok(Ok(token)) = read else { return false };
        match basic(&self.email, &token) {
            Some(header) if token != current.token => {
                let mut secrets = std::mem::take(&mut current.secrets);
                secrets.extend(basic_secrets(&self.email, &token));
                *current = ReadToken {
                    token,
                    header,
                    number: refused + 1,
                    secrets,
                };
                true
            }
            _ => false,
        }
    }
}
