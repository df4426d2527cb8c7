//! Where the trusted list comes from and is kept, PEM folders beside it, and who could meddle with them.

use crate::support::http_server::{HttpServer, Reply};
use crate::support::listed::{LIST, configured, import, kept, list, pem, pointer, signed};

#[test]
fn a_list_comes_from_the_configured_address_or_from_one_that_is_named() {
    let text = signed(&list(7, 3));
    let server =
        HttpServer::start(move |_| Reply::of(200, "application/vnd.etsi.tsl+xml", text.clone()));
    let url = server.url("/TSL-IT.xml").to_string();
    let trust = format!("{LIST}\nurl = \"{url}\"\ndanger_allow_http = true");
    let from_url = configured(&trust);
    let ran = from_url.run(&["cns", "trust", "import"]);
    assert!(
        ran.expect(0).out.contains("3 authorities of cards"),
        "{}",
        ran.out
    );
    let ran = from_url.run(&["cns", "trust", "import", &url]);
    assert!(ran.expect(0).out.contains("as it was"), "{}", ran.out);

    server.answer(|_| Reply::of(200, "text/html", "<html/>"));
    let ran = from_url.run(&["cns", "trust", "import"]);
    assert!(ran.expect(1).err.contains("another kind"), "{}", ran.err);
    let long = " ".repeat(17 * 1024 * 1024);
    server.answer(move |_| Reply::of(200, "text/xml", long.clone()));
    let ran = from_url.run(&["cns", "trust", "import"]);
    assert!(ran.expect(1).err.contains("too long"), "{}", ran.err);
}

#[test]
fn addresses_of_the_inside_and_without_tls_are_not_asked() {
    let server = HttpServer::start(|_| panic!("nobody may ask"));
    let url = server.url("/TSL-IT.xml").to_string();
    let configured = configured(LIST);
    let ran = configured.run(&["cns", "trust", "import", &url]);
    assert!(
        ran.expect(1).err.contains("is not an https address"),
        "{}",
        ran.err
    );
    let by_https = url.replacen("http:", "https:", 1);
    let ran = configured.run(&["cns", "trust", "import", &by_https]);
    assert!(ran.expect(1).err.contains("not public"), "{}", ran.err);
    let ran = configured.run(&["cns", "trust", "import", "file:///etc/passwd"]);
    assert!(
        ran.expect(1).err.contains("is not an https address"),
        "{}",
        ran.err
    );
    let ran = configured.run(&["cns", "trust", "import"]);
    assert!(ran.expect(1).err.contains("configure `url`"), "{}", ran.err);
}

#[test]
fn a_folder_that_everybody_may_write_decides_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let configured = configured(LIST);
    import(&configured, &signed(&list(7, 3)), &[]).expect(0);
    let folder = configured.path("trusted");
    let mode = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode));
    mode(0o777).unwrap();
    let ran = import(&configured, &signed(&list(8, 3)), &[]);
    assert!(
        ran.expect(1).err.contains("everybody on this machine"),
        "{}",
        ran.err
    );
    let ran = configured.run(&["check"]);
    assert!(
        ran.expect(1).err.contains("everybody on this machine"),
        "{}",
        ran.err
    );
    mode(0o755).unwrap();
    configured.run(&["check"]).expect(0);
}

#[test]
fn a_folder_that_is_put_back_or_emptied_brings_no_older_list_back() {
    let configured = configured(LIST);
    import(&configured, &signed(&list(7, 3)), &[]).expect(0);
    let (old, file) = (pointer(&configured).unwrap(), kept(&configured)[0].clone());
    let text = std::fs::read_to_string(configured.path(&format!("trusted/{file}"))).unwrap();
    import(&configured, &signed(&list(8, 3)), &[]).expect(0);
    configured.write("trusted/current.toml", &old);
    let older = "an older list never comes back";
    let ran = configured.run(&["check"]);
    assert!(ran.expect(1).err.contains(older), "{}", ran.err);
    std::fs::remove_dir_all(configured.path("trusted")).unwrap();
    let ran = import(&configured, &text, &[]);
    assert!(ran.expect(1).err.contains(older), "{}", ran.err);
    let other = signed(&list(8, 2));
    let ran = import(&configured, &other, &[]);
    assert!(
        ran.expect(1).err.contains("says something else"),
        "{}",
        ran.err
    );
    import(&configured, &signed(&list(9, 3)), &[]).expect(0);
}

