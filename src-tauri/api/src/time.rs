//! Times and days as answers carry them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, SecondsFormat};

/// A time in China, where every civil date of the program is.
fn china(ms: i64) -> DateTime<FixedOffset> {
    const EAST_SECONDS: i32 = 8 * 3600;
    let zone = FixedOffset::east_opt(EAST_SECONDS).expect("a constant");
    DateTime::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&zone)
}

/// RFC 3339 in China, to the second.
pub(crate) fn stamp(ms: i64) -> String {
    china(ms).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The day in China, `2026-06-12`.
pub(crate) fn day(ms: i64) -> String {
    china(ms).format("%Y-%m-%d").to_string()
}

/// When a day begins in China, ms since 1970.
pub(crate) fn begins(date: NaiveDate) -> i64 {
    let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
    midnight - i64::from(china(0).offset().local_minus_utc()) * 1000
}

/// 星期五
pub(crate) fn weekday(date: NaiveDate) -> &'static str {
    ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"]
        [date.weekday().num_days_from_monday() as usize]
}
