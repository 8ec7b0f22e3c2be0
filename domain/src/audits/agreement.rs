//! How far two graders agree: in how many files they gave the same score, and Cohen's kappa, which leaves out what chance alone
//! would bring.
//!
//! What is shown is the **linear-weighted** kappa, for each domain on its own. The scale is ordered: to grade 2 where the other
//! grades 3 is a smaller difference than 0 against 3, and an unweighted kappa takes both for the same. Quadratic weights
//! would hide the step between describing and analysing, which is the one that matters. Domains are not put together, because
//! twelve scores of one file are not twelve files. Under 20 files the number says more about luck than about the graders, so it
//! is not shown.

use super::{DomainGrade, QualityDomain, Score};

/// From how many files that were graded twice kappa is shown.
pub const LEAST_FOR_KAPPA: usize = 20;

/// How much a difference between two scores weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// Every difference the same.
    Unweighted,
    /// Each step of difference the same.
    Linear,
}

impl Weighting {
    fn weight(self, one: usize, other: usize) -> f64 {
        match self {
            Self::Unweighted => f64::from(u8::from(one != other)),
            Self::Linear => u32::try_from(one.abs_diff(other)).map_or(0.0, f64::from),
        }
    }
}

/// Cohen's kappa of two graders: 1 if they always agree, 0 if no more often than by chance, below 0 if less often. `None` if
/// there is nothing to compare, or if both gave everything the same score, where chance explains it all.
pub fn cohens_kappa(pairs: &[(Score, Score)], weighting: Weighting) -> Option<f64> {
    let mut together = [[0.0_f64; Score::COUNT]; Score::COUNT];
    for (one, other) in pairs {
        together[usize::from(one.number())][usize::from(other.number())] += 1.0;
    }
    let of_one: Vec<f64> = together.iter().map(|row| row.iter().sum()).collect();
    let of_other: Vec<f64> =
        (0..Score::COUNT).map(|place| together.iter().map(|row| row[place]).sum()).collect();
    let all: f64 = of_one.iter().sum();
    let (mut observed, mut by_chance) = (0.0, 0.0);
    for (one, row) in together.iter().enumerate() {
        for (other, count) in row.iter().enumerate() {
            let weight = weighting.weight(one, other);
            observed += weight * count;
            by_chance += weight * of_one[one] * of_other[other] / all;
        }
    }
    (by_chance > 0.0).then(|| 1.0 - observed / by_chance)
}

/// How far two graders agree on one domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// The domain's key.
    pub key: String,
    /// In how many files both gave the same score.
    pub same: usize,
    /// How many files were graded twice.
    pub files: usize,
    /// Linear-weighted kappa, once there are enough files.
    pub kappa: Option<f64>,
}

impl Agreement {
    /// The share of files with the same score, in whole per cent.
    pub fn percent(&self) -> usize {
        (self.same * 100 + self.files / 2).checked_div(self.files).unwrap_or(0)
    }
}

