//! Every way to sign in, and every end that it can come to.

use confluence_fdw_tests::lines;

use super::matrix::{Case, Outcome};
use super::{Acme, EVERYTHING, Sent, WAYS, Way};
use crate::scene::{SMALL_STEPS, small_site};

const SPACES: &str = "SELECT id FROM confluence_spaces";

#[test]
fn the_right_credential_reads_everything_for_the_fewest_requests() {
    for way in WAYS {
        let mut acme = Acme::new(way);
        let answers = acme.answers();
        let right = way.comes_to(Case::Right);
        assert_eq!(acme.meets(right), way.first_query(answers), "{way:?}");
        // From then on the session knows the way.
        let later = Sent {
            data: answers,
            who: 0,
            ids: 0,
            tokens: 0,
        };
        assert_eq!(acme.meets(right), later, "{way:?}");
        acme.sim.clear_log();
        lines(&mut acme.client, SPACES);
        assert_eq!(acme.sent(), Sent { data: 1, ..later }, "{way:?}");
    }
}

#[test]
fn a_wrong_credential_is_an_error_and_the_right_one_then_reads_everything() {
    for way in WAYS {
        let mut acme = Acme::unknown(way, small_site(), &format!(", {SMALL_STEPS}"));
        let sent = acme.meets(way.comes_to(Case::Wrong));
        assert!(sent.data <= 1 && sent.who <= 1 && sent.ids <= 1, "{sent:?}");
        assert_eq!(sent.tokens, usize::from(way == Way::Client));
        if way == Way::Client {
            assert_eq!((sent.data, sent.who), (0, 0), "nothing without a token");
        }
        way.grant(&acme.sim, EVERYTHING);
        acme.reads();
    }
}

#[test]
fn an_expired_credential_is_an_error_unless_it_can_be_renewed() {
    for way in WAYS {
        let mut acme = Acme::new(way);
        let answers = acme.answers();
        acme.reads();
        let expired = way.comes_to(Case::Expired);
        if expired == Outcome::ReadsWithAnother {
            // The token has come to its end; what it was issued for has not.
            acme.sim.revoke_issued_tokens();
            let renewed = Sent {
                data: answers + 1,
                who: 0,
                ids: 0,
                tokens: 1,
            };
            assert_eq!(acme.meets(expired), renewed, "{way:?}");
            assert_eq!(acme.sim.data_requests()[0].status, Some(401));
            continue;
        }
        way.revoke(&acme.sim);
        let once = Sent {
            data: 1,
            who: 0,
            ids: 0,
            tokens: 0,
        };
        assert_eq!(acme.meets(expired), once, "{way:?}: nothing is guessed");
        way.grant(&acme.sim, EVERYTHING);
        acme.reads();
    }
}

#[test]
fn a_missing_scope_is_named_and_costs_no_new_token() {
    for way in WAYS {
        let missing = way.comes_to(Case::ScopeMissing);
        assert_eq!(missing != Outcome::None, way.has_scopes(), "{way:?}");
        if missing == Outcome::None {
            continue;
        }
        let mut acme = Acme::with(way, &["read:space:confluence"], "");
        let tokens = acme.meets(missing).tokens;
        assert_eq!(tokens, usize::from(way == Way::Client), "{way:?}");
        // What the token may read, it reads; even though it may not ask who it is.
        let spaces = lines(&mut acme.client, SPACES).len();
        assert_eq!(spaces, acme.sim.organisation().spaces().count());
        assert_eq!(acme.sent().tokens, tokens);
    }
}

#[test]
fn a_credential_that_is_revoked_while_it_reads_is_an_error() {
    for way in WAYS {
        let mut acme = Acme::new(way);
        acme.on_page_two(move |sim| way.revoke(sim));
        let first = way.first_query(3);
        let expected = match way {
            // The token is not taken, and no other is issued.
            Way::Client => Sent { tokens: 2, ..first },
            _ => first,
        };
        let sent = acme.meets(way.comes_to(Case::RevokedInMidScan));
        assert_eq!(sent, expected, "{way:?}");
        way.grant(&acme.sim, EVERYTHING);
        acme.reads();
    }
}
