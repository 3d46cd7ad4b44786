//! The tables of the first slice. Numbers are frozen with the first laptop; fields are only ever added.

use crate::record::Table;
use crate::table;

table! {
    /// An organisation's own facts (lane `down`).
    organisation = 1, "党组织" {
        NAME = 1, "name", "名称";
        LEVEL = 2, "level", "层级";
        PLACE = 3, "place", "所在地";
        CODE = 4, "code", "行政区划代码";
        KIND = 5, "kind", "党组织类别";
    }
}

table! {
    /// Somebody who signs in at this organisation's laptops. A claim of the laptop, not proof.
    user = 2, "使用人" {
        NAME = 1, "name", "姓名";
        ROLE = 2, "role", "职务";
        CLOSED_ON = 3, "closed_on", "停用日期";
        MEMBER = 4, "member", "名册上的人";
    }
}

table! {
    /// A person of the roster: member, activist or applicant (RULES §6).
    member = 3, "党员" {
        NAME = 1, "name", "姓名";
        SEX = 2, "sex", "性别";
        ID_NUMBER = 3, "id_number", "公民身份号码";
        NATION = 4, "nation", "民族";
        BIRTH_DATE = 5, "birth_date", "出生日期";
        EDUCATION = 6, "education", "学历";
        KIND = 7, "kind", "人员类别";
        BRANCH = 8, "branch", "所在党支部";
        PARTY_GROUP = 9, "party_group", "党小组";
        PHONES = 10, "phones", "手机号码", set;
        ADDRESS = 11, "address", "现居住地";
        HOUSEHOLD_PLACE = 12, "household_place", "户籍所在地";
        JOINED_ON = 13, "joined_on", "入党日期";
        CONFIRMED_ON = 14, "confirmed_on", "转正日期";
        PARTY_AGE_CORRECTION = 15, "party_age_correction_months", "党龄校正值(月)";
        JOB = 16, "job", "工作岗位";
        FLOATING = 17, "floating", "是否流动";
        FLOATING_PLACE = 18, "floating_place", "流动去向";
        OUT_OF_CONTACT = 19, "out_of_contact", "是否失联";
        COURTYARD = 20, "courtyard", "所在院坝";
        HOUSEHOLD = 21, "household", "所在户";
        STATUS = 22, "status", "关系状态";
        STATUS_ON = 23, "status_on", "状态日期";
        DEGREE = 24, "degree", "学位";
        TITLE = 25, "professional_title", "专业技术职务";
        STRATUM = 26, "new_stratum", "新社会阶层类型";
        MIGRANT_WORKER = 27, "migrant_worker", "是否农民工";
        APPLIED_ON = 28, "applied_on", "申请入党日期";
        JOINED_BRANCH = 29, "joined_branch", "入党时所在支部";
        NOTES = 30, "notes", "备注";
        RAW = 31, "raw", "原表写法";
        PROBLEMS = 32, "problems", "存疑";
        SKILLS = 33, "skills", "特长";
        HEALTH = 34, "health", "身体状况";
        OFFICE = 35, "office", "党内职务";
    }
}

table! {
    /// Two records that a person has declared to be the same person, or to be two (JOURNAL §4).
    person_edge = 4, "同一人" {
        FIRST = 1, "first", "第一条";
        SECOND = 2, "second", "第二条";
        SAME = 3, "same", "是同一人";
        REASON = 4, "reason", "理由";
    }
}

table! {
    /// 设岗定责: a member holds a post with duties for a term.
    post_assignment = 5, "岗位" {
        MEMBER = 1, "member", "党员";
        POST = 2, "post", "岗位";
        DUTIES = 3, "duties", "职责";
        FROM = 4, "from", "任职日期";
        UNTIL = 5, "until", "任期届满";
        DECIDED_ON = 6, "decided_on", "议定日期";
        DECIDED_BY = 7, "decided_by", "议定会议";
        ENDED_ON = 8, "ended_on", "离任日期";
        END_REASON = 9, "end_reason", "离任原因";
    } parent MEMBER on FROM
}

