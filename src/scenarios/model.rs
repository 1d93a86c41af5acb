//! What a scenario file may say. The JSON Schema for editors is drawn from these types, so their
//! comments are what a writer of scenarios reads; `docs/scenarios.md` is the reference.
//!
//! Steps stand in `steps.rs` and expectations in `expectations.rs`, beside it.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess};
use serde::de::{Unexpected, Visitor};
use serde_json::{Map, Value as Json};

pub use super::expectations::{
    AccountExpectation, AnswerExpectation, Counts, ListExpectation, Standing, StateExpectation,
    ValueExpectation, WebhookExpectation,
};
pub use super::steps::{
    ActStep, AdjustStep, AdvanceStep, CallStep, ClockStep, ControlStep, EnrollStep, ExpectStep,
    FaultRuleStep, ReceiverStep, RepeatStep, SettingsStep, Step, StepKind, WaitFor, WaitStep,
};
use crate::kernel::durations::Within;
use crate::programs::people::PersonOutcome;

/// Members of any document.
pub type Object = Map<String, Json>;

/// Declares a scenario and a program of a seed: what they say of their world is the same.
macro_rules! worlds {
    ($($(#[$meta:meta])* $member:ident: $kind:ty),+ $(,)?) => {
        /// A scenario: what happens, and what must come of it.
        #[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct Scenario {
            /// What it is about, in a few words.
            pub name: String,
            /// Ids of the rules that it proves, as in docs/rules.md: `[OFC-1, WHK-4]`.
            #[serde(default)]
            pub proves: Vec<String>,
            /// The program to play in. Without it, a fresh one is made for each run and removed
            /// afterwards, so runs may go on side by side and are alike.
            #[serde(default)]
            pub program: Option<String>,
            /// Webhook endpoints of the partner, by short names. Without any, one named `hooks`
            /// takes all.
            #[serde(default)]
            pub receivers: BTreeMap<String, ReceiverPlan>,
            /// What happens, in order. The first step that fails ends the scenario.
            #[schemars(length(min = 1, max = 500))]
            pub steps: Vec<Step>,
            $($(#[$meta])* #[serde(default)] pub $member: $kind),+
        }

        /// A program of a seed, as it is to begin: members as in a scenario.
        #[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct SeededProgram {
            /// What happens, in order.
            #[serde(default)]
            pub steps: Vec<Step>,
            $($(#[$meta])* #[serde(default)] pub $member: $kind),+
        }

        impl SeededProgram {
            /// The scenario that makes the program of this code.
            pub fn into_scenario(self, code: &str) -> Scenario {
                Scenario {
                    name: code.to_owned(),
                    proves: Vec::new(),
                    program: Some(code.to_owned()),
                    receivers: BTreeMap::new(),
                    steps: self.steps,
                    $($member: self.$member),+
                }
            }
        }
    };
}

worlds! {
    /// What it shows or is for, and why it is so.
    description: Option<String>,
    /// What everything invented is drawn from. Without it, the name of a scenario; a program of a
    /// seed is drawn from its code.
    seed: Option<Text>,
    /// The moment at which the clock stands (`2031-05-06T10:00:00Z`), or how it goes. Without it,
    /// the clock of a fresh program stands at 2031-05-06T10:00:00Z, and that of a program of a seed
    /// runs.
    clock: Option<Either<String, ClockSetting>>,
    /// Settings of the program, laid over what it has: objects are merged, lists replaced.
    settings: Object,
    /// Whether user data travels sealed (EC_v1). Where `settings.encryption.mode` is `required`, it
    /// does without being asked for.
    sealed: bool,
    /// The people, by short names. Each is invented before the first step: valid, unused, and with
    /// the outcome that is asked for.
    people: BTreeMap<String, Either<PersonOutcome, PersonPlan>>,
    /// Values to be used as `${name}`.
    variables: BTreeMap<String, Json>,
}

impl Scenario {
    /// Whether the scenario gets a receiver that it does not name: in a program of its own, unless
    /// its settings say where webhooks go.
    pub fn has_only_receiver(&self) -> bool {
        let is_told = self.settings.contains_key("webhooks");
        self.receivers.is_empty() && self.program.is_none() && !is_told
    }

    /// What is laid over the invented documents, by the names of the people whom it changes.
    pub fn changes_of_people(&self) -> BTreeMap<String, Json> {
        let changes = self.people.iter().filter_map(|(name, plan)| match plan {
            Either::Short(_) => None,
            Either::Long(plan) => Some((name.clone(), Json::Object(plan.user_data.clone()))),
        });
        changes.collect()
    }
}

impl Either<PersonOutcome, PersonPlan> {
    /// What becomes of the person's enrollment.
    pub fn outcome(&self) -> PersonOutcome {
        match self {
            Self::Short(outcome) => *outcome,
            Self::Long(plan) => plan.outcome,
        }
    }
}

/// Somebody of the story.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonPlan {
    /// What becomes of the person's enrollment.
    #[serde(default)]
    pub outcome: PersonOutcome,
    /// Members laid over the invented user document: objects are merged, lists replaced, `null`
    /// takes a member away.
    #[serde(default)]
    pub user_data: Object,
}

/// How a clock goes.
#[derive(Debug, Clone, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClockSetting {
    /// Whether it stands or runs.
    #[serde(default)]
    pub mode: Option<ClockMode>,
    /// What it shows.
    #[serde(default)]
    pub now: Option<String>,
}

/// Whether a clock stands or runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ClockMode {
    /// It stands until it is moved.
    Frozen,
    /// It runs as time passes.
    Running,
}

/// A webhook endpoint of the partner.
#[derive(Debug, Clone, Default, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceiverPlan {
    /// Event types that go there; every one without it.
    #[serde(default)]
    pub event_types: Option<Vec<String>>,
    /// Whether failed deliveries are repeated, hourly for 24 hours. Off, as with the vendor.
    #[serde(default)]
    pub retry: bool,
    /// How the simulator proves itself, as in the settings: `{type: apiKey, key: secret}`.
    #[serde(default)]
    pub auth: Option<Json>,
    /// Answers to the first requests, one each: `[500, 500]`.
    #[serde(default)]
    pub answers: Vec<ReceiverAnswer>,
    /// The answer to all later ones; an acknowledgement without it.
    #[serde(default)]
    pub then: Option<ReceiverAnswer>,
}

