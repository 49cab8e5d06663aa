//! `EXPLAIN` of a scan.

use std::ffi::CString;
use std::time::Duration;

use confluence::Sanitized;
use confluence::http::ReasonTally;
use confluence::request::{Grouping, Groups, PlannedRequest};
use pgrx::{pg_guard, pg_sys};

use super::rescans::Expected;
use super::scan::{self, ScanState};
use crate::catalog::relation::Relation;
use crate::pg::list;
use crate::pg::nodes::{Node, Nodes};
use crate::plan::scan_plan::{ClauseAt, PlannedEffort};

/// Shows the first request, what the site answers and what PostgreSQL checks, and after `ANALYZE` what
/// the scan has cost. Sends nothing, and shows nothing that belongs to a user mapping.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn explain_foreign_scan(
    node: *mut pg_sys::ForeignScanState,
    es: *mut pg_sys::ExplainState,
) {
    // SAFETY: PostgreSQL passes a node that begin_foreign_scan has prepared, and its own state.
    unsafe {
        let Some(state) = scan::state(node) else {
            return;
        };
        let scan_plan = (*node).ss.ps.plan.cast::<pg_sys::ForeignScan>();
        let plan = &state.plan;
        let relation = Relation::of((*(*node).ss.ss_currentRelation).rd_id);
        let out = ExplainOutput { es };
        let (reading, sizes) = (relation.reading, &relation.sizes);
        let planned = plan.planned(
            relation.table,
            reading,
            sizes,
            Nodes::new((*scan_plan).fdw_exprs),
        );
        out.text("Request", &shown(&planned));
        let clauses = Clauses {
            es,
            plan: (*node).ss.ps.plan,
            ancestors: std::ptr::null_mut(),
            useprefix: (*es).verbose || list::iter::<u8>((*es).rtable).len() > 1,
        };
        let answered: Vec<*mut pg_sys::Expr> = list::iter((*scan_plan).fdw_recheck_quals).collect();
        let checked: Vec<*mut pg_sys::Expr> = list::iter((*scan_plan).scan.plan.qual).collect();
        let mut places: Vec<ClauseAt> = plan.conditions.iter().map(|c| c.clause).collect();
        places.dedup();
        let of_conditions = places.iter().filter_map(|place| match *place {
            ClauseAt::Answered(place) => answered.get(place),
            ClauseAt::Checked(place) => checked.get(place),
        });
        let pushed = clauses.texts(of_conditions.copied());
        if !pushed.is_empty() {
            let stops = plan.choice.sort.is_some_and(|sort| {
                plan.conditions
                    .iter()
                    .any(|c| c.shape.ends(sort.descending) && !plan.window_of(relation.table, c))
            });
            let note = if stops { " (stops early)" } else { "" };
            out.text("Pushed Down", &format!("{}{note}", pushed.join(", ")));
        }
        if let Some(keyed) = plan.choice.keyed {
            let column = relation.table.columns[keyed.place].name;
            let note = match keyed.at_once {
                1 => format!("{column}, one in a request"),
                most => format!("{column}, up to {most} in a request"),
            };
            out.text("Keys", &note);
        }
        let rechecked = clauses.texts(checked.iter().copied());
        if !rechecked.is_empty() {
            out.text("Rechecked", &rechecked.join(", "));
        }
        // A range or a list that is expected to be short is not worth a line.
        let is_cut = plan.choice.effort.in_flight > 1.0;
        let groups = planned.groups();
        match groups {
            Some(Groups::Of(grouping, split)) if is_cut || grouping == Grouping::Listing => {
                let (column, owners) = (split.column, split.source.table.name);
                let why = match grouping {
                    Grouping::Range => "as the range is long",
                    Grouping::List => "as its list has many rows",
                    _ => "if the listing is long",
                };
                let taken = match grouping {
                    Grouping::List => String::new(),
                    _ => format!("; {owners} is taken to list all"),
                };
                out.text("Groups", &format!("by {column}, {why}{taken}"));
            }
            Some(Groups::BothEnds(order)) if is_cut => {
                out.text(
                    "Groups",
                    &format!("both ends by {order}, if the listing is long"),
                );
            }
            _ => {}
        }
        if (*es).costs {
            let number = (*scan_plan).scan.plan.plan_node_id;
            let expected =
                Node::new((*es).pstmt).and_then(|statement| Expected::of(statement, number));
            let (runs, share) =
                expected.map_or((Some(1.0), 1.0), |expected| (expected.runs, expected.share));
            // A limit that the scan knows of is in its effort.
            let effort = match plan.choice.enough {
                None => plan.choice.effort.share(share),
                Some(_) => plan.choice.effort,
            };
            show_effort(&out, &effort, runs, state.latency());
        }
        if (*es).analyze {
            show_costs(&out, state);
        }
    }
}