#[test]
fn links_in_the_folder_lead_no_import_to_another_file() {
    let configured = configured(LIST);
    import(&configured, &signed(&list(7, 3)), &[]).expect(0);
    configured.write("precious", "as it was");
    let precious = configured.path("precious");
    for name in ["import.lock", "current.toml.new"] {
        let link = configured.path(&format!("trusted/{name}"));
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(&precious, link).unwrap();
    }
    import(&configured, &signed(&list(8, 3)), &[]).expect(0);
    assert_eq!(std::fs::read_to_string(precious).unwrap(), "as it was");
    assert!(pointer(&configured).unwrap().contains("sequence = 8"));
}

#[test]
fn a_kept_list_that_was_changed_by_hand_is_not_used() {
    let configured = configured(LIST);
    import(&configured, &signed(&list(7, 3)), &[]).expect(0);
    let file = format!("trusted/{}", kept(&configured)[0]);
    configured.write(&file, &signed(&list(9, 3)));
    let ran = configured.run(&["check"]);
    assert!(
        ran.expect(1)
            .err
            .contains("is not the list that was imported"),
        "{}",
        ran.err
    );
    for broken in ["", "file = \"../../etc/passwd\"", "file = \"list-7.xml\""] {
        configured.write("trusted/current.toml", broken);
        let ran = configured.run(&["check"]);
        assert!(
            ran.expect(1).err.contains("is not as `varco"),
            "{broken}: {}",
            ran.err
        );
    }
}

#[test]
fn folders_of_pem_files_are_enough_and_want_no_import() {
    let configured = configured("pem = [\"anchors\"]");
    std::fs::create_dir(configured.path("anchors")).unwrap();
    configured.write("anchors/one.pem", &pem(0));
    configured.write("anchors/two.pem", &format!("{}{}", pem(1), pem(2)));
    configured.run(&["check"]).expect(0);
    let ran = configured.run(&["cns", "trust", "list"]);
    assert!(ran.expect(0).out.contains("3 authorities"), "{}", ran.out);
    let ran = configured.run(&["cns", "trust", "import", "list.xml"]);
    assert!(ran.expect(1).err.contains("has no `list`"), "{}", ran.err);
    configured.write("anchors/three.pem", "oops");
    let ran = configured.run(&["check"]);
    assert!(
        ran.expect(1).err.contains("three.pem: is not certificates"),
        "{}",
        ran.err
    );
}

#[test]
fn what_the_configuration_says_of_an_authority_counts_and_faults_are_told() {
    let configured = configured("pem = [\"anchors\"]");
    std::fs::create_dir(configured.path("anchors")).unwrap();
    configured.write("anchors/one.pem", &pem(0));
    let ran = configured.run(&["cns", "trust", "list"]);
    let row = ran.expect(0).out.lines().nth(1).unwrap().to_owned();
    let id = row.rsplit(' ').next().unwrap();
    let issuer = |id: &str| {
        format!("[[cns.trust.issuer]]\nid = \"{id}\"\nkind = \"other\"\nlombardy = true\n\n[store]")
    };
    configured.change("[store]", &issuer(id));
    let ran = configured.run(&["cns", "trust", "list"]);
    assert!(ran.expect(0).out.contains("other, lombardy"), "{}", ran.out);
    configured.change(id, &"0".repeat(64));
    let ran = configured.run(&["check"]);
    assert!(
        ran.expect(0)
            .out
            .contains("no authority that is trusted has the id"),
        "{}",
        ran.out
    );
    for (old, new, part) in [
        ("\"other\"", "\"others\"", "`kind` is `health`"),
        (&*"0".repeat(64), "abc", "64 hexadecimal digits"),
        ("pem = [\"anchors\"]", "hints = \"all\"", "unknown variant"),
        ("hints = \"all\"", "hints = \"none\"", "needs `list`"),
        ("hints = \"none\"", "list = \"trusted\"", "needs `signers`"),
        (
            "list = \"trusted\"",
            "list = \"t\"\nterritory = \"Italia\"",
            "`territory` is",
        ),
        (
            "territory = \"Italia\"",
            "max_removed_percent = 101",
            "is 0 to 100",
        ),
        (
            "max_removed_percent = 101",
            "url = \"http://a.example/\"",
            "`https` address",
        ),
    ] {
        configured.change(old, new);
        let ran = configured.run(&["check"]);
        assert!(ran.expect(1).err.contains(part), "{new}: {}", ran.err);
    }
}
