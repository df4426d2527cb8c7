use super::*;
use crate::identity::{Company, FiscalCode};

fn company(code: &str, name: &str) -> Profile {
    profile(Category::Company, code, name)
}

fn profile(category: Category, code: &str, name: &str) -> Profile {
    Profile::new(category, Some(Organisation::new(code, name).unwrap())).unwrap()
}

fn consultant() -> Standing {
    Standing::new(
        [],
        [
            Profile::new(Category::Intermediary, None).unwrap(),
            company("01234567897", "Alfa"),
        ],
    )
}

fn choose(profile: Profile) -> ProfileChoice {
    ProfileChoice::Professional(profile)
}

#[test]
fn everybody_is_a_citizen_and_professional_categories_are_not_personal() {
    let standing = Standing::new([Category::Company], []);
    assert_eq!(standing, Standing::citizen());
    assert!(standing.personal().iter().eq([Category::Citizen]));
}

#[test]
fn a_person_acts_in_one_profile_alone() {
    let standing = consultant();
    for (choice, category) in [
        (ProfileChoice::Personal, Category::Citizen),
        (
            choose(Profile::new(Category::Intermediary, None).unwrap()),
            Category::Intermediary,
        ),
        (choose(company("01234567897", "Alfa")), Category::Company),
    ] {
        let Capacity::Acting { categories, .. } = standing.capacity(Some(&choice)) else {
            panic!("{choice:?} is theirs");
        };
        assert!(categories.iter().eq([category]), "{categories}");
    }
}

#[test]
fn who_has_one_profile_does_not_choose_and_who_has_several_must() {
    let personal = Standing::citizen().capacity(None);
    assert_eq!(personal.profile(), Some(&ProfileChoice::Personal));
    assert_eq!(consultant().capacity(None), Capacity::Undecided);
}

#[test]
fn a_profile_that_the_archives_no_longer_list_is_none() {
    let taken_back = choose(company("09876543217", "Beta"));
    assert_eq!(
        consultant().capacity(Some(&taken_back)),
        Capacity::Undecided
    );
    // Who has nothing left but their own affairs acts in them.
    let left = Standing::citizen().capacity(Some(&taken_back));
    assert_eq!(left.profile(), Some(&ProfileChoice::Personal));
}

#[test]
fn an_organisation_is_known_by_its_code_whatever_its_name() {
    let renamed = choose(company("01234567897", "Alfa in liquidazione"));
    assert!(consultant().capacity(Some(&renamed)).profile().is_some());
    let twice = [company("1", "Alfa"), company("1", "Alfa S.r.l.")];
    assert_eq!(Standing::new([], twice).profiles().len(), 1);
}

#[test]
fn a_login_for_a_company_proves_that_profile_by_itself() {
    let code = FiscalCode::parse("RSSMRA80A01H501U").unwrap();
    let mut person = Person::new(PersonKey::FiscalCode(code));
    assert!(
        Standing::citizen()
            .with_login_of(&person)
            .profiles()
            .is_empty()
    );
    for number in [Some("01234567897"), None, Some("not a code: \u{7}")] {
        person.company = Some(Company {
            name: "Alfa".to_owned().into(),
            fiscal_number: number.map(|number| number.to_owned().into()),
            vat_number: None,
            registered_office: None,
        });
        let standing = Standing::citizen().with_login_of(&person);
        let [profile] = standing.profiles() else {
            panic!("one profile");
        };
        assert_eq!(profile.category(), Category::Company);
        let code = profile.organisation().map(Organisation::code);
        assert_eq!(code, number.filter(|number| number.len() == 11));
    }
}

#[test]
fn keys_tell_the_profiles_of_a_person_apart_and_lead_to_theirs_only() {
    let standing = consultant();
    for choice in standing.choices() {
        assert_eq!(standing.choice(&choice.key()), Some(choice));
    }
    for foreign in ["", "company", "company:09876543217", "citizen", "Personal"] {
        assert_eq!(standing.choice(foreign), None, "{foreign}");
    }
}

#[test]
fn codes_and_names_that_break_their_rule_are_refused() {
    let long = "x".repeat(201);
    for (code, name, wrong) in [
        ("", "Alfa", NotAProfile::Code),
        ("0123 4567", "Alfa", NotAProfile::Code),
        ("a:b", "Alfa", NotAProfile::Code),
        (&long[..33], "Alfa", NotAProfile::Code),
        ("1", " ", NotAProfile::Name),
        ("1", "Al\nfa", NotAProfile::Name),
        ("1", &long, NotAProfile::Name),
    ] {
        assert_eq!(Organisation::new(code, name), Err(wrong), "{code} {name}");
    }
    let personal = Profile::new(Category::Citizen, None);
    assert_eq!(personal, Err(NotAProfile::Personal(Category::Citizen)));
}

#[test]
fn profiles_read_back_and_are_checked_when_they_do() {
    let choice = choose(company("01234567897", "Alfa"));
    let json = serde_json::to_string(&choice).unwrap();
    assert_eq!(
        serde_json::from_str::<ProfileChoice>(&json).unwrap(),
        choice
    );
    for wrong in [
        json.replace("company", "citizen"),
        json.replace("01234567897", "\\u0007"),
    ] {
        assert!(serde_json::from_str::<ProfileChoice>(&wrong).is_err());
    }
}

#[test]
fn an_archive_gone_wrong_gives_no_endless_list() {
    let endless = (0..10_000).map(|number| company(&number.to_string(), "Alfa"));
    assert_eq!(Standing::new([], endless).profiles().len(), MOST_PROFILES);
}

#[test]
fn debug_of_a_profile_names_no_organisation() {
    let shown = format!("{:?}", company("01234567897", "Alfa"));
    assert!(
        !shown.contains("Alfa") && !shown.contains("0123"),
        "{shown}"
    );
}
