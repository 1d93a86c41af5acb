//! Taking a step: each verb becomes calls, and what comes back is compared with what is expected.

use futures_util::future::join_all;
use serde::Deserialize as _;
use serde_json::{Value as Json, json};

use super::expectations::AnswerExpectation;
use super::model::{
    ActStep, AdjustStep, AdvanceStep, CallStep, ClockStep, ControlStep, Either, EnrollStep,
    FaultRuleStep, Object, ReceiverStep, RepeatStep, Step, StepKind,
};
use super::read::method_and_path;
use super::references::{self, BUILT_IN, Budget};
use super::run::{FAULT_HEADER, Found, Run, clock_document, reply};
use super::scope::{Kept, merge};
use super::served::{self, control_path, vendor_path};
use super::stage::{Sent, lay_over, usual_headers};
use super::{judge, seal};
use crate::kernel::catalogue::{self, Operation};

/// The product that people enroll in.
const PRODUCT: &str = "50400";
/// The control call that runs scenarios: one does not run another.
const RUN_PATH: &str = "/_sim/v1/scenarios";

/// What is particular about a partner's call.
#[derive(Default)]
struct Particulars<'a> {
    headers: Option<&'a Object>,
    request_id: Option<&'a str>,
    token: Option<&'a str>,
    fault: Option<&'a str>,
}

