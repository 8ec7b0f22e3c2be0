//! Islands: the few parts of a page that react while a person types or chooses.
