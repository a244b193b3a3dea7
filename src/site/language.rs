//! Which language a visitor reads: the one they chose here, else what their browser asks for, else the project's first.

use super::view::LanguageEntry;
use crate::names::Language;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::{HeaderMap, HeaderName};
use std::cmp::Reverse;
use url::form_urlencoded;

/// In an address: `?lang=de`.
pub const PARAMETER: &str = "lang";
const NAME: &str = "portalctl_lang";
/// A year.
const KEPT: u32 = 31_536_000;
/// Ranges of a header that count.
const MOST_RANGES: usize = 40;

/// A language of the site, by its place among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    pub at: usize,
    /// The address says so, which is remembered.
    pub said: bool,
}

/// What this visitor reads. A word that is none of the languages is as good as none.
pub fn choose(known: &[Language], headers: &HeaderMap, query: Option<&str>) -> Chosen {
    let place = |tag: &str| known.iter().position(|language| language.as_str() == tag);
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    if let Some(at) = pairs.filter(|(name, _)| name == PARAMETER).find_map(|(_, tag)| place(&tag)) {
        return Chosen { at, said: true };
    }
    let cookies = lines(headers, &COOKIE).flat_map(|line| line.split(';'));
    let kept = cookies.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| *name == NAME);
    let wanted = || accepted(known, &lines(headers, &ACCEPT_LANGUAGE).collect::<Vec<_>>().join(","));
    let at = kept.filter_map(|(_, tag)| place(tag)).next().or_else(wanted);
    Chosen { at: at.unwrap_or_default(), said: false }
}

fn lines<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|line| line.to_str().ok())
}

/// `Set-Cookie` that keeps the choice, in every portal of this host.
pub fn keep(language: &Language, secure: &str) -> String {
    format!("{NAME}={language}; Path=/; HttpOnly; SameSite=Lax; Max-Age={KEPT}{secure}")
}

/// The ways to this page in each of the languages; none where there is but one. They name no path: a browser stays at
/// the one where it is.
pub fn switch(known: &[Language], chosen: Chosen, query: &[(String, String)]) -> Vec<LanguageEntry> {
    let entry = |(at, language): (usize, &Language)| {
        let rest = query.iter().filter(|(name, _)| name != PARAMETER);
        let mut address = form_urlencoded::Serializer::new(String::new());
        address.extend_pairs(rest).append_pair(PARAMETER, language.as_str());
        LanguageEntry {
            tag: language.to_string(),
            dir: direction(language),
            name: language.own_name(),
            href: format!("?{}", address.finish()),
            current: at == chosen.at,
        }
    };
    if known.len() < 2 { Vec::new() } else { known.iter().enumerate().map(entry).collect() }
}

pub fn direction(language: &Language) -> &'static str {
    if language.is_right_to_left() { "rtl" } else { "ltr" }
}

/// The best of the languages by an `Accept-Language`: ranges in the order of their weights, each looked up as RFC 4647
/// has it, from the whole of it to its first part, and then by that first part alone.
fn accepted(known: &[Language], header: &str) -> Option<usize> {
    let ranges = ranges(header);
    let refused = |language: &Language| {
        let weight =
            |tag: &str| ranges.iter().find(|(range, _)| range.eq_ignore_ascii_case(tag)).map(|(_, weight)| *weight);
        Language::ever_wider(language.as_str()).find_map(weight) == Some(0)
    };
    let open =
        |fits: &dyn Fn(&Language) -> bool| known.iter().position(|language| fits(language) && !refused(language));
    let best = |range: &str| {
        let whole = Language::ever_wider(range).find_map(|tag| open(&|known| known.as_str().eq_ignore_ascii_case(tag)));
        let primary = range.split('-').next().unwrap_or_default();
        whole.or_else(|| open(&|known| known.primary().eq_ignore_ascii_case(primary)))
    };
    let wanted = ranges.iter().filter(|(_, weight)| *weight > 0);
    wanted.map(|(range, _)| *range).find_map(|range| match range {
        "*" => open(&|_| true),
        range => script(range).and_then(best).or_else(|| best(range)),
    })
}