impl Run<'_> {
    /// Takes a step.
    ///
    /// # Errors
    ///
    /// Why it cannot be taken.
    pub(super) async fn step(&mut self, step: &Step) -> Result<Found, String> {
        self.read_clock(&step.written).await?;
        let resolved = references::value(&step.written, &self.scope, &mut Budget::default())?;
        let resolved = Step::deserialize(resolved).map_err(|wrong| wrong.to_string())?;
        let found = match &resolved.kind {
            StepKind::Enroll(step) => self.enroll(step).await,
            StepKind::Call(step) => self.call(step).await,
            StepKind::Repeat(step) => self.repeat(step).await,
            StepKind::Adjust(step) => self.adjust(step).await,
            StepKind::Act(step) => self.act(step).await,
            StepKind::Advance(step) => self.advance(step).await,
            StepKind::Clock(step) => self.set_clock(step).await,
            StepKind::FaultRule(step) => self.lay_fault(step).await,
            StepKind::Settings(step) => {
                let settings = Json::Object(step.settings.clone());
                self.must("PUT", "", Some(settings)).await.map(|_| Found::default())
            }
            StepKind::Receiver(step) => self.change_receiver(step),
            StepKind::Control(step) => self.control(step).await,
            StepKind::Wait(step) => self.wait(step).await,
            StepKind::Expect(step) => self.expect(step).await,
        }?;
        if let (Some(name), Some(last)) = (resolved.kind.keeps(), found.calls.last()) {
            self.scope.kept.insert(name.to_owned(), last.clone());
        }
        Ok(found)
    }

    /// Asks the clock, if a step refers to it.
    async fn read_clock(&mut self, written: &Json) -> Result<(), String> {
        let text = written.to_string();
        if BUILT_IN.iter().any(|name| text.contains(&format!("${{{name}}}")) && *name != "program")
        {
            let clock = self.must("GET", "/clock", None).await?;
            self.scope.now = clock.body["now"].as_str().map(str::to_owned);
        }
        Ok(())
    }

    async fn enroll(&mut self, step: &EnrollStep) -> Result<Found, String> {
        let person = self.scope.people.get(&step.enroll).ok_or("nobody is called so")?;
        let product = step.product.as_ref().map_or(PRODUCT, |product| &product.0);
        let mut body = json!({
            "user": { "userData": person },
            "account": {
                "productCode": product, "productMaterialType": "pvc", "currency": "USD",
            },
            "requestPhysicalCardFlag": step.plastic.unwrap_or(true),
        });
        if let Some(kyc) = step.kyc {
            body["executeKycFlag"] = json!(kyc);
        }
        merge(&mut body, &step.body);
        let particulars = Particulars {
            headers: Some(&step.headers),
            request_id: step.request_id.as_deref(),
            fault: step.fault.as_deref(),
            ..Particulars::default()
        };
        self.partner(("POST", "/enrollments"), Some(body), particulars, &step.expect).await
    }

    async fn call(&mut self, step: &CallStep) -> Result<Found, String> {
        let (method, path) = match step.call.contains(char::is_whitespace) {
            true => {
                let (method, path) = method_and_path(&step.call)?;
                (method.to_owned(), path.to_owned())
            }
            false => operation(&step.call, &step.path, &self.scope.program)?,
        };
        let particulars = Particulars {
            headers: Some(&step.headers),
            request_id: step.request_id.as_deref(),
            token: step.token.as_deref(),
            fault: step.fault.as_deref(),
        };
        self.partner((&method, &path), step.body.clone(), particulars, &step.expect).await
    }

    async fn adjust(&mut self, step: &AdjustStep) -> Result<Found, String> {
        let account = self.scope.account(&step.on)?;
        self.requests += 1;
        let number = self.requests.to_string();
        let mut body = json!({
            "adjustmentIdentifier": self.scope.guid(&["adjustment", &number]),
            "amount": step.amount,
            "currency": "USD",
            "adjustmentType": step.adjust,
            "adjustmentDescription": step.name.as_deref().unwrap_or("Adjusted by a scenario"),
        });
        merge(&mut body, &step.body);
        let path = format!("/accounts/{account}/adjustments");
        let particulars = Particulars { fault: step.fault.as_deref(), ..Particulars::default() };
        let mut expected = step.expect.clone().unwrap_or_default();
        let is_covered =
            expected.answer.is_some() || expected.status.is_some() || expected.code.is_some();
        if !is_covered && expected.body.is_none() {
            // One that is declined is answered 200 0/0 all the same.
            expected.body = Some(json!({ "adjustmentStatus": "completed" }));
        }
        self.partner(("POST", &path), Some(body), particulars, &Some(expected)).await
    }

    async fn repeat(&mut self, step: &RepeatStep) -> Result<Found, String> {
        let kept = self.scope.kept.get(&step.repeat).cloned().unwrap_or_default();
        let was_partners = |_: &Sent| !kept.request_id.is_empty();
        let Some(mut sent) = kept.sent.clone().filter(was_partners) else {
            return Err(format!("{} was no call of the partner", step.repeat));
        };
        sent.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(FAULT_HEADER));
        if kept.shows_own_token {
            let token = Json::String(format!("Bearer {}", self.fresh_token().await?));
            let own = Object::from_iter([("authorization".to_owned(), token)]);
            lay_over(&mut sent.headers, &own)?;
        }
        sent.headers.extend(step.fault.iter().map(|it| (FAULT_HEADER.to_owned(), it.clone())));
        if !step.body.is_empty() {
            let mut body = sent.body.take().unwrap_or_default();
            merge(&mut body, &step.body);
            sent.body = Some(body);
        }
        let times = step.times.unwrap_or(1) as usize;
        let mut answers = Vec::new();
        if step.together {
            answers = join_all((0..times).map(|_| self.stage.send(&sent))).await;
        } else {
            for _ in 0..times {
                answers.push(self.stage.send(&sent).await);
            }
        }
        let wanted = step.expect.clone().unwrap_or_default();
        let mut found = Found::default();
        for answer in answers {
            let mismatches = judge::answer(&wanted, &answer);
            let is_wrong = !mismatches.is_empty();
            found.mismatches.extend(mismatches);
            found.calls.push(Kept { sent: Some(sent.clone()), answer, ..kept.clone() });
            if is_wrong {
                break;
            }
        }
        Ok(found)
    }

    async fn act(&mut self, step: &ActStep) -> Result<Found, String> {
        let account = self.scope.account(&step.on)?;
        let mut body = step.members.clone();
        body.insert("action".to_owned(), json!(step.act));
        let path = format!("/accounts/{account}/actions");
        Ok(self.tester("POST", &path, Some(Json::Object(body)), &step.expect).await)
    }

    async fn advance(&mut self, step: &AdvanceStep) -> Result<Found, String> {
        let goal = match &step.advance {
            Either::Short(by) => json!({ "by": by }),
            Either::Long(goal) => json!({ "to": goal.to }),
        };
        // The own token may be too old afterwards.
        self.token = None;
        Ok(self.tester("POST", "/clock/advance", Some(goal), &step.expect).await)
    }

    async fn set_clock(&mut self, step: &ClockStep) -> Result<Found, String> {
        self.token = None;
        self.must("PUT", "/clock", Some(clock_document(&step.clock))).await?;
        Ok(Found::default())
    }

    async fn lay_fault(&mut self, step: &FaultRuleStep) -> Result<Found, String> {
        let answer = match &step.fault_rule {
            Either::Short(_) => self.must("DELETE", "/faults", None).await?,
            Either::Long(rule) => {
                self.must("POST", "/faults", Some(Json::Object(rule.clone()))).await?
            }
        };
        let kept = Kept { answer, ..Kept::default() };
        Ok(Found { calls: vec![kept], ..Found::default() })
    }

    fn change_receiver(&self, step: &ReceiverStep) -> Result<Found, String> {
        let receiver = self.receivers.get(&step.receiver).ok_or("no receiver is called so")?;
        receiver.answer_next(step.answers.iter().map(reply));
        if let Some(then) = &step.then {
            receiver.answer_with(reply(then));
        }
        Ok(Found::default())
    }

    async fn control(&mut self, step: &ControlStep) -> Result<Found, String> {
        let (method, path) = method_and_path(&step.control)?;
        if path.to_ascii_lowercase().starts_with(RUN_PATH) {
            return Err("a scenario does not run scenarios".to_owned());
        }
        self.token = None;
        Ok(self.tester(method, path, step.body.clone(), &step.expect).await)
    }

    /// A call of the control API, below the program or anywhere.
    async fn tester(
        &self,
        method: &str,
        path: &str,
        body: Option<Json>,
        expected: &Option<AnswerExpectation>,
    ) -> Found {
        let path = control_path(path, &self.scope.program);
        let answer = self.stage.control(method, &path, body).await;
        let wanted = expected.clone().unwrap_or_default();
        let mismatches = judge::answer(&wanted, &answer);
        // What was sent is left out: it is not to be repeated, and may hold what is secret.
        let sent = Sent { method: method.to_owned(), path, headers: Vec::new(), body: None };
        let kept = Kept { sent: Some(sent), answer, ..Kept::default() };
        Found { mismatches, calls: vec![kept] }
    }

    /// A partner's call, with all that such a call needs.
    async fn partner(
        &mut self,
        (method, path): (&str, &str),
        body: Option<Json>,
        particulars: Particulars<'_>,
        expected: &Option<AnswerExpectation>,
    ) -> Result<Found, String> {
        let path = vendor_path(path, &self.scope.program);
        let request_id = match particulars.request_id {
            Some(id) => id.to_owned(),
            None => self.new_request_id(),
        };
        let shows_own_token = particulars.token.is_none()
            && !particulars.headers.is_some_and(|given| given.contains_key("authorization"));
        let asks_for_token =
            path.to_ascii_lowercase().trim_end_matches('/').ends_with("/authentication");
        let authorization = match particulars.token {
            Some("none") => None,
            Some(token) => Some(format!("Bearer {token}")),
            None if asks_for_token => Some(self.stage.credentials()),
            None => Some(format!("Bearer {}", self.fresh_token().await?)),
        };
        let mut body = body;
        if asks_for_token && body.is_none() {
            body = Some(json!({ "grant_type": "client_credentials" }));
        }
        if self.is_sealed
            && let Some(body) = &mut body
        {
            let key = self.program_key().await?;
            let binding = (self.scope.program.as_str(), request_id.as_str());
            seal::user_data(body, &key, &self.scope.seed, binding)?;
        }
        let mut headers = usual_headers(authorization, &request_id);
        headers.extend(particulars.fault.map(|it| (FAULT_HEADER.to_owned(), it.to_owned())));
        lay_over(&mut headers, particulars.headers.unwrap_or(&Object::new()))?;
        let sent = Sent { method: method.to_owned(), path, headers, body };
        let answer = self.stage.send(&sent).await;
        let wanted = expected.clone().unwrap_or_default();
        let mismatches = judge::answer(&wanted, &answer);
        let shows_own_token = shows_own_token && !asks_for_token;
        let kept = Kept { sent: Some(sent), request_id, shows_own_token, answer };
        Ok(Found { mismatches, calls: vec![kept] })
    }

    fn new_request_id(&mut self) -> String {
        self.requests += 1;
        self.scope.guid(&["request", &self.requests.to_string()])
    }

    /// The partner's token; a new one after the clock or the settings may have moved.
    pub(super) async fn fresh_token(&mut self) -> Result<String, String> {
        if let Some(token) = &self.token {
            return Ok(token.clone());
        }
        let id = self.new_request_id();
        let sent = Sent {
            method: "POST".to_owned(),
            path: "/authentication".to_owned(),
            headers: usual_headers(Some(self.stage.credentials()), &id),
            body: Some(json!({ "grant_type": "client_credentials" })),
        };
        let answer = self.stage.send(&sent).await;
        let token = answer.body["access_token"].as_str();
        let token = token.ok_or("the partner got no access token")?.to_owned();
        self.token = Some(token.clone());
        Ok(token)
    }

    /// A GET of the partner, below the program, that must succeed.
    pub(super) async fn read(&mut self, path: &str) -> Result<Kept, String> {
        let found = self.partner(("GET", path), None, Particulars::default(), &None).await?;
        let wrong = found.mismatches.first();
        let kept = found.calls.into_iter().next_back().unwrap_or_default();
        match wrong {
            None => Ok(kept),
            Some(wrong) => {
                let description = kept.answer.detail("description").unwrap_or(&Json::Null);
                Err(format!("GET {path}: {} is {} ({description})", wrong.at, wrong.came))
            }
        }
    }

    /// The key that user data is sealed to, asked for as a partner would.
    async fn program_key(&mut self) -> Result<crate::crypto::PublicKey, String> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let was_sealed = std::mem::replace(&mut self.is_sealed, false);
        let id = self.new_request_id();
        let token = self.fresh_token().await?;
        let sent = Sent {
            method: "GET".to_owned(),
            path: format!("/programs/{}/certificates", self.scope.program),
            headers: usual_headers(Some(format!("Bearer {token}")), &id),
            body: None,
        };
        let answer = self.stage.send(&sent).await;
        self.is_sealed = was_sealed;
        let text = answer.body.pointer("/certificates/0/publicKey").and_then(Json::as_str);
        let key = text.and_then(|text| crate::crypto::PublicKey::from_spki_base64(text).ok());
        let key = key.ok_or("the program's key could not be had")?;
        self.key = Some(key.clone());
        Ok(key)
    }
}

/// Method and path of an operation, with the values of its path put in.
fn operation(slug: &str, values: &Object, program: &str) -> Result<(String, String), String> {
    let found = catalogue::banking().map(|(_, operation)| operation).find(|it| it.slug == slug);
    let Operation { method, path, .. } = found.ok_or("there is no such operation")?;
    let mut whole = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        whole.push('/');
        let Some(name) = served::parameter(part) else {
            whole.push_str(part);
            continue;
        };
        let value = match values.get(name) {
            Some(Json::String(text)) => text.clone(),
            Some(plain) => plain.to_string(),
            None if name.eq_ignore_ascii_case("programCode") => program.to_owned(),
            None => return Err(format!("path.{name} is needed: {path}")),
        };
        whole.push_str(&value);
    }
    Ok((method.as_str().to_owned(), whole))
}