/// Shows what a scan is expected to take each time, and, as it is run so often, in all; and how long that takes, where it is
/// known how long the site takes to answer.
fn show_effort(
    out: &ExplainOutput,
    effort: &PlannedEffort,
    runs: Option<f64>,
    latency: Option<Duration>,
) {
    let [requests, rounds, in_flight] =
        [effort.requests, effort.rounds, effort.in_flight].map(f64::round);
    let in_all = runs.map(|runs| (runs * effort.requests).round());
    let is_once = runs.is_some_and(|runs| runs <= 1.0);
    if out.is_text() {
        let mut line = format!("{requests}");
        if !is_once {
            line.push_str(" each time");
            if let Some(in_all) = in_all {
                line.push_str(&format!(", about {in_all} in all"));
            }
        }
        if in_flight > 1.0 && rounds < requests {
            let unit = if rounds > 1.0 { "rounds" } else { "round" };
            line.push_str(&format!(", up to {in_flight} at a time in {rounds} {unit}"));
        } else if requests > 1.0 || in_all.is_some_and(|in_all| in_all > 1.0) {
            line.push_str(", one by one");
        }
        out.text("Estimated Requests", &line);
    } else {
        out.number("Estimated Requests", None, requests);
        if let Some(in_all) = in_all.filter(|_| !is_once) {
            out.number("Estimated Requests in All", None, in_all);
        }
        out.number("In Flight", None, in_flight);
        out.number("Rounds", None, rounds);
    }
    if let (Some(latency), Some(runs)) = (latency, runs) {
        let time = latency.as_secs_f64() * effort.rounds * runs;
        let each = latency.as_secs_f64() * 1e3;
        if out.is_text() {
            let time = if time < 0.95 {
                format!("{:.0} ms", time * 1e3)
            } else {
                format!("{time:.1} s")
            };
            out.text("Estimated Time", &format!("~{time} at {each:.0} ms"));
        } else {
            out.number("Estimated Time", Some(c"ms"), (time * 1e3).round());
            out.number("Latency", Some(c"ms"), each.round());
        }
    }
}

/// The first request of a plan, as its readers see it.
pub(super) fn shown(planned: &PlannedRequest) -> String {
    planned.shown().unwrap_or_else(|| NONE.to_owned())
}

/// What stands in the place of a request where none is sent.
const NONE: &str = "none";

/// Shows what the scan has asked for, and what that has cost.
fn show_costs(out: &ExplainOutput, state: &mut ScanState) {
    let others = state.other_endpoints().join(", ");
    if !others.is_empty() {
        let planned = state.planned_operation();
        out.text("Endpoint", &format!("{others} instead of {planned}"));
    }
    let first = state.first_request().map_or(NONE, Sanitized::as_str);
    out.text("First Request", first);
    let tally = state.tally();
    // SAFETY: `es` is valid while the callback runs.
    let (timing, verbose) = unsafe { ((*out.es).timing, (*out.es).verbose) };
    let is_text = out.is_text();
    let waited = state.waited.as_secs_f64() * 1e3;
    let throttled = tally.throttled.as_secs_f64() * 1e3;
    if is_text {
        let mut line = format!(
            "{}  Retries: {}  Rows Received: {}  Bytes: {}",
            tally.requests,
            tally.retries,
            tally.rows,
            size(tally.bytes)
        );
        if timing {
            line.push_str(&format!(
                "  Waited: {waited:.0} ms  Throttled: {throttled:.0} ms"
            ));
        }
        out.text("Requests", &line);
    } else {
        out.number("Requests", None, tally.requests as f64);
        out.number("Retries", None, tally.retries as f64);
        out.number("Rows Received", None, tally.rows as f64);
        out.number("Bytes", None, tally.bytes as f64);
        if timing {
            out.number("Waited", Some(c"ms"), waited.round());
            out.number("Throttled", Some(c"ms"), throttled.round());
        }
    }
    if verbose {
        out.number("Probes", None, tally.probes as f64);
        out.number("Points", None, tally.points as f64);
        show_reasons(out, &tally.reasons, is_text);
    }
    if tally.unread > 0 {
        out.number("Unread Values", None, tally.unread as f64);
    }
    if tally.served_again > 0 {
        out.number("Served Again", None, tally.served_again as f64);
        if verbose {
            out.number("Decoded Again", None, tally.decoded_again as f64);
        }
    }
}

