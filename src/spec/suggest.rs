//! "Did you mean".

/// The candidate most like `text`, if one is alike enough that it may have been meant.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Distances of long texts cost their product, and no name is long.
    if text.len() > 100 {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| *candidate != text)
        .map(|candidate| (strsim::damerau_levenshtein(&text.to_lowercase(), candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + text.len().min(candidate.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let keys = ["fields", "field_sets", "owner", "owners"];
        assert_eq!(nearest("feilds", keys), Some("fields"));
        assert_eq!(nearest("Owner", keys), Some("owner"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest(&"f".repeat(200), keys), None);
    }
}
