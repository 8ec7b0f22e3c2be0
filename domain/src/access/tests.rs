//! The policy, rule by rule.

use super::*;
use crate::TextValue;
use crate::audits::FileState;

fn id<T: std::str::FromStr>(number: u8) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("00000000-0000-7000-8000-0000000000{number:02}").parse().unwrap()
}

fn actor(person: u8, roles: &[Role]) -> Actor {
    Actor {
        person: id(person),
        organisation: id(1),
        roles: roles.to_vec(),
        team: id(10),
        oversees: vec![],
        supervises: vec![],
        supervised_until: vec![],
        supervised_by: vec![],
        journal_waits_until: None,
    }
}

fn case(lead: u8) -> CaseFacts {
    CaseFacts {
        id: id(50),
        organisation: id(1),
        team: id(20),
        lead_practitioner: Some(id(lead)),
        co_workers: vec![],
    }
}

fn session(supervisor: u8, supervisee: u8) -> SupervisionFacts {
    SupervisionFacts::of_two(id(1), id(supervisor), id(supervisee))
}

#[test]
fn a_case_is_open_to_who_works_on_it_and_who_manages_it() {
    let case = case(3);
    let allowed = |actor: &Actor| may(actor, &Action::OpenCase(&case)).is_allowed();
    assert!(allowed(&actor(3, &[Role::Practitioner])));
    assert!(!allowed(&actor(4, &[Role::Practitioner])));
    assert!(allowed(&Actor { supervises: vec![(id(3), LinkKind::Line)], ..actor(5, &[Role::Supervisor]) }));
    assert!(!allowed(&Actor {
        supervises: vec![(id(3), LinkKind::Reflective)],
        ..actor(5, &[Role::Supervisor])
    }));
    assert!(allowed(&Actor { oversees: vec![id(20)], ..actor(6, &[Role::ServiceManager]) }));
    assert!(allowed(&actor(7, &[Role::Auditor])));
    assert!(!allowed(&actor(8, &[Role::SystemAdmin])));
    assert!(!allowed(&actor(9, &[Role::Coordinator])));
}

#[test]
fn an_auditor_reads_a_case_and_changes_none() {
    let case = case(3);
    assert!(!may(&actor(7, &[Role::Auditor]), &Action::ChangeCase(&case)).is_allowed());
    assert!(!may(&actor(7, &[Role::Auditor]), &Action::WriteOversight(&case)).is_allowed());
}

#[test]
fn a_note_of_oversight_is_declared_void_by_its_authors_line_manager_who_manages_the_case() {
    let case = case(3);
    let note = NoteFacts { case: &case, author: id(5) };
    let allowed = |actor: &Actor| may(actor, &Action::VoidOversight(&note)).is_allowed();
    let above = Actor {
        oversees: vec![id(20)],
        supervises: vec![(id(5), LinkKind::Line)],
        ..actor(6, &[Role::ServiceManager])
    };
    assert!(allowed(&above));
    assert!(!allowed(&Actor { oversees: vec![id(20)], ..actor(5, &[Role::Supervisor]) }), "its author");
    assert!(!allowed(&Actor { supervises: Vec::new(), ..above.clone() }), "answers for somebody else");
    assert!(!allowed(&Actor { oversees: Vec::new(), ..above.clone() }), "does not manage the case");
    assert!(!allowed(&Actor { supervises: vec![(id(5), LinkKind::Reflective)], ..above }));
}

#[test]
fn the_personal_part_is_for_the_two_and_the_supervisors_manager() {
    let session = session(5, 3);
    let allowed = |actor: &Actor| may(actor, &Action::ReadPersonalPart(&session)).is_allowed();
    assert!(allowed(&actor(3, &[Role::Practitioner])));
    assert!(allowed(&actor(5, &[Role::Supervisor])));
    assert!(allowed(&Actor {
        supervises: vec![(id(5), LinkKind::Line)],
        ..actor(6, &[Role::ServiceManager])
    }));
    assert!(!allowed(&Actor {
        supervises: vec![(id(5), LinkKind::Case)],
        ..actor(6, &[Role::ServiceManager])
    }));
    assert!(!allowed(&Actor { supervises: vec![(id(3), LinkKind::Line)], ..actor(12, &[Role::Supervisor]) }));
    for role in [Role::SystemAdmin, Role::Coordinator, Role::Auditor, Role::HeadOfService] {
        assert!(!allowed(&Actor { oversees: vec![id(20)], ..actor(8, &[role]) }), "{role}");
    }
}

