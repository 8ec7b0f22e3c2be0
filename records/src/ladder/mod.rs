//! Who is told of what is overdue: steps are raised once for each thing and due day, and mailed once to each reader.

mod mine;
mod plan;
mod roster;
mod run;
mod snooze;
mod subjects;

pub use mine::{PAGE, Place, Preferences, Reminded, Reminders, mine, preferences, set_preferences};
pub use plan::PlannedMail;
pub use run::{DryRun, Progress, Reminder, Watcher, dry_run, remind, remind_as};
pub(crate) use snooze::snoozes_of;
pub use snooze::{SnoozeRow, name_of_snoozable, snooze};
