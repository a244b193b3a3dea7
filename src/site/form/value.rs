//! Values between the database, a control and whoever fills it in.

use super::{Control, Slot};
use time::macros::format_description;
use time::{Date, Time};

impl Control {
    /// What the control shows for a value of the database: all of it, or nothing where it cannot.
    pub fn shown(&self, value: Option<&str>) -> String {
        let Some(value) = value else { return String::new() };
        match self {
            Self::Date => {
                if date(value).is_some() {
                    value.to_owned()
                } else {
                    String::new()
                }
            }
            Self::Timestamp => value.split_once(' ').and_then(|(day, time)| moment(day, time)).unwrap_or_default(),
            Self::Row(_) => crate::site::key::encode([Some(value)]),
            _ => lines(value),
        }
    }
}

impl Slot {
    /// What was filled in as the database is to have it, or what is wrong with it.
    ///
    /// # Errors
    /// A sentence for the person who filled it in.
    pub fn read(&self, typed: &str) -> Result<Option<String>, String> {
        let text = match self.control {
            Control::LongText | Control::Json => lines(typed),
            _ => lines(typed.trim()),
        };
        if self.control == Control::Checkbox {
            return Ok(Some((text == "true").to_string()));
        }
        if text.trim().is_empty() {
            return match () {
                () if self.required => Err(self.missing()),
                () if self.empty_text => Ok(Some(String::new())),
                () => Ok(None),
            };
        }
        if text.contains('\0') {
            return Err("Take out the character that no text can have.".to_owned());
        }
        let letters = text.chars().count();
        if let Some(most) = self.max_length.filter(|most| letters > *most as usize) {
            return Err(format!("Write at most {most} characters; these are {letters}."));
        }
        self.sound(text).map(Some)
    }

    fn missing(&self) -> String {
        match self.control {
            Control::Choice(_) | Control::YesNo | Control::Row(_) | Control::Known(..) => "Choose one.".to_owned(),
            Control::Date | Control::Timestamp => "Enter a date.".to_owned(),
            _ => "Fill this in.".to_owned(),
        }
    }

    fn sound(&self, text: String) -> Result<String, String> {
        let or = |sound: bool, text: String, otherwise: &str| if sound { Ok(text) } else { Err(otherwise.to_owned()) };
        match &self.control {
            Control::Integer => self.number(&text, false),
            Control::Decimal => self.number(&text, true),
            Control::Email => {
                let sound = text.split_once('@').is_some_and(|(name, host)| {
                    !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(char::is_whitespace)
                });
                or(sound, text, "Enter an e-mail address, such as name@example.com.")
            }
            Control::Url => {
                let lower = text.to_ascii_lowercase();
                let sound = ["https://", "http://"]
                    .iter()
                    .any(|scheme| lower.len() > scheme.len() && lower.starts_with(scheme));
                or(sound && !text.contains(char::is_whitespace), text, "Enter a web address that begins with https://.")
            }
            Control::Choice(values) => or(values.contains_key(&text), text, "Choose one of the list."),
            Control::YesNo => or(matches!(text.as_str(), "true" | "false"), text, "Choose one of the list."),
            Control::Date => or(date(&text).is_some(), text, "Enter a date, such as 2026-01-31."),
            Control::Timestamp => {
                let read = text.split_once(['T', ' ']).and_then(|(day, time)| moment(day, time));
                read.map(|text| text.replace('T', " "))
                    .ok_or_else(|| "Enter a date and a time, such as 2026-01-31 14:30.".to_owned())
            }
            Control::Uuid => {
                let sound = uuid::Uuid::parse_str(&text).is_ok();
                or(sound, text, "Enter an id of 32 letters and digits, with its dashes.")
            }
            Control::Json => {
                let sound = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
                or(sound, text, "This is not valid JSON.")
            }
            Control::Row(_) => {
                let known = crate::site::key::decode_key(&text, self.columns.len()).is_some();
                or(known, text, "Choose one of the list.")
            }
            Control::Text | Control::LongText | Control::Phone | Control::Checkbox | Control::Known(..) => Ok(text),
        }
    }

    /// Plain digits: a comma is a thousand to one and a half to another, so neither is guessed.
    fn number(&self, text: &str, fraction: bool) -> Result<String, String> {
        let text = text.replace('−', "-");
        let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
        let (whole, rest) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !rest.is_none_or(|rest| fraction && plain(rest)) {
            let like = if fraction { "Enter a number, such as 1250.50." } else { "Enter a whole number, such as 12." };
            return Err(like.to_owned());
        }
        if let Some((least, most)) = self.bounds
            && !digits_within(&text, whole, (least, most))
        {
            return Err(format!("Enter a number from {least} to {most}."));
        }
        if self.whole_digits.is_some_and(|most| whole.trim_start_matches('0').len() > most) {
            return Err("This number is too large.".to_owned());
        }
        // The column would round, and nobody would be told. Zeros at the end are no digits that are lost.
        let kept = rest.map_or(0, |rest| rest.trim_end_matches('0').len());
        if let Some(most) = self.decimals.filter(|most| kept > *most) {
            return Err(match most {
                0 => "Enter a whole number, such as 12.".to_owned(),
                1 => format!("Write at most 1 digit after the point; these are {kept}."),
                most => format!("Write at most {most} digits after the point; these are {kept}."),
            });
        }
        Ok(text)
    }

    /// What a sent value says as this control would show it, so that two can be compared.
    pub fn normal(&self, typed: &str) -> String {
        match self.read(typed) {
            Ok(Some(key)) if matches!(self.control, Control::Row(_)) => key,
            Ok(value) => self.control.shown(value.as_deref()),
            Err(_) => typed.to_owned(),
        }
    }
}

