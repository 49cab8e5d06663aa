//! A mirror that is filled by hand, run by run, as a refresh would fill it.

use confluence_fdw_tests::{error, lines, literal, one};
use confluence_sim::Options;
use postgres::error::DbError;
use serde_json::Value;

use super::world::{STEPS, World};
use crate::scene::{Scene, small_site};

/// A mirror, in schema `acme`.
pub struct Mirror {
    pub scene: Scene,
}

impl Mirror {
    /// One that no run has filled.
    #[track_caller]
    pub fn empty() -> Self {
        let mut scene = Scene::of(Options::of(small_site()), "");
        scene.execute(
            "SELECT confluence.create_mirror('site', 'acme'); SET search_path = acme, pg_temp",
        );
        Self { scene }
    }

    /// The same one, emptied.
    #[track_caller]
    pub fn again(mut mirror: Self) -> Self {
        mirror.scene.execute(
            "DO $$
             DECLARE name text;
             BEGIN
                 FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'acme'::regnamespace AND relkind = 'r'
                                 AND (relname LIKE '%history' OR relname IN ('audiences', 'content_audience', 'view_restrictions',
                                      'audiences_run', 'account_principals', 'view_holders', 'content_gaps', 'run_steps')) LOOP
                     EXECUTE format('DELETE FROM %I', name);
                 END LOOP;
                 DELETE FROM runs;
             END $$",
        );
        mirror
    }

    /// One that a run has filled with a site.
    #[track_caller]
    pub fn of(world: &World) -> Self {
        let mut mirror = Self::empty();
        mirror.publish(world);
        mirror
    }

    /// Publishes what a run of mode full tells. Returns its number.
    #[track_caller]
    pub fn publish(&mut self, world: &World) -> i64 {
        self.publish_as("full", world)
    }

    /// Publishes what a run tells. A table whose step was not read stays as it was.
    #[track_caller]
    pub fn publish_as(&mut self, mode: &str, world: &World) -> i64 {
        let run = one(
            &mut self.scene.client,
            &format!(
                "INSERT INTO runs (mode, status, started_at, db_user, session_user_name, server, role_mode, product_version, server_started_at)
                 VALUES ('{mode}', 'running', now(), 'test', 'test', 'site', '{}', 'test', now()) RETURNING id",
                world.role_mode
            ),
        );
        let mut script = String::from("BEGIN;");
        for step in STEPS {
            let is_complete = !world.unread.contains(step);
            script += &format!(
                "INSERT INTO run_steps (run_id, step, is_complete, why_not, read_at)
                 VALUES ({run}, '{step}', {is_complete}, CASE WHEN {is_complete} THEN NULL ELSE 'scope' END, now());"
            );
        }
        script += &format!(
            "INSERT INTO run_steps (run_id, step, is_complete, is_reconciled, read_at)
             VALUES ({run}, 'product_access', true, {}, now()), ({run}, 'audit_log', true, NULL, now());",
            world.product_is_proved
        );
        let reasons = serde_json::to_string(&world.gone).expect("a map");
        for (table, columns, key, rows) in world.rows() {
            if !world.unread.contains(table) {
                script += &history(table, columns, key, rows, &run, &reasons);
            }
        }
        script += &format!(
            "SELECT publish_access({run});
             UPDATE runs SET status = 'complete', finished_at = clock_timestamp(), published_at = clock_timestamp() WHERE id = {run};
             COMMIT;"
        );
        self.scene.execute(&script);
        run.parse().expect("a number")
    }

    /// The rows of a query.
    #[track_caller]
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        lines(&mut self.scene.client, sql)
    }

    /// The only row of a query.
    #[track_caller]
    pub fn one(&mut self, sql: &str) -> String {
        one(&mut self.scene.client, sql)
    }

    /// The error that a query raises.
    #[track_caller]
    pub fn error(&mut self, sql: &str) -> DbError {
        error(&mut self.scene.client, sql)
    }

    /// Who may do what with a content: access, account, verdict, path and group, and the reason where it is not known.
    /// Administrators who could change that are left out.
    #[track_caller]
    pub fn content_access(&mut self, content: i64) -> Vec<String> {
        self.rows(&format!(
            "SELECT access, account_id, verdict, path_type, coalesce(group_id, access_class), reason
             FROM content_access({content}) WHERE verdict <> 'potential' ORDER BY access DESC, account_id, 3, 4, 5, 6"
        ))
    }

    /// The same of a space.
    #[track_caller]
    pub fn space_access(&mut self, space: i64) -> Vec<String> {
        self.rows(&format!(
            "SELECT access, account_id, verdict, path_type, coalesce(group_id, access_class), reason
             FROM space_access({space}) WHERE verdict <> 'potential' ORDER BY access DESC, account_id, 3, 4, 5, 6"
        ))
    }
}

/// Makes history of the rows of a table.
fn history(
    table: &str,
    columns: &str,
    key: &str,
    rows: Vec<Value>,
    run: &str,
    reasons: &str,
) -> String {
    let names: Vec<&str> = columns
        .split(", ")
        .filter_map(|column| column.split(' ').next())
        .collect();
    let prefixed = |prefix: &str, names: &[&str]| {
        let names = names.iter().map(|name| format!("{prefix}.{name}"));
        names.collect::<Vec<_>>().join(", ")
    };
    let keys: Vec<&str> = key.split(", ").collect();
    let first = keys[0];
    let now = format!(
        "jsonb_to_recordset({}) AS n ({columns})",
        literal(&Value::Array(rows).to_string())
    );
    format!(
        "UPDATE {table}_history AS h
         SET run_to = {run}, valid_to = now(), seen_until = now(),
             end_reason = CASE WHEN EXISTS (SELECT FROM {now} WHERE ({of_new_key}) = ({of_old_key})) THEN 'changed'
                               ELSE coalesce(CAST({reasons} AS jsonb) ->> CAST(h.{first} AS text), 'removed') END
         WHERE h.run_to IS NULL AND NOT EXISTS (SELECT FROM {now} WHERE ({of_new}) IS NOT DISTINCT FROM ({of_old}));
         INSERT INTO {table}_history ({names}, valid_from, run_from)
         SELECT {of_new}, now(), {run} FROM {now}
         WHERE NOT EXISTS (SELECT FROM {table}_history AS h WHERE h.run_to IS NULL AND ({of_new_key}) = ({of_old_key}));",
        of_new_key = prefixed("n", &keys),
        of_old_key = prefixed("h", &keys),
        of_new = prefixed("n", &names),
        of_old = prefixed("h", &names),
        names = names.join(", "),
        reasons = literal(reasons),
    )
}
