//! The users' export of the site's administration.

use super::{AccountStatus, AccountType, Organisation, User};
use jiff::civil::Date;

const PRODUCTS: [&str; 4] = ["Jira Service Management", "Jira", "Confluence", "Atlas"];

/// A CSV file as an administrator downloads it: people with an account, in use or not, with their real addresses.
pub(super) fn users(organisation: &Organisation) -> String {
    let mut file = csv::Writer::from_writer(Vec::new());
    let columns = "User id,User name,email,User status,Added to org,Org role".split(',');
    let mut header: Vec<String> = columns.map(str::to_owned).collect();
    let last_seen = |product| format!("Last seen in {product} - {}", organisation.name);
    header.extend(PRODUCTS.iter().map(last_seen));
    let rows = organisation
        .users
        .iter()
        .filter(|user| user.account_type == AccountType::Atlassian)
        .map(row);
    let written: Result<(), csv::Error> = std::iter::once(header)
        .chain(rows)
        .try_for_each(|row| file.write_record(row));
    written.expect("memory takes whatever is written to it");
    let bytes = file
        .into_inner()
        .expect("memory takes whatever is written to it");
    String::from_utf8(bytes).expect("made of text")
}

fn row(user: &User) -> Vec<String> {
    let status = match user.status {
        AccountStatus::Active => "Active",
        AccountStatus::Inactive => "Suspended",
        AccountStatus::Closed => "Deactivated",
    };
    let mut row = vec![
        user.account_id.clone(),
        user.display_name.clone(),
        user.email.clone().unwrap_or_default(),
        status.to_owned(),
        date(user.added_to_org),
        user.org_role.to_owned(),
    ];
    row.extend(PRODUCTS.iter().map(|&product| match user.last_seen {
        Some(day) if product == "Confluence" => date(day),
        _ => "Never accessed".to_owned(),
    }));
    row
}

fn date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
