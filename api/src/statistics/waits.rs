//! How long comments wait: counted by length, so that days, weeks and sites can be put together and still have a median.
//!
//! A step is half a power of two: a median that is found in one is off by a fifth at most. What a day has is kept together, as one short
//! text: a row for each step would be twenty for each day, and a year of them more than everything else in a report.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::{Error, Result};

/// 2^23 seconds and more, which is over three months, are one length.
const STEPS: usize = 47;

/// How many waits were that long, by step. As a text: `step:count`, with spaces between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits(BTreeMap<usize, i64>);

impl Waits {
    pub fn note(&mut self, seconds: i64) {
        *self.0.entry(step_of(seconds)).or_default() += 1;
    }

    /// Adds what was kept.
    ///
    /// # Errors
    /// Internal, for what was not made here.
    pub fn add(&mut self, kept: &str) -> Result<()> {
        for pair in kept.split_ascii_whitespace() {
            let (step, count) = pair.split_once(':').ok_or_else(|| Error::internal("waits"))?;
            let step = step.parse().map_err(Error::internal)?;
            *self.0.entry(step).or_default() += count.parse::<i64>().map_err(Error::internal)?;
        }
        Ok(())
    }

    /// In seconds; none of no waits.
    pub fn median(&self) -> Option<i64> {
        median(self.0.iter().map(|(step, count)| (*step, *count)))
    }
}

impl std::ops::AddAssign<&Waits> for Waits {
    fn add_assign(&mut self, other: &Waits) {
        for (step, count) in &other.0 {
            *self.0.entry(*step).or_default() += count;
        }
    }
}

impl fmt::Display for Waits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (step, count)) in self.0.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(out, "{space}{step}:{count}")?;
        }
        Ok(())
    }
}

/// The step of a wait.
fn step_of(seconds: i64) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "a wait is far below 2^52 seconds")]
    let seconds = seconds.max(1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 126, whatever the wait"
    )]
    let step = (seconds.log2() * 2.0).floor() as usize;
    step.min(STEPS - 1)
}

/// The median of waits that are counted by step, in seconds; between the two ends of its step by how many are below it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of comments, and seconds within a year"
)]
fn median(counts: impl IntoIterator<Item = (usize, i64)>) -> Option<i64> {
    let mut by_step = [0_i64; STEPS];
    for (step, count) in counts {
        by_step[step.min(STEPS - 1)] += count.max(0);
    }
    let half = by_step.iter().sum::<i64>() as f64 / 2.0;
    let mut below = 0.0;
    for (step, count) in by_step.into_iter().enumerate() {
        let count = count as f64;
        if count > 0.0 && below + count >= half {
            let part = (half - below) / count;
            return Some(((step as f64 + part) * 0.5).exp2().round() as i64);
        }
        below += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(waits: &[i64]) -> Waits {
        let mut noted = Waits::default();
        for wait in waits {
            noted.note(*wait);
        }
        noted
    }

    fn of(waits: &[i64]) -> Option<i64> {
        noted(waits).median()
    }

    #[test]
    fn what_is_kept_is_added_to_what_is_there() {
        let (morning, evening) = (noted(&[1, 3, 86_400]), noted(&[3, 3]));
        assert_eq!(evening.to_string(), "3:2");
        let mut day = morning.clone();
        day.add(&evening.to_string()).unwrap();
        assert_eq!(day, noted(&[1, 3, 3, 3, 86_400]));
        let mut again = Waits::default();
        again.add(&day.to_string()).unwrap();
        again.add(&Waits::default().to_string()).unwrap();
        assert_eq!(again, day);
        again += &evening;
        assert_eq!(again.median(), of(&[1, 3, 3, 3, 3, 3, 86_400]));
    }

    #[test]
    fn what_nobody_kept_is_refused() {
        for text in ["3", "3:", "x:1", "3:1.5"] {
            assert!(Waits::default().add(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_waits_have_no_median() {
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_median_is_off_by_a_fifth_at_most() {
        for (waits, exact) in [
            (&[60][..], 60.0),
            (&[10, 60, 86_400], 60.0),
            (&[5, 5, 5, 5, 300, 300, 300, 300, 300], 300.0),
            (&[7 * 86_400, 3600, 1], 3600.0),
        ] {
            #[expect(clippy::cast_precision_loss, reason = "seconds of a test")]
            let found = of(waits).unwrap() as f64;
            assert!((0.8..1.25).contains(&(found / exact)), "{waits:?}: {found}");
        }
    }

    #[test]
    fn every_wait_has_a_step() {
        for wait in [i64::MIN, -5, 0, 1, 2, 86_400, i64::MAX] {
            assert!(step_of(wait) < STEPS, "{wait}");
        }
        assert_eq!((step_of(1), step_of(2), step_of(3)), (0, 2, 3));
    }
}
