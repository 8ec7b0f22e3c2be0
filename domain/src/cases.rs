//! Cases: what the product holds about a child, adult or family, which is a reference and not a file.

use crate::TextValue;
use crate::form::{Form, FormCheck, Problems};
use crate::ids::{PersonId, TeamId};
use crate::risk::RiskLevel;
use crate::value::text_value;
use chrono::NaiveDate;

text_value! {
    /// Who the case is about.
    SubjectKind: "subject" {
        Children = "children", "Child or children";
        Adult = "adult", "Adult";
        Unborn = "unborn", "Unborn child";
    }
}

text_value! {
    /// The plan that the work follows. It decides how often the case is due for supervision.
    PlanType: "plan type" {
        EarlyHelp = "early_help", "Early help";
        FamilyHelp = "family_help", "Family help";
        Assessment = "assessment", "Assessment";
        ChildInNeed = "cin", "Child in need";
        ChildProtection = "cp", "Child protection";
        PreProceedings = "plo", "Pre-proceedings";
        Proceedings = "proceedings", "Care proceedings";
        LookedAfterNew = "lac_new", "Looked after, under 20 weeks";
        LookedAfterSettled = "lac_settled", "Looked after, settled";
        CareLeaver = "care_leaver", "Care leaver";
        PrivateFostering = "private_fostering", "Private fostering";
        AdultEnquiry = "adult_s42", "Adult safeguarding enquiry";
        AdultReview = "adult_review", "Adult review";
        DomesticAbuseService = "da_service", "Domestic abuse service";
        Probation = "probation", "Probation";
        Other = "other", "Other";
    }
}

impl PlanType {
    /// Whether the plan is one of those for which the state may act against a family's will.
    pub fn is_high_tier(self) -> bool {
        matches!(self, Self::ChildProtection | Self::PreProceedings | Self::Proceedings | Self::AdultEnquiry)
    }
}

text_value! {
    /// Whether the case is worked on.
    CaseStatus: "case status" {
        Open = "open", "Open";
        Closed = "closed", "Closed";
    }
}

/// A case's details, as a manager enters or changes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDetails {
    /// The organisation's own reference, as in its case-management system.
    pub reference: String,
    /// A few words to know the case by; not a name.
    pub label: String,
    /// Who it is about.
    pub subject_kind: SubjectKind,
    /// The plan that the work follows.
    pub plan_type: PlanType,
    /// Whether domestic abuse is known or suspected.
    pub domestic_abuse: bool,
    /// Whether the case is before a multi-agency risk assessment conference (MARAC) or was heard there in the last year.
    pub marac: bool,
    /// The team that holds it.
    pub team: TeamId,
    /// Who leads the work; `None` while it is unallocated.
    pub lead_practitioner: Option<PersonId>,
    /// Who else works on it.
    pub co_workers: Vec<PersonId>,
    /// When it was allocated, or arrived if it is not allocated yet: its clock starts here.
    pub allocated_on: NaiveDate,
    /// Whether it is worked on.
    pub status: CaseStatus,
}

impl CaseDetails {
    /// Reads the form of `/cases/new` and `/cases/{id}/edit`.
    pub fn parse(form: &Form, today: NaiveDate) -> Result<Self, Problems> {
        let mut check = FormCheck::new(form);
        let reference = check.line("reference", "Enter the case reference");
        let label = check.line("label", "Enter a few words to know the case by, without names");
        let subject_kind = check.choice("subject_kind", "Choose who the case is about");
        let plan_type = check.choice("plan_type", "Choose the plan");
        let domestic_abuse = form.text("domestic_abuse") == "yes";
        let marac = form.text("marac") == "yes";
        let team = check.id("team", "Choose the team");
        let lead_practitioner = match form.text("lead_practitioner") {
            "" => Some(None),
            _ => check.id("lead_practitioner", "Choose the lead practitioner from the list").map(Some),
        };
        let co_workers: Vec<PersonId> = form.all("co_workers").filter_map(|id| id.parse().ok()).collect();
        if let Some(Some(lead)) = &lead_practitioner
            && co_workers.contains(lead)
        {
            check.fail("co_workers", "The lead practitioner cannot also be a co-worker");
        }
        let allocated_on = check.past_date("allocated_on", "Date allocated", today);
        let status = check.choice("status", "Choose whether the case is open");
        let details = (|| {
            Some(Self {
                reference: reference?,
                label: label?,
                subject_kind: subject_kind?,
                plan_type: plan_type?,
                domestic_abuse,
                marac,
                team: team?,
                lead_practitioner: lead_practitioner?,
                co_workers,
                allocated_on: allocated_on?,
                status: status?,
            })
        })();
        check.finish(details)
    }

    /// The form that [`Self::parse`] reads, filled in.
    pub fn to_form(&self) -> Form {
        let ticked = |is_so: bool| if is_so { "yes" } else { "" }.to_owned();
        let lead = self.lead_practitioner.as_ref().map(ToString::to_string);
        let mut fields: Vec<(String, String)> = vec![
            ("reference".to_owned(), self.reference.clone()),
            ("label".to_owned(), self.label.clone()),
            ("subject_kind".to_owned(), self.subject_kind.code().to_owned()),
            ("plan_type".to_owned(), self.plan_type.code().to_owned()),
            ("domestic_abuse".to_owned(), ticked(self.domestic_abuse)),
            ("marac".to_owned(), ticked(self.marac)),
            ("team".to_owned(), self.team.to_string()),
            ("lead_practitioner".to_owned(), lead.unwrap_or_default()),
            ("status".to_owned(), self.status.code().to_owned()),
        ];
        fields.extend(self.co_workers.iter().map(|worker| ("co_workers".to_owned(), worker.to_string())));
        let mut form = Form::new(fields);
        form.set_date("allocated_on", self.allocated_on);
        form
    }
}

/// What a list of cases is narrowed to; empty means every case that the reader may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Part of the reference or label, lower case.
    pub words: String,
    /// Only this plan type.
    pub plan_type: Option<PlanType>,
    /// Only this risk level.
    pub risk_level: Option<RiskLevel>,
    /// Only this status; a list shows open cases unless told otherwise.
    pub status: Option<CaseStatus>,
    /// Only cases with (or without) the domestic-abuse flag.
    pub domestic_abuse: Option<bool>,
    /// Only cases of this lead practitioner.
    pub lead_practitioner: Option<PersonId>,
}

impl CaseFilter {
    /// Reads the query of `/cases`. What it does not know, it leaves out: a filter in an old link never breaks a page.
    pub fn parse(query: &Form) -> Self {
        Self {
            words: query.text("words").trim().to_lowercase(),
            plan_type: PlanType::from_code(query.text("plan_type")),
            risk_level: RiskLevel::from_code(query.text("risk_level")),
            status: match query.text("status") {
                "any" => None,
                code => Some(CaseStatus::from_code(code).unwrap_or(CaseStatus::Open)),
            },
            domestic_abuse: match query.text("domestic_abuse") {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            lead_practitioner: query.text("lead_practitioner").parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cases_shows_open_ones_unless_told_otherwise() {
        let status = |code: &str| CaseFilter::parse(&Form::new(vec![("status".into(), code.into())])).status;
        assert_eq!(status(""), Some(CaseStatus::Open));
        assert_eq!(status("nonsense"), Some(CaseStatus::Open));
        assert_eq!(status("closed"), Some(CaseStatus::Closed));
        assert_eq!(status("any"), None);
    }
}
