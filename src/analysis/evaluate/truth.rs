//! What may come of a question.

/// Whether something holds, as SQL has it; and one thing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    Yes,
    No,
    /// SQL's unknown: something compared is empty. It denies, and so does its contrary.
    Null,
    /// What was handed in does not tell, because of this.
    Untold(String),
}

impl Truth {
    pub fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    pub fn untold(why: impl Into<String>) -> Self {
        Self::Untold(why.into())
    }

    pub fn holds(&self) -> bool {
        *self == Self::Yes
    }

    /// The contrary; of what is unknown, unknown.
    #[must_use]
    pub fn contrary(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            other => other,
        }
    }

    /// Whether every part holds; one that does not decides whatever the others are.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut found = Self::Yes;
        for part in parts {
            match (part, &found) {
                (Self::No, _) => return Self::No,
                (Self::Untold(why), Self::Yes | Self::Null) => found = Self::Untold(why),
                (Self::Null, Self::Yes) => found = Self::Null,
                _ => {}
            }
        }
        found
    }

    /// Whether some part holds; one that does decides whatever the others are.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut found = Self::No;
        for part in parts {
            match (part, &found) {
                (Self::Yes, _) => return Self::Yes,
                (Self::Untold(why), Self::No | Self::Null) => found = Self::Untold(why),
                (Self::Null, Self::No) => found = Self::Null,
                _ => {}
            }
        }
        found
    }
}

/// What comes of trying to do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Allowed,
    /// Because of this.
    Denied(String),
    /// What was handed in does not tell, because of this.
    Unknown(String),
}

impl Verdict {
    /// Allowed where it holds, and `why` not where it does not.
    pub fn of(truth: Truth, why: impl FnOnce() -> String) -> Self {
        match truth {
            Truth::Yes => Self::Allowed,
            Truth::No | Truth::Null => Self::Denied(why()),
            Truth::Untold(why) => Self::Unknown(why),
        }
    }

    /// The first that allows it; else what is not known; else the first reason.
    pub fn first_allowing(verdicts: impl IntoIterator<Item = Self>, otherwise: impl FnOnce() -> String) -> Self {
        let (mut denied, mut unknown) = (None, None);
        for verdict in verdicts {
            match verdict {
                Self::Allowed => return Self::Allowed,
                Self::Denied(why) => drop(denied.get_or_insert(why)),
                Self::Unknown(why) => drop(unknown.get_or_insert(why)),
            }
        }
        unknown.map_or_else(|| Self::Denied(denied.unwrap_or_else(otherwise)), Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_denies_and_so_does_its_contrary() {
        use Truth::{No, Null, Yes};
        assert_eq!(Truth::all([Yes, Null]), Null);
        assert_eq!(Truth::all([Null, No]), No);
        assert_eq!(Truth::any([Null, Yes]), Yes);
        assert_eq!(Truth::any([No, Null]), Null);
        assert_eq!(Null.contrary(), Null);
        assert_eq!(No.contrary(), Yes);
        assert_eq!(Truth::all([]), Yes);
        assert_eq!(Truth::any([]), No);
    }

    #[test]
    fn what_is_not_told_gives_way_to_what_decides() {
        let untold = || Truth::untold("nobody says");
        assert_eq!(Truth::all([untold(), Truth::No]), Truth::No);
        assert_eq!(Truth::any([untold(), Truth::Yes]), Truth::Yes);
        assert_eq!(Truth::all([Truth::Null, untold(), Truth::Yes]), untold());
        assert_eq!(untold().contrary(), untold());
    }
}
