//! What each address is asked for, and whether the policy gives it to somebody.

use crate::facts::{self, Facts, id};
use domain::TextValue;
use domain::access::{
    Action, ActionFacts, ActionOf, Actor, AuditFileFacts, AuditRoundFacts, NoteFacts, RequestFacts,
    SupervisionFacts, may,
};
use domain::lens::Lexicon;
use domain::people::LinkKind;
use domain::supervision::SupervisionKind;

/// What stands in place of the ids in a path, and whether the actor may have that page.
pub type Asked = (Vec<String>, bool);

/// For an address: everything that can stand in it, and whether the policy lets the actor have it. An address that is not
/// named here fails the test, so that none is added without its rule.
pub fn asked(path: &str, facts: &Facts, actor: &Actor) -> Vec<Asked> {
    let may = |action: &Action<'_>| may(actor, action).is_allowed();
    let here = |organisation: &str| organisation == actor.organisation.to_string();
    match path {
        "/sign-out"
        | "/"
        | "/cases"
        | "/learning"
        | "/learning/language"
        | "/cases/csv"
        | "/actions/csv"
        | "/supervision/csv"
        | "/supervision"
        | "/supervision/new"
        | "/supervision/peer"
        | "/supervision/bells"
        | "/supervision/file"
        | "/supervision/file/besides"
        | "/supervision/file/text"
        | "/supervision/file/pdf"
        | "/settings/templates"
        | "/settings/models"
        | "/settings/prompts"
        | "/settings/prompts/new"
        | "/settings/prompts/import"
        | "/settings/prompts/export"
        | "/prompts"
        | "/reflections"
        | "/reflections/new"
        | "/reflections/cpd"
        | "/reflections/mirror"
        | "/training"
        | "/reviews"
        | "/reviews/book"
        | "/reviews/oversight"
        | "/reminders"
        | "/settings"
        | "/settings/policies"
        | "/settings/policies/new"
        | "/settings/policies/import"
        | "/settings/policies/export"
        | "/settings/caseload"
        | "/settings/caseload/edit"
        | "/settings/calendar"
        | "/settings/calendar/edit"
        | "/settings/models/edit"
        | "/settings/calendar/import"
        | "/settings/ladder"
        | "/settings/ladder/edit"
        | "/settings/ladder/dry-run"
        | "/account/mail"
        | "/account/lens"
        | "/settings/lexicon"
        | "/settings/lexicon/new"
        | "/actions"
        | "/requests"
        | "/prepare"
        | "/drafts"
        | "/drafts/save"
        | "/account/calendar"
        | "/account/calendar/end"
        | "/bookings"
        | "/agreements"
        | "/audits"
        | "/audits/new"
        | "/audits/mine"
        | "/bookings/new"
        | "/people"
        | "/people/new"
        | "/people/leavers"
        | "/people/import"
        | "/people/import/template"
        | "/cases/import"
        | "/cases/import/template"
        | "/mail"
        | "/account"
        | "/account/others"
        | "/teams"
        | "/teams/new"
        | "/training/completions/new"
        | "/training/courses/new" => {
            // Its guard says it all.
            vec![(vec![], true)]
        }
        "/cases/new" => vec![(vec![], facts.teams.iter().any(|team| may(&Action::AddCase(&id(&team.id)))))],
        "/cases/{id}" => cases(facts, |case| may(&Action::OpenCase(case))),
        "/cases/{id}/edit" => cases(facts, |case| may(&Action::ChangeCase(case))),
        "/cases/{id}/oversight" => cases(facts, |case| may(&Action::WriteOversight(case))),
        "/cases/{id}/risk" => cases(facts, |case| may(&Action::NoteRisk(case))),
        "/cases/{id}/siblings" | "/cases/{id}/siblings/leave" => {
            cases(facts, |case| may(&Action::ChangeCase(case)))
        }
        "/cases/{id}/variation" => cases(facts, |case| may(&Action::VaryCase(case))),
        "/supervision/{id}/sign"
        | "/supervision/{id}/openings"
        | "/supervision/{id}/add"
        | "/supervision/{id}/reopen"
        | "/supervision/{id}/reopen/leave" => sessions(facts, |_, session| may(&Action::SignRecord(session))),
        // Whoever signs the record may add to each of its entries.
        "/supervision/{id}/entries/{entry}/add" => facts
            .sessions
            .iter()
            .flat_map(|(id, session)| {
                let entries = facts.entries.iter().filter(move |entry| entry.other == *id);
                let allowed = may(&Action::SignRecord(session));
                entries.map(move |entry| (vec![id.clone(), entry.id.clone()], allowed))
            })
            .collect(),
        "/supervision/{id}/answer" => sessions(facts, |_, session| may(&Action::AnswerComment(session))),
        "/supervision/{id}/void" => sessions(facts, |_, session| may(&Action::VoidRecord(session))),
        "/audits/{id}" => audit_rounds(facts, |round| may(&Action::ReadAudit(round))),
        "/audits/{id}/close" => audit_rounds(facts, |round| may(&Action::LeadAudit(round))),
        "/audits/files/{id}" => audit_files(facts, |file| may(&Action::OpenAuditFile(file))),
        "/audits/files/{id}/records" | "/audits/files/{id}/grade" => {
            audit_files(facts, |file| may(&Action::GradeAuditFile(file)))
        }
        // No file has two grades that could be held against each other.
        "/audits/files/{id}/agree" => audit_files(facts, |_| false),
        "/audits/files/{id}/second"
        | "/audits/files/{id}/share"
        | "/audits/files/{id}/final"
        | "/audits/files/{id}/withdraw" => audit_files(facts, |file| may(&Action::KeepAuditFile(file))),
        "/audits/files/{id}/comment" => audit_files(facts, |file| may(&Action::CommentOnAudit(file))),
        "/agreements/{id}" => agreements(facts, |pair| may(&Action::ReadPersonalPart(pair))),
        "/agreements/{id}/edit" => agreements(facts, |pair| may(&Action::ChangePersonalPart(pair))),
        "/agreements/{id}/sign"
        | "/agreements/{id}/add"
        | "/agreements/{id}/reopen"
        | "/agreements/{id}/reopen/leave" => agreements(facts, |pair| may(&Action::SignRecord(pair))),
        "/agreements/{id}/answer" => agreements(facts, |pair| may(&Action::AnswerComment(pair))),
        // Nobody has asked for it.
        "/agreements/{id}/reopen/agree" => agreements(facts, |_| false),
        "/supervision/{id}/reopen/agree" => sessions(facts, |_, _| false),
        "/bookings/{id}/move"
        | "/bookings/{id}/cancel"
        | "/bookings/{id}/confirm"
        | "/bookings/{id}/held"
        | "/bookings/{id}/not-held" => facts
            .bookings
            .iter()
            .map(|(id, booking)| (vec![id.clone()], may(&Action::KeepBooking(booking))))
            .collect(),
        "/variations/{id}/end" => facts
            .variations
            .iter()
            .map(|variation| {
                let case = facts.cases.iter().find(|case| case.id.as_str() == variation.one);
                let person = facts.people.iter().find(|person| person.id.as_str() == variation.other);
                let allowed = case.is_some_and(|case| may(&Action::VaryCase(case)))
                    || person.is_some_and(|person| may(&Action::KeepCadenceOf(person)));
                (vec![variation.id.clone()], allowed)
            })
            .collect(),
        // Without a query they name nothing.
        "/agreements/new" | "/reminders/put-off" | "/settings/policies/compare" => vec![(vec![], false)],
        "/settings/ladder/steps/{concern}" => {
            let is_ours = facts.people.iter().any(|person| person.organisation == actor.organisation);
            vec![(vec!["overdue_action".to_owned()], is_ours), (vec!["weather".to_owned()], false)]
        }
        "/settings/templates/{part}" | "/settings/templates/{part}/edit" => {
            let is_ours = facts.people.iter().any(|person| person.organisation == actor.organisation);
            vec![(vec!["group".to_owned()], is_ours), (vec!["weather".to_owned()], false)]
        }
        "/prompts/{key}" | "/settings/prompts/{key}" => {
            let is_ours = facts.people.iter().any(|person| person.organisation == actor.organisation);
            vec![(vec!["worth-copying".to_owned()], is_ours), (vec!["weather".to_owned()], false)]
        }
        "/settings/lexicon/{key}/edit" => {
            let is_ours = facts.people.iter().any(|person| person.organisation == actor.organisation);
            vec![(vec!["chaotic".to_owned()], is_ours), (vec!["weather".to_owned()], false)]
        }
        // The address bears the hash of what stands there: the same for everybody while nothing is changed.
        "/lexicon/{hash}" => {
            let lexicon = Lexicon::parse(Lexicon::SHIPPED, 1).unwrap();
            let hash = records::secrets::sha256(&lexicon.for_browser())[..16].to_owned();
            let is_ours = facts.people.iter().any(|person| person.organisation == actor.organisation);
            vec![(vec![hash], is_ours), (vec!["weather".to_owned()], false)]
        }
        "/settings/policies/{version}" => {
            let is_ours = facts.people.iter().any(|person| person.organisation == actor.organisation);
            vec![(vec!["1".to_owned()], is_ours), (vec!["99".to_owned()], false)]
        }
        "/actions/{id}" => facts
            .open_actions
            .iter()
            .map(|found| {
                let owner = (!found.other.is_empty()).then(|| id(&found.other));
                let case = facts.cases.iter().find(|case| case.id.as_str() == found.one);
                let of = case.map_or_else(
                    || {
                        let (_, session) = facts.sessions.iter().find(|(id, _)| *id == found.one).unwrap();
                        let line = facts.lines.iter().find(|line| line.id == found.one).unwrap();
                        ActionOf::Person { session, line: LinkKind::from_code(&line.one).unwrap() }
                    },
                    ActionOf::Case,
                );
                (vec![found.id.clone()], may(&Action::EndAction(&ActionFacts { of, owner })))
            })
            .collect(),
        "/requests/{id}" => facts
            .requests
            .iter()
            .map(|found| {
                let case = facts.cases.iter().find(|case| case.id.as_str() == found.other).unwrap();
                let facts = RequestFacts { of: ActionOf::Case(case), asked: id(&found.one) };
                (vec![found.id.clone()], may(&Action::AnswerRequest(&facts)))
            })
            .collect(),
        "/supervision/{id}" | "/supervision/{id}/pdf" | "/supervision/{id}/text" => {
            sessions(facts, |_, session| may(&Action::OpenSupervision(session)))
        }
        "/supervision/{id}/personal" => sessions(facts, |id, session| {
            facts.personal_parts.iter().any(|with_part| with_part == id)
                && may(&Action::ChangePersonalPart(session))
        }),
        "/questions/{id}" => facts
            .questions
            .iter()
            .map(|question| {
                let session = facts.sessions.iter().find(|(id, _)| *id == question.one);
                let reflection = facts.reflections.iter().find(|(id, _)| *id == question.other);
                let allowed = match (session, reflection) {
                    (Some((_, session)), _) => may(&Action::ReplyToPrompts(session)),
                    (None, Some((_, reflection))) => may(&Action::ChangeReflection(reflection)),
                    (None, None) => panic!("the question {} stands nowhere", question.id),
                };
                (vec![question.id.clone()], allowed)
            })
            .collect(),
        "/reflections/{id}" => reflections(facts, |own| may(&Action::ReadReflection(own))),
        "/reflections/{id}/edit"
        | "/reflections/{id}/delete"
        | "/reflections/{id}/share"
        | "/reflections/{id}/agenda"
        | "/reflections/{id}/cpd" => reflections(facts, |own| may(&Action::ChangeReflection(own))),
        "/reflections/copies/{id}/take-back" => facts
            .copies
            .iter()
            .map(|(id, copy)| (vec![id.clone()], may(&Action::TakeBackCopy(copy))))
            .collect(),
        "/reflections/cpd/{id}"
        | "/reflections/cpd/{id}/edit"
        | "/reflections/cpd/{id}/text"
        | "/reflections/cpd/{id}/delete" => facts
            .cpd_pieces
            .iter()
            .map(|(id, own)| (vec![id.clone()], may(&Action::ReadReflection(own))))
            .collect(),
        "/reflections/copies/{id}" => facts
            .copies
            .iter()
            .map(|(id, copy)| (vec![id.clone()], may(&Action::ReadSharedReflection(copy))))
            .collect(),
        "/training/people/{id}" => people(facts, |person| may(&Action::SeeTrainingOf(person))),
        "/training/courses/{id}/edit" => {
            facts.courses.iter().map(|course| (vec![course.id.clone()], here(&course.organisation))).collect()
        }
        "/training/completions/{id}/withdraw" => facts
            .completions
            .iter()
            .map(|completion| (vec![completion.id.clone()], here(&completion.organisation)))
            .collect(),
        "/people/{id}" => people(facts, |person| may(&Action::OpenPerson(person))),
        "/people/{id}/edit"
        | "/people/{id}/supervisors"
        | "/people/{id}/invite"
        | "/people/{id}/hand-over" => people(facts, |person| may(&Action::OpenPerson(person))),
        // Everybody of the cast works here, so there is nobody to take back.
        "/people/{id}/take-back" => people(facts, |person| may(&Action::OpenPerson(person))),
        "/people/import/{id}" | "/people/import/{id}/columns" | "/people/import/{id}/refused" => {
            imports(facts, actor, "people")
        }
        "/cases/import/{id}" | "/cases/import/{id}/columns" | "/cases/import/{id}/refused" => {
            imports(facts, actor, "cases")
        }
        "/people/{id}/absences/new" | "/people/{id}/variation" => {
            people(facts, |person| may(&Action::KeepCadenceOf(person)))
        }
        "/people/{id}/absences/{absence}" => facts
            .absences
            .iter()
            .map(|absence| {
                let person = facts.people.iter().find(|person| person.id.as_str() == absence.one).unwrap();
                (vec![absence.one.clone(), absence.id.clone()], may(&Action::KeepCadenceOf(person)))
            })
            .collect(),
        "/people/{id}/supervisors/{link}/end" => facts
            .links
            .iter()
            .map(|link| (vec![link.one.clone(), link.id.clone()], here(&link.organisation)))
            .collect(),
        "/teams/{id}/edit" => {
            facts.teams.iter().map(|team| (vec![team.id.clone()], here(&team.organisation))).collect()
        }
        "/prepare/sessions/{id}" | "/prepare/sessions/{id}/agenda" => booked_agendas(facts, actor),
        "/prepare/{supervisor}/{supervisee}" | "/prepare/{supervisor}/{supervisee}/agenda" => {
            pairs(facts, actor, |pair| may(&Action::Prepare(pair)))
        }
        "/prepare/{supervisor}/{supervisee}/form" => {
            pairs(facts, actor, |pair| may(&Action::WritePreparation(pair)))
        }
        "/agenda/{id}/remove" => {
            facts.agenda.iter().map(|(id, pair)| (vec![id.clone()], may(&Action::Prepare(pair)))).collect()
        }
        "/cases/{id}/entries/{entry}"
        | "/cases/{id}/entries/{entry}/text"
        | "/cases/{id}/entries/{entry}/pdf" => entries(facts, |case| may(&Action::OpenCase(case))),
        "/cases/{id}/entries/{entry}/add" => facts
            .entries
            .iter()
            .map(|found| {
                let case = facts.cases.iter().find(|case| case.id.as_str() == found.one).unwrap();
                let allowed = found.other.is_empty() && may(&Action::WriteOversight(case));
                (vec![found.one.clone(), found.id.clone()], allowed)
            })
            .collect(),
        "/cases/{id}/entries/{entry}/void" => facts
            .entries
            .iter()
            .map(|found| {
                let case = facts.cases.iter().find(|case| case.id.as_str() == found.one).unwrap();
                let author = facts.authors_of_entries.iter().find(|author| author.id == found.id).unwrap();
                let note = NoteFacts { case, author: author.one.parse().unwrap() };
                let allowed = found.other.is_empty() && may(&Action::VoidOversight(&note));
                (vec![found.one.clone(), found.id.clone()], allowed)
            })
            .collect(),
        "/cases/{id}/entries/{entry}/filed" => entries(facts, |case| may(&Action::NoteRisk(case))),
        "/drafts/{id}" | "/drafts/{id}/throw-away" => facts
            .drafts
            .iter()
            .map(|draft| {
                (vec![draft.id.clone()], here(&draft.organisation) && draft.one == actor.person.to_string())
            })
            .collect(),
        "/mail/{id}/again" => {
            facts.mails.iter().map(|mail| (vec![mail.id.clone()], here(&mail.organisation))).collect()
        }
        _ => panic!("{path} has no rule in this test"),
    }
}

