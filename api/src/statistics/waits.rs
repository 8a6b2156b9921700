//! How long comments wait: counted by length, so that days, weeks and sites can be put together and still have a median.
//!
//! A step is half a power of two: a median that is found in one is off by a fifth at most.

/// 2^23 seconds and more, which is over three months, are one length.
const STEPS: usize = 47;

/// The step of a wait.
pub fn step_of(seconds: i64) -> usize {
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
pub fn median(counts: impl IntoIterator<Item = (usize, i64)>) -> Option<i64> {
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

    fn of(waits: &[i64]) -> Option<i64> {
        median(waits.iter().map(|wait| (step_of(*wait), 1)))
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
