//! The main story through the operations, on both engines.

use crate::given::{now, on_both_engines};
use domain::cases::CaseFilter;
use records::audit::Verdict;
use records::{Who, cases, review, supervision};

#[test]
fn the_demonstration_cast_can_be_made_and_its_audit_chain_is_whole() {
    on_both_engines(|given| {
        let priya = given.who("Priya");
        let (listed, _) = given
            .store
            .read(&priya, now(), |reading| cases::list(reading, &CaseFilter::default(), ""))
            .unwrap();
        assert_eq!(listed.len(), 11, "{}", given.engine);
        let overdue = given.store.read(&priya, now(), |reading| review::overdue(reading, 5)).unwrap();
        assert_eq!(
            overdue.first[0].reference, "F-1166",
            "{}: never reviewed and waiting longest comes first",
            given.engine
        );
        let verdict = given.store.read(&Who::system("test"), now(), records::audit::verify).unwrap();
        assert!(matches!(verdict, Verdict::Whole { rows, .. } if rows > 100), "{verdict:?}");
        let (sessions, _) =
            given.store.read(&priya, now(), |reading| supervision::list(reading, None)).unwrap();
        assert!(sessions.len() > 8);
    });
}