fn cases(facts: &Facts, allowed: impl Fn(&domain::access::CaseFacts) -> bool) -> Vec<Asked> {
    facts.cases.iter().map(|case| (vec![case.id.to_string()], allowed(case))).collect()
}

/// Each entry with its case.
fn entries(facts: &Facts, allowed: impl Fn(&domain::access::CaseFacts) -> bool) -> Vec<Asked> {
    let case_of = |id: &str| facts.cases.iter().find(|case| case.id.as_str() == id).unwrap();
    facts
        .entries
        .iter()
        .map(|entry| (vec![entry.one.clone(), entry.id.clone()], allowed(case_of(&entry.one))))
        .collect()
}

/// A file is its author's, under the address of what it holds.
fn imports(facts: &Facts, actor: &Actor, kind: &str) -> Vec<Asked> {
    let is_own = |import: &facts::Found| {
        import.organisation() == actor.organisation
            && import.one == actor.person.to_string()
            && import.other == kind
    };
    facts.imports.iter().map(|import| (vec![import.id.clone()], is_own(import))).collect()
}

fn people(facts: &Facts, allowed: impl Fn(&domain::access::PersonFacts) -> bool) -> Vec<Asked> {
    facts.people.iter().map(|person| (vec![person.id.to_string()], allowed(person))).collect()
}

