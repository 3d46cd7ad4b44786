//! What can be said of an identity number by looking at it.

use yuanba_core::IdNumber;
use yuanba_core::id_number::IdProblem;

/// 校验码对, or what is wrong with it. It says nothing about whose number it is.
pub(super) fn id_words(text: &str) -> String {
    let wrong = match IdNumber::read(text) {
        Ok(Some(_)) => return "校验码对".to_owned(),
        Ok(None) => return "没有写".to_owned(),
        Err(problem) => problem,
    };
    match wrong {
        IdProblem::Checksum if swapped(text) => "校验码不对，可能写反了两位".to_owned(),
        IdProblem::Checksum => "校验码不对，有一位抄错了".to_owned(),
        IdProblem::ImpossibleDate => "里面的出生日期，日历上没有".to_owned(),
        IdProblem::Damaged => "后面几位丢了，是表格弄坏的".to_owned(),
        IdProblem::Masked => "号码是遮着的，看不出对不对".to_owned(),
        IdProblem::Length => match text.chars().filter(|c| c.is_ascii_alphanumeric()).count() {
            count @ 1..=17 => format!("只有 {count} 位，少了 {} 位", 18 - count),
            count @ 19.. => format!("有 {count} 位，多了 {} 位", count - 18),
            _ => "里面有不该有的字".to_owned(),
        },
    }
}

/// Whether two neighbours changed places would make it good.
fn swapped(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..chars.len()).any(|at| {
        let mut tried = chars.clone();
        tried.swap(at - 1, at);
        tried != chars && matches!(IdNumber::read(&tried.iter().collect::<String>()), Ok(Some(_)))
    })
}

#[cfg(test)]
mod tests {
    use super::id_words;

    #[test]
    fn what_is_wrong_with_a_number_is_said_in_words() {
        assert_eq!(id_words("511722198507010018"), "校验码对");
        assert_eq!(id_words("511722198507010081"), "校验码不对，可能写反了两位");
        assert_eq!(id_words("511722198507010015"), "校验码不对，有一位抄错了");
        assert_eq!(id_words("51172219850701001"), "只有 17 位，少了 1 位");
        assert_eq!(id_words("5117221985070100188"), "有 19 位，多了 1 位");
        assert_eq!(id_words("511722196302290010"), "里面的出生日期，日历上没有");
    }
}
