//! The policy, rule by rule.

use super::*;

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
        supervised_by: vec![],
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
fn another_organisation_does_not_exist() {
    let elsewhere = CaseFacts { organisation: id(2), ..case(3) };
    let decision = may(&actor(3, &[Role::Practitioner]), &Action::OpenCase(&elsewhere));
    assert_eq!(decision, Decision::Refused(Reason::AnotherOrganisation));
}
