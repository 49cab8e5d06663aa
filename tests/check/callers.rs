//! Callers: who may check a server, and how a check is interrupted.

use std::time::Duration;

use confluence_fdw_tests::{error, lines};
use confluence_sim::{Entrance, Fault, Reply};

use super::{AUDIT, Checked, TENANT_INFO, WHO_AM_I, report};

#[test]
fn it_connects_as_the_caller_who_needs_the_server() {
    let mut checked = Checked::new();
    let role = checked.database.role("reader");
    let mut reader = checked.database.connect_as(&role);
    let raised = error(&mut reader, "SELECT * FROM confluence.check('site')");
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("42501", "permission denied for foreign server site")
    );
    checked.database.execute(&format!(
        "GRANT USAGE ON FOREIGN SERVER site TO {role};
         CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email 'other@example.com', api_token 'wrong')"
    ));
    assert_eq!(report(&mut reader)["credential"].0, "fail");
    assert_eq!(checked.report()["credential"].0, "ok");
    for (argument, sqlstate) in [("NULL", "22004"), ("'nowhere'", "42704")] {
        let sql = format!("SELECT * FROM confluence.check({argument})");
        assert_eq!(error(&mut reader, &sql).code().code(), sqlstate);
    }
}

#[test]
fn it_can_be_interrupted_wherever_it_waits() {
    let mut checked = Checked::new();
    lines(&mut checked.client, "SET statement_timeout = '200ms'");
    for path in [TENANT_INFO, WHO_AM_I, AUDIT] {
        checked.sim.clear_faults();
        checked
            .sim
            .fault(Fault::on(path).through(Entrance::Site), Reply::NeverAnswer);
        let began = std::time::Instant::now();
        let raised = error(
            &mut checked.client,
            "SELECT * FROM confluence.check('site')",
        );
        assert_eq!(raised.code().code(), "57014", "{path}");
        assert!(began.elapsed() < Duration::from_secs(10), "{path}");
    }
}
