//! "Did you mean": the known word nearest to a misspelt one.

/// The candidate nearest to `word`, if it is near enough to be meant: one slip in four characters, case aside.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let slips = |candidate: &str| strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
    let nearest =
        candidates.into_iter().map(|candidate| (slips(candidate), candidate)).min_by_key(|(slips, _)| *slips)?;
    (nearest.0 <= word.chars().count().div_ceil(4)).then_some(nearest.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_nonsense_is_not() {
        let words = ["camera", "date", "import.verify"];
        let meant = ["camra", "DATE", "imprt.verfy", "dtae", "lens", ""].map(|word| closest(word, words));
        assert_eq!(meant, [Some("camera"), Some("date"), Some("import.verify"), Some("date"), None, None]);
    }
}