/// How an endpoint answers: an HTTP status, a word, or not at all.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum ReceiverAnswer {
    /// This HTTP status; 200 to 999.
    Status(#[schemars(range(min = 200, max = 999))] u16),
    /// A word.
    Word(ReceiverWord),
    /// `{silence: PT0.1S}`: nothing for so long, and then the end of the connection.
    Silence(ReceiverSilence),
}

/// Silence of some length.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceiverSilence {
    /// How long, on the wall: an ISO 8601 duration up to `PT25S`. The simulator may give up before,
    /// after its `webhooks.timeout_ms`.
    #[schemars(with = "String")]
    pub silence: Within,
}

/// How an endpoint answers, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ReceiverWord {
    /// As the vendor asks: 200, the request id echoed, code 0.
    Acknowledge,
    /// 200 without the request id.
    NoEcho,
    /// 200 with a code that is not 0.
    Refuse,
    /// Nothing, until the simulator gives up, after its `webhooks.timeout_ms` on the wall.
    Silence,
}

impl<'de> Deserialize<'de> for ReceiverAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read: Either<AnyScalar, Object> = Either::deserialize(deserializer)?;
        match read {
            Either::Short(AnyScalar(Json::String(word))) => {
                let word: &str = &word;
                ReceiverWord::deserialize(word.into_deserializer()).map(Self::Word)
            }
            Either::Short(AnyScalar(Json::Number(number))) => {
                let status = number.as_u64().filter(|status| (200..=999).contains(status));
                let status = status.and_then(|status| u16::try_from(status).ok());
                let wrong = || D::Error::custom("must be an HTTP status, 200 to 999");
                status.map(Self::Status).ok_or_else(wrong)
            }
            Either::Long(members) => {
                let read = ReceiverSilence::deserialize(Json::Object(members));
                read.map(Self::Silence).map_err(D::Error::custom)
            }
            Either::Short(_) => Err(D::Error::custom("must be an HTTP status, a word or silence")),
        }
    }
}

/// A text; a number is taken as it reads.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(with = "TextOrNumber")]
pub struct Text(pub String);

/// How a [`Text`] may be written.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum TextOrNumber {
    Text(String),
    Number(f64),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match AnyScalar::deserialize(deserializer)?.0 {
            Json::String(text) => Ok(Self(text)),
            Json::Number(number) => Ok(Self(number.to_string())),
            _ => Err(D::Error::custom("must be a text")),
        }
    }
}

/// A text, a number or a truth value.
struct AnyScalar(Json);

impl<'de> Deserialize<'de> for AnyScalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Json::deserialize(deserializer)?;
        match value {
            Json::Array(_) => Err(D::Error::invalid_type(Unexpected::Seq, &"a text or a number")),
            Json::Object(_) => Err(D::Error::invalid_type(Unexpected::Map, &"a text or a number")),
            plain => Ok(Self(plain)),
        }
    }
}

/// A short form, which is a word, a number or a list, or a long one, which is an object.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Either<S, L> {
    /// The short form.
    Short(S),
    /// The long form.
    Long(L),
}

// Not derived: a reader that tries one form after the other cannot say what is wrong with either.
impl<'de, S: Deserialize<'de>, L: Deserialize<'de>> Deserialize<'de> for Either<S, L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherVisitor(PhantomData))
    }
}

struct EitherVisitor<S, L>(PhantomData<(S, L)>);

impl<'de, S: Deserialize<'de>, L: Deserialize<'de>> Visitor<'de> for EitherVisitor<S, L> {
    type Value = Either<S, L>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the short form or an object")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        S::deserialize(value.into_deserializer()).map(Either::Short)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        S::deserialize(value.into_deserializer()).map(Either::Short)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        S::deserialize(value.into_deserializer()).map(Either::Short)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        S::deserialize(value.into_deserializer()).map(Either::Short)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        S::deserialize(value.into_deserializer()).map(Either::Short)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        S::deserialize(SeqAccessDeserializer::new(entries)).map(Either::Short)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        L::deserialize(MapAccessDeserializer::new(members)).map(Either::Long)
    }
}
