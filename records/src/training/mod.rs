//! Training: the catalogue, who has completed what, and who stands where.

mod completions;
mod courses;
mod matrix;

pub(crate) use completions::own_completions;
pub use completions::{
    CompletionRow, Recorded, completions_of, open_completion, people_to_choose, record_completions, withdraw,
};
pub(crate) use courses::install_catalogue;
pub use courses::{Course, add_course, catalogue, change_course, open_course};
pub(crate) use matrix::to_do;
pub use matrix::{Matrix, MatrixFilter, MatrixRow, PAGE, matrix, mine, of_person};
