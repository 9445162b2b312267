//! The number's tests: parts, tolerance, damage, and that nothing makes the reading panic.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

#[test]
fn reads_a_contract_number() {
    let nip = Nip::parse("199002292023211001");
    assert_eq!(nip, Err(NipError::BirthDate), "1990 has no 29 February");
    let nip = Nip::parse("199202292023232004").unwrap();
    assert_eq!(nip.kind(), Kind::Pppk { contract: 3 });
    assert_eq!(nip.sex(), Sex::Female);
    assert_eq!(nip.appointed_year(), 2023);
    assert_eq!(nip.spaced(), "19920229 202323 2 004");
    assert_eq!(nip.masked(), "1992 •••• •••••• • 004");
}

#[test]
fn tolerates_what_cells_hold() {
    for text in [
        "198609262009011001",
        " 19860926 200901 1 001 ",
        "19860926.200901.1.001",
        "'198609262009011001",
        "`198609262009011001",
        "19860926\u{a0}200901\u{a0}1\u{a0}001",
        "=\"198609262009011001\"",
        "\u{feff}198609262009011001\u{200b}",
        "\u{2019}198609262009011001",
    ] {
        assert_eq!(
            Nip::parse(text).unwrap().as_str(),
            "198609262009011001",
            "{text:?}"
        );
    }
}

#[test]
fn each_fault_has_its_own_answer() {
    for (text, error) in [
        ("", NipError::Empty),
        (" - ", NipError::Empty),
        ("1.98609E+17", NipError::Scientific),
        ("1,98609e+17", NipError::Scientific),
        ("2E17", NipError::Scientific),
        ("198609262009011000", NipError::Rounded),
        ("198609262009011008.0", NipError::Rounded),
        ("198609262009011008,00", NipError::Rounded),
        ("130123456", NipError::Old),
        ("19860926200901100", NipError::Length(17)),
        ("1986O9262009011001", NipError::Characters),
        ("198613262009011001", NipError::BirthDate),
        ("188609262009011001", NipError::BirthDate),
        ("198609262009131001", NipError::Appointment),
        ("198609262009201001", NipError::Appointment),
        ("198609260009011001", NipError::Appointment),
        ("198609262009013001", NipError::Sex),
    ] {
        assert_eq!(Nip::parse(text), Err(error), "{text:?}");
        assert!(error.to_string().len() > 20);
    }
}

#[test]
fn a_number_cell_is_damage_only_beyond_fifteen_digits() {
    assert_eq!(
        Nip::from_cell(Cell::Number(198_609_262_009_011_008.0)),
        Err(NipError::Rounded)
    );
    assert_eq!(Nip::from_cell(Cell::Number(130_123_456.0)), Err(NipError::Old));
    assert_eq!(Nip::from_cell(Cell::Empty), Err(NipError::Empty));
    assert!(Nip::from_cell(Cell::Text("198609262009011001")).is_ok());
}

#[test]
fn odd_numbers_are_warned_about_only() {
    let nip = Nip::parse("198609262009011001").unwrap();
    assert!(nip.warnings(Some(date(1986, 9, 26)), Some(Sex::Male)).is_empty());
    assert_eq!(
        nip.warnings(Some(date(1986, 6, 9)), Some(Sex::Female)),
        [NipWarning::BirthDateDiffers, NipWarning::SexDiffers]
    );
    let young = Nip::parse("199609262014081001").unwrap();
    assert_eq!(
        young.warnings(None, None),
        [NipWarning::AgeAtAppointment { years: 17 }]
    );
    let late = Nip::parse("196001012008011001").unwrap();
    assert_eq!(
        late.warnings(None, None),
        [NipWarning::AgeAtAppointment { years: 48 }]
    );
    let contract = Nip::parse("197001012024211001").unwrap();
    assert!(
        contract.warnings(None, None).is_empty(),
        "contracts may begin late"
    );
}

#[test]
fn older_numbers_are_kept_where_they_are_numbers() {
    assert_eq!(
        former_number(Cell::Text("130 123 456")).as_deref(),
        Some("130123456")
    );
    assert_eq!(
        former_number(Cell::Number(130_123_456.0)).as_deref(),
        Some("130123456")
    );
    assert_eq!(
        former_number(Cell::Text("198609262009011001")).as_deref(),
        Some("198609262009011001")
    );
    for none in ["", "-", "000000000", "12", "198609262009011000", "tidak ada"] {
        assert_eq!(former_number(Cell::Text(none)), None, "{none:?}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,40}") {
        let _ = Nip::parse(&text);
    }

    #[test]
    fn no_number_makes_it_panic(number in any::<f64>()) {
        let _ = Nip::from_cell(Cell::Number(number));
    }

    #[test]
    fn prints_what_it_parsed(
        days in 0..40_000_i32, year in 1950..2030_u16, month in prop_oneof![1..=12_u8, 21..=29_u8],
        sex in 1..=2_u8, serial in 1..=999_u16,
    ) {
        let birth = date(1930, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        let text = format!("{}{year:04}{month:02}{sex}{serial:03}", birth.strftime("%Y%m%d"));
        let nip = Nip::parse(&text).unwrap();
        prop_assert_eq!(nip.as_str(), &text);
        prop_assert_eq!(nip.birth_date(), birth);
        prop_assert_eq!(Nip::parse(&nip.spaced()).unwrap(), nip);
    }
}