#[test]
fn a_reflection_is_its_authors_alone() {
    let reflection = ReflectionFacts { organisation: id(1), author: id(3) };
    assert!(may(&actor(3, &[Role::Practitioner]), &Action::ReadReflection(&reflection)).is_allowed());
    let line_manager = Actor { supervises: vec![(id(3), LinkKind::Line)], ..actor(5, &[Role::Supervisor]) };
    assert!(!may(&line_manager, &Action::ReadReflection(&reflection)).is_allowed());
}

#[test]
fn a_copy_is_shared_with_a_supervisor_or_in_the_team_and_taken_back_by_its_author() {
    let person = |number, team| PersonFacts { id: id(number), organisation: id(1), team: id(team) };
    let gwen = Actor { supervised_by: vec![(id(5), LinkKind::Line)], ..actor(3, &[Role::Practitioner]) };
    let shares = |reader: PersonFacts| may(&gwen, &Action::ShareReflectionWith(&reader)).is_allowed();
    assert!(shares(person(5, 20)), "a supervisor, of whatever team");
    assert!(shares(person(4, 10)), "a colleague of the team");
    assert!(!shares(person(6, 20)), "somebody else");
    assert!(!shares(person(3, 10)), "oneself");
    let copy = CopyFacts { organisation: id(1), author: id(3), reader: id(5) };
    assert!(may(&gwen, &Action::TakeBackCopy(&copy)).is_allowed());
    assert!(!may(&actor(5, &[Role::Supervisor]), &Action::TakeBackCopy(&copy)).is_allowed());
}

#[test]
fn the_law_needs_a_role_for_it_and_nobody_confirms_their_own() {
    let author = PersonFacts { id: id(3), organisation: id(1), team: id(10) };
    let confirms =
        |person, role| may(&actor(person, &[role]), &Action::OpenJournalByLaw(&author)).is_allowed();
    for role in Role::ALL {
        let fits = matches!(role, Role::InformationGovernance | Role::HeadOfService);
        assert_eq!(confirms(7, *role), fits, "{role}");
    }
    assert!(!confirms(3, Role::HeadOfService));
}

#[test]
fn another_organisation_does_not_exist() {
    let elsewhere = CaseFacts { organisation: id(2), ..case(3) };
    let decision = may(&actor(3, &[Role::Practitioner]), &Action::OpenCase(&elsewhere));
    assert_eq!(decision, Decision::Refused(Reason::AnotherOrganisation));
}

fn drawn_file(state: FileState) -> AuditFileFacts {
    AuditFileFacts {
        organisation: id(1),
        lead: id(7),
        second: Some(id(8)),
        supervisor: id(5),
        supervisee: id(3),
        state,
    }
}

#[test]
fn the_records_of_a_drawn_file_are_open_to_its_graders_and_only_until_it_is_final() {
    for state in [FileState::Grading, FileState::ToAgree, FileState::Shared] {
        let file = drawn_file(state);
        let allowed = |actor: &Actor| may(actor, &Action::GradeAuditFile(&file)).is_allowed();
        assert!(allowed(&actor(7, &[Role::Auditor])) && allowed(&actor(8, &[Role::Auditor])));
        assert!(!allowed(&actor(9, &[Role::Auditor])), "another auditor");
        assert!(!allowed(&actor(7, &[Role::HeadOfService])), "no auditor any more");
        assert!(!allowed(&actor(3, &[Role::Auditor])) && !allowed(&actor(5, &[Role::Auditor])));
    }
    for state in [FileState::Final, FileState::Withdrawn] {
        let file = drawn_file(state);
        assert!(!may(&actor(7, &[Role::Auditor]), &Action::GradeAuditFile(&file)).is_allowed(), "{state}");
        assert!(may(&actor(7, &[Role::Auditor]), &Action::OpenAuditFile(&file)).is_allowed(), "{state}");
    }
}

