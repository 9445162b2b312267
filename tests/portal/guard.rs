//! What stands around every route: headers, the cross-site check, limits, error pages.

use ikrar::domain::role::Role;

use crate::harness::TestPortal;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn every_answer_carries_the_headers_that_forbid_forged_consent() {
    let portal = TestPortal::new();
    for path in ["/", "/no-such-page", "/healthz", "/log.vkey"] {
        let page = portal.browser().get(path);
        let csp = page.header("content-security-policy").unwrap();
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(csp.contains(rule), "{path}: {csp}");
        }
        assert!(
            csp.contains("require-trusted-types-for 'script'") && !csp.contains("unsafe"),
            "{csp}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}");
        }
        assert_eq!(page.header("x-request-id").map(str::len), Some(16), "{path}");
    }
    assert_eq!(
        portal.browser().get("/").header("cache-control"),
        Some("no-store")
    );
}

#[test]
fn another_sites_page_cannot_make_a_browser_act() {
    let portal = TestPortal::new();
    let mut browser = portal.browser();
    let post = |browser: &mut crate::harness::Browser, headers: &[(&str, &str)]| {
        let headers: Vec<_> = [FORM].iter().chain(headers).copied().collect();
        browser.send("/sign-out", &headers, b"").status
    };
    assert_eq!(post(&mut browser, &[("sec-fetch-site", "cross-site")]), 403);
    browser
        .send("/sign-out", &[FORM, ("sec-fetch-site", "cross-site")], b"")
        .sees("halaman situs lain");
    assert_eq!(post(&mut browser, &[("sec-fetch-site", "same-site")]), 403);
    assert_eq!(post(&mut browser, &[("origin", "https://evil.example")]), 403);
    assert_eq!(post(&mut browser, &[("origin", "null")]), 403);
    assert_ne!(post(&mut browser, &[("sec-fetch-site", "same-origin")]), 403);
    assert_ne!(post(&mut browser, &[("origin", crate::harness::PUBLIC_URL)]), 403);
}

#[test]
fn a_page_that_is_not_there_says_so_in_words() {
    let portal = TestPortal::new();
    portal
        .browser()
        .get("/no-such-page")
        .is(404)
        .sees("Halaman tidak ditemukan");
    portal
        .browser()
        .get("/ledger/99999999999999999999")
        .is(404)
        .sees("Halaman tidak ditemukan");
    portal.browser().get("/enter/%00%ff").is(404);
}

#[test]
fn a_body_past_the_limit_is_refused_with_a_sentence() {
    let portal = TestPortal::new();
    let body = format!("email={}", "a".repeat(200 * 1024));
    let page = portal.browser().send(
        "/sign-in",
        &[FORM, ("sec-fetch-site", "same-origin")],
        body.as_bytes(),
    );
    page.is(413).sees("Berkas terlalu besar");
}

#[test]
fn one_address_cannot_guess_for_ever() {
    let portal = TestPortal::configured(|config| config.web.guesses_per_minute = 3);
    let mut browser = portal.browser();
    let statuses: Vec<u16> = (0..5).map(|_| browser.get("/sign-in").status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    browser.get("/sign-in").sees("Terlalu banyak percobaan");
    browser.get("/").ok();
}

#[test]
fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let asked_from = |address: &str, portal: &TestPortal| {
        let mut browser = portal.browser();
        browser
            .send(
                "/sign-in",
                &[FORM, ("x-forwarded-for", address)],
                b"email=a%40b.example",
            )
            .status
    };
    let limits = |trusted: bool| {
        TestPortal::configured(move |config| {
            config.web.guesses_per_minute = 1;
            if trusted {
                config.web.trusted_proxies = vec![[127, 0, 0, 1].into()];
            }
        })
    };
    let behind = limits(true);
    assert_ne!(asked_from("203.0.113.1", &behind), 429);
    assert_ne!(asked_from("203.0.113.2", &behind), 429);
    assert_eq!(
        asked_from("198.51.100.9, 203.0.113.2", &behind),
        429,
        "only the nearest hop is believed"
    );
    let open = limits(false);
    assert_ne!(asked_from("203.0.113.1", &open), 429);
    assert_eq!(
        asked_from("203.0.113.2", &open),
        429,
        "a client cannot choose its address"
    );
}

#[test]
fn readiness_names_what_does_not_hold() {
    let portal = TestPortal::new();
    portal.browser().get("/healthz").ok().sees("ok");
    portal
        .browser()
        .get("/readyz")
        .ok()
        .sees("\"published\":true")
        .sees("\"migrations\":true");
}

/// PostgreSQL has no place for U+0000 in a text, SQLite has: neither may call it a failure of ours.
#[test]
fn a_zero_byte_in_a_request_is_no_failure_of_the_portal() {
    let portal = TestPortal::new();
    let mut officer = portal.officer("hr@kementerian.example", &[Role::Hr, Role::Examiner]);
    for path in [
        "/elections/%00",
        "/hr?election=%00",
        "/complaints?q=%00",
        "/complaints?authority=%00",
        "/v/%00",
        "/pact/%00/1",
        "/receipt?election=%00",
        "/roster?election=%00",
    ] {
        let status = officer.get(path).status;
        assert!(status < 500, "{path}: {status}");
    }
    let status = officer.post("/sign-in", &[("email", "a\0@b.example")]).status;
    assert!(status < 500, "/sign-in: {status}");
}

#[test]
fn a_head_request_gets_the_headers_of_the_page_and_no_body() {
    use std::io::Read;
    use std::io::Write;

    let portal = TestPortal::new();
    let host = portal.url.trim_start_matches("http://").to_owned();
    for path in ["/", "/checkpoint", "/log.vkey", "/tile/0/000.p/1", "/healthz"] {
        let full = portal.browser().get(path).ok().bytes.len();
        let mut stream = std::net::TcpStream::connect(&host).unwrap();
        write!(
            stream,
            "HEAD {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
        assert!(
            head.to_lowercase().contains(&format!("content-length: {full}")),
            "{path}: {head}"
        );
        assert_eq!(body, "", "{path}");
    }
}
