//! What a file itself tells about its references: its variables, before there is a program.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value as Json;

use super::model::{Scenario, Step, StepKind};
use super::references::{self, Budget, Lookup};

/// Variables by their names. Other references in them, and those to others, stay as they are.
#[derive(Debug, Default)]
pub(super) struct Variables(BTreeMap<String, Json>);

impl Variables {
    /// Those of a scenario; none where they go round or make too much, which is told elsewhere.
    pub fn of(scenario: &Scenario) -> Self {
        let mut budget = Budget::default();
        let mut known = Self::default();
        for name in references::in_order(&scenario.variables).unwrap_or_default() {
            let value = references::value(&scenario.variables[name], &known, &mut budget);
            let Ok(value) = value else { return Self::default() };
            known.0.insert(name.to_owned(), value);
        }
        known
    }

    /// What a step says once they are put in, or as it is written where they do not fit.
    pub fn put_into(&self, step: &Step) -> StepKind {
        let told = references::value(&step.written, self, &mut Budget::default()).ok();
        let told = told.and_then(|told| Step::deserialize(told).ok());
        told.map_or_else(|| step.kind.clone(), |told| told.kind)
    }
}

impl Lookup for Variables {
    fn look_up(&self, name: &str, path: &str) -> Result<Json, String> {
        match self.0.get(name) {
            Some(value) => {
                references::at(value, path).cloned().ok_or_else(|| format!("{path} is not there"))
            }
            None => {
                let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
                Ok(Json::String(format!("${{{name}{dot}{path}}}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_are_put_in_and_all_else_stays() {
        let scenario = json!({
            "name": "x",
            "variables": { "base": "programs/${program}", "rest": { "of": ["${base}/x"] } },
            "steps": [{ "call": "GET /${rest.of[0]}/${ann.cards[0].id}" }],
        });
        let scenario: Scenario = serde_json::from_value(scenario).unwrap();
        let told = Variables::of(&scenario).put_into(&scenario.steps[0]);
        let StepKind::Call(step) = told else { panic!("{told:?}") };
        assert_eq!(step.call, "GET /programs/${program}/x/${ann.cards[0].id}");
    }
}
