//! What the clocks of cases and people run on, and where each stands.

mod absences;
mod cases;
mod people;
mod policies;
mod variations;

pub(crate) use absences::absences_of;
pub use absences::{AbsenceRow, absences, end_absence, may_keep_cadence_of, record_absence};
pub use cases::CaseCadence;
pub(crate) use cases::{
    ClockColumns, Clocks, OversightColumns, TermsRow, WatchColumns, case_cadence, case_due_before,
    clock_order, clocks_of, note_terms, terms_columns,
};
pub use people::{Line, OverdueLine, PersonCadence, cadence_of, overdue_lines};
pub(crate) use people::{line_due_before, lines_of};
pub(crate) use policies::check_version;
pub use policies::{
    PolicyChange, PolicyPreview, PolicyVersion, Touched, Turned, change_policy, policy_in_force,
    policy_version, policy_versions, preview,
};
pub use variations::{LongerInterval, VariationRow, end_variation, grant_to_case, grant_to_person};
pub(crate) use variations::{Numbers, Variations, intervals_of, variation_numbers};
