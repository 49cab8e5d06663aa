//! Functions of times by chance: in zones whose clocks are set forward or back next to a row's own time, a condition leaves
//! the rows that it leaves in a local copy.

use confluence_fdw_tests::lines;
use fastrand::Rng;

use super::copied;
use crate::random::{Rounds, again, chances, pick};

const ROUNDS: u64 = 200;

/// Zones whose clocks are set at odd times, and some whose are not.
const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Havana",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
];

const UNITS: [&str; 8] = [
    "minute", "hour", "day", "week", "month", "quarter", "year", "decade",
];

/// A zone whose clocks are set on the day of a time, and again half a year later.
fn zone_around(rng: &mut Rng, day: u32) -> String {
    let other = (day + 180) % 365 + 1;
    let at = |rng: &mut Rng| {
        let hours = *pick(rng, &["0", "0:01", "1", "2", "2:30", "12", "23", "23:59"]);
        hours.to_owned()
    };
    let (first, second) = (at(rng), at(rng));
    let offset = rng.i32(-11..12);
    let shift = *pick(rng, &["-1", "0:30", "1", "2", "-2", "3"]);
    let other_offset = match shift {
        "0:30" => format!("{offset}:30"),
        hours => (offset + hours.parse::<i32>().unwrap_or(1)).to_string(),
    };
    let (start, end) = match rng.bool() {
        true => (day, other),
        false => (other, day),
    };
    format!("<A>{offset}<B>{other_offset},J{start}/{first},J{end}/{second}")
}

/// A condition on the times of pages, whose value is near to that of one of them.
fn condition(rng: &mut Rng, time: &str, zone: &str) -> String {
    let unit = *pick(rng, &UNITS);
    let form = match rng.u8(..11) {
        0 => format!("date_trunc('{unit}', modified_at)"),
        1 => format!("date_trunc('{unit}', modified_at, '{zone}')"),
        2 => format!("date_trunc('{unit}', modified_at AT TIME ZONE '{zone}')"),
        3 => {
            format!("date_trunc('{unit}', modified_at AT TIME ZONE '{zone}') AT TIME ZONE '{zone}'")
        }
        4 => "modified_at::date".to_owned(),
        5 => "modified_at::timestamp".to_owned(),
        6 => format!("(modified_at AT TIME ZONE '{zone}')::date"),
        7 => format!("date_trunc('{unit}', modified_at::date)"),
        8 => format!("modified_at AT TIME ZONE '{zone}'"),
        9 => "modified_at::timestamp::date::timestamptz".to_owned(),
        _ => format!("date_trunc('{unit}', modified_at::timestamp)"),
    };
    let near = match rng.u8(..4) {
        0 => format!(
            "(timestamptz '{time}' + interval '{} minutes')",
            rng.i32(-200..200)
        ),
        1 => format!(
            "(timestamptz '{time}' + interval '{} hours')",
            rng.i32(-50..50)
        ),
        _ => format!("timestamptz '{time}'"),
    };
    let value = match rng.u8(..4) {
        // What the form itself gives for the time.
        0 | 1 => form.replace("modified_at", &near),
        2 => format!("{near}::date"),
        _ => near,
    };
    let operator = *pick(rng, &["=", "=", "=", "<", "<=", ">", ">="]);
    match rng.bool() {
        true => format!("{form} {operator} {value}"),
        false => format!("{form} {operator} (SELECT {value})"),
    }
}

#[test]
fn a_function_of_a_time_leaves_what_it_leaves_in_a_copy_whatever_the_clocks_do() {
    let rounds = Rounds::asked_for();
    let mut site = copied();
    let times = lines(
        &mut site.client,
        "SELECT modified_at AT TIME ZONE 'UTC' || '+00', least(extract(doy FROM modified_at AT TIME ZONE 'UTC'), 365)
         FROM copy.confluence_pages ORDER BY id",
    );
    let times: Vec<(&str, u32)> = times
        .iter()
        .filter_map(|line| line.split_once('|'))
        .map(|(time, day)| (time, day.parse().expect("a day")))
        .collect();
    let mut fewer = 0;
    let count = rounds.count.unwrap_or(ROUNDS);
    for seed in rounds.first..rounds.first.saturating_add(count) {
        let rng = &mut chances(seed, 0);
        let (time, day) = *pick(rng, &times);
        let zone = match rng.bool() {
            true => zone_around(rng, day),
            false => (*pick(rng, &ZONES)).to_owned(),
        };
        let sql = format!(
            "SELECT id, modified_at FROM confluence_pages WHERE {}",
            condition(rng, time, &zone)
        );
        println!(
            "{}\nSET TimeZone = '{zone}'; {sql}",
            again("derived_conditions", seed)
        );
        let requests = site.same_after(&format!("SET TimeZone = '{zone}'"), &sql);
        fewer += u64::from(requests.len() < super::ALL);
    }
    // Many are shorter than the whole listing: else nothing would have followed.
    assert!(rounds.count.is_some() || fewer > ROUNDS / 2, "{fewer}");
}
