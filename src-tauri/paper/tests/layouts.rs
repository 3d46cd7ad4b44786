//! Layouts of real rosters beyond the files of the corpus, and what a person can correct about them.

use chrono::NaiveDate;
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use yuanba_paper::Watch;
use yuanba_paper::roster::{
    Code, Column, Field, Mapping, ReadOptions, Roster, RosterError, RosterRow, compare, read,
};

fn import(bytes: &[u8], mapping: Option<Mapping>) -> Result<Roster, RosterError> {
    let options = ReadOptions { today: NaiveDate::from_ymd_opt(2025, 7, 1).unwrap(), mapping };
    read(bytes, &options, &mut Watch::default())
}

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn write(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row as u32, column as u16, *text).unwrap();
        }
    }
}

fn text(row: &RosterRow, field: Field) -> String {
    serde_json::to_value(&row.values).unwrap()[field.name()].as_str().unwrap_or_default().to_owned()
}

fn field(roster: &Roster, column: &str) -> Option<Field> {
    roster.columns.iter().find(|c: &&Column| c.column == column).and_then(|c| c.field)
}

#[test]
fn groups_above_the_names_row_belong_to_the_header() {
    let bytes = workbook(|sheet| {
        let plain = Format::new();
        write(
            sheet,
            &[
                &["石河村花名册"],
                &["序号", "", "", "", "", "联系方式"],
                &["", "姓名", "性别", "入党时间", "转正时间", ""],
                &["1", "张三", "男", "1990.01", "1991.01", "13800000000"],
                &["2", "李四", "男", "同上", "", "〃"],
            ],
        );
        sheet.merge_range(1, 1, 1, 2, "基本情况", &plain).unwrap();
        sheet.merge_range(1, 3, 1, 4, "党内情况", &plain).unwrap();
        sheet.merge_range(1, 0, 2, 0, "序号", &plain).unwrap();
        sheet.merge_range(1, 5, 2, 5, "联系方式", &plain).unwrap();
    });
    let roster = import(&bytes, None).unwrap();
    assert_eq!(roster.header.rows, [2, 3]);
    assert_eq!(text(&roster.rows[0], Field::JoinedOn), "1990-01");
    // 同上 is what stands above it; an empty cell is not.
    assert_eq!(text(&roster.rows[1], Field::JoinedOn), "1990-01");
    assert_eq!(text(&roster.rows[1], Field::ConfirmedOn), "");
    assert_eq!(roster.rows[1].values.phones().len(), 1);
}

#[test]
fn a_text_file_has_two_header_rows_without_merged_cells() {
    let csv = "序号,姓名,户籍所在地,,,电话\n,,省,市,县,\n1,张三,甲省,乙市,丙县,13800000000\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    assert_eq!(roster.header.rows, [1, 2]);
    assert_eq!(text(&roster.rows[0], Field::HouseholdPlace), "甲省乙市丙县");
    assert_eq!(field(&roster, "F"), Some(Field::Phones));
}

#[test]
fn several_branches_in_one_sheet_give_their_names_to_their_people() {
    let bytes = workbook(|sheet| {
        write(
            sheet,
            &[
                &["石河村党支部（1人）"],
                &["姓名", "性别", "民族"],
                &["张三", "男", "汉"],
                &[""],
                &["姓名", "性别", "民族"],
                &["赵六", "女", "汉"],
                &["注：以上为全部党员"],
                &["填表人：王某", "审核人：李某"],
            ],
        );
        sheet.merge_range(3, 0, 3, 2, "清溪村党支部", &Format::new()).unwrap();
    });
    let roster = import(&bytes, None).unwrap();
    let branches: Vec<_> = roster.rows.iter().map(|row| text(row, Field::Branch)).collect();
    assert_eq!(branches, ["石河村党支部", "清溪村党支部"]);
    assert_eq!((roster.rows.len(), roster.skipped), (2, 5));
}

#[test]
fn the_introducers_name_is_not_the_persons() {
    let csv = "姓名,性别,入党介绍人姓名,紧急联系人电话,联系电话\n张三,男,李四,13900000000,13800000000\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    assert_eq!(
        (field(&roster, "C"), field(&roster, "D"), field(&roster, "E")),
        (None, None, Some(Field::Phones))
    );
}