/// Whether a number that is written so lies between the two; what comes after the point is not looked at.
fn digits_within(text: &str, whole: &str, (least, most): (i64, i64)) -> bool {
    let signed = if text.starts_with('-') { format!("-{whole}") } else { whole.to_owned() };
    signed.parse::<i64>().is_ok_and(|value| (least..=most).contains(&value))
}

/// Browsers send every end of a line as two characters, however it was written.
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn date(text: &str) -> Option<Date> {
    let read = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    (1..=9998).contains(&read.year()).then_some(read)
}

/// `2026-01-31T14:30`, with seconds where there are any.
fn moment(day: &str, time: &str) -> Option<String> {
    date(day)?;
    let clock = time.split('.').next()?;
    let read = Time::parse(clock, format_description!("[hour]:[minute]:[second]"))
        .or_else(|_| Time::parse(clock, format_description!("[hour]:[minute]")))
        .ok()?;
    let end = if read.second() == 0 { String::new() } else { format!(":{:02}", read.second()) };
    Some(format!("{day}T{:02}:{:02}{end}", read.hour(), read.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(control: Control) -> Slot {
        Slot {
            name: "v.x".into(),
            label: "X".into(),
            columns: vec![crate::names::ColumnName::new("x")],
            control,
            required: false,
            max_length: None,
            whole_digits: None,
            decimals: None,
            bounds: None,
            empty_text: false,
            filled: false,
            kept: false,
            default: None,
        }
    }

    #[test]
    fn what_is_typed_is_taken_or_told_what_is_wrong() {
        let read = |control: Control, text: &str| slot(control).read(text);
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(read(Control::Text, "  a b "), some("a b"));
        assert_eq!(read(Control::LongText, "a\r\n b \r\n"), some("a\n b \n"));
        assert_eq!(read(Control::Decimal, "-1250.50"), some("-1250.50"));
        assert_eq!(read(Control::Decimal, "−3"), some("-3"));
        assert_eq!(read(Control::Timestamp, "2026-01-31T14:30"), some("2026-01-31 14:30"));
        assert_eq!(read(Control::Timestamp, "2026-01-31 14:30:05.25"), some("2026-01-31 14:30:05"));
        assert_eq!(read(Control::Checkbox, ""), some("false"));
        assert_eq!(read(Control::YesNo, ""), Ok(None));
        assert_eq!(read(Control::Row(crate::names::ObjectName::new("case")), "10248"), some("10248"));
        for (control, text) in [
            (Control::Decimal, "1,250"),
            (Control::Decimal, "1e3"),
            (Control::Integer, "1.5"),
            (Control::Integer, "abc"),
            (Control::Email, "a b@c"),
            (Control::Email, "a@b@c"),
            (Control::Url, "javascript:alert(1)"),
            (Control::Url, "https://"),
            (Control::Date, "2026-02-30"),
            (Control::Date, "infinity"),
            (Control::Timestamp, "2026-01-31"),
            (Control::Uuid, "1"),
            (Control::Json, "{a: 1}"),
            (Control::Choice([("a".into(), "A".into())].into()), "b"),
            (Control::YesNo, "maybe"),
            (Control::Row(crate::names::ObjectName::new("case")), "1,2"),
            (Control::Text, "a\0b"),
        ] {
            assert!(read(control.clone(), text).is_err(), "{control:?} {text}");
        }
    }

    #[test]
    fn what_must_be_there_and_what_is_too_long_is_said() {
        let needed = Slot { required: true, max_length: Some(3), ..slot(Control::Text) };
        assert_eq!(needed.read("  "), Err("Fill this in.".to_owned()));
        assert_eq!(needed.read("äöü"), Ok(Some("äöü".to_owned())));
        assert_eq!(needed.read("abcd"), Err("Write at most 3 characters; these are 4.".to_owned()));
        let small = Slot { whole_digits: Some(3), ..slot(Control::Decimal) };
        assert!(small.read("0999.5").is_ok() && small.read("1000").is_err());
        let price = Slot { decimals: Some(2), ..slot(Control::Decimal) };
        assert!(price.read("120.55").is_ok() && price.read("120.5500").is_ok() && price.read("120").is_ok());
        assert_eq!(price.read("120.555"), Err("Write at most 2 digits after the point; these are 3.".to_owned()));
        let small = Slot { bounds: Some((-32768, 32767)), ..slot(Control::Integer) };
        assert!(small.read("-32768").is_ok() && small.read("+32767").is_ok() && small.read("0000032767").is_ok());
        for text in ["32768", "-32769", "99999999999999999999999999"] {
            assert_eq!(small.read(text), Err("Enter a number from -32768 to 32767.".to_owned()), "{text}");
        }
        let whole = Slot { decimals: Some(0), ..slot(Control::Decimal) };
        assert!(whole.read("12.0").is_ok() && whole.read("12.5").is_err());
        let empty = Slot { empty_text: true, ..slot(Control::Text) };
        assert_eq!(empty.read(""), Ok(Some(String::new())));
    }

    #[test]
    fn a_value_that_was_not_touched_is_not_a_change() {
        for (control, value) in [
            (Control::Timestamp, "2026-01-31 14:30:05.251"),
            (Control::Timestamp, "2026-01-31 14:30:00"),
            (Control::Timestamp, "infinity"),
            (Control::LongText, "a\r\nb\n"),
            (Control::Decimal, "10.50"),
            (Control::Row(crate::names::ObjectName::new("case")), "a/b,c"),
            (Control::Date, "0044-03-15 BC"),
            (Control::Checkbox, "true"),
        ] {
            let slot = slot(control);
            let shown = slot.control.shown(Some(value));
            let sent = shown.replace('\n', "\r\n");
            assert_eq!(slot.normal(&sent), shown, "{value}");
        }
    }
}