/// Shows how many requests were sent for each reason: in one line, or as a group.
fn show_reasons(out: &ExplainOutput, reasons: &ReasonTally, is_text: bool) {
    const LABEL: &std::ffi::CStr = c"Requests by Reason";
    if is_text {
        let parts: Vec<String> = reasons
            .iter()
            .map(|(reason, requests)| format!("{reason} {requests}"))
            .collect();
        if !parts.is_empty() {
            out.text("Requests by Reason", &parts.join(", "));
        }
        return;
    }
    // SAFETY: `es` is valid while the callback runs; the label ends with NUL, and opens and closes the same group.
    unsafe { pg_sys::ExplainOpenGroup(LABEL.as_ptr(), LABEL.as_ptr(), true, out.es) };
    for (reason, requests) in reasons.iter() {
        out.number(&title(reason), None, requests as f64);
    }
    // SAFETY: as above.
    unsafe { pg_sys::ExplainCloseGroup(LABEL.as_ptr(), LABEL.as_ptr(), true, out.es) };
}

/// Words as EXPLAIN's labels have them.
fn title(words: &str) -> String {
    let words = words.split(' ').map(|word| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_uppercase() + rest,
        None => String::new(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} B"),
        10_240..10_485_760 => format!("{} kB", bytes / 1024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

/// Where properties go.
pub(crate) struct ExplainOutput {
    pub es: *mut pg_sys::ExplainState,
}

impl ExplainOutput {
    /// Whether it is written for people.
    fn is_text(&self) -> bool {
        // SAFETY: `es` is valid while the callback runs.
        unsafe { (*self.es).format == pg_sys::ExplainFormat::EXPLAIN_FORMAT_TEXT }
    }

    pub fn text(&self, label: &str, value: &str) {
        let label = CString::new(label).unwrap_or_default();
        // SAFETY: `es` is valid while the callback runs; both strings end with NUL and are copied.
        unsafe { pg_sys::ExplainPropertyText(label.as_ptr(), list::pstrdup(value), self.es) };
    }

    pub fn number(&self, label: &str, unit: Option<&std::ffi::CStr>, value: f64) {
        let label = CString::new(label).unwrap_or_default();
        let unit = unit.map_or(std::ptr::null(), std::ffi::CStr::as_ptr);
        // SAFETY: as above; the unit may be NULL.
        unsafe {
            pg_sys::ExplainPropertyInteger(label.as_ptr(), unit, value as i64, self.es);
        }
    }
}

/// Shows clauses as SQL.
pub(crate) struct Clauses {
    pub es: *mut pg_sys::ExplainState,
    /// The plan that they are part of.
    pub plan: *mut pg_sys::Plan,
    /// The nodes above it, where they look at those.
    pub ancestors: *mut pg_sys::List,
    pub useprefix: bool,
}

impl Clauses {
    pub fn texts(&self, clauses: impl Iterator<Item = *mut pg_sys::Expr>) -> Vec<String> {
        clauses.map(|clause| self.text(clause)).collect()
    }

    fn text(&self, clause: *mut pg_sys::Expr) -> String {
        // SAFETY: the clause is one of the node's plan, which is what the context is set to.
        let text = unsafe {
            let context =
                pg_sys::set_deparse_context_plan((*self.es).deparse_cxt, self.plan, self.ancestors);
            list::text(pg_sys::deparse_expression(
                clause.cast(),
                context,
                self.useprefix,
                false,
            ))
        };
        unwrapped(&text).to_owned()
    }
}

/// A clause without the parentheses around all of it, if there are any.
fn unwrapped(text: &str) -> &str {
    let Some(inner) = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
    else {
        return text;
    };
    let mut depth = 0;
    for byte in inner.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return text,
            b')' => depth -= 1,
            _ => {}
        }
    }
    inner
}
