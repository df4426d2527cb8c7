//! Routes: what they hold, and what is wrong with them.

use super::*;
use crate::policy::DEFAULT_CATALOGUE;

#[derive(Deserialize)]
struct File {
    route: Vec<RouteSettings>,
}

fn register(routes: &str) -> Result<Routes, Vec<(usize, String)>> {
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let file: File = toml::from_str(routes).unwrap();
    Routes::register(file.route, &catalogue, true)
}

/// A route of `https://app.example` for a service that offers both operations.
fn route(path: &str, more: &str) -> String {
    format!(
        "[[route]]\norigin = \"https://app.example\"\npath = \"{path}\"\n{}\n{more}\n",
        if more.contains("service") {
            ""
        } else {
            "service = \"dis-coll\""
        }
    )
}

#[track_caller]
fn fault(routes: &[String], place: usize, part: &str) {
    let faults = register(&routes.concat()).unwrap_err();
    assert!(
        faults
            .iter()
            .any(|(at, fault)| *at == place && fault.contains(part)),
        "{faults:?}"
    );
}

fn service_at(
    routes: &Routes,
    scheme: Option<&str>,
    authority: &str,
    path: &str,
) -> Option<String> {
    let original = Original {
        site: Place { scheme, authority },
        target: path,
        path,
        method: "GET",
    };
    let (_, route) = routes.find(&original)?;
    Some(route.service().to_string())
}

#[test]
fn the_longest_path_counts_and_by_whole_segments() {
    let routes = [
        route("/", "service = \"fascicolo-previdenziale\""),
        route("/domande", ""),
        route(
            "/domande/pensione",
            "service = \"domanda-di-pensione\"\nmethods = { GET = \"request\" }",
        ),
    ];
    let routes = register(&routes.concat()).unwrap();
    let at = |path| service_at(&routes, Some("https"), "app.example", path).unwrap();
    for (path, service) in [
        ("/", "fascicolo-previdenziale"),
        ("/domande2", "fascicolo-previdenziale"),
        ("/Domande", "fascicolo-previdenziale"),
        ("/domande", "dis-coll"),
        ("/domande/", "dis-coll"),
        ("/domande/x", "dis-coll"),
        ("/domande/pensione", "domanda-di-pensione"),
        ("/domande/pensione/x", "domanda-di-pensione"),
        ("/domande/pensioni", "dis-coll"),
    ] {
        assert_eq!(at(path), service, "{path}");
    }
}

#[test]
fn what_nobody_configured_has_no_route() {
    let routes = register(&route("/domande", "")).unwrap();
    let at = |scheme, authority, path| service_at(&routes, scheme, authority, path).is_some();
    assert!(at(Some("https"), "app.example", "/domande"));
    assert!(at(None, "app.example", "/domande"));
    for (scheme, authority, path) in [
        ("https", "app.example", "/"),
        ("https", "app.example", "/altro"),
        ("http", "app.example", "/domande"),
        ("HTTPS", "app.example", "/domande"),
        ("https", "other.example", "/domande"),
        ("https", "App.Example", "/domande"),
        ("https", "app.example.", "/domande"),
        ("https", "app.example:443", "/domande"),
        ("https", "app.example:8443", "/domande"),
        ("https", "user@app.example", "/domande"),
        ("https", "", "/domande"),
    ] {
        assert!(
            !at(Some(scheme), authority, path),
            "{scheme} {authority} {path}"
        );
    }
}

#[test]
fn our_own_pages_on_a_site_are_no_part_of_it() {
    let routes = register(&route("/", "")).unwrap();
    let at = |path| service_at(&routes, None, "app.example", path).is_some();
    assert!(!at("/.varco"));
    assert!(!at("/.varco/callback"));
    assert!(at("/.varcox"));
}

#[test]
fn methods_are_operations_and_unknown_ones_change_something() {
    let routes = register(&route(
        "/",
        "methods = { REPORT = \"consult\", HEAD = \"request\" }",
    ));
    let routes = routes.unwrap();
    let site = routes.of_origin("https://app.example").unwrap();
    let route = site.route("/").unwrap();
    for (method, operation) in [
        ("GET", Operation::Consult),
        ("HEAD", Operation::Request),
        ("REPORT", Operation::Consult),
        ("POST", Operation::Request),
        ("get", Operation::Request),
        ("", Operation::Request),
    ] {
        assert_eq!(route.operation(method), operation, "{method}");
    }
    assert!(!route.releases(Released::FiscalNumber));
    assert_eq!(route.sector(), "https://app.example");
}

#[test]
fn an_origin_is_spelled_as_browsers_do() {
    for bad in [
        "app.example",
        "https://app.example/",
        "https://App.example",
        "https://app.example.",
        "https://app.example:443",
        "https://user@app.example",
        "https://app.example/path",
        "http://app.example",
        "ftp://app.example",
        "https://",
        "https://città.example",
    ] {
        let route = route("/", "").replace("https://app.example", bad);
        fault(&[route], 0, "`origin`");
    }
    for good in [
        "https://app.example:8443",
        "https://[::1]:1",
        "http://127.0.0.1:8080",
    ] {
        register(&route("/", "").replace("https://app.example", good)).unwrap();
    }
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let plain = route("/", "").replace("https://app.example", "http://127.0.0.1:8080");
    let file: File = toml::from_str(&plain).unwrap();
    assert!(Routes::register(file.route, &catalogue, false).is_err());
}

#[test]
fn unknown_services_and_operations_are_faults() {
    fault(&[route("/", "service = \"niente\"")], 0, "catalogue has no");
    let no_request = "service = \"fascicolo-previdenziale\"\nmethods = { REPORT = \"request\" }";
    fault(&[route("/", no_request)], 0, "offers no operation request");
    fault(
        &[route("/", "methods = { get = \"consult\" }")],
        0,
        "method in capitals",
    );
}

#[test]
fn overlapping_and_dead_routes_are_faults() {
    fault(
        &[route("/a", ""), route("/a", "")],
        1,
        "has a route already",
    );
    fault(&[route("/a/b", ""), route("/", "")], 0, "changes nothing");
    fault(&[route("/.varco", "")], 0, "belongs to Varco");
    fault(
        &[route("/", "methods = { GET = \"consult\" }")],
        0,
        "without being named",
    );
    fault(
        &[route("/", "release = [\"session\", \"session\"]")],
        0,
        "twice",
    );
    for path in ["a", "/a/", "/a//b", "/%61", "", "/a;b"] {
        fault(&[route(path, "")], 0, "`path`");
    }
    let mixed = route("/", "").replace("https://app.example", "http://localhost:1");
    let other = route("/b", "").replace("https://app.example", "https://localhost:1");
    fault(&[mixed, other], 1, "another scheme");
}

#[test]
fn every_fault_is_told_with_its_place() {
    let routes = [route("x", ""), route("/", ""), route("/", "")];
    let faults = register(&routes.concat()).unwrap_err();
    let places: Vec<usize> = faults.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [0, 2]);
}
