use std::sync::Arc;
use std::time::Duration;

use ::http::HeaderMap;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value as Json;
use serde_json::json;

use super::Auth;
use super::Dialect;
use super::Habits;
use super::Limits;
use super::Paging;
use super::Poll;
use super::RefusalKind;
use super::Rest;
use super::Retry;
use super::Secret;
use super::Settings;
use super::answer::blamed;
use super::pace::Admission;
use super::pace::Limit;
use super::pace::Rules;
use super::pace::Signal;
use super::pace::State;
use super::retry::Ending;
use super::retry::Verdict;
use super::retry::verdict;
use crate::net::replay::Replay;
use crate::net::replay::START;
use crate::net::replay::surroundings;
use crate::provider::Commons;
use crate::provider::ProviderError;

struct Acme;

impl Dialect for Acme {
    fn vendor(&self) -> &'static str {
        "Acme"
    }

    fn limits(&self, headers: &HeaderMap, now: Timestamp) -> Limits {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse().ok();
        Limits {
            remaining: number("left").map(i64::cast_unsigned),
            reset: number("until").and_then(|second| Timestamp::from_second(second).ok()),
            retry_after: super::retry_after(headers, now),
        }
    }

    fn first_page(&self, path: &str) -> String {
        format!("{path}?per_page=2")
    }

    fn paging(&self, body: &Json) -> Paging {
        Paging { next: body["next"].as_str().map(str::to_owned), total: None }
    }
}

fn rest(replay: &Arc<Replay>) -> Rest {
    let http = Arc::clone(replay) as Arc<dyn crate::provider::Http>;
    Rest::new(Settings {
        base: "https://api.acme.test/base/".to_owned(),
        auth: Auth::Bearer(Secret::new("hunter2hunter2")),
        http,
        dialect: Arc::new(Acme),
        retry: Retry::default(),
        per_second: None,
        commons: Commons::default(),
    })
    .unwrap()
}

#[test]
fn only_what_was_certainly_not_done_is_sent_twice() {
    use RefusalKind::*;
    let refusal = Ending::Refusal;
    let retry = Retry { max: 2, ..Retry::default() };
    // (ending, idempotent?, failures so far) → verdict
    let cases = [
        (Ending::Success, false, 0, Verdict::Answer),
        (refusal(Throttled), false, 99, Verdict::WhenAllowed),
        (refusal(Busy), false, 99, Verdict::WhenFree),
        (refusal(Missing), true, 0, Verdict::Answer),
        (refusal(Taken(None)), false, 0, Verdict::Answer),
        (refusal(Forbidden), true, 0, Verdict::Answer),
        (refusal(Broken), true, 1, Verdict::Again),
        (refusal(Broken), true, 2, Verdict::Answer),
        (refusal(Broken), false, 0, Verdict::Ambiguous),
        (Ending::NotSent, false, 1, Verdict::Again),
        (Ending::NotSent, false, 2, Verdict::Unreachable),
        (Ending::Lost, true, 1, Verdict::Again),
        (Ending::Lost, true, 2, Verdict::Ambiguous),
        (Ending::Lost, false, 0, Verdict::Ambiguous),
    ];
    for (ending, is_idempotent, failures, expected) in cases {
        assert_eq!(
            verdict(&ending, is_idempotent, failures, &retry),
            expected,
            "{ending:?} {is_idempotent} {failures}"
        );
    }
}

#[test]
fn waits_double_up_to_a_limit_and_are_the_same_on_every_run() {
    let retry = Retry::default();
    let waits: Vec<_> = (0..8).map(|nth| retry.wait(nth, 7)).collect();
    for (nth, wait) in waits.iter().enumerate() {
        let whole = Duration::from_secs((1 << nth).min(30));
        assert!((whole / 2..=whole).contains(wait), "{nth}: {wait:?}");
    }
    assert_eq!(waits, (0..8).map(|nth| retry.wait(nth, 7)).collect::<Vec<_>>());
    assert_ne!(waits, (0..8).map(|nth| retry.wait(nth, 8)).collect::<Vec<_>>());
}

fn at(seconds: i64) -> Timestamp {
    START + SignedDuration::from_secs(seconds)
}

const BURST: Limit = Limit::Burst(3, Duration::from_secs(60));

#[test]
fn the_burst_limit_holds_back_without_losing_a_request() {
    let mut state = State::new(Rules { burst: Some((3, Duration::from_secs(60))), per_second: None });
    let sent = [at(0), at(10), at(20)];
    for now in sent {
        assert_eq!(state.admit(now), Admission::Go);
        state.answered(now, now, Signal::Fine, Limits::default());
    }
    assert_eq!(state.admit(at(30)), Admission::NotBefore(at(60), BURST));
    assert_eq!(state.admit(at(60)), Admission::Go);
    assert_eq!(state.admit(at(61)), Admission::NotBefore(at(70), BURST));
}