#[test]
fn the_sheet_with_people_is_taken_whichever_place_it_has() {
    let mut book = Workbook::new();
    write(
        book.add_worksheet().set_name("填表说明").unwrap(),
        &[&["请如实填写姓名、性别"], &["代码", "名称"]],
    );
    write(
        book.add_worksheet().set_name("隐藏").unwrap().set_hidden(true),
        &[&["姓名", "性别", "民族", "学历"], &["甲", "男", "汉", "大专"]],
    );
    write(book.add_worksheet().set_name("名册").unwrap(), &[&["姓名", "性别"], &["张三", "男"]]);
    book.add_worksheet();
    let bytes = book.save_to_buffer().unwrap();
    let roster = import(&bytes, None).unwrap();
    assert_eq!(roster.sheet.as_deref(), Some("名册"));
    assert_eq!(roster.rows[0].values.name(), Some("张三"));
    let other = Mapping { sheet: Some("隐藏".into()), ..Mapping::default() };
    assert!(import(&bytes, Some(other)).is_err(), "what is hidden is not read");
}

#[test]
fn a_persons_correction_counts_and_is_remembered_by_the_shape_of_the_header() {
    let csv = "姓名,学历,代码一,电话\n张三,大专,511722198507010018,13800000000\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    assert_eq!(field(&roster, "C"), None, "one number is no column of numbers");
    let mapping: Mapping =
        serde_json::from_str(r#"{"columns": {"C": "id_number", "B": null, "D": "phones"}}"#).unwrap();
    let mapped = import(csv.as_bytes(), Some(mapping.clone())).unwrap();
    assert_eq!((field(&mapped, "B"), field(&mapped, "C")), (None, Some(Field::IdNumber)));
    assert_eq!(mapped.columns[2].certainty, 1.0);
    assert_eq!(text(&mapped.rows[0], Field::IdNumber), "511722198507010018");
    // Stars, hints, blanks and the rows below do not change the shape.
    let later = "姓 名*,学历,代码一（必填）,电话\n李四,初中,,\n王五,小学,,\n";
    assert_eq!(import(later.as_bytes(), None).unwrap().header.shape(), roster.header.shape());
}

#[test]
fn a_table_without_a_header_is_read_when_a_person_says_what_is_where() {
    let csv = "张三,男,511722198507010018\n李四,女,\n";
    assert_eq!(import(csv.as_bytes(), None).unwrap_err(), RosterError::NoHeader);
    let mapping = serde_json::from_str(
        r#"{"header_rows": [], "columns": {"A": "name", "B": "sex", "C": "id_number"}}"#,
    )
    .unwrap();
    let roster = import(csv.as_bytes(), Some(mapping)).unwrap();
    assert_eq!((roster.rows.len(), roster.skipped), (2, 0));
    assert_eq!(roster.rows[0].row, 1);
}

#[test]
fn of_two_columns_with_one_header_the_fuller_one_counts_and_is_less_certain() {
    let csv = "姓名,入党日期,入党日期\n张三,,2008-07-01\n李四,,2009-07-01\n王五,2010-07-01,2010-07-01\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    assert_eq!((field(&roster, "B"), field(&roster, "C")), (None, Some(Field::JoinedOn)));
    assert!(roster.columns[2].certainty < 1.0);
}

#[test]
fn a_column_that_holds_something_else_is_less_certain() {
    let csv = "姓名,性别\n张三,石河村\n李四,清溪村\n王五,男\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    assert!(roster.columns[1].certainty <= 0.5);
    assert_eq!(roster.rows[0].problems[0].code, Code::UnknownValue);
}

#[test]
fn a_column_of_numbers_is_known_without_a_word_for_it() {
    let csv = "姓名,甲栏,乙栏\n张三,511722198507010018,13800000000\n李四,511722850701001,13800000001\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    assert_eq!((field(&roster, "B"), field(&roster, "C")), (Some(Field::IdNumber), Some(Field::Phones)));
    assert!(roster.columns[1].certainty < 0.7);
}

#[test]
fn a_date_cell_is_as_precise_as_it_is_shown() {
    let bytes = workbook(|sheet| {
        write(sheet, &[&["姓名", "出生年月", "入党时间", "转正时间"], &["张三"]]);
        let date = |code: &str| Format::new().set_num_format(code);
        sheet.write_number_with_format(1, 1, 31229.0, &date("yyyy\"年\"m\"月\";@")).unwrap();
        sheet.write_number_with_format(1, 2, 39630.5, &date("yyyy-mm-dd hh:mm")).unwrap();
        sheet.write_number_with_format(1, 3, 2009.10, &date("0.00")).unwrap();
    });
    let row = &import(&bytes, None).unwrap().rows[0];
    assert_eq!(text(row, Field::BirthDate), "1985-07");
    assert_eq!(text(row, Field::JoinedOn), "2008-07-01");
    assert_eq!(text(row, Field::ConfirmedOn), "2009-10");
}

#[test]
fn a_month_that_lost_its_zero_is_known_by_its_column_or_not_at_all() {
    let october = |other: f64| {
        let bytes = workbook(|sheet| {
            write(sheet, &[&["姓名", "入党时间"], &["张三"], &["李四"]]);
            sheet.write_number(1, 1, 2008.1).unwrap();
            sheet.write_number(2, 1, other).unwrap();
        });
        let roster = import(&bytes, None).unwrap();
        text(&roster.rows[0], Field::JoinedOn)
    };
    assert_eq!(october(2009.07), "2008-10", "where July is 07, 1 is 10");
    assert_eq!(october(2009.7), "", "where July is 7, 1 may be January too");
}

#[test]
fn the_raw_text_is_kept_where_the_value_does_not_say_it_all() {
    let csv = "姓名,出生日期,身份证号\n张  三,1985.07（40岁）,5.11722E+17\n李四,1985-07-01,\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    let reading = serde_json::to_value(compare("x.csv", roster, &[])).unwrap();
    assert_eq!(reading["rows"][0]["raw"]["birth_date"], "1985.07（40岁）");
    assert_eq!(reading["rows"][0]["raw"]["id_number"], "5.11722E+17");
    assert_eq!(reading["rows"][0]["raw"]["name"], "张  三");
    assert!(reading["rows"][1].get("raw").is_none());
    assert_eq!(reading["sheet"], serde_json::Value::Null);
}

#[test]
fn a_header_pointed_at_below_the_last_row_takes_no_longer_than_the_sheet() {
    let bytes = workbook(|sheet| write(sheet, &[&["姓名", "性别"], &["张三", "男"]]));
    let began = std::time::Instant::now();
    for rows in [vec![1, u32::MAX], vec![u32::MAX], vec![0, 1]] {
        let mapping = Mapping { header_rows: Some(rows), ..Mapping::default() };
        if let Ok(roster) = import(&bytes, Some(mapping)) {
            assert!(roster.header.rows.iter().all(|row| *row <= 2), "{:?}", roster.header.rows);
        }
    }
    assert!(began.elapsed().as_secs() < 10, "four thousand million rows were gone through");
}

#[test]
fn what_stands_under_a_table_is_nobody_whatever_it_holds() {
    let head = "序号,姓名,性别,公民身份号码,出生日期,手机号码,所在党支部\n\
        1,王伟,男,511722198507010018,,13800000000,石河村党支部\n\
        2,李芳,女,,1970-01-01,负责人：张三,负责人：三组\n";
    for under in [
        "书记（签字）：,,,填表人：,,2025.6.30,",
        "填表人：张三,,,联系电话：13800000000,,填表日期：2025年6月30日,",
        ",填表人：张三,,联系电话：13800000000,,填表日期：2025年6月30日,",
        ",填表人,张三,电话,13800000000,2025年6月30日,",
        "审核：,,,制表：,,时间：2025.6.30,",
        ",单位（盖章）,,,,2025年6月30日,",
        ",第 1 页 共 3 页,,,,,",
        ",以下空白,,,,,",
        ",正式党员28人，预备党员2人,,,,,",
        "联系人：,李四,,电话：,,13900000000,",
        "填报人：,,审核人：,,负责人：,2025.06.30,石河村党支部",
        ",合　计,30,20,10,,",
        ",小计,2,,,,",
    ] {
        let roster = import(format!("{head}{under}\n").as_bytes(), None).unwrap();
        let names: Vec<_> = roster.rows.iter().map(|row| text(row, Field::Name)).collect();
        assert_eq!(names, ["王伟", "李芳"], "{under}");
    }
    // Of numbers only those count that can be what their columns hold.
    let bytes = workbook(|sheet| {
        write(
            sheet,
            &[&["序号", "姓名", "性别", "身份证号", "出生日期"], &["1", "王伟", "男", "511722198507010018"]],
        );
        write_numbers(sheet, 2, &[(2, 30.0), (3, 20.0), (4, 10.0)]);
        sheet.write_string(2, 1, "合　计").unwrap();
        write_numbers(sheet, 3, &[(1, 20.0), (3, 10.0)]);
        sheet.write_string(3, 0, "男党员").unwrap().write_string(3, 2, "女党员").unwrap();
    });
    assert_eq!(import(&bytes, None).unwrap().rows.len(), 1);
}

fn write_numbers(sheet: &mut Worksheet, row: u32, cells: &[(u16, f64)]) {
    for (column, number) in cells {
        sheet.write_number(row, *column, *number).unwrap();
    }
}

#[test]
fn a_word_for_nobody_is_no_name() {
    let csv = "姓名,性别,身份证号\n无,男,511722198507010018\n同上,女,511722198507010026\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    assert_eq!(roster.rows.len(), 2);
    for row in &roster.rows {
        assert!(row.values.name().is_none() && row.problems.iter().any(|p| p.code == Code::NameMissing));
    }
}

#[test]
fn a_mapping_is_written_as_it_comes_to_hand() {
    let csv = "石河村名单\n称呼,证号,出生（年月）\n王伟,511722198507010018,1985-07-01\n";
    for written in [
        r#"{"A": "name", "B": "id_number", "C": "birth_date"}"#,
        r#"{"称呼": "姓名", "证号": "公民身份号码", "出生": "出生日期"}"#,
        r#"{"columns": {"A": "name", "证号": "id_number", "C": "birth_date"}}"#,
        r#"{"header_rows": [2], "columns": {"A": "name", "B": "id_number", "C": "birth_date"}}"#,
        r#"[{"column": "A", "field": "name"}, {"header": "证号", "field": "id_number"}]"#,
        r#"{"file": "x", "sheet": null, "columns": [{"column": "A", "header": "称呼", "field": "name", "certainty": 0.0},
            {"column": "B", "header": "证号", "field": "id_number", "certainty": 1.0}]}"#,
    ] {
        let mapping = Mapping::from_json(written.as_bytes()).unwrap_or_else(|| panic!("{written}"));
        let roster = import(csv.as_bytes(), Some(mapping)).unwrap();
        assert_eq!(roster.header.rows, [2], "{written}");
        assert_eq!(text(&roster.rows[0], Field::Name), "王伟", "{written}");
        assert_eq!(text(&roster.rows[0], Field::IdNumber), "511722198507010018", "{written}");
        assert_eq!(text(&roster.rows[0], Field::BirthDate), "1985-07-01", "{written}");
    }
    for nonsense in ["{", "1", r#"{"A": "nose"}"#, r#"{"columns": 3}"#, r#"[{"column": "A"}]"#] {
        assert_eq!(Mapping::from_json(nonsense.as_bytes()), None, "{nonsense}");
    }
}

#[test]
fn the_groups_of_a_branch_are_groups_and_stay_in_their_branch() {
    let csv = "姓名,性别\n石河村党支部,\n王伟,男\n第一党小组（1人）,\n李芳,女\n清溪村党支部,\n赵强,男\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    let places: Vec<_> =
        roster.rows.iter().map(|row| (text(row, Field::Branch), text(row, Field::PartyGroup))).collect();
    let place = |branch: &str, group: &str| (branch.to_owned(), group.to_owned());
    assert_eq!(
        places,
        [place("石河村党支部", ""), place("石河村党支部", "第一党小组"), place("清溪村党支部", "")]
    );
}

#[test]
fn a_party_member_without_a_further_word_is_a_full_one() {
    let csv = "姓名,人员类别,文化水平\n王伟,中共党员,大专\n李芳,中共预备党员,初中\n";
    let roster = import(csv.as_bytes(), None).unwrap();
    let kinds: Vec<_> = roster.rows.iter().map(|row| text(row, Field::Kind)).collect();
    assert_eq!(kinds, ["full", "probationary"]);
    assert_eq!(text(&roster.rows[0], Field::Education), "31");
}