fn sessions(facts: &Facts, allowed: impl Fn(&str, &domain::access::SupervisionFacts) -> bool) -> Vec<Asked> {
    facts.sessions.iter().map(|(id, session)| (vec![id.clone()], allowed(id, session))).collect()
}

/// What is held every day has no agenda of its own; that of a group is for whoever its supervisor supervises.
fn booked_agendas(facts: &Facts, actor: &Actor) -> Vec<Asked> {
    let agenda = |(id, booking): &(String, SupervisionFacts)| {
        let kind = facts.booked_kinds.iter().find(|kind| kind.id == *id);
        let kind = kind.and_then(|kind| SupervisionKind::from_code(&kind.one)).unwrap();
        let mut booking = booking.clone();
        let is_supervised = actor.supervised_by.iter().any(|(person, _)| *person == booking.supervisor);
        if kind == SupervisionKind::Group && is_supervised {
            booking.others.push(actor.person.clone());
        }
        let is_allowed = SupervisionKind::WITH_OWN_AGENDA.contains(&kind)
            && may(actor, &Action::PrepareTogether(&booking)).is_allowed();
        (vec![id.clone()], is_allowed)
    };
    facts.bookings.iter().map(agenda).collect()
}

/// Everybody with everybody: whoever supervises somebody today may prepare with them.
fn pairs(
    facts: &Facts,
    actor: &Actor,
    allowed: impl Fn(&domain::access::SupervisionFacts) -> bool,
) -> Vec<Asked> {
    let mut asked = Vec::new();
    for person in &facts.people {
        for (supervisor, supervisee) in [(&actor.person, &person.id), (&person.id, &actor.person)] {
            let pair = domain::access::SupervisionFacts::of_two(
                person.organisation.clone(),
                supervisor.clone(),
                supervisee.clone(),
            );
            asked.push((vec![supervisor.to_string(), supervisee.to_string()], allowed(&pair)));
        }
    }
    // Two others of whom the actor is neither.
    let link = &facts.links[0];
    if ![&link.one, &link.other].contains(&&actor.person.to_string()) {
        asked.push((vec![link.other.clone(), link.one.clone()], false));
    }
    asked
}

fn agreements(facts: &Facts, allowed: impl Fn(&domain::access::SupervisionFacts) -> bool) -> Vec<Asked> {
    facts.agreements.iter().map(|(id, pair)| (vec![id.clone()], allowed(pair))).collect()
}

fn audit_rounds(facts: &Facts, allowed: impl Fn(&AuditRoundFacts) -> bool) -> Vec<Asked> {
    facts.audit_rounds.iter().map(|(id, round)| (vec![id.clone()], allowed(round))).collect()
}

fn audit_files(facts: &Facts, allowed: impl Fn(&AuditFileFacts) -> bool) -> Vec<Asked> {
    facts.audit_files.iter().map(|(id, file)| (vec![id.clone()], allowed(file))).collect()
}

fn reflections(facts: &Facts, allowed: impl Fn(&domain::access::ReflectionFacts) -> bool) -> Vec<Asked> {
    facts.reflections.iter().map(|(id, reflection)| (vec![id.clone()], allowed(reflection))).collect()
}
