//! Which files are drawn: chosen by chance, so that nobody picks, and by a seed, so that anybody can do it again.
//!
//! Each file gets a number: the SHA-256 of the seed and of the two people's ids. Within a team the files with the smallest
//! numbers are drawn, in that order, and the next one takes the place of a file that is withdrawn. The same seed and the same
//! files give the same sample on every machine and in every version.

use crate::ids::{PersonId, TeamId};
use sha2::{Digest, Sha256};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

/// A supervision file: what one supervisor and one person whom they supervise have recorded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileKey {
    /// Who supervised.
    pub supervisor: PersonId,
    /// Who was supervised.
    pub supervisee: PersonId,
}

/// The files from which a sample is drawn, by the team of the person supervised.
pub type Population = BTreeMap<TeamId, BTreeSet<FileKey>>;

/// What decides a draw. Shown, written down, and enough to draw again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed(String);

impl Seed {
    /// The longest seed, in characters.
    pub const LIMIT: usize = 40;

    /// A seed of lower-case letters, digits and hyphens: what reads the same aloud, on paper and in a form.
    pub fn new(text: &str) -> Option<Self> {
        let is_plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
        let fits = !text.is_empty() && text.len() <= Self::LIMIT && text.chars().all(is_plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// The seed as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that this seed gives to something. No seed holds a line break, so no two things are the same text.
    fn number_of(&self, parts: &[&str]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.0.as_bytes());
        for part in parts {
            hasher.update(b"\n");
            hasher.update(part.as_bytes());
        }
        hasher.finalize().into()
    }

    /// The files of a team, the first to be drawn first.
    pub fn order(&self, files: &BTreeSet<FileKey>) -> Vec<FileKey> {
        let mut ordered: Vec<FileKey> = files.iter().cloned().collect();
        ordered
            .sort_by_cached_key(|file| self.number_of(&[file.supervisor.as_str(), file.supervisee.as_str()]));
        ordered
    }
}

/// Draws so many files: each team its share, in each team by the seed. Fewer are drawn only where there are fewer.
pub fn draw(population: &Population, wanted: usize, seed: &Seed) -> BTreeMap<TeamId, Vec<FileKey>> {
    let shares = shares(population, wanted, seed);
    population
        .iter()
        .map(|(team, files)| {
            let share = shares.get(team).copied().unwrap_or(0);
            (team.clone(), seed.order(files).into_iter().take(share).collect())
        })
        .collect()
}

/// The file that takes the place of one that is withdrawn: the next of its team that was not drawn before.
pub fn next_of_team(files: &BTreeSet<FileKey>, drawn: &BTreeSet<FileKey>, seed: &Seed) -> Option<FileKey> {
    seed.order(files).into_iter().find(|file| !drawn.contains(file))
}

/// How many files of each team are drawn: in proportion to how many it has, by the largest remainder, and at least one of each
/// team if there are enough to go round. Of teams that stand equal the seed decides, so that it is not always the same.
pub fn shares(population: &Population, wanted: usize, seed: &Seed) -> BTreeMap<TeamId, usize> {
    let teams: Vec<(&TeamId, usize)> =
        population.iter().map(|(team, files)| (team, files.len())).filter(|(_, size)| *size > 0).collect();
    let all: usize = teams.iter().map(|(_, size)| size).sum();
    let wanted = wanted.min(all);
    let least = usize::from(wanted >= teams.len());
    let mut shares: BTreeMap<TeamId, usize> =
        teams.iter().map(|(team, size)| ((*team).clone(), (wanted * size / all.max(1)).max(least))).collect();
    // How far a team's share stays behind its exact part, in parts of the whole; negative for one that got more.
    let behind = |team: &TeamId, size: usize, share: usize| {
        let exact = i128::try_from(wanted * size).unwrap_or(i128::MAX);
        let given = i128::try_from(share * all).unwrap_or(i128::MAX);
        (exact - given, Reverse(seed.number_of(&[team.as_str()])))
    };
    loop {
        let given: usize = shares.values().sum();
        let standing =
            teams.iter().map(|(team, size)| (*team, *size, shares.get(*team).copied().unwrap_or(0)));
        let changed = match given.cmp(&wanted) {
            Ordering::Equal => None,
            Ordering::Less => standing
                .filter(|(_, size, share)| share < size)
                .max_by_key(|(team, size, share)| behind(team, *size, *share))
                .map(|(team, _, share)| (team.clone(), share + 1)),
            Ordering::Greater => standing
                .filter(|(_, _, share)| *share > least)
                .min_by_key(|(team, size, share)| behind(team, *size, *share))
                .map(|(team, _, share)| (team.clone(), share - 1)),
        };
        let Some((team, share)) = changed else { return shares };
        shares.insert(team, share);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id<T: std::str::FromStr>(group: usize, number: usize) -> T {
        let text = format!("00000000-0000-7000-8000-{group:04}{number:08}");
        text.parse().ok().expect("an id")
    }

    fn population(sizes: &[usize]) -> Population {
        let team = |group: usize, size: usize| {
            let file = |number| FileKey { supervisor: id(group, 0), supervisee: id(group, number + 1) };
            (id::<TeamId>(group, 0), (0..size).map(file).collect())
        };
        sizes.iter().enumerate().map(|(group, size)| team(group, *size)).collect()
    }

    fn seed(text: &str) -> Seed {
        Seed::new(text).unwrap()
    }

    fn drawn(sizes: &[usize], wanted: usize, text: &str) -> Vec<usize> {
        draw(&population(sizes), wanted, &seed(text)).values().map(Vec::len).collect()
    }

    #[test]
    fn each_team_gets_its_share_by_the_largest_remainder_and_one_at_least() {
        for (sizes, wanted, expected) in [
            (vec![10, 10], 4, vec![2, 2]),
            (vec![30, 10], 4, vec![3, 1]),
            // Exact parts 4.75, 4.5 and 0.75.
            (vec![19, 18, 3], 10, vec![5, 4, 1]),
            // Exact parts 5.7, 0.15 and 0.15: the small teams are not forgotten.
            (vec![38, 1, 1], 6, vec![4, 1, 1]),
            (vec![3, 0, 3], 2, vec![1, 0, 1]),
            (vec![2, 1], 9, vec![2, 1]),
            (vec![], 5, vec![]),
            (vec![0], 5, vec![0]),
            (vec![5, 5], 0, vec![0, 0]),
        ] {
            assert_eq!(drawn(&sizes, wanted, "spring"), expected, "{sizes:?}, {wanted}");
        }
    }

    #[test]
    fn of_equal_teams_it_is_not_always_the_same_one() {
        let seeds: Vec<String> = (0..40).map(|number| format!("q{number}")).collect();
        let first: BTreeSet<Vec<usize>> = seeds.iter().map(|text| drawn(&[8, 8, 8], 1, text)).collect();
        assert_eq!(first.len(), 3, "{first:?}");
    }

    /// Written down so that a later version cannot draw otherwise without anybody noticing.
    #[test]
    fn a_seed_draws_the_same_files_for_ever() {
        let drawn = draw(&population(&[9]), 3, &seed("autumn-2026"));
        let ends: Vec<&str> = drawn.values().flatten().map(|file| &file.supervisee.as_str()[34..]).collect();
        assert_eq!(ends, ["04", "08", "05"]);
    }

    #[test]
    fn a_seed_is_plain_text() {
        assert!(Seed::new("autumn-2026").is_some());
        for wrong in ["", "Autumn", "a b", "a\nb", "é", &"a".repeat(41)] {
            assert!(Seed::new(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_draw_is_whole_fair_and_the_same_again(
            sizes in prop::collection::vec(0_usize..30, 0..8),
            wanted in 0_usize..60,
            text in "[a-z0-9-]{1,12}",
        ) {
            let population = population(&sizes);
            let seed = seed(&text);
            let drawn = draw(&population, wanted, &seed);
            prop_assert_eq!(&drawn, &draw(&population, wanted, &seed));
            let all: usize = sizes.iter().sum();
            let given: usize = drawn.values().map(Vec::len).sum();
            prop_assert_eq!(given, wanted.min(all), "as many as were asked for");
            let each: BTreeSet<&FileKey> = drawn.values().flatten().collect();
            prop_assert_eq!(each.len(), given, "no file twice");
            let teams = sizes.iter().filter(|size| **size > 0).count();
            for (team, files) in &drawn {
                let size = population[team].len();
                prop_assert!(files.iter().all(|file| population[team].contains(file)));
                prop_assert!(size == 0 || given < teams || !files.is_empty(), "one of each team");
                // Never more than the exact part rounded up, but for the one that every team gets.
                prop_assert!(files.len() <= 1 || files.len() * all < given * size + all);
            }
        }

        #[test]
        fn withdrawing_one_after_the_other_goes_through_the_whole_team_once(
            size in 1_usize..20,
            wanted in 1_usize..10,
            text in "[a-z0-9-]{1,12}",
        ) {
            let population = population(&[size]);
            let files = population.values().next().unwrap();
            let seed = seed(&text);
            let mut drawn: BTreeSet<FileKey> = draw(&population, wanted, &seed).into_values().flatten().collect();
            while let Some(next) = next_of_team(files, &drawn, &seed) {
                prop_assert!(drawn.insert(next), "never one that was drawn before");
            }
            prop_assert_eq!(&drawn, files);
        }

        #[test]
        fn one_more_file_in_a_team_changes_the_order_of_no_other(size in 1_usize..20, text in "[a-z0-9-]{1,12}") {
            let (fewer, more) = (population(&[size]), population(&[size + 1]));
            let seed = seed(&text);
            let kept = fewer.values().next().unwrap();
            let with: Vec<FileKey> = seed.order(more.values().next().unwrap());
            let without: Vec<FileKey> = with.into_iter().filter(|file| kept.contains(file)).collect();
            prop_assert_eq!(without, seed.order(kept));
        }
    }
}
