//! Secrets in an answer.

use super::*;

#[test]
fn a_secret_in_a_header_is_masked_whatever_its_letter_case_and_charset() {
    let shown = "https://iwd.example/x/(masked)";
    for (location, shown) in [
        (
            &b"https://s\xc3\xa9cret-hunter2.example/"[..],
            "https://(masked).example/",
        ),
        (b"http://12345678/login", "http://(masked)/login"),
        (
            b"//u:12345678@sso.example/login",
            "https://sso.example/login",
        ),
        (b"/x/half#way", shown),
        (b"//half@way/login", MASK),
        (b"/x?12345678", "https://iwd.example/x?…"),
        (b"/x/S%C3%A9cret-Hunter2", shown),
        (b"/x/s%e9cret-hunter2", shown),
        (b"/x/S\xe9cret-Hunter2", shown),
        (b"/x/S\xc3\xa9cret-Hunter2", shown),
    ] {
        let mut sample = answer(302, "");
        let value = HeaderValue::from_bytes(location).unwrap();
        sample.headers.insert(LOCATION, value);
        let Error::Redirect { location, .. } = sample.error(Operation::Create) else {
            panic!("no redirect");
        };
        assert_eq!(location.as_deref(), Some(shown));
    }
}

#[test]
fn a_secret_in_a_type_is_masked_whole_wherever_a_charset_ends_in_it() {
    for (ty, shown) in [
        ("text/plain; charset=\"half;way\"", MASK),
        ("text/half;way; charset=utf-7", "utf-7"),
        ("12345678; charset=12345678; a=b", MASK),
        ("text/ha;lf; charset=x-half;way", "x-(masked)"),
    ] {
        let answer = answer(200, "{}").header(CONTENT_TYPE, ty);
        let obstacle = answer.obstacle(Operation::Create);
        assert_eq!(
            obstacle,
            Some(Obstacle::UnknownCharset(shown.to_owned())),
            "{ty}"
        );
    }
}

#[test]
fn a_text_is_decoded_before_it_is_masked() {
    let body = b"no S\xe9cret-Hunter2 here";
    let latin = answer(400, body).header(CONTENT_TYPE, "text/plain; charset=iso-8859-1");
    let shown = ReplyBody::Text("no (masked) here".to_owned());
    assert_eq!(latin.error(Operation::Create).reply().unwrap().body, shown);
    let unlabelled = answer(400, body).error(Operation::Create);
    let shown = &unlabelled.reply().unwrap().body;
    assert!(matches!(shown, ReplyBody::Unreadable { .. }), "{shown:?}");
}

#[test]
fn a_redirect_shows_no_part_of_a_secret_that_it_would_cut() {
    for (secrets, location, shown) in [
        (
            vec!["/half?12345678&abcdefgh", "12345678", "abcdefgh"],
            "/x/half?12345678&abcdefgh",
            "https://iwd.example/x(masked)?…",
        ),
        (vec!["//sso.ex"], "https://sso.example/login", MASK),
        (vec!["http://iwd.example"], "http://iwd.example/x", MASK),
        (
            vec!["user:12345678@sso"],
            "//user:12345678@sso.example",
            MASK,
        ),
        (vec!["12345678@sso"], "//12345678@sso.example", MASK),
        (
            vec!["e:8443"],
            "//sso.example:8443/x",
            "https://sso.exampl(masked)/x",
        ),
    ] {
        let url = Url::parse("https://iwd.example/iwd/v3/provisioning").unwrap();
        let masker = Masker::new(secrets.iter().map(|&secret| secret.into()), []);
        let answer = Answer {
            status: StatusCode::FOUND,
            headers: answer(302, "").header(LOCATION, location).headers,
            body: Vec::new(),
        };
        assert_eq!(
            answer.location(&url, &masker).as_deref(),
            Some(shown),
            "{secrets:?}"
        );
    }
}
