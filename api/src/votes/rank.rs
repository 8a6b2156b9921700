//! How good readers find a comment, as one number to sort by.

/// Steps of a rank between 0 and 1.
const STEPS: f64 = 1e9;

/// Of the normal distribution: 80 % of it lie within so many deviations of its middle. With the usual 1.96 (95 %), a comment in a
/// quiet conversation would need dozens of votes to move at all.
const Z: f64 = 1.281_551_565_545;

/// The lower bound of the Wilson score interval for the share of those who are for it, in steps of a billionth (E. B. Wilson,
/// "Probable inference, the law of succession, and statistical inference", Journal of the American Statistical Association 22,
/// 1927, pages 209 to 212). 0 without votes; with up votes alone, the more the higher.
///
/// Where nobody is for it, that bound is 0 however many are against it. Such a comment stands below those without votes, by the
/// same bound for the share of those against.
pub fn rank(up: i32, down: i32) -> i64 {
    match (up.max(0), down.max(0)) {
        (0, down) => -steps(lower_bound(down, down)),
        (up, down) => steps(lower_bound(up, up.saturating_add(down))),
    }
}

/// Of the share of `part` in `whole`.
fn lower_bound(part: i32, whole: i32) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    let n = f64::from(whole);
    let share = f64::from(part) / n;
    let z2 = Z * Z;
    let middle = share + z2 / (2.0 * n);
    let half = Z * ((share * (1.0 - share) + z2 / (4.0 * n)) / n).sqrt();
    (middle - half) / (1.0 + z2 / n)
}

#[expect(clippy::cast_possible_truncation, reason = "a share is between 0 and 1")]
fn steps(share: f64) -> i64 {
    (share * STEPS).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_wilsons() {
        // Worked out with sixty digits from the formula.
        for (up, down, expected) in [
            (0, 0, 0),
            (1, 0, 378_447_503),
            (2, 0, 549_092_370),
            (10, 0, 858_931_318),
            (1, 1, 164_251_720),
            (5, 1, 574_671_383),
            (60, 40, 536_089_556),
            (100, 1, 967_480_151),
            (1, 9, 30_410_644),
            (0, 1, -378_447_503),
            (0, 5, -752_742_873),
        ] {
            assert_eq!(rank(up, down), expected, "{up} for, {down} against");
        }
    }

    #[test]
    fn a_few_votes_of_one_mind_count_less_than_many() {
        let best_first = [
            (100, 1),
            (10, 0),
            (60, 40),
            (1, 0),
            (1, 1),
            (1, 9),
            (0, 0),
            (0, 1),
            (0, 5),
        ];
        let ranks: Vec<i64> = best_first.iter().map(|(up, down)| rank(*up, *down)).collect();
        assert!(ranks.is_sorted_by(|better, worse| better > worse), "{ranks:?}");
    }

    #[test]
    fn each_vote_moves_it_the_right_way() {
        for up in 0..60 {
            for down in 0..60 {
                assert!(
                    rank(up + 1, down) > rank(up, down),
                    "{up} for, {down} against, one more for"
                );
                assert!(
                    rank(up, down + 1) < rank(up, down),
                    "{up} for, {down} against, one more against"
                );
            }
        }
    }

    #[test]
    fn likes_alone_are_in_order_however_many() {
        let likes = [0, 1, 2, 3, 10, 100, 1000, 9999, 10_000];
        let ranks: Vec<i64> = likes.iter().map(|up| rank(*up, 0)).collect();
        assert!(ranks.is_sorted_by(|fewer, more| fewer < more), "{ranks:?}");
        assert!(rank(i32::MAX, i32::MAX) > 0 && rank(i32::MAX, 0) <= 1_000_000_000);
    }
}
