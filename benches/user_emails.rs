//! How long 100,000 accounts of an administrator's export take to load, first and again.
//!
//! Run it with `make bench`.

use std::fmt::Write as _;
use std::time::Instant;

use confluence_fdw_tests::Database;

const ACCOUNTS: usize = 100_000;

fn main() {
    let mut file = String::from(
        "User id,User name,email,User status,Added to org,Org role,Last seen in Jira - acme,Last seen in Confluence - acme\n",
    );
    for number in 0..ACCOUNTS {
        let _ = writeln!(
            file,
            "712020:{number:08x}-0000-4000-8000-000000000001,\"Doe, \"\"J\"\" {number}\",user{number}@example.com,Active,\
             3 Jan 2024,,Never accessed,12 May 2024"
        );
    }
    let db = Database::create();
    let path = db.file("export-users.csv", file.as_bytes());
    let path = path.to_str().expect("a path");
    let mut client = db.connect();
    println!("{ACCOUNTS} accounts, {} MB", file.len() / 1_000_000);
    for what in ["first load", "load of the same again"] {
        let began = Instant::now();
        let row = client
            .query_one("SELECT * FROM confluence.load_user_emails($1)", &[&path])
            .expect("loaded");
        let took = began.elapsed().as_secs_f64();
        println!(
            "{what:<24} {took:.2} s: {} inserted, {} unchanged",
            row.get::<_, i64>("inserted"),
            row.get::<_, i64>("unchanged")
        );
    }
}
