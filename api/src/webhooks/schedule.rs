//! When it is tried again. Pure.

use chrono::TimeDelta;

/// The waits between tries, in seconds, as Standard Webhooks proposes them: three days and some hours in all.
const WAITS: [i64; 9] = [
    5,
    5 * 60,
    30 * 60,
    2 * 3600,
    5 * 3600,
    10 * 3600,
    14 * 3600,
    20 * 3600,
    24 * 3600,
];

/// Since when it must have waited to be given up, however seldom its receiver was asked.
pub const TOO_LATE: TimeDelta = TimeDelta::hours(84);

/// A receiver to which nothing got through for so long is switched off.
pub const LONG: TimeDelta = TimeDelta::days(3);

/// Failures in a row from which on a receiver is taken to be down: once it answers again, all that waits for it is due.
pub const DOWN: i32 = 3;

/// The wait after so many tries, spread by `jitter` around 1; none after the last.
pub fn next_try(attempts: i32, jitter: f64) -> Option<TimeDelta> {
    let place = usize::try_from(attempts - 1).ok()?;
    WAITS.get(place).map(|seconds| spread(*seconds, jitter))
}

/// How long a receiver is left alone after so many failures in a row, whatever waits for it: a moment at first, as it may be about that
/// one event, and up to a quarter of an hour.
pub fn rest(failures: i32, jitter: f64) -> TimeDelta {
    let doublings = u32::try_from(failures.clamp(2, 10) - 2).unwrap_or(0);
    spread(Ord::min(5_i64 << doublings, 15 * 60), jitter)
}

/// The rest that a receiver asks for itself, within bounds.
pub fn asked_for(retry_after: Option<&str>) -> Option<TimeDelta> {
    let seconds: i64 = retry_after?.trim().parse().ok()?;
    Some(TimeDelta::seconds(seconds.clamp(1, 3600)))
}

fn spread(seconds: i64, jitter: f64) -> TimeDelta {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "at most 108,000,000 ms"
    )]
    let milliseconds = (seconds as f64 * 1000.0 * jitter) as i64;
    TimeDelta::milliseconds(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_go_on_for_three_days() {
        let waits: Vec<TimeDelta> = (1..).map_while(|attempts| next_try(attempts, 1.0)).collect();
        assert_eq!(waits.len(), 9);
        // Even if each came as late as it may, and found its receiver at rest, the last is made; and as early as it may, it is the one after
        // which the receiver is switched off.
        let all = |jitter| -> TimeDelta { (1..).map_while(|attempts| next_try(attempts, jitter)).sum() };
        assert!(all(1.05) + rest(99, 1.1) * 9 < TOO_LATE);
        assert!(all(0.97) > LONG);
        assert_eq!(next_try(0, 1.0), None);
    }

    #[test]
    fn a_receiver_rests_longer_and_longer() {
        let rests: Vec<i64> = (1..=12).map(|failures| rest(failures, 1.0).num_seconds()).collect();
        assert_eq!(rests, [5, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
    }

    #[test]
    fn what_a_receiver_asks_for_is_bounded() {
        for (asked, seconds) in [
            (Some("30"), Some(30)),
            (Some(" 0 "), Some(1)),
            (Some("999999999"), Some(3600)),
            (Some("-1"), Some(1)),
            (Some("Wed, 21 Oct 2026 07:28:00 GMT"), None),
            (None, None),
        ] {
            assert_eq!(asked_for(asked).map(|rest| rest.num_seconds()), seconds, "{asked:?}");
        }
    }
}
