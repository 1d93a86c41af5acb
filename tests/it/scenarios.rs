//! Scenario files: the ready ones all pass, on both engines; what is wrong with one is said before
//! it runs; and no failure goes by in silence.

use futures_util::StreamExt as _;
use piebox::config::Config;
use piebox::scenarios::library;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, TestSim, basic, guid, on_both_engines};

/// Runs a file on a simulator.
async fn run(sim: &TestSim, text: &str) -> Answer {
    let headers = [("content-type", "application/yaml")];
    sim.bare("POST", "/_sim/v1/scenarios/run", &headers, text.to_owned()).await
}

/// The report of a file that can be run.
async fn report(sim: &TestSim, text: &str) -> Json {
    let answer = run(sim, text).await;
    let status = if answer.body["passed"] == false { 422 } else { 200 };
    answer.expect(status).body
}

/// Lets the wall clock of a simulator pass.
async fn ticking(sim: &TestSim) {
    loop {
        sim.wall.advance(1);
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

/// Lines of what was not as expected: `at: expected | came`.
fn problems(report: &Json) -> Vec<String> {
    let steps = report["steps"].as_array().unwrap().iter();
    let problems = steps.flat_map(|step| step["problems"].as_array().cloned().unwrap_or_default());
    let text = |value: &Json| value.as_str().unwrap_or("-").to_owned();
    problems
        .map(|one| {
            format!("{}: {} | {}", text(&one["at"]), text(&one["expected"]), text(&one["came"]))
        })
        .collect()
}

/// What was wrong with a run: the scenario, the line of the step, and its problems.
fn failure(name: &str, run: &Answer) -> Option<String> {
    let report = &run.body;
    if report["passed"] == true {
        return None;
    }
    let steps = report["steps"].as_array();
    let failed = steps.and_then(|steps| steps.iter().find(|step| step["result"] == "failed"));
    let wrong = match failed {
        Some(step) => format!("{}: {}", step["line"], problems(report).join("; ")),
        None => format!(" {}", report["detail"]),
    };
    Some(format!("{name}.yaml:{wrong}"))
}

on_both_engines! {
    async fn every_ready_scenario_passes(engine: Engine) {
        // A machine that is busy must not make an answer late or an overlapping call wait in vain.
        // Tokens live as long as the vendor's.
        let patient = |config: &mut Config| {
            config.webhooks.timeout_ms = 60_000;
            config.database.lock_wait_ms = 60_000;
            config.auth.token_lifetime_seconds = 86_400;
        };
        let sim = TestSim::configured(engine, patient).await;
        let all = library::all();
        assert!(all.len() > 20, "{} ready scenarios", all.len());
        let runs = all.into_iter().map(async |entry| (entry.name, run(&sim, entry.text).await));
        let runs = futures_util::stream::iter(runs).buffer_unordered(4).collect::<Vec<_>>();
        let runs = tokio::select! {
            runs = runs => runs,
            () = ticking(&sim) => unreachable!("a clock does not stop"),
        };
        let failed: Vec<_> = runs.iter().filter_map(|(name, it)| failure(name, it)).collect();
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }

    async fn a_run_leaves_nothing_behind_unless_asked_to(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let text = "name: One\npeople: {ann: approved}\nsteps:\n- enroll: ann\n";
        let gone = report(&sim, text).await;
        assert_eq!(gone["passed"], true, "{gone}");
        let code = gone["program"].as_str().unwrap();
        sim.control("GET", code, Json::Null).await.expect(404);
        let path = "/_sim/v1/scenarios/run?keep=true";
        let kept = sim.bare("POST", path, &[], text.to_owned()).await.expect(200).body;
        let path = format!("{}/accounts", kept["program"].as_str().unwrap());
        let accounts = sim.control("GET", &path, Json::Null).await.expect(200).body;
        assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
    }

    async fn the_same_file_makes_the_same_of_everything(engine: Engine) {
        let sim = TestSim::start(engine).await;
        // It fails at what was answered, so the report shows it.
        let text = "name: Same\npeople: {ann: approved}\nsteps:\n- enroll: ann\n\
            - expect: {account: {of: ann, body: {accountIdentifier: none}}}\n";
        let (one, other) = tokio::join!(report(&sim, text), report(&sim, text));
        assert_eq!(problems(&one), problems(&other));
        assert_eq!(problems(&one).len(), 1);
        assert_ne!(one["program"], other["program"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_that_nothing_covers_fails_its_step_and_ends_the_scenario() {
    let sim = TestSim::start(Engine::Sqlite).await;
    for (step, says) in [
        ("call: GET /accounts/nobody", "status: success | 400"),
        ("{ adjust: promo, on: ann, amount: -1 }", "status: success | 400"),
        (
            "{ adjust: anyDebitOut, on: ann, amount: 5 }",
            "body.adjustmentStatus: \"completed\" | \"declined\"",
        ),
        ("{ act: clearOfac, on: ann }", "status: success | 409"),
        ("settings: { products: 3 }", "cannot be done: - | products"),
        ("settings: { cycleDay: { zone: Nowhere } }", "cannot be done: - | cycleDay.zone"),
        ("call: GET /accounts/${ann.cards}", "cannot be done: - | ${ann.cards}: cards is not"),
        ("{ adjust: promo, on: ann, amount: 5, fault: loseAnswer }", "answer: one | none"),
        ("{ call: POST /authentication, token: none }", "status: success | 401"),
        ("expect: { account: { of: ann, balance: 1 } }", "account.balance: 1 | 0.0"),
        ("expect: { webhooks: [] }", "webhooks: none | 1: accountUpdated normal"),
        ("expect: { webhooks: { count: { $above: 1 } } }", "webhooks.count: more than 1 | 1"),
        (
            "expect: { events: { include: [{ type: transaction }] } }",
            "events.include[0]: {\"type\":\"transaction\"} | 1: accountUpdated normal",
        ),
        (
            "expect: { webhooks: [{ type: accountUpdated }, { account: { status: locked } }] }",
            r#"webhooks: 2: {"type":"accountUpdated"}, {"account":{"status":"locked"}} | 1: a"#,
        ),
        (
            "expect: { webhooks: [{ account: { status: locked } }] }",
            "webhooks[0].account.status: \"locked\" | \"normal\"",
        ),
        ("expect: { count: { postings: 1, accounts: 2 } }", "count.postings: 1 | 0"),
        ("expect: { values: [{ of: '${ann.account}', is: 1 }] }", "value: 1 | \""),
    ] {
        let text = format!(
            "name: Silent\npeople: {{ann: approved}}\nsteps:\n- enroll: ann\n- {step}\n\
             - wait: webhooks\n"
        );
        let told = report(&sim, &text).await;
        assert_eq!(told["passed"], false, "{step}: {told}");
        let found = problems(&told);
        assert!(found[0].starts_with(says), "{step}: {found:?}");
        let results: Vec<_> = told["steps"].as_array().unwrap().iter().collect();
        assert_eq!((&results[1]["line"], &results[1]["result"]), (&json!(5), &json!("failed")));
        assert_eq!(results[2]["result"], "skipped");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_with_its_place_before_anything_runs() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let head = "name: Wrong\npeople: {ann: approved}\nsteps:\n- enroll: ann\n";
    for (text, says) in [
        ("name: x", "1:1: missing field `steps`"),
        ("name: x\nsteps: []", "2:1: steps: there must be at least one"),
        ("name: [", "1:7: unclosed bracket"),
        ("nam: x\nsteps: []", "1:1: nam: unknown field `nam`"),
        (&format!("{head}- enrol: ann"), "5:3: steps[1]: says none of"),
        (&format!("{head}- {{act: a, on: ann, advance: P1D}}"), "5:3: steps[1]: a step does one"),
        (
            &format!("{head}- call: GET /x\n  expect: {{statsu: 1}}"),
            "6:12: steps[1].expect.statsu: unknown field `statsu`",
        ),
        (&format!("{head}- call: FETCH /x"), "5:3: steps[1].call: FETCH is none of GET"),
        (&format!("{head}- call: account_get_getacount"), "5:3: steps[1].call: account_get_"),
        (&format!("{head}- enroll: an"), "5:3: steps[1].enroll: nobody of people is called an;"),
        (
            &format!("{head}- call: GET /accounts/${{annn.account}}"),
            "5:3: steps[1].call: nothing is called annn; did you mean ann?",
        ),
        (
            &format!("{head}- repeat: bonus\n- {{adjust: promo, on: ann, amount: 1, as: bonus}}"),
            "5:3: steps[1].repeat: bonus is only known after a later step",
        ),
        (&format!("{head}- expect: {{webhooks: {{to: hook}}}}"), "5:23: steps[1].expect.webhooks"),
        (
            &format!("{head}- expect: {{account: {{of: ann, body: {{a: {{$abov: 1}}}}}}}}"),
            "5:42: steps[1].expect.account.body.a.$abov: is none of",
        ),
        (&format!("proves: [OFC-99]\n{head}"), "1:10: proves[0]: OFC-99 is no rule"),
        ("name: x\npeople: {ann: aproved}\nsteps: []", "2:10: people.ann: unknown variant"),
        ("name: x\npeople: {now: approved}\nsteps: [wait: webhooks]", "2:10: people.now: the"),
        (
            "name: x\nreceivers: {h: {answers: [99]}}\nsteps: []",
            "2:27: receivers.h.answers[0]: must be an HTTP status",
        ),
    ] {
        let answer = run(&sim, text).await.expect(400);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.starts_with(says), "{text}\n{detail}\nnot {says}");
    }
}

/// A scenario with this step is refused before anything runs, at the line of the step.
async fn step_is_refused(sim: &TestSim, step: &str, says: &str) {
    let text = format!("name: x\npeople: {{ann: approved}}\nsteps:\n- enroll: ann\n- {step}\n");
    let answer = run(sim, &text).await.expect(400);
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("5:") && detail.contains(says), "{step}\n{detail}");
}

#[tokio::test]
async fn calls_that_nothing_serves_and_bodies_that_nothing_takes_are_no_scenario() {
    let sim = TestSim::start(Engine::Sqlite).await;
    for (step, says) in [
        (
            "call: GET /acounts/${ann.account}",
            "there is no /acounts/${ann.account}; did you mean /accounts/{accountIdentifier}?",
        ),
        ("call: DELETE /accounts/${ann.account}", "is called with GET, POST, PUT, not DELETE"),
        ("call: account_get_getaccount", "path: accountIdentifier is needed: /programs/"),
        ("control: POST /clock/advanse", "did you mean /clock/advance?"),
        ("control: PUT /snapshots", "control: /snapshots is called with GET, POST, not PUT"),
        (
            "{ control: POST /clock/advance, body: { bye: P1D } }",
            "body.bye: unknown field `bye`, expected `by`, `to`; did you mean by?",
        ),
        ("{ control: POST /snapshots, body: {} }", "body: missing field `name`"),
        ("{ control: PUT /clock, body: { mode: frosen } }", "did you mean frozen?"),
        (
            "{ act: authorize, on: ann, with: { amount: 1, merchent: x } }",
            "with.merchent: unknown field `merchent`",
        ),
        ("settings: { names: { preset: strct25 } }", "settings.names.preset: unknown variant"),
        ("settings: { limit: {} }", "settings.limit: unknown field `limit`"),
        (
            "faultRule: { match: { operation: account_get }, effect: { kind: reset } }",
            "faultRule.match.operation: there is no operation \"account_get\"; did you mean",
        ),
        ("call: GET /accounts/{accountIdentifier}", "{accountIdentifier} stands for a value"),
        (
            "{ call: account_get_getaccount, path: { accountIdentifer: 1, accountIdentifier: 2 } }",
            "path.accountIdentifer: no parameter is called accountIdentifer: /programs/",
        ),
        ("{ call: GET /accounts/1, path: { accountIdentifier: 1 } }", "path.accountIdentifier: st"),
        ("call: GET /programs/wf/acounts/${ann.account}", "did you mean /programs/{programCode}/a"),
        ("control: GET /Clock", "control: there is no /Clock; did you mean /clock?"),
        ("control: GET /clock/", "control: there is no /clock/; did you mean /clock?"),
        ("control: GET /_sim/v1/programs/wf/clok", "did you mean /_sim/v1/programs/{code}/clock?"),
        ("{ control: PUT /, body: { limit: {} } }", "body.limit: unknown field `limit`"),
        (
            "{ control: POST /faults, body: { effect: { kind: interupt } } }",
            "body.effect.kind: unknown variant `interupt`",
        ),
        (
            "{ control: POST /accounts/1/actions, body: { action: clearOfak } }",
            "body.action: there is no clearOfak; did you mean clearOfac?",
        ),
        (
            "{ control: POST /accounts/1/actions, body: { action: failOfac, b: '${ann.user}' } }",
            "body: unknown field `b`",
        ),
        (
            "{ control: POST /events/wait, body: { within: PT30S } }",
            "body.within: \"PT30S\" must be an ISO 8601 duration up to PT25S",
        ),
    ] {
        step_is_refused(&sim, step, says).await;
    }
}

#[tokio::test]
async fn a_reference_hides_nothing_that_is_wrong_beside_it() {
    let sim = TestSim::start(Engine::Sqlite).await;
    for (step, says) in [
        (
            "{ act: clear, on: ann, with: { transactionIdentifier: '${ann.card}', amout: 20 } }",
            "with.amout: unknown field `amout`, expected",
        ),
        (
            "{ act: authorize, on: ann, with: { amount: '${ann.amount}' } }",
            "missing field `merchant`",
        ),
        (
            "faultRule: { match: { account: '${ann.account}' }, effect: { kind: dropp } }",
            "faultRule.effect.kind: unknown variant `dropp`",
        ),
        (
            "faultRule: { match: { path: '/${ann.user}', operation: acount_get_getaccount }, \
             effect: { kind: reset } }",
            "faultRule.match.operation: there is no operation",
        ),
        (
            "faultRule: { match: { calller: '${ann.user}' }, effect: { kind: reset } }",
            "faultRule.match.calller: unknown field `calller`",
        ),
    ] {
        step_is_refused(&sim, step, says).await;
    }
}

#[tokio::test]
async fn words_that_nothing_knows_and_expectations_of_nothing_are_no_scenario() {
    let sim = TestSim::start(Engine::Sqlite).await;
    for (step, says) in [
        ("{ act: clearOfak, on: ann }", "act: there is no clearOfak; did you mean clearOfac?"),
        ("{ adjust: promo, on: ann, amount: 1, fault: loseAnser }", "did you mean loseAnswer?"),
        ("faultRule: { effect: { kind: interupt } }", "faultRule.effect"),
        ("advance: P2Q", "advance: "),
        ("advance: { to: soon }", "advance.to: \"soon\" is no moment"),
        ("clock: yesterday", "clock: \"yesterday\" is no moment"),
        ("{ wait: webhooks, within: PT26S }", "within: \"PT26S\" must be an ISO 8601 duration up"),
        ("{ expect: { books: fit }, within: P1D }", "within: \"P1D\" must be an ISO 8601 duration"),
        ("expect: {}", "expect: expects nothing: account"),
        ("expect: { webhooks: {} }", "expect.webhooks: expects nothing of them"),
        ("expect: { events: { type: transaction } }", "expect.events: expects nothing of them"),
        ("expect: { account: { of: ann } }", "expect.account: expects nothing of the account"),
        ("{ call: GET /certificates, expect: { account: {} } }", "expect.account: expects nothing"),
        ("expect: { count: { of: ann } }", "expect.count: counts nothing"),
        (
            "expect: { webhooks: { type: accountUpdatd, count: 0 } }",
            "expect.webhooks.type: there is no accountUpdatd; did you mean accountUpdated?",
        ),
        ("expect: { events: { type: nope, count: 0 } }", "expect.events.type: there is no nope"),
        ("expect: { events: [{ type: transacton }] }", "expect.events[0].type: there is no"),
        ("expect: { events: { to: hooks, count: 0 } }", "to and state are of webhooks"),
        (
            "expect: { webhooks: { state: faild, count: 0 } }",
            "expect.webhooks.state: there is no faild; did you mean failed?",
        ),
        ("expect: { webhooks: { count: -1 } }", "count: must be a whole number, 0 or more"),
        ("expect: { count: { accounts: { atLeast: 1 } } }", "must be a number or a comparison"),
        (
            "expect: { count: { accounts: { $atLeast: 5, $atMost: 2 } } }",
            "expect.count.accounts: no number is at least 5 and at most 2",
        ),
        ("expect: { books: fit, within: PT1S }", "within: stands beside expect"),
    ] {
        step_is_refused(&sim, step, says).await;
    }
    for (head, says) in [
        ("clock: soon", "1:1: clock: \"soon\" is no moment"),
        ("program: bad code!", "1:1: program: "),
        ("receivers: {a: {eventTypes: [transacton]}}", "did you mean transaction?"),
        ("variables: {a: '${b}', b: '${a}'}", "variables.a: goes round: a, b and a again"),
        ("variables: {a: '${c}', b: 1}", "variables.a: nothing is called c"),
        ("variables: {a: '${now}'}", "variables.a: now is not known yet"),
        ("settings: {names: {preset: '${prest}'}}\nvariables: {preset: x}", "did you mean preset?"),
        ("settings: {names: {preset: strct25}}", "1:20: settings.names.preset: unknown variant"),
        // What only the simulator knows is told by its place as well.
        ("settings: {cycleDay: {zone: Nowhere}}", "1:23: settings.cycleDay.zone: must be an IANA"),
        ("receivers: {a: {auth: {type: apikey}}}", "1:24: receivers.a.auth.type: unknown"),
    ] {
        let answer = run(&sim, &format!("{head}\nname: x\nsteps: [wait: webhooks]\n")).await;
        let detail = answer.expect(400).body["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(says), "{head}\n{detail}");
    }
}

#[tokio::test]
async fn a_call_that_is_to_be_refused_may_be_wrong() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let text = "name: Refused\npeople: {ann: approved}\nsteps:\n- enroll: ann\n\
        - {call: GET /nowhere, expect: {status: 404}}\n\
        - {control: GET /nowhere, expect: {status: 404}}\n\
        - {control: POST /snapshots, body: {}, expect: {status: 400}}\n\
        - {act: authorize, on: ann, with: {amount: many}, expect: {status: 400}}\n";
    let told = report(&sim, text).await;
    assert_eq!(told["passed"], true, "{:?}", problems(&told));
}

#[tokio::test]
async fn what_may_be_right_once_its_references_are_followed_is_played() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let text = "name: Right\nprogram: wf\n\
        people: {ann: approved, ben: {userData: {note: encrypt}}}\n\
        variables: {base: programs/wf, rest: 'accounts?status=normal', by: P1D, \
        hold: {amount: 1, merchant: Cafe}}\nsteps:\n- enroll: ann\n\
        - call: GET /${base}/accounts/${ann.account}\n\
        - control: GET /${rest}\n\
        - control: GET /_sim/openapi.json\n\
        - control: GET /_sim/scenario.schema.json\n\
        - {control: 'POST /crypto/${ben.person.note}', \
        body: {plaintext: {pin: '1234'}, requestId: '${new.call}'}}\n\
        - {adjust: promo, on: ann, amount: 5}\n\
        - {act: authorize, on: ann, as: held, with: {amount: '${hold.amount}', \
        merchant: '${hold.merchant}', mcc: '5812'}}\n\
        - {act: clear, on: ann, with: {transactionIdentifier: '${held.transaction}', \
        amounts: ['${hold.amount}']}}\n\
        - faultRule: {match: {account: '${ann.account}'}, effect: {kind: delay, by: '${by}'}}\n\
        - {control: POST /events/wait, body: {match: {}, within: PT1S}}\n";
    let told = report(&sim, text).await;
    assert_eq!(told["passed"], true, "{:?}", problems(&told));
    // A variable is as good as what it stands for, and is judged alike.
    for (variable, step, says) in [
        ("accounts/1/bogus", "call: GET /${v}", "there is no /accounts/1/bogus"),
        ("P2Q", "advance: '${v}'", "advance: "),
        ("clearOfak", "{act: '${v}', on: ann}", "did you mean clearOfac?"),
    ] {
        let text = format!(
            "name: x\npeople: {{ann: approved}}\nvariables: {{v: {variable}}}\nsteps:\n- {step}\n"
        );
        let answer = run(&sim, &text).await.expect(400);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.starts_with("5:") && detail.contains(says), "{step}\n{detail}");
    }
}

#[tokio::test]
async fn references_do_not_make_more_than_a_machine_holds() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let list = |entry: &str, count: usize| json!(vec![entry; count]);
    let mut variables = json!({ "a0": list("x", 100) });
    for level in 1..6 {
        variables[format!("a{level}")] = list(&format!("${{a{}}}", level - 1), 20);
    }
    let steps = json!([{ "expect": { "values": [{ "of": "${a5}", "is": 1 }] } }]);
    let bomb = json!({ "name": "Bomb", "variables": variables, "steps": steps });
    let detail = run(&sim, &bomb.to_string()).await.expect(400).text;
    assert!(detail.contains("variables.a3: ${a2}: references make more than"), "{detail}");
    // What a step makes is bounded alike.
    let entries = list("${a1}", 100);
    let steps = json!([{ "expect": { "values": [{ "of": entries, "is": 1 }] } }]);
    let mild = json!({ "a0": list("x", 100), "a1": list("${a0}", 20) });
    let late = json!({ "name": "Late", "variables": mild, "steps": steps });
    let told = report(&sim, &late.to_string()).await;
    assert!(problems(&told)[0].contains("references make more than"), "{told}");
    let seed = json!({ "programs": { "xx": { "variables": variables } } });
    let sown = sim.bare("POST", "/_sim/v1/seed", &[], seed.to_string()).await.expect(422);
    assert!(sown.text.contains("references make more than"), "{}", sown.text);
}

#[tokio::test]
async fn variables_refer_to_each_other_in_any_order() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let text = "name: Order\nvariables: {a: '${b.c}', b: {c: '${z}'}, z: 1}\nsteps:\n\
        - expect: {values: [{of: '${a}', is: 1}]}\n";
    assert_eq!(report(&sim, text).await["passed"], true);
}

#[tokio::test]
async fn people_refer_to_each_other_in_any_order_and_not_in_a_ring() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let text = "name: Home\nvariables: {town: Zest}\npeople:\n\
        \x20 ann: {userData: {email: '${ben.person.email}', note: '${town}'}}\n\
        \x20 ben: {userData: {email: '${cat.person.email}'}}\n\
        \x20 cat: {userData: {email: {emailAddress: cat@example.com}}}\nsteps:\n\
        - expect: {values: [{of: '${ann.person}', is: {email: {emailAddress: cat@example.com}, \
        note: Zest}}]}\n";
    let told = report(&sim, text).await;
    assert_eq!(told["passed"], true, "{:?}", problems(&told));
    let ring =
        text.replace("{emailAddress: cat@example.com}}}\nsteps", "'${ann.person.email}'}}\nsteps");
    let detail = run(&sim, &ring).await.expect(400).body["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("4:3: people.ann: goes round: ann, ben, cat and ann"), "{detail}");
}

#[tokio::test]
async fn the_nearest_right_name_is_told() {
    let sim = TestSim::start(Engine::Sqlite).await;
    for (text, says) in [
        ("nam: x\nsteps: []", "did you mean name?"),
        ("name: x\nsteps: [advanse: P1D]", "did you mean advance?"),
        ("name: x\nproves: [OFC-11]\nsteps: [wait: webhooks]", "did you mean OFC-1?"),
        ("name: x\nsteps: [{wait: webhooks, witin: PT1S}]", "did you mean within?"),
        ("name: x\nsteps: [expect: {webhooks: {to: hoks}}]", "did you mean hooks?"),
    ] {
        let answer = run(&sim, text).await.expect(400);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.ends_with(says), "{detail}");
    }
}

