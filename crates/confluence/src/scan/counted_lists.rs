//! Counted lists: what the pages of a chain say of how long their lists of rows are. The site counts entries that it does not
//! show: names that are hidden, and groups that are gone. A list that is shown as empty is then not empty.

use std::fmt;

use crate::decode::ListShown;

/// The lists of a chain, as far as it has been read.
#[derive(Debug, Default)]
pub(super) struct CountedLists {
    lists: Vec<CountedList>,
}

/// A list, on all pages that have been read.
#[derive(Debug)]
pub(super) struct CountedList {
    place: usize,
    /// What all of its rows have.
    pub around: Vec<(&'static str, String)>,
    /// How many entries the site counts, and how many it has shown.
    counted: u64,
    shown: u64,
    /// Whether each page says how many there are on all of them. It does where it says more than one page can have.
    is_of_all: bool,
    /// Whether a page has shown that there is nothing behind it. What later ones say of the list says nothing.
    is_over: bool,
}

impl CountedLists {
    /// Notes what a page has of them.
    pub fn note(&mut self, page: &[ListShown]) {
        for list in page {
            let known = self
                .lists
                .iter_mut()
                .find(|known| known.place == list.place && known.around == list.around);
            match known {
                Some(known) => known.note(list),
                None => {
                    let mut new = CountedList::of(list);
                    new.note(list);
                    self.lists.push(new);
                }
            }
        }
    }

    /// Those of which the site has not shown all.
    pub fn withheld(&self) -> impl Iterator<Item = &CountedList> {
        self.lists.iter().filter(|list| list.shown < list.counted)
    }
}

impl CountedList {
    fn of(first: &ListShown) -> Self {
        Self {
            place: first.place,
            around: first.around.clone(),
            counted: 0,
            shown: 0,
            is_of_all: exceeds(first.size, first.most),
            is_over: false,
        }
    }

    fn note(&mut self, page: &ListShown) {
        let said = page.size.unwrap_or(page.length);
        if self.is_of_all {
            self.counted = self.counted.max(said);
            self.shown = self.shown.saturating_add(page.length);
        } else if !self.is_over {
            // Pages may overlap, so that what is counted and what is shown both hold some entries twice.
            self.counted = self.counted.saturating_add(said);
            self.shown = self.shown.saturating_add(page.length);
            self.is_over = page.most.is_some_and(|most| said < most);
        }
    }
}

fn exceeds(size: Option<u64>, most: Option<u64>) -> bool {
    size.zip(most).is_some_and(|(size, most)| size > most)
}

impl fmt::Display for CountedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { counted, shown, .. } = self;
        write!(
            f,
            "names withheld: the site counts {counted}, and shows {shown}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(length: u64, size: u64, most: u64) -> ListShown {
        ListShown {
            place: 0,
            around: vec![("operation", "read".to_owned())],
            length,
            size: Some(size),
            most: Some(most),
        }
    }

    fn withheld(pages: &[ListShown]) -> Vec<String> {
        let mut lists = CountedLists::default();
        for page in pages {
            lists.note(std::slice::from_ref(page));
        }
        lists.withheld().map(CountedList::to_string).collect()
    }

    #[test]
    fn what_is_counted_and_not_shown_is_withheld() {
        for whole in [
            &[page(0, 0, 100)][..],
            &[page(3, 3, 100)],
            // Each page counts its own entries; behind the last one there is nothing.
            &[page(100, 100, 100), page(51, 51, 100)],
            &[page(3, 3, 100), page(0, 3, 100)],
            // Each page counts all.
            &[page(100, 151, 100), page(51, 151, 100)],
            &[ListShown {
                size: None,
                ..page(3, 0, 100)
            }],
        ] {
            assert_eq!(withheld(whole), [""; 0], "{whole:?}");
        }
        let said = |counted, shown| {
            [format!(
                "names withheld: the site counts {counted}, and shows {shown}"
            )]
        };
        assert_eq!(withheld(&[page(0, 1, 100)]), said(1, 0));
        assert_eq!(
            withheld(&[page(99, 100, 100), page(51, 51, 100)]),
            said(151, 150)
        );
        assert_eq!(
            withheld(&[page(100, 151, 100), page(50, 151, 100)]),
            said(151, 150)
        );
    }
}
