//! The steps of a scenario: each is an object, and one member, the verb, says what it does.

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;

use super::expectations::{AnswerExpectation, StateExpectation};
use super::model::{ClockSetting, Either, Object, ReceiverAnswer, Text};

/// Declares the verbs: the member that says so, the type and its variant.
macro_rules! verbs {
    ($($verb:literal $variant:ident($step:ident)),+ $(,)?) => {
        /// What a step does.
        #[derive(Debug, Clone, JsonSchema)]
        #[schemars(untagged)]
        pub enum StepKind {
            $(#[doc = concat!("`", $verb, "`.")] $variant($step)),+
        }

        impl StepKind {
            /// The verbs, by which a step is told.
            pub const VERBS: &[&str] = &[$($verb),+];

            fn read(verb: &str, members: Json) -> Result<Self, (String, String)> {
                match verb {
                    $($verb => strict(members).map(Self::$variant),)+
                    other => Err((other.to_owned(), "is no verb".to_owned())),
                }
            }

            /// The name that the writer gave to the step.
            pub fn name(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(step) => step.name.as_deref()),+
                }
            }
        }
    };
}

verbs! {
    "enroll" Enroll(EnrollStep),
    "call" Call(CallStep),
    "repeat" Repeat(RepeatStep),
    "adjust" Adjust(AdjustStep),
    "act" Act(ActStep),
    "advance" Advance(AdvanceStep),
    "clock" Clock(ClockStep),
    "faultRule" FaultRule(FaultRuleStep),
    "settings" Settings(SettingsStep),
    "receiver" Receiver(ReceiverStep),
    "control" Control(ControlStep),
    "wait" Wait(WaitStep),
    "expect" Expect(ExpectStep),
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// As it was written, to look for references in.
    pub written: Json,
}

impl JsonSchema for Step {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        StepKind::json_schema(generator)
    }
}

/// Tells the member of a step from what is wrong with it, in the words of an error.
pub(super) const MEMBER_ENDS: &str = "\u{1}";

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Json::deserialize(deserializer)?;
        let Json::Object(members) = &written else {
            return Err(D::Error::custom("a step must be an object"));
        };
        let verb = verb_of(members).map_err(D::Error::custom)?.to_owned();
        let kind = StepKind::read(&verb, written.clone());
        let kind = kind.map_err(|(member, problem)| {
            D::Error::custom(format!("{member}{MEMBER_ENDS}{problem}"))
        })?;
        Ok(Self { kind, written })
    }
}

/// The one verb of a step. A step that does something may also say what is expected of the answer;
/// one that does nothing expects something of the state of things.
fn verb_of(members: &Object) -> Result<&'static str, String> {
    let named = |verb: &&&str| members.contains_key(**verb);
    let mut verbs = StepKind::VERBS.iter().filter(|verb| **verb != "expect").filter(named);
    match (verbs.next(), verbs.next()) {
        (Some(verb), None) => Ok(verb),
        (Some(one), Some(other)) => Err(format!("a step does one thing, not {one} and {other}")),
        (None, _) if members.contains_key("expect") => Ok("expect"),
        (None, _) => {
            let names = members.keys().map(String::as_str);
            let near = names.filter_map(|name| super::read::nearest(name, StepKind::VERBS)).next();
            let near = near.map(|verb| format!("; did you mean {verb}?")).unwrap_or_default();
            Err(format!("says none of {}{near}", StepKind::VERBS.join(", ")))
        }
    }
}

fn strict<T: serde::de::DeserializeOwned>(members: Json) -> Result<T, (String, String)> {
    crate::kernel::strict_json::read(&members).map_err(|wrong| (wrong.member, wrong.problem))
}

/// Enrolls somebody: `enroll: ines`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrollStep {
    /// The person, from `people`.
    pub enroll: String,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What later steps call the answer; the person's name without it.
    #[serde(default, rename = "as")]
    pub keep_as: Option<String>,
    /// The product code; 50400 without it.
    #[serde(default)]
    pub product: Option<Text>,
    /// Whether plastic is ordered; it is, without it.
    #[serde(default)]
    pub plastic: Option<bool>,
    /// Whether identity is checked (`executeKycFlag`); it is not, without it. Sanctions are
    /// screened all the same.
    #[serde(default)]
    pub kyc: Option<bool>,
    /// Members laid over the body that is drawn up.
    #[serde(default)]
    pub body: Object,
    /// Headers laid over the usual ones.
    #[serde(default)]
    pub headers: Object,
    /// `X-GD-RequestId`; a new one without it.
    #[serde(default)]
    pub request_id: Option<String>,
    /// A fault for this call alone, as in the header `X-Piebox-Fault`: `loseAnswer`.
    #[serde(default)]
    pub fault: Option<String>,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: Option<AnswerExpectation>,
}

/// Makes a call of the vendor's API: `call: GET /accounts/${ines.account}`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallStep {
    /// Method and path, below the program unless the path begins with `/programs/` or belongs to no
    /// program; or the operation id that docs/openapi.json has for it.
    pub call: String,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What later steps call the answer.
    #[serde(default, rename = "as")]
    pub keep_as: Option<String>,
    /// Values of the path of an operation: `{accountIdentifier: "${ines.account}"}`.
    #[serde(default)]
    pub path: Object,
    /// The body, as JSON; a text is sent as it is.
    #[serde(default)]
    pub body: Option<Json>,
    /// Headers laid over the usual ones; `null` leaves one out.
    #[serde(default)]
    pub headers: Object,
    /// `X-GD-RequestId`; a new one without it.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The access token; the partner's own, always fresh, without it.
    #[serde(default)]
    pub token: Option<String>,
    /// A fault for this call alone, as in the header `X-Piebox-Fault`: `loseAnswer`.
    #[serde(default)]
    pub fault: Option<String>,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: Option<AnswerExpectation>,
}

