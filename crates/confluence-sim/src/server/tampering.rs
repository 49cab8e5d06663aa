//! How a listing is to be wrong, where a test asks for it.

#[derive(Clone, Debug)]
pub(crate) enum Tampering {
    RepeatCursor,
    EmptyPage,
    ShortPage(usize),
    DuplicateRows(usize),
    OutOfOrder,
    AbsoluteNext(String),
    NextWithoutWiki,
    LinkHeaderOnly,
    IgnoreStart,
    LowerLimit(usize),
}
