//! `EXPLAIN` of a join by batch.

use pgrx::{pg_guard, pg_sys};

use super::exec;
use super::plan::BatchScan;
use crate::exec::explain::{Clauses, ExplainOutput};
use crate::pg::nodes::Node;

/// Shows the condition of the join, and after `ANALYZE` how many keys were asked for, in how many batches, how many
/// came again and were known, and what of the inner side did not fit into memory.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn explain_custom_scan(
    node: *mut pg_sys::CustomScanState,
    ancestors: *mut pg_sys::List,
    es: *mut pg_sys::ExplainState,
) {
    // SAFETY: PostgreSQL passes a node that has begun, the nodes above it, and its own state.
    unsafe {
        let scan = (*node).ss.ps.plan.cast::<pg_sys::CustomScan>();
        let out = ExplainOutput { es };
        let clauses = Clauses {
            es,
            plan: scan.cast(),
            ancestors,
            useprefix: true,
        };
        let batch_scan = BatchScan::of(scan);
        let conditions = batch_scan.conditions();
        let conditions = clauses.texts(conditions.iter().map(Node::as_ptr));
        out.text("Join Cond", &conditions.join(", "));
        if batch_scan.plan().chosen.ordered {
            out.text("Outer Order", "kept");
        }
        if (*es).analyze
            && let Some(join) = exec::join(node)
        {
            out.number("Keys", None, join.counts.keys as f64);
            if join.counts.known > 0 {
                out.number("Known Keys", None, join.counts.known as f64);
            }
            out.number("Batches", None, join.counts.batches as f64);
            let spilled = join.spilled().div_ceil(1024);
            if spilled > 0 {
                out.number("Disk Usage", Some(c"kB"), spilled as f64);
            }
        }
    }
}
