//! Texts of so many decimal digits: identity numbers, phones, ZIP codes, PINs.

/// Exactly `count` ASCII digits and nothing else.
pub fn has_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// So many digits in a row, with single hyphens and spaces between them, may be an identity number.
const SECRET: usize = 9;
/// Digits of it that may be shown.
const SHOWN: usize = 4;

/// The text with stars in place of the digits of what may be an identity number, but for its last
/// four.
pub fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        let goes_on = c.is_ascii_digit() || (matches!(c, '-' | ' ') && ends_in_digit(&run));
        if !goes_on {
            masked.push_str(&masked_run(&run));
            run.clear();
            masked.push(c);
        } else {
            run.push(c);
        }
    }
    masked.push_str(&masked_run(&run));
    masked
}

fn ends_in_digit(run: &str) -> bool {
    run.ends_with(|c: char| c.is_ascii_digit())
}

fn masked_run(run: &str) -> String {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    if digits != SECRET {
        return run.to_owned();
    }
    let mut left = digits;
    let mut mask = |c: char| {
        if !c.is_ascii_digit() {
            return c;
        }
        left -= 1;
        if left < SHOWN { c } else { '*' }
    };
    run.chars().map(&mut mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whk_7_what_may_be_an_identity_number_is_masked_wherever_it_stands() {
        for (text, shown) in [
            ("107654343", "*****4343"),
            ("my ssn is 107-65-4343, yes", "my ssn is ***-**-4343, yes"),
            ("12-3456789", "**-***6789"),
            ("12345678", "12345678"),
            ("6265550101", "6265550101"),
            ("2031-05-06", "2031-05-06"),
            ("a 1 b 2", "a 1 b 2"),
            ("", ""),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    proptest! {
        #[test]
        fn digits_are_ascii_digits_and_all_of_them(text in "[0-9a٣ -]{0,12}", count in 0usize..12) {
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let is_all = digits == text.chars().count();
            prop_assert_eq!(has_digits(&text, count), is_all && digits == count);
        }
    }
}
