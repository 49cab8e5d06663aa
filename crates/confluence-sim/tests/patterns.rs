//! Many paths in one text.

/// The texts that a pattern stands for: one for each of the alternatives in brackets.
pub fn each(pattern: &str) -> Vec<String> {
    let Some((before, rest)) = pattern.split_once('[') else {
        return vec![pattern.to_owned()];
    };
    let (alternatives, after) = rest.split_once(']').expect("a bracket is closed");
    let alternatives = alternatives.split('|');
    alternatives
        .flat_map(|one| each(&format!("{before}{one}{after}")))
        .collect()
}