table! {
    /// 免岗: a member excused from holding a post by a recorded decision.
    post_excuse = 6, "免岗" {
        MEMBER = 1, "member", "党员";
        REASON = 2, "reason", "原因";
        DECIDED_ON = 3, "decided_on", "议定日期";
        DECIDED_BY = 4, "decided_by", "议定会议";
    } parent MEMBER on DECIDED_ON
}

table! {
    /// 院坝: a cluster of households.
    courtyard = 7, "院坝" {
        NAME = 1, "name", "名称";
        PARTY_GROUP = 2, "party_group", "党小组";
        HOUSEHOLDS = 3, "households", "户数";
        PEOPLE = 4, "people", "人数";
        X = 5, "x", "图上横位置";
        Y = 6, "y", "图上纵位置";
        NOTES = 7, "notes", "备注";
    }
}

table! {
    /// 联络员: who looks after a courtyard, with the numbers of the notice board.
    liaison = 8, "联络员" {
        COURTYARD = 1, "courtyard", "院坝";
        MEMBER = 2, "member", "联络员";
        PHONE = 3, "phone", "联系电话";
        SUPERVISION_PHONE = 4, "supervision_phone", "监督电话";
        FROM = 5, "from", "起始日期";
        UNTIL = 6, "until", "截止日期";
    } parent COURTYARD on FROM
}

table! {
    /// 院坝手记: what was heard in a courtyard.
    field_note = 9, "手记" {
        COURTYARD = 1, "courtyard", "院坝";
        DATE = 2, "date", "日期";
        AUTHOR = 3, "author", "记录人";
        PRESENT = 4, "present", "在场的人", set;
        TEXT = 5, "text", "内容";
        TAGS = 6, "tags", "事项", set;
    } parent COURTYARD on DATE
}

table! {
    /// 代办: asked → taken → done → rated (RULES §10).
    errand = 10, "代办" {
        COURTYARD = 1, "courtyard", "院坝";
        NUMBER = 2, "number", "编号";
        PERSON = 3, "person", "申请人";
        MATTER = 4, "matter", "事项";
        AGENT = 5, "agent", "代办人";
        AGENT_NAME = 6, "agent_name", "代办人姓名";
        PAPERS = 7, "papers", "已带材料", set;
        OPENED_ON = 8, "opened_on", "受理日期";
        PROMISED_ON = 9, "promised_on", "承诺办结";
        DONE_ON = 10, "done_on", "办结日期";
        RESULT = 11, "result", "办理结果";
        STATE = 12, "state", "办理状态";
        NOTE = 13, "note", "来自手记";
        RATING_ATTITUDE = 14, "rating_attitude", "态度";
        RATING_QUALITY = 15, "rating_quality", "质量";
        RATING_EFFICIENCY = 16, "rating_efficiency", "效率";
    } parent COURTYARD on OPENED_ON stage STATE
}

table! {
    /// 积分申报: a claim waits for its review before it becomes a ledger entry (RULES §8).
    points_claim = 11, "积分申报" {
        ACCOUNT = 1, "account", "账户";
        GROUP = 2, "group", "人群";
        RULE = 3, "rule", "规则";
        BOOK = 4, "book", "规则版本";
        DATE = 5, "date", "日期";
        TIMES = 6, "times", "次数";
        ASKED = 7, "asked", "申报分";
        GRANTED = 8, "granted", "认定分";
        EVENT = 9, "event", "事由";
        PROPOSER = 10, "proposer", "申报人";
        STATE = 11, "state", "审核状态";
        REVIEWER = 12, "reviewer", "审核人";
        REVIEWED_ON = 13, "reviewed_on", "审核日期";
        REASON = 14, "reason", "理由";
    } parent ACCOUNT on DATE stage STATE
}

table! {
    /// A household, which holds the points account of ordinary villagers.
    household = 12, "户" {
        NAME = 1, "name", "户主";
        COURTYARD = 2, "courtyard", "院坝";
        PEOPLE = 3, "people", "人数";
        HARDSHIP = 4, "hardship", "特困";
        PHONE = 5, "phone", "电话";
    } parent COURTYARD
}