/// How far the two graders of each file agree, domain by domain.
pub fn agreement(domains: &[QualityDomain], files: &[(&[DomainGrade], &[DomainGrade])]) -> Vec<Agreement> {
    domains
        .iter()
        .map(|domain| {
            let score = |grades: &[DomainGrade]| {
                grades.iter().find(|grade| grade.key == domain.key).map(|grade| grade.score)
            };
            let pairs: Vec<(Score, Score)> =
                files.iter().filter_map(|(one, other)| score(one).zip(score(other))).collect();
            let kappa =
                if pairs.len() < LEAST_FOR_KAPPA { None } else { cohens_kappa(&pairs, Weighting::Linear) };
            Agreement {
                key: domain.key.clone(),
                same: pairs.iter().filter(|(one, other)| one == other).count(),
                files: pairs.len(),
                kappa,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextValue;
    use proptest::prelude::*;

    fn scores(text: &str) -> Vec<Score> {
        text.chars().map(|sign| Score::from_code(&sign.to_string()).unwrap()).collect()
    }

    fn pairs(one: &str, other: &str) -> Vec<(Score, Score)> {
        scores(one).into_iter().zip(scores(other)).collect()
    }

    fn near(kappa: Option<f64>, expected: f64) -> bool {
        kappa.is_some_and(|kappa| (kappa - expected).abs() < 1e-9)
    }

    #[test]
    fn kappa_is_what_it_is_by_hand() {
        for (one, other, unweighted, linear) in [
            ("00112233", "00112233", 1.0, 1.0),
            // Always one step apart; by chance they would agree a little, and be further apart.
            ("0123", "1032", -1.0 / 3.0, 0.2),
            // Half the same: observed 1/2, by chance 1/2.
            ("0011", "0101", 0.0, 0.0),
            // Always at opposite ends.
            ("0303", "3030", -1.0, -1.0),
        ] {
            let pairs = pairs(one, other);
            assert!(near(cohens_kappa(&pairs, Weighting::Unweighted), unweighted), "{one} {other}");
            assert!(near(cohens_kappa(&pairs, Weighting::Linear), linear), "{one} {other}");
        }
    }

    #[test]
    fn where_chance_explains_everything_there_is_no_kappa() {
        assert_eq!(cohens_kappa(&[], Weighting::Linear), None);
        assert_eq!(cohens_kappa(&pairs("2222", "2222"), Weighting::Linear), None);
    }

    #[test]
    fn kappa_is_shown_from_twenty_files_on() {
        let domain = QualityDomain {
            key: "voice".to_owned(),
            title: String::new(),
            asks: String::new(),
            levels: [const { String::new() }; Score::COUNT],
        };
        let graded = |score| vec![DomainGrade { key: "voice".to_owned(), score, evidence: String::new() }];
        let files: Vec<(Vec<DomainGrade>, Vec<DomainGrade>)> = (0..20)
            .map(|number| {
                let score = Score::ALL[number % 4];
                (graded(score), graded(if number == 0 { Score::Analytic } else { score }))
            })
            .collect();
        let files: Vec<(&[DomainGrade], &[DomainGrade])> =
            files.iter().map(|(one, other)| (one.as_slice(), other.as_slice())).collect();
        let of = |files: &[(&[DomainGrade], &[DomainGrade])]| {
            agreement(std::slice::from_ref(&domain), files).remove(0)
        };
        let all = of(&files);
        assert_eq!((all.same, all.files, all.percent()), (19, 20, 95));
        assert!(all.kappa.is_some_and(|kappa| kappa > 0.9 && kappa < 1.0));
        assert_eq!(of(&files[..19]).kappa, None);
        assert_eq!(of(&[]).percent(), 0);
    }

    fn any_score() -> impl Strategy<Value = Score> {
        prop::sample::select(Score::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn kappa_is_at_most_one_and_knows_no_first_and_second(
            pairs in prop::collection::vec((any_score(), any_score()), 1..40),
        ) {
            let swapped: Vec<(Score, Score)> = pairs.iter().map(|(one, other)| (*other, *one)).collect();
            for weighting in [Weighting::Unweighted, Weighting::Linear] {
                let kappa = cohens_kappa(&pairs, weighting);
                let other_way = cohens_kappa(&swapped, weighting);
                match (kappa, other_way) {
                    (Some(one), Some(other)) => prop_assert!(one <= 1.0 + 1e-12 && (one - other).abs() < 1e-9),
                    (one, other) => prop_assert!(one.is_none() && other.is_none()),
                }
            }
        }

        #[test]
        fn who_always_agrees_has_one(scores in prop::collection::vec(any_score(), 2..40)) {
            let pairs: Vec<(Score, Score)> = scores.iter().map(|score| (*score, *score)).collect();
            if let Some(kappa) = cohens_kappa(&pairs, Weighting::Linear) {
                prop_assert!((kappa - 1.0).abs() < 1e-9);
            }
        }
    }
}