/// Chinese is asked for by place and written by script.
fn script(range: &str) -> Option<&'static str> {
    match range.to_ascii_lowercase().as_str() {
        "zh-tw" | "zh-hk" | "zh-mo" => Some("zh-Hant"),
        "zh-cn" | "zh-sg" => Some("zh-Hans"),
        _ => None,
    }
}

/// Ranges with their weights in thousandths, the heaviest first; of equals the first stays first.
fn ranges(header: &str) -> Vec<(&str, u16)> {
    let range = |part| {
        let part: &str = part;
        let mut pieces = part.split(';').map(str::trim);
        let tag = pieces.next().filter(|tag| !tag.is_empty())?;
        let plain = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'*');
        let weight = pieces.find_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")));
        plain.then_some((tag, weight.map_or(Some(1000), thousandths)?))
    };
    let mut ranges: Vec<(&str, u16)> = header.split(',').take(MOST_RANGES).filter_map(range).collect();
    ranges.sort_by_key(|(_, weight)| Reverse(*weight));
    ranges
}

/// `0`, `0.85`, `1.000`; nothing above one, and no more than three digits.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !matches!(whole, "0" | "1") {
        return None;
    }
    format!("{whole}{rest:0<3}").parse().ok().filter(|weight| *weight <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn languages(tags: &[&str]) -> Vec<Language> {
        tags.iter().map(|tag| Language::from(*tag)).collect()
    }

    #[test]
    fn the_heaviest_range_that_the_site_speaks_is_taken() {
        for (known, header, expected) in [
            (&["en", "de"][..], "de-AT,de;q=0.9,en;q=0.8", Some("de")),
            (&["en", "de"], "fr, de;q=0.3, en;q=0.7", Some("en")),
            (&["en", "de"], "en;q=0.2,de;q=0.25", Some("de")),
            (&["en", "de"], "DE", Some("de")),
            (&["en", "de"], "fr;q=1.0", None),
            (&["en", "de"], "*", Some("en")),
            (&["en", "de"], "en;q=0, *", Some("de")),
            (&["en", "de"], "de;q=0, fr", None),
            (&["en", "de"], "de;q=1.5, de;q=x", None),
            (&["en", "de"], "fr, *;q=0", None),
            (&["en", "de-CH"], "de-AT", Some("de-CH")),
            (&["en", "de", "de-CH"], "de-CH", Some("de-CH")),
            (&["de", "de-CH"], "de;q=0.5, de-CH;q=0", Some("de")),
            (&["zh-Hans", "zh-Hant"], "zh-TW,zh;q=0.9", Some("zh-Hant")),
            (&["en", "de"], "", None),
            (&["en", "de"], ";q=1,,,<script>,de;q=0.1", Some("de")),
        ] {
            let known = languages(known);
            let found = accepted(&known, header).map(|at| known[at].as_str());
            assert_eq!(found, expected, "`{header}` of {known:?}");
        }
    }

    #[test]
    fn what_was_chosen_goes_before_what_the_browser_asks_for() {
        let known = languages(&["en", "de", "ar"]);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("de"));
        assert_eq!(choose(&known, &headers, None), Chosen { at: 1, said: false });
        headers.insert(COOKIE, HeaderValue::from_static("a=b; portalctl_lang=ar"));
        assert_eq!(choose(&known, &headers, Some("q=x")), Chosen { at: 2, said: false });
        assert_eq!(choose(&known, &headers, Some("q=x&lang=en")), Chosen { at: 0, said: true });
        headers.insert(COOKIE, HeaderValue::from_static("portalctl_lang=xx"));
        assert_eq!(choose(&known, &headers, Some("lang=%0d%0a")), Chosen { at: 1, said: false });
    }

    #[test]
    fn the_switch_keeps_what_else_the_address_says() {
        let known = languages(&["en", "ar"]);
        let query = [("q".to_owned(), "a&b=\"c".to_owned()), ("lang".to_owned(), "en".to_owned())];
        let entries = switch(&known, Chosen { at: 0, said: true }, &query);
        assert_eq!(entries[1].href, "?q=a%26b%3D%22c&lang=ar");
        assert_eq!((entries[0].current, entries[1].current, entries[1].dir), (true, false, "rtl"));
        assert!(switch(&known[..1], Chosen { at: 0, said: false }, &query).is_empty());
    }
}
