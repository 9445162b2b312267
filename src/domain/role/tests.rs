//! The whole permission table, as a snapshot: every role, scope, action and target.

use std::fmt::Write;

use super::*;

/// One mark for each of: whole installation; own unit on all, on itself, on a unit below, on another unit.
fn marks(role: Role, action: Action) -> String {
    let unit = Scope::Unit(UnitPath::new("1\u{1f}4"));
    let [own, below, other] = ["1\u{1f}4", "1\u{1f}4\u{1f}17", "1\u{1f}40"].map(UnitPath::new);
    let asked = [
        may(role, &Scope::Installation, action, None),
        may(role, &unit, action, None),
        may(role, &unit, action, Some(&own)),
        may(role, &unit, action, Some(&below)),
        may(role, &unit, action, Some(&other)),
    ];
    asked.map(|yes| if yes { 'x' } else { '.' }).iter().collect()
}

#[test]
fn the_whole_table() {
    let mut table = format!("{:<22}", "");
    for role in Role::ALL {
        write!(table, "{:<10}", role.as_str()).unwrap();
    }
    for action in Action::ALL {
        write!(table, "\n{:<22}", format!("{action:?}")).unwrap();
        for role in Role::ALL {
            write!(table, "{:<10}", marks(role, action)).unwrap();
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn installation_scope_never_refuses_for_a_unit() {
    let target = UnitPath::new("7");
    for role in Role::ALL {
        for action in Action::ALL {
            assert_eq!(
                may(role, &Scope::Installation, action, None),
                may(role, &Scope::Installation, action, Some(&target))
            );
        }
    }
}

#[test]
fn roles_have_one_spelling() {
    for bad in [
        "",
        "hr,",
        ",hr",
        "hr,hr",
        "operator,hr",
        "signer",
        "hr,signer",
        "none",
        "HR",
        "hr, operator",
    ] {
        assert_eq!(bad.parse::<Roles>(), Err(ValueError::Roles), "{bad:?}");
    }
    let all = "auditor,examiner,hr,operator,unit_head";
    assert_eq!(all.parse::<Roles>().unwrap().to_string(), all);
    assert_eq!(Roles::of(&[]), None);
    assert_eq!(Roles::of(&[Role::Signer]), None);
    assert!(!UnitPath::new("").contains(&UnitPath::new("1")));
}