#[test]
fn the_vendors_headers_and_pauses_hold_back() {
    let mut state = State::new(Rules::default());
    state.admit(at(0));
    let spent = Limits { remaining: Some(0), reset: Some(at(90)), retry_after: None };
    state.answered(at(0), at(0), Signal::Fine, spent);
    assert_eq!(state.admit(at(1)), Admission::NotBefore(at(90), Limit::Spent));
    assert_eq!(state.admit(at(90)), Admission::Go);
    state.answered(at(90), at(91), Signal::Throttled(Duration::from_secs(5)), Limits::default());
    assert_eq!(state.admit(at(92)), Admission::NotBefore(at(96), Limit::Asked));
    let mut slow = State::new(Rules { burst: None, per_second: Some(0.5) });
    assert_eq!(slow.admit(at(0)), Admission::Go);
    assert_eq!(slow.admit(at(1)), Admission::NotBefore(at(2), Limit::Own(0.5)));
}

#[test]
fn a_pace_of_the_users_own_goes_before_the_published_burst_until_the_vendor_refuses() {
    let burst = Some((3, Duration::from_secs(60)));
    let mut state = State::new(Rules { burst, per_second: Some(1.0) });
    for second in 0..5 {
        assert_eq!(state.admit(at(second)), Admission::Go);
        state.answered(at(second), at(second), Signal::Fine, Limits::default());
    }
    assert_eq!(state.admit(at(5)), Admission::Go);
    state.answered(at(5), at(5), Signal::Throttled(Duration::from_secs(1)), Limits::default());
    assert_eq!(state.admit(at(6)), Admission::NotBefore(at(60), BURST));
}

#[test]
fn a_wait_is_told_of_once_for_all_who_wait() {
    let mut state = State::new(Rules::default());
    assert!(state.is_to_tell(at(0), at(60)));
    assert!(!state.is_to_tell(at(1), at(60)), "somebody says so already");
    state.is_told = false;
    assert!(!state.is_to_tell(at(2), at(60)), "it has been said");
    assert!(state.is_to_tell(at(3), at(120)), "another wait");
    state.is_told = false;
    let soon = at(120) + SignedDuration::from_millis(200);
    assert!(state.is_to_tell(at(120), soon), "one short wait after another, now and then");
    state.is_told = false;
    let next = soon + SignedDuration::from_millis(200);
    assert!(!state.is_to_tell(soon, next));
}

