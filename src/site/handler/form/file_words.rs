//! Kinds and sizes of files, in words.

use crate::names::MediaPattern;

/// `images, PDF`.
pub fn kinds(types: &[MediaPattern]) -> String {
    let words: Vec<String> = types.iter().map(|one| kind(one.as_str())).collect();
    let text = words.join(", ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What a media type is called.
pub fn kind(media_type: &str) -> String {
    match media_type {
        "image/*" => "images".to_owned(),
        "video/*" => "videos".to_owned(),
        "audio/*" => "sound".to_owned(),
        "text/*" => "texts".to_owned(),
        "text/plain" => "plain text".to_owned(),
        "text/csv" => "CSV".to_owned(),
        "image/jpeg" => "JPEG".to_owned(),
        _ if media_type.ends_with("wordprocessingml.document") || media_type == "application/msword" => {
            "Word".to_owned()
        }
        _ if media_type.ends_with("spreadsheetml.sheet") || media_type == "application/vnd.ms-excel" => {
            "Excel".to_owned()
        }
        _ => media_type.rsplit(['/', '.', '-']).next().unwrap_or(media_type).to_uppercase(),
    }
}

/// What a file is that is not taken.
pub fn said(media_type: &str) -> String {
    match media_type {
        "application/octet-stream" => "of a kind that is not known".to_owned(),
        "text/html" | "text/xml" => "a page or program of the web".to_owned(),
        other => kind(other),
    }
}

/// `3.4 MB`, as people say it.
pub fn size(bytes: u64) -> String {
    let units = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    let Some((unit, name)) = units.into_iter().find(|(unit, _)| bytes >= *unit) else {
        return format!("{bytes} bytes");
    };
    let tenths = (u128::from(bytes) * 10).div_ceil(u128::from(unit));
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {name}"),
        (whole, _) if whole >= 100 => format!("{whole} {name}"),
        (whole, tenth) => format!("{whole}.{tenth} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_kinds_are_said_in_words() {
        for (bytes, says) in
            [(5, "5 bytes"), (1024, "1 KB"), (1536, "1.5 KB"), (10 << 20, "10 MB"), ((10 << 20) + 1, "10.1 MB")]
        {
            assert_eq!(size(bytes), says);
        }
        assert_eq!(kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document"), "Word");
        assert_eq!(kind("application/pdf"), "PDF");
        assert_eq!(kind("image/png"), "PNG");
    }
}