#[tokio::test]
async fn scenarios_want_the_control_token_and_use_it_themselves() {
    let token = |config: &mut Config| {
        config.control.token = Some("open-sesame".to_owned().into());
    };
    let sim = TestSim::configured(Engine::Sqlite, token).await;
    let text = "name: One\npeople: {ann: approved}\nsteps:\n- enroll: ann\n- advance: P1D\n";
    run(&sim, text).await.expect(401);
    let headers = [("authorization", "Bearer open-sesame")];
    let path = "/_sim/v1/scenarios/run";
    let told = sim.bare("POST", path, &headers, text.to_owned()).await.expect(200);
    assert_eq!(told.body["passed"], true, "{}", told.text);
    assert!(!told.text.contains("open-sesame"));
    sim.bare("GET", "/_sim/scenario.schema.json", &[], "").await.expect(200);
}

#[tokio::test]
async fn a_report_shows_neither_tokens_nor_identity_numbers() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let text = "name: Secret\npeople: {ann: approved}\nsteps:\n- enroll: ann\n\
        - {call: POST /authentication, expect: {status: 500}}\n";
    let told = run(&sim, text).await.expect(422);
    assert!(told.text.contains("\\\"access_token\\\":\\\"***\\\""), "{}", told.text);
    let text = "name: Secret\npeople: {ann: approved}\nsteps:\n\
        - {control: POST /people, body: {}, expect: {status: 500}}\n";
    let told = run(&sim, text).await.expect(422);
    assert!(told.text.contains("\\\"ssn\\\":\\\"***\\\""), "{}", told.text);
}

