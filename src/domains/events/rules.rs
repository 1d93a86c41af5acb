//! What may be asked of the test operations, and the signature of a body.
//!
//! The vendor names the header `x-gd-signature` and says nothing of its making: HMAC-SHA256 of the
//! body in lower-case hexadecimal is our convention.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::model::ReceiverAnswer;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// The header of a signature.
pub const SIGNATURE: &str = "x-gd-signature";

/// Longest wait of the receiver: one minute, in milliseconds.
const DELAY_MS_MAX: u32 = 60_000;
/// Bytes of a configured body at most.
const BODY_BYTES_MAX: usize = 65_536;
/// Headers that may be given at most.
const HEADERS_MAX: usize = 20;
/// Characters of a header's name or value, or of a content type, at most.
const HEADER_CHARS_MAX: usize = 4_000;

/// Headers that the exchange itself sets.
const OWN_HEADERS: [&str; 10] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
    "x-gd-requestid",
    SIGNATURE,
];

/// The refusal of a member that is not as it must be.
pub fn wrong(member: &str, problem: impl std::fmt::Display) -> Refusal {
    Refusal::of(&codes::BODY_INVALID).saying(format!("{member}: {problem}")).under("WHK-8")
}

/// Looks at the headers that a partner wants to have sent.
pub fn expect_headers(headers: &[(String, String)]) -> Result<(), Refusal> {
    if headers.len() > HEADERS_MAX {
        return Err(wrong("postBackHeaders", format!("must have at most {HEADERS_MAX} entries")));
    }
    for (at, (name, value)) in headers.iter().enumerate() {
        let member = |name: &str| format!("postBackHeaders[{at}].{name}");
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || name.len() > HEADER_CHARS_MAX || !name.bytes().all(is_token) {
            return Err(wrong(&member("name"), "must be the name of a header"));
        }
        if OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(wrong(&member("name"), "is a header that every webhook has of its own"));
        }
        if !is_header_value(value) {
            return Err(wrong(&member("value"), "must be the value of a header"));
        }
    }
    Ok(())
}

fn is_header_value(text: &str) -> bool {
    text.len() <= HEADER_CHARS_MAX && text.chars().all(|c| (' '..='~').contains(&c))
}

/// Looks at an answer that a partner wants the receiver to give.
pub fn expect_answer(answer: &ReceiverAnswer) -> Result<(), Refusal> {
    if answer.max_delay_ms > DELAY_MS_MAX {
        let bound = format!("must be 0 to {DELAY_MS_MAX} milliseconds");
        return Err(wrong("maxDelay", bound));
    }
    if answer.min_delay_ms > answer.max_delay_ms {
        return Err(wrong("minDelay", "must not be more than maxDelay"));
    }
    if !(200..=599).contains(&answer.status) {
        return Err(wrong("httpStatus", "must be 200 to 599"));
    }
    if answer.body.as_ref().is_some_and(|body| body.len() > BODY_BYTES_MAX) {
        return Err(wrong("responseBody", format!("must have at most {BODY_BYTES_MAX} bytes")));
    }
    if answer.content_type.is_empty() || !is_header_value(&answer.content_type) {
        return Err(wrong("contentType", "must be the value of a header"));
    }
    Ok(())
}

/// The signature of a body.
pub fn signature(key: &str, body: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length will do");
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Looks at the signature that came with a body. Without a key, or without a signature, there is
/// nothing to look at.
pub fn expect_signed(key: Option<&str>, body: &[u8], given: Option<&[u8]>) -> Result<(), Refusal> {
    let (Some(key), Some(given)) = (key, given) else { return Ok(()) };
    if bool::from(signature(key, body).as_bytes().ct_eq(given)) {
        return Ok(());
    }
    let facts = "the header must be the HMAC-SHA256 of the body under testEvents.signingKey, in \
        lower-case hexadecimal";
    Err(Refusal::of(&codes::TEST_EVENT_SIGNATURE).because(facts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whk_8_a_signature_is_the_known_one_of_rfc_4231() {
        let known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body = b"what do ya want for nothing?";
        assert_eq!(signature("Jefe", body), known);
        assert!(expect_signed(Some("Jefe"), body, Some(known.as_bytes())).is_ok());
        let upper = known.to_uppercase();
        for wrong in [&b""[..], upper.as_bytes(), &known.as_bytes()[..63]] {
            assert!(expect_signed(Some("Jefe"), body, Some(wrong)).is_err());
        }
        assert!(expect_signed(Some("Jefe"), b"else", Some(known.as_bytes())).is_err());
        assert!(expect_signed(Some("Jefe"), body, None).is_ok());
        assert!(expect_signed(None, body, Some(b"no")).is_ok());
    }

    #[test]
    fn headers_and_answers_are_bounded() {
        let pair = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];
        assert!(expect_headers(&pair("Authorization", "Bearer x")).is_ok());
        for (name, value) in
            [("", "x"), ("a b", "x"), ("Host", "x"), ("X-GD-RequestId", "x"), ("a", "x\r\ny: z")]
        {
            assert!(expect_headers(&pair(name, value)).is_err(), "{name:?} {value:?}");
        }
        let many = vec![pair("a", "x")[0].clone(); HEADERS_MAX + 1];
        assert!(expect_headers(&many).is_err() && expect_headers(&many[1..]).is_ok());

        let of = |change: fn(&mut ReceiverAnswer)| {
            let mut answer = ReceiverAnswer::default();
            change(&mut answer);
            expect_answer(&answer).map_err(|refusal| refusal.description)
        };
        assert_eq!(of(|answer| answer.status = 599), Ok(()));
        for (change, member) in [
            ((|answer| answer.max_delay_ms = 60_001) as fn(&mut ReceiverAnswer), "maxDelay"),
            (|answer| answer.min_delay_ms = 1, "minDelay"),
            (|answer| answer.status = 199, "httpStatus"),
            (|answer| answer.status = 600, "httpStatus"),
            (|answer| answer.body = Some("x".repeat(65_537)), "responseBody"),
            (|answer| answer.content_type = "a\nb".to_owned(), "contentType"),
            (|answer| answer.content_type = String::new(), "contentType"),
        ] {
            assert!(of(change).unwrap_err().starts_with(member), "{member}");
        }
    }
}
