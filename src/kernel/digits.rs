//! Texts of so many decimal digits: identity numbers, phones, ZIP codes, PINs.

/// Exactly `count` ASCII digits and nothing else.
pub fn has_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn digits_are_ascii_digits_and_all_of_them(text in "[0-9a٣ -]{0,12}", count in 0usize..12) {
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let is_all = digits == text.chars().count();
            prop_assert_eq!(has_digits(&text, count), is_all && digits == count);
        }
    }
}