#[test]
fn the_width_grows_with_answers_and_halves_once_a_trouble() {
    let mut state = State::new(Rules::default());
    let first = state.free();
    for _ in 0..first {
        assert_eq!(state.admit(at(0)), Admission::Go);
    }
    assert_eq!(state.admit(at(0)), Admission::Crowded);
    for _ in 0..first {
        state.answered(at(0), at(1), Signal::Fine, Limits::default());
    }
    assert_eq!(state.free(), 2 * first);
    for _ in 0..4 {
        state.admit(at(2));
    }
    for _ in 0..4 {
        state.answered(at(2), at(3), Signal::Throttled(Duration::ZERO), Limits::default());
    }
    assert_eq!(state.free(), first, "four refusals of one moment are one trouble");
    state.admit(at(4));
    state.answered(at(4), at(30), Signal::Fine, Limits::default());
    assert_eq!(state.free(), first / 2, "an answer far slower than the fastest is a trouble too");
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_and_said() {
    let replay = Replay::new(
        "429",
        "> POST /base/things\n{\"a\":1}\n< 429\nretry-after: 12\n{\"message\":\"slow down\"}\n> POST /base/things\n{\"a\":1}\n< \
         201\n{\"thing\":{\"id\":7}}\n",
    );
    let rest = rest(&replay);
    let (cx, ear) = surroundings(Json::Null);
    let thing: Json = rest.on(&cx, "making a thing").post("/things", &json!({"a": 1})).one("thing").await.unwrap();
    assert_eq!(thing["id"].as_u64(), Some(7));
    assert_eq!(cx.clock.now(), at(12));
    assert_eq!(ear.heard(), ["Acme limits the rate: waiting 12s"]);
    replay.finish();
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_only_where_that_is_harmless() {
    let replay = Replay::new(
        "lost",
        "> GET /base/t\n< lost\n> GET /base/t\n< 503\n<html>\n> GET /base/t\n< 200\n{\"t\":1}\n> POST /base/t\n{}\n< \
         unsent\n> POST /base/t\n{}\n< lost\n> POST /base/t\n{}\n< 502\n{\"message\":\"token hunter2hunter2 broke \
         it\"}\n> DELETE /base/t\n< lost\n> DELETE /base/t\n< 404\n{}\n",
    );
    let rest = rest(&replay);
    let (cx, _) = surroundings(Json::Null);
    let api = rest.on(&cx, "testing");
    assert_eq!(api.get("/t").one::<u8>("t").await.unwrap(), 1);
    let lost = api.post("/t", &json!({})).done().await.unwrap_err();
    assert!(lost.is_ambiguous(), "{lost:?}");
    let broken = api.post("/t", &json!({})).done().await.unwrap_err();
    assert!(broken.is_ambiguous(), "{broken:?}");
    assert!(!format!("{broken:?}").contains("hunter2"), "{broken:?}");
    api.delete("/t").gone().await.unwrap();
    replay.finish();
}

#[tokio::test]
async fn a_question_of_one_moment_is_asked_once_and_asked_again_after_a_failure() {
    let replay = Replay::new(
        "moment",
        "> GET /base/a\n< 404\n{}\n> GET /base/b\n< lost\n> GET /base/b\n< lost\n> GET /base/b\n< lost\n> GET /base/b\n< \
         lost\n> GET /base/b\n< lost\n> GET /base/b\n< lost\n> GET /base/b\n< 200\n{\"t\":1}\n> GET /base/a\n< \
         200\n{\"t\":2}\n> GET /base/b\n< 200\n{\"t\":3}\n",
    );
    let rest = rest(&replay);
    let moment = Commons::default();
    let of_moment = || surroundings(Json::Null).0.at(&moment);
    let (first, second) = (of_moment(), of_moment());
    for cx in [&first, &second] {
        let found = rest.on(cx, "testing").sharing().get("/a").optional::<u8>("t").await.unwrap();
        assert_eq!(found, None, "an absence is an answer too");
    }
    let api = rest.on(&second, "testing").sharing();
    assert!(api.get("/b").one::<u8>("t").await.is_err());
    assert_eq!(api.get("/b").one::<u8>("t").await.unwrap(), 1);
    assert_eq!(rest.on(&first, "testing").sharing().get("/b").one::<u8>("t").await.unwrap(), 1);
    // Whoever does not share, and whoever is of no moment, sees the world as it is by now.
    assert_eq!(rest.on(&first, "testing").get("/a").one::<u8>("t").await.unwrap(), 2);
    let (now, _) = surroundings(Json::Null);
    assert_eq!(rest.on(&now, "testing").sharing().get("/b").one::<u8>("t").await.unwrap(), 3);
    replay.finish();
}

#[tokio::test]
async fn pages_are_followed_on_the_same_host_only() {
    let replay = Replay::new(
        "pages",
        "> GET /base/t?per_page=2\n< 200\n{\"ts\":[1,2],\"next\":\"https://evil.test/base/t?page=2\"}\n> GET \
         /base/t?page=2\n< 200\n{\"ts\":[3]}\n> GET /base/n?per_page=2\n< 200\n{\"ts\":null}\n> GET \
         /base/l?per_page=2\n< 200\n{\"ts\":[],\"next\":\"/l?per_page=2\"}\n> GET /base/l?per_page=2\n< \
         200\n{\"ts\":[],\"next\":\"/l?per_page=2\"}\n",
    );
    let rest = rest(&replay);
    let (cx, _) = surroundings(Json::Null);
    let api = rest.on(&cx, "listing");
    assert_eq!(api.pages::<Vec<u8>>("/t", "ts").await.unwrap(), [1, 2, 3]);
    assert!(api.pages::<Vec<u8>>("/n", "ts").await.unwrap().is_empty());
    let circle = api.pages::<Vec<u8>>("/l", "ts").await.unwrap_err();
    assert!(circle.to_string().contains("circle"), "{circle}");
    replay.finish();
}

#[tokio::test]
async fn each_kind_of_refusal_and_of_nonsense_has_its_error() {
    let cases = [
        ("401\n{\"message\":\"who?\"}", "testing: the vendor does not accept the credential (who?)"),
        ("403\n{\"message\":\"not you\"}", "testing: the credential lacks a permission (not you)"),
        ("404\n{\"message\":\"nothing here\"}", "testing: nothing here"),
        ("422\n{\"error\":\"size is bad\"}", "testing: size is bad"),
        ("302\n", "testing: 302 Found"),
        ("200\n<!doctype html>", "testing: the answer cannot be understood (200 OK with an HTML page instead of JSON)"),
        ("200\n{\"t\": \"hunter2", "testing: the answer cannot be understood (its JSON breaks off after 14 bytes)"),
        ("200\n", "testing: the answer cannot be understood (200 OK with nothing in it)"),
        ("200\n{\"x\":1}", "testing: the answer cannot be understood (it has no `t`)"),
        (
            "200\n{\"t\":\"hunter2\"}",
            "testing: the answer cannot be understood (in `t`: another type than expected at column 9)",
        ),
    ];
    for (reply, expected) in cases {
        let replay = Replay::new(reply, &format!("> PUT /base/t\n{{\"size\":1}}\n< {reply}\n"));
        let rest = rest(&replay);
        let (cx, _) = surroundings(Json::Null);
        let error = rest.on(&cx, "testing").put("/t", &json!({"size": 1})).one::<u8>("t").await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{reply}");
        if let ProviderError::Refused { argument, code: Some(422), .. } = &error {
            assert_eq!(argument.as_ref().map(ToString::to_string).as_deref(), Some("size"));
        }
    }
}

#[tokio::test]
async fn a_busy_object_is_waited_for_up_to_the_patience() {
    let replay = Replay::new("busy", "> POST /base/t\n{}\n< 423 x5\n{\"message\":\"locked\"}\n");
    let rest = rest(&replay);
    let (cx, ear) = surroundings(Json::Null);
    let request = rest.on(&cx, "changing it");
    let error = request.post("/t", &json!({})).patience(Duration::from_secs(8)).done().await.unwrap_err();
    assert_eq!(error.to_string(), "changing it: locked");
    assert_eq!(ear.heard()[0], "changing it: Acme is busy with it (locked)");
    replay.finish();
}

#[tokio::test]
async fn waiting_looks_often_at_first_and_ends_with_the_last_state() {
    let replay = Replay::new("none", "");
    let rest = rest(&replay);
    let (cx, _) = surroundings(Json::Null);
    let mut looks = Vec::new();
    let clock = Arc::clone(&cx.clock);
    let api = rest.on(&cx, "making it");
    let error = api
        .until("waiting for it", Habits::new(10, 60), || {
            looks.push(clock.now().duration_since(START).as_secs_f64());
            async { Ok(Poll::<()>::Pending("creating".to_owned())) }
        })
        .await
        .unwrap_err();
    assert!(looks[0] < 0.6 && looks[2] < 3.0, "{looks:?}");
    assert!(looks.windows(2).all(|pair| pair[1] - pair[0] <= 11.0), "{looks:?}");
    assert!(looks.len() < 20, "{looks:?}");
    assert!(error.to_string().starts_with("waiting for it: still creating after 6"), "{error}");
    cx.cancel.cancel();
    let cancelled =
        api.until("waiting", Habits::new(10, 60), || async { Ok(Poll::<()>::Pending(String::new())) }).await;
    assert!(matches!(cancelled, Err(ProviderError::Cancelled { .. })), "{cancelled:?}");
}

#[test]
fn a_refusal_blames_the_one_key_it_names() {
    let sent = json!({"name": "x", "size": "y", "num_nodes": 1, "ip_range": "z", "with_agent": true, "no_agent": true});
    for (message, expected) in [
        ("Size is not available in this region.", Some("size")),
        ("num nodes: must be below 4", Some("num_nodes")),
        ("name and size do not match", None),
        ("This range overlaps with another", Some("ip_range")),
        ("The agent cannot be had", None),
        ("Its size is out of range", Some("size")),
        ("The resized thing is renamed", None),
        ("", None),
    ] {
        assert_eq!(blamed(message, &sent), expected, "{message}");
    }
}

#[test]
fn unusable_settings_are_refused_without_quoting_the_credential() {
    for (base, token) in [("ftp://x", "tokentoken"), ("nonsense", "tokentoken"), ("https://x", "tokentoken\u{1}b")] {
        let replay = Replay::new("none", "");
        let made = Rest::new(Settings {
            base: base.to_owned(),
            auth: Auth::Bearer(Secret::new(token)),
            http: replay,
            dialect: Arc::new(Acme),
            retry: Retry::default(),
            per_second: None,
            commons: Commons::default(),
        });
        let error = made.err().unwrap();
        assert!(!format!("{error:?}").contains("tokentoken"), "{error:?}");
    }
    assert_eq!(format!("{:?}", Auth::Bearer(Secret::new("tokentoken"))), "Bearer((sensitive))");
}
