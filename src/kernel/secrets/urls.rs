//! Secrets in URLs: a password before the host, and parameters that are called or look secret.
//!
//! A URL is shown with stars in their place. [`is_shown_as`] tells the URL that was meant from what
//! was shown of it.

use super::{STARS, is_secret, looks_like_token};

/// Names of parameters that mean a secret in a URL, and something harmless elsewhere.
const PARAMETERS: [&str; 5] = ["code", "auth", "pass", "pwd", "hmac"];

/// What may stand before a colon that begins a URL of the web.
const WEB: [&str; 2] = ["http", "https"];

/// The URL with stars in place of its secrets; what is none stays as it is.
pub fn covered(url: &str) -> String {
    replaced(url, &mut |_| {})
}

/// Whether a URL is shown as this one; as itself too.
pub fn is_shown_as(url: &str, shown: &str) -> bool {
    url == shown || covered(url) == shown
}

/// Whether stars stand where a secret of the URL would.
pub fn has_stars(url: &str) -> bool {
    let mut is_starred = false;
    replaced(url, &mut |secret| is_starred |= secret == STARS);
    is_starred
}

/// A text with stars in place of the secrets of all URLs in it.
pub fn covered_in(text: &str) -> String {
    if !text.contains(':') {
        return text.to_owned();
    }
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>');
    let word = |word: &str| {
        let url = word.trim_end_matches(is_end);
        covered(url) + &word[url.len()..]
    };
    text.split_inclusive(is_end).map(word).collect()
}

/// The URL with stars for secrets, which are shown to `seen` one by one.
fn replaced(url: &str, seen: &mut impl FnMut(&str)) -> String {
    let Some((scheme, rest)) = url.split_once(':') else { return url.to_owned() };
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    // In a text, a bracket may stand before it.
    let word = scheme.rsplit(|c| !is_letter(c)).next().unwrap_or_default();
    let is_web = WEB.iter().any(|web| word.eq_ignore_ascii_case(web));
    let slashes = rest.len() - rest.trim_start_matches(['/', '\\']).len();
    if !is_web && slashes < 2 {
        return url.to_owned();
    }
    let (slashes, rest) = rest.split_at(slashes);
    // Elsewhere than in the web, a password that should have been escaped may hold anything.
    let end = rest.find(['/', '\\', '?', '#']).filter(|_| is_web).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user_covered(user, is_web, seen)),
        None => authority.to_owned(),
    };
    let rest = authority + tail;
    let Some((place, query)) = rest.split_once('?') else {
        return format!("{scheme}:{slashes}{rest}");
    };
    let query: Vec<String> = query.split('&').map(|pair| parameter_covered(pair, seen)).collect();
    format!("{scheme}:{slashes}{place}?{}", query.join("&"))
}

/// `name:***`; in the web, a name without a password is a key.
fn user_covered(user: &str, is_web: bool, seen: &mut impl FnMut(&str)) -> String {
    match user.split_once(':') {
        Some((name, password)) if !is_web || !password.is_empty() => {
            seen(password);
            format!("{name}:{STARS}")
        }
        _ if is_web && !user.is_empty() => {
            seen(user);
            STARS.to_owned()
        }
        _ => user.to_owned(),
    }
}

fn parameter_covered(pair: &str, seen: &mut impl FnMut(&str)) -> String {
    let Some((name, value)) = pair.split_once('=') else { return pair.to_owned() };
    let plain = decoded(name);
    let is_called_so =
        is_secret(&plain) || PARAMETERS.iter().any(|known| plain.eq_ignore_ascii_case(known));
    // Stars stand for what looked like a token, whatever it is called.
    let looks_so = || value == STARS || looks_like_token(&decoded(value));
    if value.is_empty() || !(is_called_so || looks_so()) {
        return pair.to_owned();
    }
    seen(value);
    format!("{name}={STARS}")
}

