//! What readers say without words: votes on comments, reactions to pages.

pub mod merging;
