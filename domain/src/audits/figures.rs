//! What a round found, as counts: never a person, never an order of people or teams.

use super::{DomainGrade, OverallGrade, QualityDomain, Score};
use crate::TextValue;
use crate::ids::TeamId;

/// From how many graded files a team's figures are shown: under that they would be about people.
pub const LEAST_FOR_TEAM: usize = 5;

/// A file whose grade counts.
#[derive(Clone, Copy, Debug)]
pub struct CountedFile<'a> {
    /// The team of the person supervised.
    pub team: &'a TeamId,
    /// What was said of each domain.
    pub domains: &'a [DomainGrade],
    /// The grade of the whole.
    pub overall: OverallGrade,
}

/// How often each score was given in one domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainCount {
    /// The domain's key.
    pub key: String,
    /// How many files have the score 0, 1, 2 and 3.
    pub counts: [usize; Score::COUNT],
}

/// What was found in the files of one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamCount {
    /// The team.
    pub team: TeamId,
    /// How many of its files are graded.
    pub files: usize,
    /// Of how many scores, and how many of those say more than what happened; `None` if there are too few files.
    pub analytic: Option<(usize, usize)>,
}

/// What a round found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// How many files count.
    pub files: usize,
    /// By domain, in the order of the tool.
    pub domains: Vec<DomainCount>,
    /// How many files have each overall grade, in the order of the words.
    pub overall: Vec<(OverallGrade, usize)>,
    /// By team, in the order in which the teams come.
    pub teams: Vec<TeamCount>,
}

impl Figures {
    /// Counts.
    pub fn of(domains: &[QualityDomain], teams: &[TeamId], files: &[CountedFile<'_>]) -> Self {
        Self {
            files: files.len(),
            domains: domains.iter().map(|domain| count_domain(&domain.key, files)).collect(),
            overall: OverallGrade::ALL
                .iter()
                .map(|grade| (*grade, files.iter().filter(|file| file.overall == *grade).count()))
                .collect(),
            teams: teams.iter().map(|team| count_team(team, files)).collect(),
        }
    }
}

fn count_domain(key: &str, files: &[CountedFile<'_>]) -> DomainCount {
    let mut counts = [0; Score::COUNT];
    for grade in files.iter().flat_map(|file| file.domains).filter(|grade| grade.key == key) {
        counts[usize::from(grade.score.number())] += 1;
    }
    DomainCount { key: key.to_owned(), counts }
}

fn count_team(team: &TeamId, files: &[CountedFile<'_>]) -> TeamCount {
    let of_team: Vec<&CountedFile<'_>> = files.iter().filter(|file| file.team == team).collect();
    let scores: Vec<Score> = of_team.iter().flat_map(|file| file.domains).map(|grade| grade.score).collect();
    let analytic = scores.iter().filter(|score| score.is_analytic()).count();
    let is_shown = of_team.len() >= LEAST_FOR_TEAM;
    TeamCount {
        team: team.clone(),
        files: of_team.len(),
        analytic: is_shown.then_some((analytic, scores.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audits::AuditTool;

    #[test]
    fn a_round_is_counted_by_domain_and_a_team_only_from_five_files_on() {
        let tool = AuditTool::parse(AuditTool::SHIPPED).unwrap();
        let team = |number: u8| -> TeamId {
            format!("00000000-0000-7000-8000-0000000000{number:02}").parse().unwrap()
        };
        let (large, small) = (team(1), team(2));
        let graded = |score: Score| -> Vec<DomainGrade> {
            let grade = |key: &String| DomainGrade { key: key.clone(), score, evidence: String::new() };
            tool.domains.iter().map(|domain| grade(&domain.key)).collect()
        };
        let (analytic, descriptive) = (graded(Score::Analytic), graded(Score::Descriptive));
        let file = |team, domains, overall| CountedFile { team, domains, overall };
        let mut files: Vec<CountedFile<'_>> =
            (0..4).map(|_| file(&large, &analytic, OverallGrade::Good)).collect();
        files.push(file(&large, &descriptive, OverallGrade::RequiresImprovement));
        files.extend((0..4).map(|_| file(&small, &analytic, OverallGrade::Good)));
        let figures = Figures::of(&tool.domains, &[large.clone(), small.clone()], &files);
        assert_eq!(figures.files, 9);
        assert!(figures.domains.iter().all(|domain| domain.counts == [0, 1, 8, 0]));
        assert_eq!(figures.overall[1], (OverallGrade::Good, 8));
        assert_eq!(figures.teams[0].analytic, Some((48, 60)));
        assert_eq!((figures.teams[1].files, figures.teams[1].analytic), (4, None));
    }
}