/// A part of a query as it was meant.
pub fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let mut bytes = Vec::with_capacity(spaced.len());
    let mut rest = spaced.as_bytes();
    while let [first, tail @ ..] = rest {
        let coded = tail.get(..2).filter(|_| *first == b'%');
        let coded = coded.and_then(|code| std::str::from_utf8(code).ok());
        match coded.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_of_urls_are_covered_and_nothing_else_is() {
        for (url, shown) in [
            ("https://user:pw@host/a?b=c", "https://user:***@host/a?b=c"),
            ("https://user:p@w@host/", "https://user:***@host/"),
            ("https://key@host/", "https://***@host/"),
            ("https://key:@host/", "https://***@host/"),
            ("HTTP:user:pw@host", "HTTP:user:***@host"),
            ("http://h/?Token=t&x=1&code=9#f", "http://h/?Token=***&x=1&code=***"),
            ("http://h/?%74oken=t&sig=&api_key=k", "http://h/?%74oken=***&sig=&api_key=***"),
            ("http://h/?x=eyJh.eyJi.c&tokenId=1", "http://h/?x=***&tokenId=1"),
            ("http://h:8080/a?mail=a:b@c", "http://h:8080/a?mail=a:b@c"),
            ("postgres://u:a/b@c?d@host/db", "postgres://u:***@host/db"),
            ("postgres://u@host/db?password=p", "postgres://u@host/db?password=***"),
            ("sqlite:piebox.db", "sqlite:piebox.db"),
            ("at 10:15, from a:b@c", "at 10:15, from a:b@c"),
            ("", ""),
        ] {
            assert_eq!(covered(url), shown);
            assert!(is_shown_as(url, shown) && is_shown_as(url, url), "{url}");
            assert_eq!(has_stars(shown), url != shown, "{shown}");
        }
        assert!(!is_shown_as("https://u:p@a/", "https://u:***@b/"));
        assert!(has_stars("https://host/?x=***") && !has_stars("https://host/***?x=**"));
    }

    #[test]
    fn every_url_of_a_text_is_covered() {
        let text = "see http://u:p@a/ or \"http://b/?key=1\", at 10:15";
        assert_eq!(covered_in(text), "see http://u:***@a/ or \"http://b/?key=***\", at 10:15");
    }

    fn urls() -> impl Strategy<Value = String> {
        let user = prop_oneof![Just(String::new()), "[a-z]{1,4}(:[^\\s@/?#\\\\]{0,6})?@"];
        let query = prop_oneof![Just(String::new()), "\\?([a-z]{1,5}=[a-z]{0,4}&?){0,4}"];
        (prop_oneof!["https?://", "[a-z]{3}://"], user, "[a-z]{1,5}(/[a-z@:]{0,5}){0,2}", query)
            .prop_map(|(scheme, user, place, query)| format!("{scheme}{user}{place}{query}"))
    }

    proptest! {
        #[test]
        fn what_was_covered_is_covered_as_it_is(url in urls()) {
            let once = covered(&url);
            prop_assert_eq!(covered(&once), once.clone());
            prop_assert_eq!(has_stars(&once), once != url || has_stars(&url));
        }

        #[test]
        fn no_password_is_left_of_a_url(
            user in "[a-z]{1,5}", secret in "[A-Z]{4,9}", host in "[a-z]{1,5}",
        ) {
            for url in [
                format!("https://{user}:{secret}@{host}/x"),
                format!("https://{secret}@{host}"),
                format!("http://{host}?a=1&clientSecret={secret}&b"),
                format!("pg://{user}:{secret}/@{host}/db"),
            ] {
                prop_assert!(!covered(&url).contains(&secret), "{}", url);
                let text = format!("to {url} it goes");
                prop_assert!(!covered_in(&text).contains(&secret), "{}", text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = (covered(&text), covered_in(&text), has_stars(&text), decoded(&text));
        }
    }
}
