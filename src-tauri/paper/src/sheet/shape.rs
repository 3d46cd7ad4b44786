//! What the number format of a cell says about the number in it.

/// How a number is shown, as far as reading a roster depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// As it is.
    #[default]
    Plain,
    /// With exactly two decimals: `1985.10` is October.
    TwoDecimals,
    /// As a date to the day.
    Day,
    /// As a date of which only year and month are shown.
    Month,
    /// As a date of which only the year is shown.
    Year,
    /// As a time of day or a span of time: no date.
    Time,
}

impl Shape {
    /// The shape of a format code (`yyyy"年"m"月"`), with the number of a format that is built in.
    pub fn of(code: &str, built_in: Option<u32>) -> Self {
        match built_in {
            Some(14..=16 | 22 | 28..=31 | 51 | 53 | 54 | 56 | 58) => Self::Day,
            Some(17 | 27 | 36 | 50 | 52 | 57) => Self::Month,
            Some(18..=21 | 32..=35 | 45..=47 | 55) => Self::Time,
            Some(2) => Self::TwoDecimals,
            Some(0..=49) => Self::Plain,
            _ => Self::of_code(code),
        }
    }

    fn of_code(code: &str) -> Self {
        let (mut year, mut month, mut day, mut hour, mut span) = (false, false, false, false, false);
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c.to_ascii_lowercase() {
                ';' => break,
                '\\' | '_' | '*' => _ = chars.next(),
                '"' => _ = chars.find(|c| *c == '"'),
                '[' => {
                    let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    let inside = inside.to_ascii_lowercase();
                    span |= !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'm' | 's'));
                }
                'y' | 'e' if !matches!(c, 'E') => year = true,
                'm' => month = true,
                'd' | 'a' if !hour || c == 'd' => day = true,
                'h' | 's' => hour = true,
                // `General` and colour-less words hold letters of dates.
                'g' if code.to_ascii_lowercase().starts_with("general") => return Self::Plain,
                _ => {}
            }
        }
        match (year, month, day) {
            _ if span => Self::Time,
            (_, _, true) => Self::Day,
            (true, true, false) => Self::Month,
            (true, false, false) => Self::Year,
            (false, true, false) if !hour => Self::Month,
            _ if hour => Self::Time,
            _ if code.split(';').next().is_some_and(|c| c.ends_with("0.00") || c.ends_with("0.00_ ")) => {
                Self::TwoDecimals
            }
            _ => Self::Plain,
        }
    }

    /// Whether the number is the day number of a date.
    pub fn is_date(self) -> bool {
        matches!(self, Self::Day | Self::Month | Self::Year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_cell_shown_only_as_a_month_is_known_by_its_format() {
        for (code, shape) in [
            ("yyyy-mm-dd", Shape::Day),
            ("yyyy/m/d;@", Shape::Day),
            ("[$-804]yyyy\"年\"m\"月\"d\"日\";@", Shape::Day),
            ("yyyy\"年\"m\"月\";@", Shape::Month),
            ("yyyy\\.mm", Shape::Month),
            ("mmm-yy", Shape::Month),
            ("yyyy", Shape::Year),
            ("yyyy-mm-dd hh:mm:ss", Shape::Day),
            ("m\"月\"d\"日\"", Shape::Day),
            ("[h]:mm", Shape::Time),
            ("h:mm AM/PM", Shape::Time),
            ("0.00_ ", Shape::TwoDecimals),
            ("General", Shape::Plain),
            ("0.00E+00", Shape::Plain),
            ("@", Shape::Plain),
            ("#,##0;[Red]-#,##0", Shape::Plain),
        ] {
            assert_eq!(Shape::of(code, None), shape, "{code}");
        }
        assert_eq!(Shape::of("General", Some(57)), Shape::Month);
        assert_eq!(Shape::of("", Some(14)), Shape::Day);
    }
}
