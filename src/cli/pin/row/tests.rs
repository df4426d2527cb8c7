use super::*;

/// 32 zero bytes in base64url.
const HASH: &str = "pbkdf2-sha256$100000$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn now() -> Timestamp {
    "2020-07-01T10:00:00Z".parse().unwrap()
}

/// A line with everything, changed in some columns.
fn line(changes: &[(&str, &str)]) -> [String; COUNT] {
    let full = [
        "RSSMRA80A01H501U",
        "dispositive",
        "2020-03-31",
        "2020-06-15T08:30:00Z",
        HASH,
        "worker-private pensioner",
        "en",
        "333 1234567",
        "",
        "mara@example.org",
        "",
        "Mara",
        "Rossi",
        "M",
        "1980-01-01",
        "H501",
        "Via dei Mille 12",
        "",
        "00185",
        "Roma",
        "RM",
        "IT",
    ];
    let mut fields = full.map(str::to_owned);
    for (column, text) in changes {
        let place = COLUMNS.names.iter().position(|name| name == column);
        fields[place.unwrap()] = (*text).to_owned();
    }
    fields
}

#[test]
fn a_full_line_is_a_holder_and_all_that_is_known_of_them() {
    let (person, holder) = read(&line(&[]), now()).unwrap();
    assert_eq!(person.expose(), "RSSMRA80A01H501U");
    assert_eq!(holder.grade, PinGrade::Dispositive);
    assert_eq!(
        holder.set,
        "2020-03-30T22:00:00Z".parse::<Timestamp>().unwrap()
    );
    assert_eq!(
        holder.used,
        "2020-06-15T08:30:00Z".parse::<Timestamp>().unwrap()
    );
    let categories = [Category::WorkerPrivate, Category::Pensioner];
    assert_eq!(holder.categories, Categories::from_iter(categories));
    assert_eq!(holder.language, "en");
    assert_eq!(holder.contacts.mobile.unwrap().expose(), "+393331234567");
    assert_eq!(holder.contacts.landline, None);
    assert_eq!(holder.details.unwrap().full_name(), "Mara Rossi");
}

#[test]
fn a_line_with_the_required_columns_alone_is_a_citizen_of_whom_nothing_is_known() {
    let mut fields = line(&[]);
    for field in &mut fields[COLUMNS.required..] {
        field.clear();
    }
    let (_, holder) = read(&fields, now()).unwrap();
    assert_eq!(
        holder.categories,
        Categories::from_iter([Category::Citizen])
    );
    assert_eq!((holder.details, holder.language.as_str()), (None, "it"));
    assert!(holder.contacts.is_empty());
}

#[test]
fn every_rule_of_a_line_has_its_message_and_none_repeats_the_line() {
    let peppered = HASH.replace("pbkdf2-sha256$100000", "argon2id$1$19456$2");
    let costly = HASH.replace("100000", "2000001");
    for (column, text, part) in [
        (
            "fiscal_code",
            "RSSMRA80A01H501X",
            "fiscal_code: the check letter",
        ),
        ("grade", "ordinario", "grade: "),
        ("set_at", "31/03/2020", "set_at: write a day"),
        ("set_at", "2020-07-02", "set_at: it has not come yet"),
        (
            "used_at",
            "2020-07-01T10:00:01Z",
            "used_at: it has not come yet",
        ),
        ("used_at", "2020-03-30", "used_at: it is before set_at"),
        ("pin_hash", "", "pin_hash: "),
        ("pin_hash", "ABCD2345", "pin_hash: "),
        ("pin_hash", peppered.as_str(), "pin_hash: "),
        ("pin_hash", costly.as_str(), "pin_hash: "),
        ("categories", "pensioner,bank", "categories: "),
        ("language", "xx", "language: "),
        ("mobile", "12", "mobile: "),
        ("landline", "12", "landline: "),
        ("email", "nobody", "email: "),
        ("pec", "nobody", "pec: "),
        ("name", "", "name: "),
        ("sex", "X", "sex: it is F or M"),
        ("birth_date", "1/1/1980", "birth_date: "),
        ("birth_place", "Roma", "birth_place: "),
        ("postal_code", "185", "address: the postal code"),
        ("country", "Italia", "country: "),
        (
            "surname",
            "Bianchi",
            "surname: the fiscal code says otherwise",
        ),
        ("sex", "F", "sex: the fiscal code says otherwise"),
    ] {
        let wrong = read(&line(&[(column, text)]), now()).unwrap_err();
        let told = wrong.first().unwrap().to_string();
        assert!(told.contains(part), "{column} {text}: {told}");
        assert!(text.is_empty() || !told.contains(&format!("\"{text}\"")));
    }
}

#[test]
fn everything_that_is_wrong_in_a_line_is_told_at_once() {
    let wrong = read(
        &line(&[("grade", ""), ("mobile", "1"), ("city", "")]),
        now(),
    );
    let told: Vec<_> = wrong.unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn a_pin_may_be_used_on_the_day_on_which_it_was_set() {
    let same = line(&[
        ("set_at", "2020-06-15T10:00:00Z"),
        ("used_at", "2020-06-15"),
    ]);
    assert!(read(&same, now()).is_ok());
}
