//! `[mail]`, `[pec]` and `[letters]`: what is read from them and what is refused.

use std::path::Path;

use varco::config::Config;

use crate::support::configured::{Configured, varco};

const EXAMPLE: &str = include_str!("../../docs/varco.example.toml");
const MAIL: &str = "host = \"smtp.example.it\"\nfrom = \"posta@istituto.example\"\n";

fn faults(sections: &str) -> String {
    let text = format!("{EXAMPLE}\n{sections}");
    match Config::parse(&text, Path::new("varco.toml"), Path::new("")) {
        Ok(_) => String::new(),
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn a_mail_server_needs_a_name_and_an_address_to_send_from() {
    for section in ["mail", "pec"] {
        let of = |text: &str| faults(&format!("[{section}]\n{text}"));
        assert_eq!(of(MAIL), "");
        let all = "port = 2465\nsecurity = \"starttls\"\nuser = \"u\"\npassword_file = \"p\"\nca = \"ca.pem\"\ntimeout_ms = 500";
        assert_eq!(of(&format!("{MAIL}{all}")), "");
        for (text, fault) in [
            (MAIL.replace("smtp.example.it", "smtp example"), "`host`"),
            (MAIL.replace("posta@istituto", "Posta <p@i"), "`from`"),
            (format!("{MAIL}user = \"u\""), "`password_file`"),
            (format!("{MAIL}password_file = \"p\""), "`user`"),
            (format!("{MAIL}timeout_ms = 1"), "`timeout_ms`"),
            (format!("{MAIL}security = \"none\""), "none"),
            (format!("{MAIL}password = \"p\""), "password"),
            ("from = \"a@example.it\"".to_owned(), "host"),
        ] {
            assert!(of(&text).contains(fault), "{text}: {}", of(&text));
        }
    }
}

#[test]
fn mail_goes_in_the_clear_to_this_machine_alone() {
    let danger = "danger_plain = true";
    assert!(faults(&format!("[mail]\n{MAIL}{danger}")).contains("`danger_plain`"));
    let here = MAIL.replace("smtp.example.it", "127.0.0.1");
    assert_eq!(faults(&format!("[mail]\n{here}{danger}")), "");
}

#[test]
fn a_password_that_is_not_there_is_a_fault_that_names_its_file() {
    let text = format!("{EXAMPLE}\n[mail]\n{MAIL}user = \"u\"\npassword_file = \"mail.password\"");
    let config = Config::parse(&text, Path::new("varco.toml"), Path::new("/nowhere")).unwrap();
    let Err(fault) = config.mail.unwrap().open("Istituto") else {
        panic!("there is no password");
    };
    assert!(fault.to_string().contains("/nowhere/mail.password"));
}

#[test]
fn a_mail_server_is_made_ready_before_anything_runs() {
    // There is no runtime here, as there is none while `varco check` and `varco serve` read their configuration.
    let text = format!("{EXAMPLE}\n[mail]\n{MAIL}");
    let config = Config::parse(&text, Path::new("varco.toml"), Path::new("")).unwrap();
    assert!(config.mail.unwrap().open("Istituto").is_ok());
}

#[test]
fn letters_have_a_folder_that_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{EXAMPLE}\n[letters]\nspool = \"spool\"");
    let config = Config::parse(&text, Path::new("varco.toml"), folder.path()).unwrap();
    config.letters.unwrap().open().unwrap();
    assert!(folder.path().join("spool/printed").is_dir());
    assert!(faults("[letters]").contains("spool"));
}

#[test]
fn a_check_tells_which_ways_pins_lack_and_what_becomes_of_their_messages() {
    let configured = Configured::new();
    let lacking = || -> Vec<String> {
        let checked = configured.run(&["check"]);
        let notes = checked.expect(0).out.lines();
        let notes = notes.filter(|line| line.starts_with("note: there is `[pin]`"));
        notes.map(str::to_owned).collect()
    };
    assert!(lacking().is_empty(), "without PINs nothing is lacking");

    varco(&["keys", "secret", "--out", &configured.path("pepper")]).expect(0);
    let base = std::fs::read_to_string(configured.path("varco.toml")).unwrap();
    let pin = format!("{base}\n[pin]\npeppers = [{{ number = 1, file = \"pepper\" }}]\n");
    configured.write("varco.toml", &pin);
    let all = lacking();
    for (note, section) in all.iter().zip(["text_messages", "mail", "pec", "letters"]) {
        assert!(note.contains(&format!("no `[{section}]`")), "{note}");
        assert!(note.contains("wait") && note.contains("given up"), "{note}");
    }
    assert_eq!(all.len(), 4);

    let with_two = format!("{pin}\n[mail]\n{MAIL}\n[letters]\nspool = \"spool\"\n");
    configured.write("varco.toml", &with_two);
    assert_eq!(lacking(), [all[0].clone(), all[2].clone()]);
}