table! {
    /// 组织关系转接: a member moves from one organisation to another. The old organisation has such a record of its own, which
    /// says to whom it lets the member go; the new one has another, in which an organisation above both hands it the
    /// dossier. Each belongs to its organisation like any other record; where a transfer stands follows from the dates.
    transfer = 14, "组织关系转接" {
        MEMBER = 1, "member", "党员";
        DIRECTION = 2, "direction", "转出还是转入";
        COUNTERPART = 3, "counterpart", "对方的转接记录";
        OTHER_MEMBER = 4, "other_member", "对方的那一条";
        OTHER_ORG = 5, "other_org", "对方党组织";
        OTHER_NAME = 6, "other_name", "对方名称";
        OUTSIDE = 7, "outside", "县外";
        LETTER = 8, "letter", "介绍信编号";
        REASON = 9, "reason", "转接原因";
        RELEASED_ON = 10, "released_on", "转出日期";
        HANDED_ON = 11, "handed_on", "转交日期";
        WITHDRAWN_ON = 12, "withdrawn_on", "收回日期";
        ACCEPTED_ON = 13, "accepted_on", "接收日期";
        RETURNED_ON = 14, "returned_on", "转回日期";
        NAME = 15, "name", "姓名";
        FIELDS = 16, "fields", "档案";
        HISTORY = 17, "history", "经历";
        POINTS = 18, "points", "结转积分";
        EARNED = 19, "earned", "积分总数";
        TAKEN = 20, "taken", "收下的档案";
        TAKEN_EARNED = 21, "taken_earned", "收下时的积分总数";
        SETTLED = 22, "settled", "晚到的改动", set;
    } parent MEMBER on RELEASED_ON
}

table! {
    /// A look at unmasked numbers, or an export of them, with its purpose (RULES §7).
    look = 13, "查看痕迹" {
        WHAT = 1, "what", "看了什么";
        PURPOSE = 2, "purpose", "用途";
        COUNT = 3, "count", "人数";
        ON = 4, "on", "时间";
        RECORD = 5, "record", "记录";
    } on ON
}

table! {
    /// The county's server, as an organisation tells all below it (lane `down`).
    hub = 40, "县级服务器" {
        URL = 1, "url", "地址";
        KEY = 2, "key", "公钥";
        RECIPIENT = 3, "recipient", "收件钥匙";
        SIGNATURE = 4, "signature", "名片签名";
    }
}

table! {
    /// 亲属: two persons who are near relatives, so that neither decides on the other's points (RULES §8).
    relative = 50, "亲属" {
        FIRST = 1, "first", "一方";
        SECOND = 2, "second", "另一方";
        KIND = 3, "kind", "关系";
    } parent FIRST
}

table! {
    /// 移交: somebody who leaves hands the laptop's work over to somebody else, by a list that both sign on paper.
    handover = 42, "移交" {
        FROM = 1, "from", "移交人";
        FROM_NAME = 2, "from_name", "移交人姓名";
        TO = 3, "to", "接手人";
        TO_NAME = 4, "to_name", "接手人姓名";
        ON = 5, "on", "移交日期";
        WITNESS = 6, "witness", "监交人";
        DIGEST = 7, "digest", "移交前的指纹";
        CHANGES = 8, "changes", "移交前的条数";
        LISTED = 9, "listed", "清单", set;
    } on ON
}

/// Every table that this version knows.
pub static ALL: &[&Table] = &[
    &organisation::TABLE,
    &user::TABLE,
    &member::TABLE,
    &person_edge::TABLE,
    &post_assignment::TABLE,
    &post_excuse::TABLE,
    &courtyard::TABLE,
    &liaison::TABLE,
    &field_note::TABLE,
    &errand::TABLE,
    &points_claim::TABLE,
    &household::TABLE,
    &transfer::TABLE,
    &look::TABLE,
    &hub::TABLE,
    &relative::TABLE,
    &handover::TABLE,
];

/// The table of that number, or `None` for one that a newer version brought.
pub fn by_number(number: u16) -> Option<&'static Table> {
    ALL.iter().copied().find(|t| t.number == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_given_twice() {
        for (at, table) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|other| other.number != table.number));
            for (at, field) in table.fields.iter().enumerate() {
                assert!(field.number > 0, "0 is every table's 作废");
                assert!(table.fields[..at].iter().all(|o| o.number != field.number && o.name != field.name));
            }
        }
    }
}