#[tokio::test]
async fn a_scenario_neither_runs_another_nor_starts_without_end() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let text = "name: Own\nsteps:\n- {control: POST /_sim/v1/scenarios/run, body: {}}\n";
    let told = report(&sim, text).await;
    assert_eq!(problems(&told), ["cannot be done: - | a scenario does not run scenarios"]);
    let many = format!("name: x\nsteps:\n{}", "- wait: webhooks\n".repeat(501));
    run(&sim, &many).await.expect(400);
}

#[tokio::test]
async fn a_named_program_is_played_in_as_it_is() {
    let sim = TestSim::start(Engine::Sqlite).await;
    let partner = sim.partner("named").await;
    partner.get("/accounts").await;
    let text = "name: Named\nprogram: named\npeople: {ann: approved}\nsteps:\n- enroll: ann\n";
    assert_eq!(report(&sim, text).await["passed"], true);
    let accounts = sim.control("GET", "named/accounts", Json::Null).await.expect(200).body;
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
    let credentials = basic("demo", "demo-secret");
    let headers = [("authorization", credentials.as_str()), ("x-gd-requestid", &guid())];
    sim.bare("POST", "/authentication", &headers, "{}").await;
}

#[test]
fn the_example_of_the_readme_is_a_ready_scenario() {
    let readme = include_str!("../../README.md");
    let example = library::find("ofac-cleared").unwrap().text;
    assert!(readme.contains(&format!("```yaml\n{example}```")), "README and file differ");
    let lines = example.lines().count();
    assert!(lines < 45, "{lines} lines are more than a page");
}

#[test]
fn the_schema_holds_every_ready_scenario() {
    let schema = piebox::scenarios::schema::schema();
    let verbs = piebox::scenarios::model::StepKind::VERBS;
    let text = schema.to_string();
    for verb in verbs {
        assert!(text.contains(&format!("\"required\":[\"{verb}\"")), "{verb}");
    }
    assert_eq!(schema["additionalProperties"], false);
}
