//! Enrollments to be sent: each of a person of its own, with a request id of its own, prepared
//! before any time is taken. Containers are sealed here, as a partner would.

use std::sync::Arc;
use std::thread;

use piebox::crypto::{Binding, KeyPair, PublicKey, seal};
use piebox::kernel::source::Source;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::http::{Requests, request};
use super::load::Supply;
use super::stage::PROGRAM;

/// A random-looking id, always the same for the same number.
pub fn guid(number: usize, kind: &str) -> Uuid {
    Source::new(&[7; 32], &[kind, &number.to_string()]).id(|id| id)
}

/// The body of one enrollment, and the request id that it belongs to.
#[derive(Debug, Clone)]
pub struct Enrollment {
    request_id: String,
    body: String,
}

/// The person of this number.
fn vary(person: &Json, number: usize) -> Json {
    let mut person = person.clone();
    person["identifyingData"]["ssn"] = json!(format!("2{number:08}"));
    person["phoneNumbers"][0]["number"] = json!(format!("7{number:09}"));
    person["email"]["emailAddress"] = json!(format!("person.{number}@example.com"));
    person
}

fn body(user: &Json) -> String {
    json!({
        "user": user,
        "account": { "productCode": "50400", "productMaterialType": "pvc", "currency": "USD" },
        "requestPhysicalCardFlag": true,
        "executeKycFlag": true,
    })
    .to_string()
}

/// Enrollments with plain user data.
pub fn plain(person: &Json, count: usize) -> Vec<Enrollment> {
    let one = |number| Enrollment {
        request_id: guid(number, "request").to_string(),
        body: body(&json!({ "userData": vary(person, number) })),
    };
    (0..count).map(one).collect()
}

/// Enrollments with user data sealed to the program; both cores seal.
pub fn sealed(person: &Json, count: usize, program: &PublicKey) -> Vec<Enrollment> {
    let half = count / 2;
    thread::scope(|scope| {
        let rest = scope.spawn(|| (half..count).map(|n| seal_one(person, n, program)).collect());
        let mut all: Vec<_> = (0..half).map(|n| seal_one(person, n, program)).collect();
        let rest: Vec<Enrollment> = rest.join().expect("sealing goes well");
        all.extend(rest);
        all
    })
}

fn seal_one(person: &Json, number: usize, program: &PublicKey) -> Enrollment {
    let request_id = guid(number, "request").to_string();
    let binding = Binding { program_code: PROGRAM, request_id: &request_id };
    let ephemeral = KeyPair::from_seed(Source::new(&[9; 32], &[&number.to_string()]).key());
    let text = vary(person, number).to_string();
    let container = seal(text.as_bytes(), program, &ephemeral, binding).expect("a short text");
    Enrollment { body: body(&json!({ "encryptedUserData": container })), request_id }
}

/// The requests that carry these enrollments, each to be sent once.
pub fn requests(enrollments: &[Enrollment], bearer: &str) -> Requests {
    let path = format!("/programs/{PROGRAM}/enrollments");
    let one = |enrollment: &Enrollment| {
        let id = format!("X-GD-RequestId: {}", enrollment.request_id);
        request("POST", &path, &[bearer, &id], &enrollment.body)
    };
    Requests::Once(Supply::of(enrollments.iter().map(one).collect()))
}

/// Requests that read these accounts, over and over.
pub fn look_ups<'a>(accounts: impl Iterator<Item = &'a Uuid>, bearer: &str) -> Requests {
    let one = |id: &Uuid| {
        let path = format!("/programs/{PROGRAM}/accounts/{id}");
        request("GET", &path, &[bearer, super::stage::ANY_REQUEST], "")
    };
    Requests::Round(Arc::from_iter(accounts.map(one)))
}
