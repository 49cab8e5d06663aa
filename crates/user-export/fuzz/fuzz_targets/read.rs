//! Whatever the bytes, reading them ends in users or in an error that can be told: `cargo +nightly fuzz run read`.
#![no_main]

use std::collections::HashSet;

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    match user_export::read(file) {
        Ok(export) => {
            let ids: HashSet<_> = export.users.iter().map(|user| &user.account_id).collect();
            assert_eq!(ids.len(), export.users.len(), "each user once");
            assert!(
                export.users.len() as u64 + export.rejected <= export.rows,
                "no user without a row"
            );
            assert!(
                export.users.is_sorted_by(|one, next| one.line < next.line),
                "each row on lines of its own"
            );
            assert!(export.users.iter().all(|user| {
                user.products
                    .iter()
                    .all(|entry| entry.product < export.products.len())
            }));
        }
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
            assert!(error.line().is_none_or(|line| line >= 1));
        }
    }
});
