//! The smallest company that still fails.

use super::company::Company;

/// Takes facts away, many at first and then one by one, as long as what is left still fails.
pub fn smallest(company: &Company, fails: impl Fn(&Company) -> bool) -> Company {
    let mut smallest = company.clone();
    let mut at_once = smallest.facts.len().div_ceil(2).max(1);
    loop {
        let mut begin = 0;
        let before = smallest.facts.len();
        while begin < smallest.facts.len() {
            let mut fewer = smallest.clone();
            let end = (begin + at_once).min(fewer.facts.len());
            fewer.facts.drain(begin..end);
            match fails(&fewer) {
                true => smallest = fewer,
                false => begin = end,
            }
        }
        match at_once {
            // What was needed with another fact may not be without it.
            1 if smallest.facts.len() == before => return smallest,
            1 => {}
            _ => at_once = at_once.div_ceil(2),
        }
    }
}