#[test]
fn nobody_grades_a_file_that_is_about_them_even_if_they_drew_it() {
    let own = AuditFileFacts { supervisor: id(7), ..drawn_file(FileState::Grading) };
    let lead = actor(7, &[Role::Auditor]);
    assert!(!may(&lead, &Action::GradeAuditFile(&own)).is_allowed());
    assert!(!may(&lead, &Action::KeepAuditFile(&own)).is_allowed());
    assert!(may(&lead, &Action::CommentOnAudit(&own)).is_allowed());
}

#[test]
fn the_two_of_a_file_see_it_and_comment_and_no_manager_of_theirs_does() {
    let file = drawn_file(FileState::Shared);
    for person in [3, 5] {
        let one = actor(person, &[Role::Practitioner]);
        assert!(may(&one, &Action::OpenAuditFile(&file)).is_allowed());
        assert!(may(&one, &Action::CommentOnAudit(&file)).is_allowed());
        assert!(!may(&one, &Action::KeepAuditFile(&file)).is_allowed());
    }
    let manager = Actor { supervises: vec![(id(5), LinkKind::Line)], ..actor(6, &[Role::ServiceManager]) };
    assert!(!may(&manager, &Action::OpenAuditFile(&file)).is_allowed());
    assert!(!may(&actor(7, &[Role::Auditor]), &Action::CommentOnAudit(&file)).is_allowed());
}

#[test]
fn a_round_is_read_by_its_graders_and_by_a_head_of_service_over_all_its_teams() {
    let round = AuditRoundFacts {
        organisation: id(1),
        lead: id(7),
        second_graders: vec![id(8)],
        teams: vec![id(20), id(21)],
    };
    let reads = |actor: &Actor| may(actor, &Action::ReadAudit(&round)).is_allowed();
    assert!(reads(&actor(7, &[Role::Auditor])) && reads(&actor(8, &[Role::Auditor])));
    assert!(!reads(&actor(9, &[Role::Auditor])));
    let head = |oversees: Vec<TeamId>| Actor { oversees, ..actor(6, &[Role::HeadOfService]) };
    assert!(reads(&head(vec![id(20), id(21), id(22)])));
    assert!(!reads(&head(vec![id(20)])), "one team of two");
    let manager = Actor { oversees: vec![id(20), id(21)], ..actor(6, &[Role::ServiceManager]) };
    assert!(!reads(&manager), "a service manager answers for no round");
    assert!(!may(&head(vec![id(20), id(21)]), &Action::LeadAudit(&round)).is_allowed());
    assert!(!may(&actor(8, &[Role::Auditor]), &Action::LeadAudit(&round)).is_allowed());
}

#[test]
fn who_supervised_somebody_until_lately_writes_up_what_that_link_held_and_supervises_no_more() {
    let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    let ended = |kind| Actor {
        supervised_until: vec![EndedLink { person: id(2), kind, from: day(2), until: day(20) }],
        ..actor(1, &[Role::Supervisor])
    };
    let supervised = PersonFacts { id: id(2), organisation: id(1), team: id(20) };
    let writes_up = |actor: &Actor, kind| may(actor, &Action::WriteUp(&supervised, kind)).is_allowed();
    for (link, personal, case) in [
        (LinkKind::Line, true, true),
        (LinkKind::Cover, true, true),
        (LinkKind::Case, false, true),
        (LinkKind::Reflective, true, false),
        (LinkKind::Safeguarding, false, false),
    ] {
        let actor = ended(link);
        assert!(writes_up(&actor, None), "{link}");
        assert_eq!(writes_up(&actor, Some(SupervisionKind::Personal)), personal, "{link}");
        assert_eq!(writes_up(&actor, Some(SupervisionKind::Case)), case, "{link}");
        assert!(!writes_up(&actor, Some(SupervisionKind::Peer)), "{link}: they are of another team");
        assert!(
            !may(&actor, &Action::LogSupervision(&supervised, None)).is_allowed(),
            "{link}: it has ended"
        );
        let held = |on| actor.link_on(&id(2), on).any(|kind| kind == link);
        assert_eq!([held(day(1)), held(day(2)), held(day(20)), held(day(21))], [false, true, true, false]);
    }
    assert!(!writes_up(&actor(1, &[Role::Supervisor]), None), "a stranger");
}
