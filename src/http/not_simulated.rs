//! Operations of the vendor's reference that nothing here simulates: each answers 501 at its path
//! and says so. They are what the catalogue has and the OpenAPI document has not, so an operation
//! that is built later drops out by itself.
//!
//! Token, request id and program are checked before, as for any call; the body is not looked at.
//! Operations of the vendor's other products have no place here and stay unknown paths.

use std::collections::{BTreeMap, HashMap};

use axum::Router;
use axum::routing::{MethodFilter, on};

use super::call::Call;
use super::envelope::{Empty, Reply};
use super::error::{ApiError, ApiResult};
use super::openapi::ApiDocument;
use super::path_form::PathWords;
use crate::app::Sim;
use crate::kernel::catalogue::{self, Family, Method, Operation, form};
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// Operations of a family that an explanation names at most.
const NAMED_MAX: usize = 3;

/// An operation that the OpenAPI document has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Its operation id.
    pub id: String,
    /// The method, in capitals.
    pub method: String,
    /// The path, as it is documented.
    pub path: String,
    /// Whether it can succeed. One that cannot is there to refuse with reasons of its own.
    pub can_succeed: bool,
}

impl Served {
    fn is(&self, operation: &Operation) -> bool {
        self.id == operation.slug
            || (self.method == operation.method.as_str()
                && form(&self.path) == form(operation.path))
    }
}

/// How much of the catalogue is there.
#[derive(Debug)]
pub struct Coverage(Vec<Served>);

/// What became of an operation of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It is simulated, at the path given here.
    Simulated(&'a Served),
    /// It is known and refused with 501: here by an endpoint of its own, or else by this file.
    Refused(Option<&'a Served>),
    /// It belongs to another product; its path is unknown.
    Outside,
}

impl Coverage {
    /// Compares the catalogue with what the OpenAPI document has.
    pub fn of(document: &ApiDocument) -> Self {
        let served = document.vendor_operations().map(|(path, method, operation)| Served {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            can_succeed: operation["responses"]
                .as_object()
                .is_some_and(|answers| answers.keys().any(|status| status.starts_with('2'))),
        });
        Self(served.collect())
    }

    /// What became of an operation.
    pub fn standing(&self, family: &Family, operation: &Operation) -> Standing<'_> {
        if family.is_outside {
            return Standing::Outside;
        }
        // At its own place, if it is there too.
        let mut found = self.0.iter().filter(|served| served.is(operation)).collect::<Vec<_>>();
        found.sort_by_key(|served| form(&served.path) != form(operation.path));
        match found.first().copied() {
            Some(served) if served.can_succeed => Standing::Simulated(served),
            refused => Standing::Refused(refused),
        }
    }

    /// What is served and in no family of the catalogue.
    pub fn extras(&self) -> impl Iterator<Item = &Served> {
        let is_known = |served: &Served| catalogue::banking().any(|(_, one)| served.is(one));
        self.0.iter().filter(move |served| !is_known(served))
    }

    /// What is not served at all, by path and method. More than one where the reference has
    /// several operations that cannot be told apart.
    fn missing(
        &self,
    ) -> BTreeMap<(String, &'static str), Vec<(&'static Family, &'static Operation)>> {
        let mut missing: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (family, operation) in catalogue::banking() {
            if self.standing(family, operation) == Standing::Refused(None) {
                let place = (form(operation.path), operation.method.as_str());
                missing.entry(place).or_default().push((family, operation));
            }
        }
        missing
    }

    fn refusal(&self, family: &Family, operations: &[&Operation]) -> Refusal {
        let named: Vec<String> = operations
            .iter()
            .map(|operation| format!("{} (path: {})", operation.slug, operation.basis))
            .collect();
        let facts =
            format!("{}; in its place piebox has {}", named.join(" or "), self.instead(family));
        Refusal::of(&codes::NOT_SIMULATED).because(facts)
    }

    /// What a tester may use instead.
    fn instead(&self, family: &Family) -> String {
        if !family.instead.is_empty() {
            return family.instead.to_owned();
        }
        let simulated = family
            .operations
            .iter()
            .filter(|operation| matches!(self.standing(family, operation), Standing::Simulated(_)));
        let names: Vec<&str> = simulated.map(|operation| operation.slug).take(NAMED_MAX).collect();
        match names.is_empty() {
            true => "nothing".to_owned(),
            false => format!("others of the family, such as {}", names.join(", ")),
        }
    }
}

/// The routes that answer 501; `words` says how words of paths are spelled where they match.
pub fn router(document: &ApiDocument, words: &PathWords) -> Router<Sim> {
    let coverage = Coverage::of(document);
    let mut names = ParameterNames::default();
    for path in document.vendor_paths() {
        names.template(path);
    }
    let mut router = Router::new();
    for known in coverage.missing().into_values() {
        let operations: Vec<&Operation> = known.iter().map(|(_, operation)| *operation).collect();
        let Some((family, operation)) = known.first() else { continue };
        let refusal = coverage.refusal(family, &operations);
        let path = names.template(&words.documented(operation.path));
        let refuse = move |_: Call| std::future::ready(refuse(refusal.clone()));
        router = router.route(&path, on(filter(operation.method), refuse));
    }
    router
}

fn refuse(refusal: Refusal) -> ApiResult<Reply<Empty>> {
    Err(ApiError::Refused(refusal))
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

/// One name for each parameter of paths, by the path before it: the router takes no two names at
/// one place. The first that comes stays.
#[derive(Debug, Default)]
struct ParameterNames(HashMap<String, String>);

impl ParameterNames {
    fn template(&mut self, path: &str) -> String {
        let mut template = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let name = match part.starts_with('{') {
                true => self.0.entry(template.clone()).or_insert_with(|| part.to_owned()),
                false => part,
            };
            template.push('/');
            template.push_str(name);
        }
        template
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_the_name_that_came_first() {
        let mut names = ParameterNames::default();
        assert_eq!(names.template("/a/{one}/b/{two}"), "/a/{one}/b/{two}");
        assert_eq!(names.template("/a/{other}/b/{x}/c"), "/a/{one}/b/{two}/c");
        assert_eq!(names.template("/a/{other}/d/{x}/"), "/a/{one}/d/{x}");
    }
}
