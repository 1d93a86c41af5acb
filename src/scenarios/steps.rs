//! The steps of a scenario: each is an object, and one member, the verb, says what it does.

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;

use super::expectations::{AnswerExpectation, StateExpectation};
use super::model::{ClockSetting, Either, Object, ReceiverAnswer, Text};
use crate::kernel::nearest::nearest;

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

            fn common(&self) -> &dyn Common {
                match self {
                    $(Self::$variant(step) => step),+
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

/// What steps have in common.
trait Common {
    fn name(&self) -> Option<&str>;

    fn keep_as(&self) -> Option<&str> {
        None
    }

    fn answer(&self) -> Option<&AnswerExpectation> {
        None
    }
}

impl StepKind {
    /// The name that the writer gave to the step.
    pub fn name(&self) -> Option<&str> {
        self.common().name()
    }

    /// What later steps call what comes of it.
    pub fn keeps(&self) -> Option<&str> {
        self.common().keep_as().or(match self {
            Self::Enroll(step) => Some(&step.enroll),
            Self::Repeat(step) => Some(&step.repeat),
            _ => None,
        })
    }

    /// What is expected of the answer.
    pub fn answer(&self) -> Option<&AnswerExpectation> {
        self.common().answer()
    }
}

/// Declares a step: the members of its own, and those that it has in common with others. What is
/// `answered` has an answer to be kept and compared, what is `kept` has one to be kept, and what is
/// `plain` has none.
macro_rules! step {
    ($(#[$doc:meta])* answered $step:ident { $($own:tt)* }) => {
        step! { $(#[$doc])* $step {
            $($own)*
            /// What later steps call the answer. Without it, that of an enrollment is called by its
            /// person, and that of a repetition by the call.
            #[serde(default, rename = "as")]
            pub keep_as: Option<String>,
            /// What is expected of the answer, or of each of them.
            #[serde(default)]
            pub expect: Option<AnswerExpectation>,
        } {
            fn keep_as(&self) -> Option<&str> {
                self.keep_as.as_deref()
            }

            fn answer(&self) -> Option<&AnswerExpectation> {
                self.expect.as_ref()
            }
        } }
    };
    ($(#[$doc:meta])* kept $step:ident { $($own:tt)* }) => {
        step! { $(#[$doc])* $step {
            $($own)*
            /// What later steps call what comes of it.
            #[serde(default, rename = "as")]
            pub keep_as: Option<String>,
        } {
            fn keep_as(&self) -> Option<&str> {
                self.keep_as.as_deref()
            }
        } }
    };
    ($(#[$doc:meta])* plain $step:ident { $($own:tt)* }) => {
        step! { $(#[$doc])* $step { $($own)* } {} }
    };
    ($(#[$doc:meta])* $step:ident { $($members:tt)* } { $($common:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $step {
            $($members)*
            /// What the report calls the step.
            #[serde(default)]
            pub name: Option<String>,
        }

        impl Common for $step {
            fn name(&self) -> Option<&str> {
                self.name.as_deref()
            }

            $($common)*
        }
    };
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
            let near =
                names.filter_map(|name| nearest(name, StepKind::VERBS.iter().copied())).next();
            let near = near.map(|verb| format!("; did you mean {verb}?")).unwrap_or_default();
            Err(format!("says none of {}{near}", StepKind::VERBS.join(", ")))
        }
    }
}

fn strict<T: serde::de::DeserializeOwned>(members: Json) -> Result<T, (String, String)> {
    crate::kernel::strict_json::read(&members).map_err(|wrong| (wrong.member, wrong.problem))
}

step! {
    /// Enrolls somebody: `enroll: ines`.
    answered EnrollStep {
        /// The person, from `people`.
        pub enroll: String,
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
    }
}

step! {
    /// Makes a call of the vendor's API: `call: GET /accounts/${ines.account}`.
    answered CallStep {
        /// Method and path, below the program unless the path begins with `/programs/` or `/baas/`
        /// or belongs to no program; or the operation id that docs/openapi.json has for it.
        pub call: String,
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
    }
}

step! {
    /// Makes an earlier call again, with the same request id and body: `repeat: ines`.
    answered RepeatStep {
        /// The name of the step that made the call, or of the person it enrolled.
        pub repeat: String,
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
    }
}

step! {
    /// Adjusts a balance: `adjust: promo`.
    answered AdjustStep {
        /// The type of the adjustment: `promo`, `instructionCredit`, `instructionDebit`.
        pub adjust: String,
        /// Whose: the name of a person or a step, or an account identifier.
        pub on: String,
        /// Dollars.
        pub amount: Json,
        /// Members laid over the body that is drawn up.
        #[serde(default)]
        pub body: Object,
        /// A fault for this call alone, as in the header `X-Piebox-Fault`: `loseAnswer`.
        #[serde(default)]
        pub fault: Option<String>,
    }
}

step! {
    /// Has the outside world do something to an account: `act: clearOfac`.
    answered ActStep {
        /// The action.
        pub act: String,
        /// Whose account: the name of a person or a step, or an account identifier.
        pub on: String,
        /// Further members of the action: `{amount: 20, merchant: Corner Cafe}`.
        #[serde(default, rename = "with")]
        pub members: Object,
    }
}

step! {
    /// Moves the clock on, doing what falls due on the way: `advance: P2D`.
    answered AdvanceStep {
        /// By this ISO 8601 duration, or `{to: 2031-05-08T10:00:00Z}`.
        pub advance: Either<String, AdvanceTo>,
    }
}

/// Where a clock goes.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdvanceTo {
    /// The moment.
    pub to: String,
}

step! {
    /// Sets the clock without doing what falls due on the way: `clock: 2031-05-08T10:00:00Z`.
    plain ClockStep {
        /// The moment at which it then stands, or how it goes.
        pub clock: Either<String, ClockSetting>,
    }
}

step! {
    /// Lays a fault rule, as the control API has it, or removes all of them: `faultRule: none`.
    kept FaultRuleStep {
        /// `{match: .., effect: {kind: interrupt}, times: 1}`, or `none`.
        pub fault_rule: Either<NoFault, Object>,
    }
}

/// The word that removes all fault rules.
#[derive(Debug, Clone, Copy, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NoFault {
    /// No rule at all.
    None,
}

step! {
    /// Changes settings of the program.
    plain SettingsStep {
        /// Laid over the present ones: objects are merged, lists replaced, `null` removes.
        pub settings: Object,
    }
}

step! {
    /// Changes how a receiver answers.
    plain ReceiverStep {
        /// The receiver.
        pub receiver: String,
        /// Answers to the next requests, one each, behind those that still wait.
        #[serde(default)]
        pub answers: Vec<ReceiverAnswer>,
        /// The answer to all later ones; unchanged without it.
        #[serde(default)]
        pub then: Option<ReceiverAnswer>,
    }
}

step! {
    /// Makes a call of the control API: `control: GET /accounts?status=pending`.
    answered ControlStep {
        /// Method and path, below `/_sim/v1/programs/{code}` unless the path begins with `/_sim/`.
        pub control: String,
        /// The body.
        #[serde(default)]
        pub body: Option<Json>,
    }
}

step! {
    /// Waits: `wait: webhooks`.
    plain WaitStep {
        /// For what.
        pub wait: WaitFor,
        /// Gives up so soon, on the wall: an ISO 8601 duration up to `PT25S`; after 45 seconds
        /// without it.
        #[serde(default)]
        pub within: Option<String>,
    }
}

/// What is waited for.
#[derive(Debug, Clone, Copy, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum WaitFor {
    /// Until no webhook is under way: each is delivered, given up or due later.
    Webhooks,
}

step! {
    /// Expects something of the state of things.
    plain ExpectStep {
        /// What is expected.
        pub expect: StateExpectation,
        /// How long it may take to come true, on the wall: an ISO 8601 duration up to `PT25S`.
        /// Without it, it must be true once no webhook is under way.
        #[serde(default)]
        pub within: Option<String>,
    }
}