/// Makes an earlier call again, with the same request id and body: `repeat: ines`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RepeatStep {
    /// The name of the step that made the call, or of the person it enrolled.
    pub repeat: String,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What later steps call the answer; the name of the call without it.
    #[serde(default, rename = "as")]
    pub keep_as: Option<String>,
    /// How often; once without it.
    #[serde(default)]
    #[schemars(range(min = 1, max = 50))]
    pub times: Option<u32>,
    /// Whether they are made all at once.
    #[serde(default)]
    pub together: bool,
    /// Members laid over the body.
    #[serde(default)]
    pub body: Object,
    /// A fault for this call alone.
    #[serde(default)]
    pub fault: Option<String>,
    /// What is expected of each answer.
    #[serde(default)]
    pub expect: Option<AnswerExpectation>,
}

/// Adjusts a balance: `adjust: promo`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdjustStep {
    /// The type of the adjustment: `promo`, `instructionCredit`, `instructionDebit`.
    pub adjust: String,
    /// Whose: the name of a person or a step, or an account identifier.
    pub on: String,
    /// Dollars.
    pub amount: Json,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What later steps call the answer.
    #[serde(default, rename = "as")]
    pub keep_as: Option<String>,
    /// Members laid over the body that is drawn up.
    #[serde(default)]
    pub body: Object,
    /// A fault for this call alone, as in the header `X-Piebox-Fault`: `loseAnswer`.
    #[serde(default)]
    pub fault: Option<String>,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: Option<AnswerExpectation>,
}

/// Has the outside world do something to an account: `act: clearOfac`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActStep {
    /// The action.
    pub act: String,
    /// Whose account: the name of a person or a step, or an account identifier.
    pub on: String,
    /// Further members of the action: `{amount: 20, merchant: Corner Cafe}`.
    #[serde(default, rename = "with")]
    pub members: Object,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What later steps call the answer.
    #[serde(default, rename = "as")]
    pub keep_as: Option<String>,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: Option<AnswerExpectation>,
}

/// Moves the clock on, doing what falls due on the way: `advance: P2D`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdvanceStep {
    /// By this ISO 8601 duration, or `{to: 2031-05-08T10:00:00Z}`.
    pub advance: Either<String, AdvanceTo>,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What later steps call the answer, which lists what ran.
    #[serde(default, rename = "as")]
    pub keep_as: Option<String>,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: Option<AnswerExpectation>,
}

/// Where a clock goes.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdvanceTo {
    /// The moment.
    pub to: String,
}

/// Sets the clock without doing what falls due on the way: `clock: 2031-05-08T10:00:00Z`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClockStep {
    /// The moment at which it then stands, or how it goes.
    pub clock: Either<String, ClockSetting>,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
}

/// Lays a fault rule, as the control API has it, or removes all of them: `faultRule: none`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRuleStep {
    /// `{match: .., effect: {kind: interrupt}, times: 1}`, or `none`.
    pub fault_rule: Either<NoFault, Object>,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What later steps call the rule.
    #[serde(default, rename = "as")]
    pub keep_as: Option<String>,
}

/// The word that removes all fault rules.
#[derive(Debug, Clone, Copy, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NoFault {
    /// No rule at all.
    None,
}

/// Changes settings of the program.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettingsStep {
    /// Laid over the present ones: objects are merged, lists replaced, `null` removes.
    pub settings: Object,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
}

/// Changes how a receiver answers.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceiverStep {
    /// The receiver.
    pub receiver: String,
    /// Answers to the next requests, one each, behind those that still wait.
    #[serde(default)]
    pub answers: Vec<ReceiverAnswer>,
    /// The answer to all later ones; unchanged without it.
    #[serde(default)]
    pub then: Option<ReceiverAnswer>,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
}

/// Makes a call of the control API: `control: GET /accounts?status=pending`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControlStep {
    /// Method and path, below `/_sim/v1/programs/{code}` unless the path begins with `/_sim/`.
    pub control: String,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What later steps call the answer.
    #[serde(default, rename = "as")]
    pub keep_as: Option<String>,
    /// The body.
    #[serde(default)]
    pub body: Option<Json>,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: Option<AnswerExpectation>,
}

/// Waits: `wait: webhooks`.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WaitStep {
    /// For what.
    pub wait: WaitFor,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// How long at most, on the wall: an ISO 8601 duration up to `PT25S`; `PT20S` without it.
    #[serde(default)]
    pub within: Option<String>,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum WaitFor {
    /// Until no webhook is under way: each is delivered, given up or due later.
    Webhooks,
}

/// Expects something of the state of things.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpectStep {
    /// What is expected.
    pub expect: StateExpectation,
    /// What the report calls the step.
    #[serde(default)]
    pub name: Option<String>,
    /// How long it may take to come true, on the wall: an ISO 8601 duration up to `PT25S`. Without
    /// it, it must be true once no webhook is under way.
    #[serde(default)]
    pub within: Option<String>,
}
